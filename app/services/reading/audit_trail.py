"""审计: events as an auditor finds them: when, which case, which step, who. Nothing of what the step said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import aliased

from app.clock import start_of_day
from app.models.cases import Case
from app.models.history import EventRow
from app.models.people import User
from app.services.acting_for import done_by
from app.services.reading.history import SORTS
from app.services.reading.reader import Reader
from app.workbooks.values import Content
from workflows.kit.errors import NotFound
from workflows.registry import WORKFLOWS, workflow
from workflows.roles import Post

PAGE = 100
#: More than this is not exported at once; the search is to be narrowed.
MOST_EXPORTED = 20_000


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty means any. Days are legal days, both included."""

    number: str = ""
    actor: str = ""
    from_on: date | None = None
    until_on: date | None = None
    #: What the event is called, or a part of it: 受理, 期限提醒.
    act: str = ""


@dataclass(frozen=True)
class TrailLine:
    """One event without its content."""

    id: int
    at: datetime
    case: str
    number: str
    kind_label: str
    seq: int
    act: str
    actor: str
    mac: str


@dataclass(frozen=True)
class Trail:
    """One page of events, the newest first; `next_before` is the key of the next page, None on the last."""

    lines: tuple[TrailLine, ...]
    next_before: int | None


def demand_auditor(reader: Reader) -> None:
    """Raises NotFound unless the reader is an auditor (trust 1.6: audit only, and only for him)."""
    if not reader.standing.units(frozenset({Post.AUDITOR})):
        raise NotFound


def read_trail(reader: Reader, wanted: Wanted, before: int | None = None) -> Trail:
    """One page of the events that fit.

    Raises:
        NotFound: the reader is no auditor.
    """
    demand_auditor(reader)
    statement = _wanted(wanted).limit(PAGE + 1)
    if before is not None:
        statement = statement.where(EventRow.id < before)
    rows = reader.session.execute(statement).all()
    return Trail(tuple(_line(row) for row in rows[:PAGE]), rows[PAGE - 1].id if len(rows) > PAGE else None)


def export_trail(reader: Reader, wanted: Wanted) -> Sequence[TrailLine]:
    """Every event that fits, at most MOST_EXPORTED, the newest first.

    Raises:
        NotFound: the reader is no auditor.
    """
    demand_auditor(reader)
    return [_line(row) for row in reader.session.execute(_wanted(wanted).limit(MOST_EXPORTED))]


_PRINCIPAL = aliased(User)


def _wanted(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    statement = (
        select(
            EventRow.id, EventRow.at, EventRow.seq, EventRow.sort, EventRow.step, EventRow.mac, EventRow.actor_id,
            Case.uid, Case.number, Case.kind, User.name, _PRINCIPAL.name.label("principal"),
        )
        .join(Case, Case.id == EventRow.case_id)
        .outerjoin(User, User.id == EventRow.actor_id)
        .outerjoin(_PRINCIPAL, _PRINCIPAL.id == EventRow.principal_id)
        .order_by(EventRow.id.desc())
    )  # fmt: skip
    if wanted.number:
        statement = statement.where(Case.number.contains(wanted.number, autoescape=True))
    if wanted.actor:
        people = (User, _PRINCIPAL)
        by_name = (one.name.contains(wanted.actor, autoescape=True) for one in people)
        statement = statement.where(or_(*by_name, *(one.login == wanted.actor for one in people)))
    if wanted.act:
        statement = statement.where(or_(false(), *_called(wanted.act)))
    if wanted.from_on:
        statement = statement.where(EventRow.at >= start_of_day(wanted.from_on))
    if wanted.until_on:
        statement = statement.where(EventRow.at < start_of_day(wanted.until_on + timedelta(days=1)))
    return statement


def _called(words: str) -> Iterator[ColumnElement[bool]]:
    """Events whose name holds these words: a step by the table of its procedure, another event by its sort."""
    for kind, flow in WORKFLOWS.items():
        keys = sorted(step.key for step in flow.steps if words in step.label)
        if keys:
            yield and_(EventRow.sort == "step", Case.kind == kind, EventRow.step.in_(keys))
    if sorts := sorted(sort for sort, label in SORTS.items() if words in label):
        yield EventRow.sort.in_(sorts)


def _line(row: Any) -> TrailLine:
    flow = workflow(row.kind)
    step = flow.step(row.step) if row.sort == "step" else None
    act = step.label if step else SORTS.get(row.sort, row.sort)
    who = done_by(Content(row.name) if row.name else "系统", row.principal)
    return TrailLine(row.id, row.at, row.uid, row.number or "", flow.label, row.seq, act, who, row.mac[:16])

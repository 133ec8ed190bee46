"""The acts of a month: steps that people took, by the unit for which each was taken, out of the events themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, func, literal_column, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.clock import start_of_day
from app.models.cases import Case
from app.models.history import EventRow
from app.models.people import User
from app.services.reading.lines import within_keys
from app.services.reading.oversight.periods import Period
from app.services.reading.oversight.scope import OFFICE, Holder, holders, in_charge, of_unit, unit_of
from app.services.reading.reader import Reader
from workflows.kit.definition import Audience
from workflows.registry import workflow

PAGE = 50


class _ActedAs(FunctionElement[str]):
    """The capacity in which a step was taken, out of the body of its event."""

    type = String()
    inherit_cache = True


@compiles(_ActedAs, "sqlite")
def _on_sqlite(element: _ActedAs, compiler: SQLCompiler, **_: Any) -> str:
    return "json_extract(event.body, '$.as')"


@compiles(_ActedAs, "postgresql")
def _on_postgresql(element: _ActedAs, compiler: SQLCompiler, **_: Any) -> str:
    return "(event.body::json ->> 'as')"


#: The unit for which somebody acted; empty for a natural person.
ACT_UNIT: ColumnElement[int] = unit_of(_ActedAs())
#: Written out, so that the index of the acts is used; what the machine does is nobody's work.
_IS_ACT = and_(literal_column("event.sort") == literal_column("'step'"), EventRow.actor_id.is_not(None))


@dataclass(frozen=True)
class ActLine:
    """One act; `author` is named only where he acted for the reader's own office."""

    id: int
    at: datetime
    step_label: str
    case: str
    number: str
    kind_label: str
    holder: Holder
    author: str


@dataclass(frozen=True)
class ActPage:
    """One page of acts, the newest first; `next_before` is the key of the next page, None on the last."""

    lines: tuple[ActLine, ...]
    count: int
    next_before: int | None


def read_acts(reader: Reader, month: Period, unit: str = "", person: str = "", before: int | None = None) -> ActPage:
    """The acts behind a number: of a unit as in addresses, or of one person of the reader's own office.

    Raises:
        NotFound: as `read_board`.
    """
    where = [acts_in(reader, month)]
    if unit:
        where.append(of_unit(reader.session, ACT_UNIT, unit))
    if person:
        where.append(and_(of_own_office(reader), EventRow.actor_id.in_(select(User.id).where(User.uid == person))))
    page = (
        select(EventRow, Case, ACT_UNIT, User.name)
        .join(Case, Case.id == EventRow.case_id)
        .join(User, User.id == EventRow.actor_id)
        .where(*where)
        .order_by(EventRow.at.desc(), EventRow.id.desc())
    )
    if before is not None:
        mark = within_keys(before)
        at = select(EventRow.at).where(EventRow.id == mark).scalar_subquery()
        page = page.where(or_(EventRow.at < at, and_(EventRow.at == at, EventRow.id < mark)))
    rows = reader.session.execute(page.limit(PAGE + 1)).all()
    known, offices = holders(reader.session, [key for _, _, key, _ in rows]), reader.standing.units(OFFICE)
    lines = tuple(
        _line(event, case, known[key], name if key in offices else "") for event, case, key, name in rows[:PAGE]
    )
    counted = select(func.count()).select_from(EventRow).join(Case, Case.id == EventRow.case_id).where(*where)
    count = reader.session.execute(counted).scalar_one()
    return ActPage(lines, count, lines[-1].id if len(rows) > PAGE else None)


def acts_in(reader: Reader, month: Period) -> ColumnElement[bool]:
    """Acts of a month, of events joined with their case, that the reader oversees and may read."""
    begins, ends = start_of_day(month.first), start_of_day(month.last + timedelta(days=1))
    offices = reader.standing.units(OFFICE)
    reads = or_(Case.handling_unit_id.in_(sorted(offices)), EventRow.audience != Audience.INSIDE.value)
    return and_(_IS_ACT, EventRow.at >= begins, EventRow.at < ends, in_charge(reader, ACT_UNIT), reads)


def of_own_office(reader: Reader) -> ColumnElement[bool]:
    """Acts that were done for a credit office in which the reader works."""
    return ACT_UNIT.in_(sorted(reader.standing.units(OFFICE)))


def _line(event: EventRow, case: Case, holder: Holder, author: str) -> ActLine:
    flow = workflow(case.kind)
    step = flow.decidable(event.step)
    label = step.label if step is not None else event.step
    return ActLine(event.id, event.at, label, case.uid, case.number or "", flow.label, holder, author)

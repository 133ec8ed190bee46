"""送达台账: what the credit office has to serve: to be sent, on the way, failed, announced, served lately (R142)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import aliased

from app.access.capacities import visible_filter
from app.models.kinds import Notice
from app.models.people import Unit, User
from app.models.terms import TermRow
from app.services.lawbook import current_calendar
from app.services.notice_content.record_facts import real_number
from app.services.reading.copies import not_a_copy
from app.services.reading.lines import TermState, lines_of, within_keys
from app.services.reading.reader import Reader
from app.services.reading.service_view import sendable
from workflows.forms.notice import ServiceMethod
from workflows.forms.service import WITH_RECEIPT
from workflows.kit.errors import NotFound
from workflows.notice import NOTICE
from workflows.roles import Post

PAGE = 50
MOST_EXPORTED = 20_000
#: What was served stays on the board for this many calendar days.
LATELY = timedelta(days=30)
_PERSON, _UNIT = aliased(User), aliased(Unit)


class Group(StrEnum):
    """The groups of the board."""

    TO_SEND = "to_send"
    ON_THE_WAY = "on_the_way"
    FAILED = "failed"
    ANNOUNCED = "announced"
    SERVED = "served"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Group.TO_SEND: "待送出",
    Group.ON_THE_WAY: "送达中",
    Group.FAILED: "送达未成",
    Group.ANNOUNCED: "公告中",
    Group.SERVED: "近期送达",
}
_STATES = {
    Group.TO_SEND: "issued",
    Group.ON_THE_WAY: "dispatched",
    Group.FAILED: "undeliverable",
    Group.ANNOUNCED: "announced",
    Group.SERVED: "served",
}


@dataclass(frozen=True)
class Wanted:
    """What is looked for within a group; empty means any. `words`: any part of number, title or recipient."""

    method: ServiceMethod | None = None
    words: str = ""
    late: bool = False
    no_receipt: bool = False


@dataclass(frozen=True)
class Row:
    """One notice on the board. `step` with `method` can be taken at once; `act` is the form of the next act."""

    uid: str
    version: int
    number: str
    title: str
    recipient: str
    method: ServiceMethod | None
    sent_on: date | None
    served_on: date | None
    announced_until: date | None
    term: TermState | None
    receipt_missing: bool
    step: str
    at_once: ServiceMethod | None
    act: str
    act_label: str

    @property
    def name(self) -> str:
        """What the notice is called beside a button."""
        return self.number or self.title


@dataclass(frozen=True)
class Board:
    """One group of the board with the counts of all; `next_after` is where the next page begins, None on the last."""

    group: Group
    counts: tuple[tuple[Group, int], ...]
    rows: tuple[Row, ...]
    next_after: int | None


def read_board(reader: Reader, group: Group, wanted: Wanted, after: int = 0) -> Board:
    """One page of a group: what is due first comes first, of what was served the newest.

    Raises:
        NotFound: the reader serves in no credit office.
    """
    scope = _scope(reader)
    start = within_keys(after)
    notices = reader.session.execute(_ordered(reader, scope, group, wanted).offset(start).limit(PAGE + 1)).all()
    counted = reader.session.execute(
        select(*(func.count().filter(_in_group(reader, known)).label(known.value) for known in Group))
        .select_from(Notice)
        .where(scope)
    ).one()
    return Board(
        group,
        tuple((known, getattr(counted, known.value)) for known in Group),
        _rows(reader, notices[:PAGE]),
        start + PAGE if len(notices) > PAGE else None,
    )


def export_board(reader: Reader, group: Group, wanted: Wanted) -> Sequence[Row]:
    """Every row of a group that fits, at most MOST_EXPORTED.

    Raises:
        NotFound: as `read_board`.
    """
    return _rows(
        reader, reader.session.execute(_ordered(reader, _scope(reader), group, wanted).limit(MOST_EXPORTED)).all()
    )


def _scope(reader: Reader) -> ColumnElement[bool]:
    offices = reader.standing.units(frozenset({Post.OFFICER, Post.APPROVER}))
    if not offices:
        raise NotFound
    return and_(Notice.handling_unit_id.in_(sorted(offices)), not_a_copy(), visible_filter(NOTICE, reader.standing))


def _in_group(reader: Reader, group: Group) -> ColumnElement[bool]:
    found = Notice.state == _STATES[group]
    return and_(found, Notice.served_on >= reader.today - LATELY) if group is Group.SERVED else found


def _ordered(reader: Reader, scope: ColumnElement[bool], group: Group, wanted: Wanted) -> Select[Notice, str, str]:
    statement = (
        select(Notice, _PERSON.name, _UNIT.name)
        .outerjoin(_PERSON, _PERSON.id == Notice.recipient_person_id)
        .outerjoin(_UNIT, _UNIT.id == Notice.recipient_unit_id)
        .where(scope, _in_group(reader, group))
    )
    if wanted.method is not None:
        statement = statement.where(Notice.method == wanted.method.value)
    if wanted.late:
        statement = statement.where(Notice.due_on < reader.today)
    if wanted.no_receipt:
        statement = statement.where(_receipt_missing())
    if wanted.words:
        named = (Notice.number, Notice.title, _PERSON.name, _UNIT.name)
        statement = statement.where(or_(*(column.contains(wanted.words, autoescape=True) for column in named)))
    if group is Group.SERVED:
        return statement.order_by(Notice.served_on.desc(), Notice.id.desc())
    return statement.order_by(Notice.due_on.is_(None), Notice.due_on, Notice.announced_on, Notice.id)


def _receipt_missing() -> ColumnElement[bool]:
    """Served in a way that needs a 送达回证, which nobody has handed in."""
    registered = Notice.service["method"].as_string()
    handed_in = func.coalesce(Notice.service["files", 0].as_string(), "") != ""
    return and_(registered.in_(sorted(method.value for method in WITH_RECEIPT)), not_(handed_in))


def _rows(reader: Reader, found: Sequence) -> tuple[Row, ...]:  # type: ignore[type-arg]
    notices = [row[0] for row in found]
    lines = lines_of(reader.session, notices, current_calendar(reader.session), reader.today)
    until = dict(
        reader.session.execute(
            select(TermRow.case_id, TermRow.due_on).where(
                TermRow.case_id.in_([notice.id for notice in notices]),
                TermRow.key == "notice.announcement",
                TermRow.status == "running",
            )
        ).all()
    )
    return tuple(
        _row(reader, notice, unit or person or "", line.term, until.get(notice.id))
        for (notice, person, unit), line in zip(found, lines, strict=True)
    )


def _row(reader: Reader, notice: Notice, recipient: str, term: TermState | None, until: date | None) -> Row:
    registered = notice.service or {}
    missing = (
        notice.state == "served"
        and registered.get("method") in {method.value for method in WITH_RECEIPT}
        and not registered.get("files")
    )
    used = (registered.get("method") if notice.state == "served" else None) or notice.method
    step, at_once, act, label = _next(reader, notice, missing)
    return Row(
        uid=notice.uid,
        version=notice.version,
        number=real_number(notice.number, notice.uid),
        title=notice.title,
        recipient=recipient,
        method=ServiceMethod(used) if used else None,
        sent_on=notice.dispatched_on,
        served_on=notice.served_on,
        announced_until=until,
        term=term,
        receipt_missing=missing,
        step=step,
        at_once=at_once,
        act=act,
        act_label=label,
    )


def _next(reader: Reader, notice: Notice, missing: bool) -> tuple[str, ServiceMethod | None, str, str]:
    """The next act of this reader: a step that needs no field with its method, else the form that it needs."""
    clerk = notice.handling_unit_id in reader.standing.units(frozenset({Post.OFFICER}))
    approver = notice.handling_unit_id in reader.standing.units(frozenset({Post.APPROVER}))
    if clerk and notice.state in ("issued", "undeliverable"):
        step = "dispatch" if notice.state == "issued" else "redispatch"
        methods = sendable(notice)
        return step, methods[0], f"{step}-{methods[1].value}", "其他方式"
    if clerk and notice.state in ("dispatched", "announced"):
        method = notice.method if notice.method != ServiceMethod.ANNOUNCEMENT else ServiceMethod.DIRECT.value
        return "", None, f"confirm_service-{method}", "登记送达"
    if approver and notice.state == "undeliverable":
        return "", None, "announce", "公告送达"
    if clerk and missing:
        return "", None, "add_receipt", "补交送达回证"
    return "", None, "", "查看"

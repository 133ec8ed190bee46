"""发文登记簿: every numbered notice of an organ, and whether its numbers are without a gap (R141).

The credit office reads what it handles, every other organ what bears its own mark.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.access.capacities import visible_filter
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.people import Unit, User
from app.services.notice_numbers import NumberParts
from app.services.reading.copies import not_a_copy
from app.services.reading.number_check import Series, check_series
from app.services.reading.reader import Reader
from app.services.reading.signers import signers_of
from app.services.units.names import UnitNames, unit_names
from workflows.identity import mask_name
from workflows.kit.errors import NotFound
from workflows.notice import NOTICE
from workflows.registry import workflow
from workflows.roles import Post

PAGE = 50
MOST_EXPORTED = 20_000
_OFFICE = frozenset({Post.OFFICER, Post.APPROVER})
_OTHER_ORGANS = frozenset(
    {Post.HEAD, Post.DEPUTY, Post.REVIEW_CLERK, Post.REVIEWER, Post.TOLERANCE, Post.TOLERANCE_HEAD}
)
#: Posts to which the register is offered.
READS_REGISTER = _OFFICE | _OTHER_ORGANS
_PARENT, _PERSON, _UNIT = aliased(Case, flat=True), aliased(User), aliased(Unit)
_LAST = aliased(Notice, flat=True)
_ORDER = (Notice.signed_on.desc(), Notice.number_word, Notice.number_serial.desc())


class Status(StrEnum):
    """How a notice stands in the register."""

    ISSUED = "issued"
    ON_THE_WAY = "on_the_way"
    SERVED = "served"
    VOIDED = "voided"
    REPLACED = "replaced"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Status.ISSUED: "已签发",
    Status.ON_THE_WAY: "送达中",
    Status.SERVED: "已送达",
    Status.VOIDED: "已作废",
    Status.REPLACED: "被代替",
}
_STATES = {
    Status.ISSUED: ("sealing", "issued"),
    Status.ON_THE_WAY: ("dispatched", "undeliverable", "announced"),
    Status.SERVED: ("served",),
}


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty means any. `words`: any part of number, title or recipient, or the code."""

    organ: str = ""
    word: str = ""
    year: int | None = None
    status: Status | None = None
    from_on: date | None = None
    until_on: date | None = None
    words: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of the register; a natural person is masked."""

    uid: str
    number: str
    signed_on: date | None
    title: str
    organ: str
    recipient: str
    signer: str
    case: str
    case_uid: str
    case_label: str
    status: Status
    state_label: str
    served_on: date | None
    code: str


@dataclass(frozen=True)
class Register:
    """One page of the register, the choices of its filter, and the check of the numbers that were asked for."""

    entries: tuple[Entry, ...]
    count: int
    #: The number after which the next page begins; empty on the last.
    next_after: str
    organs: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    years: tuple[int, ...]
    series: tuple[Series, ...]

    @property
    def numbers(self) -> int:
        return sum(row.count for row in self.series)

    @property
    def voided(self) -> int:
        return sum(row.voided for row in self.series)

    @property
    def without_gap(self) -> bool:
        return all(row.without_gap for row in self.series)


def read_register(reader: Reader, wanted: Wanted, after: NumberParts | None = None) -> Register:
    """One page, the newest day first, on each day the series one after another, in each the newest number first.

    Raises:
        NotFound: the reader has no post in an organ that issues notices.
    """
    scope = _scope(reader)
    rows = reader.session.execute(_page(scope, wanted, after).limit(PAGE + 1)).all()
    known = reader.session.execute(
        select(Notice.number_word, Notice.number_year, Unit.uid, Unit.name)
        .select_from(Notice)
        .join(Unit, Unit.id == Notice.organ_unit_id)
        .where(scope)
        .distinct()
        .order_by(Notice.number_year.desc(), Notice.number_word)
    ).all()
    last = rows[PAGE - 1][0] if len(rows) > PAGE else None
    counted = select(func.count()).select_from(_page(scope, wanted, None).order_by(None).subquery())
    return Register(
        entries=_entries(reader, rows[:PAGE]),
        count=reader.session.execute(counted).scalar_one(),
        next_after=(last.number or "") if last else "",
        organs=tuple(dict.fromkeys((row.uid, row.name) for row in known)),
        words=tuple(dict.fromkeys(row.number_word for row in known)),
        years=tuple(dict.fromkeys(row.number_year for row in known)),
        series=check_series(
            reader.session,
            {(row.number_word, row.number_year): row.name for row in known if _asked_for(row, wanted)},
        ),
    )


def export_register(reader: Reader, wanted: Wanted) -> Sequence[Entry]:
    """Every entry that fits, at most MOST_EXPORTED, in the order of the page.

    Raises:
        NotFound: as `read_register`.
    """
    return _entries(reader, reader.session.execute(_page(_scope(reader), wanted, None).limit(MOST_EXPORTED)).all())


def _scope(reader: Reader) -> ColumnElement[bool]:
    offices, organs = reader.standing.units(_OFFICE), reader.standing.units(_OTHER_ORGANS)
    if not offices and not organs:
        raise NotFound
    own = or_(Case.handling_unit_id.in_(sorted(offices)), Notice.organ_unit_id.in_(sorted(organs)))
    return and_(Notice.number_serial.is_not(None), own, not_a_copy(), visible_filter(NOTICE, reader.standing))


def _page(
    scope: ColumnElement[bool], wanted: Wanted, after: NumberParts | None
) -> Select[Notice, str, str, str, Case, bool]:
    replaced = _replaced()
    statement = (
        select(Notice, Unit.name, _PERSON.name, _UNIT.name, _PARENT, replaced)
        .join(Unit, Unit.id == Notice.organ_unit_id)
        .join(_PARENT, _PARENT.id == Notice.parent_id)
        .outerjoin(_PERSON, _PERSON.id == Notice.recipient_person_id)
        .outerjoin(_UNIT, _UNIT.id == Notice.recipient_unit_id)
        .where(scope, *_conditions(wanted, replaced))
        .order_by(*_ORDER)
    )
    return statement if after is None else statement.where(_follows(after))


def _follows(last: NumberParts) -> ColumnElement[bool]:
    """Whether a notice stands after the one of this number."""
    same_number = and_(
        _LAST.number_word == last.word, _LAST.number_year == last.year, _LAST.number_serial == last.serial
    )
    signed_on = select(_LAST.signed_on).where(same_number).limit(1).scalar_subquery()
    return or_(
        Notice.signed_on < signed_on,
        and_(Notice.signed_on == signed_on, Notice.number_word > last.word),
        and_(Notice.signed_on == signed_on, Notice.number_word == last.word, Notice.number_serial < last.serial),
    )


def _conditions(wanted: Wanted, replaced: ColumnElement[bool]) -> Iterable[ColumnElement[bool]]:
    if wanted.organ:
        yield Unit.uid == wanted.organ
    if wanted.word:
        yield Notice.number_word == wanted.word
    if wanted.year is not None:
        yield Notice.number_year == wanted.year
    if wanted.status in _STATES:
        yield Case.state.in_(_STATES[wanted.status])
    elif wanted.status is not None:
        yield and_(Case.state == "voided", replaced if wanted.status is Status.REPLACED else ~replaced)
    if wanted.from_on:
        yield Notice.signed_on >= wanted.from_on
    if wanted.until_on:
        yield Notice.signed_on <= wanted.until_on
    if wanted.words:
        named = (Case.number, Notice.title, _PERSON.name, _UNIT.name)
        code = Notice.code == wanted.words.replace(" ", "").upper()
        yield or_(code, *(column.contains(wanted.words, autoescape=True) for column in named))


def _replaced() -> ColumnElement[bool]:
    """Whether another notice was issued in its place: of the same case and kind, to the same recipient, later."""
    other = aliased(Notice, flat=True)
    return (
        select(other.id)
        .where(
            other.parent_id == Notice.parent_id,
            other.key == Notice.key,
            other.id > Notice.id,
            other.recipient_person_id.is_not_distinct_from(Notice.recipient_person_id),
            other.recipient_unit_id.is_not_distinct_from(Notice.recipient_unit_id),
            other.sha256.is_not(None),
            other.state != "voided",
        )
        .exists()
    )


def _entries(reader: Reader, rows: Sequence) -> tuple[Entry, ...]:  # type: ignore[type-arg]
    notices = [row[0] for row in rows]
    signers = signers_of(reader.session, notices)
    named = [unit for notice in notices for unit in (notice.organ_unit_id, notice.recipient_unit_id)]
    names = unit_names(reader.session, named)
    return tuple(_entry(*row, signer=signers.get(row[0].id, ""), names=names) for row in rows)


def _entry(
    notice: Notice, organ: str, person: str, unit: str, parent: Case, replaced: bool, *, signer: str, names: UnitNames
) -> Entry:
    """The line of one notice; units are called as on the day on which it was signed."""
    organ = names.on(notice.organ_unit_id, notice.signed_on) or organ
    unit = names.on(notice.recipient_unit_id, notice.signed_on) or unit
    return Entry(
        uid=notice.uid,
        number=notice.number or "",
        signed_on=notice.signed_on,
        title=notice.title,
        organ=organ,
        recipient=unit or mask_name(person or ""),
        signer=signer,
        case=parent.number or "",
        case_uid=parent.uid,
        case_label=workflow(parent.kind).label,
        status=_status(notice.state, replaced),
        state_label=NOTICE.state(notice.state).label,
        served_on=notice.served_on,
        code=notice.code,
    )


def _status(state: str, replaced: bool) -> Status:
    if state == "voided":
        return Status.REPLACED if replaced else Status.VOIDED
    return next(status for status, states in _STATES.items() if state in states)


def _asked_for(row, wanted: Wanted) -> bool:  # type: ignore[no-untyped-def]
    return (
        wanted.word in ("", row.number_word)
        and wanted.year in (None, row.number_year)
        and wanted.organ in ("", row.uid)
    )

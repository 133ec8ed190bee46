"""Who has a board, and what every number of it shares: whose duties count, which unit has to act, how they stand.

A credit office oversees the duties of the cases it handles; the head of a unit those that his own unit has to meet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, false, func, literal, literal_column, or_, select
from sqlalchemy.orm import Session

from app.access.capacities import visible_filter
from app.models.cases import Case
from app.models.people import Unit
from app.models.terms import TermRow
from app.services.lawbook import current_calendar
from app.services.reading.copies import not_a_copy
from app.services.reading.reader import Reader
from app.services.reading.shade import Shade
from workflows.kit.errors import NotFound
from workflows.registry import WORKFLOWS
from workflows.roles import RELATIONS, Post

OFFICE = frozenset({Post.OFFICER, Post.APPROVER})
HEADS = frozenset({Post.HEAD, Post.DEPUTY, Post.TOLERANCE_HEAD})
#: Posts to which the board is offered.
HAS_BOARD = OFFICE | HEADS
#: Stands in addresses for the subjects who are natural persons: they are counted together and never named.
PERSONS = "persons"


class Outcome(StrEnum):
    """What became of a duty that falls due in a period."""

    ON_TIME = "on_time"
    LATE = "late"
    OVERDUE = "overdue"
    OPEN = "open"

    @property
    def label(self) -> str:
        return {"on_time": "按期办结", "late": "逾期办结", "overdue": "逾期未办结", "open": "未到期"}[self.value]


@dataclass(frozen=True)
class Holder:
    """Who has to act: a unit, or all subjects who are natural persons together."""

    uid: str
    name: str


_EVERY_PERSON = Holder(PERSONS, "个人当事人")

#: Written out, not bound: only so can both databases tell that a partial index holds every row that is asked for.
IS_DUTY: ColumnElement[bool] = literal_column("term.nature") == literal_column("'duty'")
IS_OPEN: ColumnElement[bool] = and_(
    IS_DUTY, literal_column("term.status").in_([literal_column("'running'"), literal_column("'paused'")])
)
#: The day by which a duty belongs to a period: its last day; the day of its end if it ended while it was paused.
FALLS_ON: ColumnElement[date] = func.coalesce(TermRow.due_on, TermRow.ended_on)


def demand_board(reader: Reader) -> None:
    """Raises `NotFound` for whoever neither works in a credit office nor heads a unit."""
    if not reader.standing.units(HAS_BOARD):
        raise NotFound


def is_office(reader: Reader) -> bool:
    """Whether the reader oversees others, not only his own unit."""
    return bool(reader.standing.units(OFFICE))


def unit_of(capacity: ColumnElement[str]) -> ColumnElement[int]:
    """The key of the unit that a capacity means on the case of the row; empty for a natural person."""
    meant = [
        (capacity == held.value, getattr(Case, relation.column))
        for held, relations in RELATIONS.items()
        for relation in relations
        if relation.posts
    ]
    return case(*meant, else_=None)


#: The unit that has to meet the duty.
DUTY_UNIT: ColumnElement[int] = unit_of(TermRow.holder.expression)


def in_charge(reader: Reader, unit: ColumnElement[int]) -> ColumnElement[bool]:
    """What the reader oversees and may see, of rows joined with their case; `unit` is the key of who has to act.

    Raises:
        NotFound: as `demand_board`.
    """
    demand_board(reader)
    offices, own = reader.standing.units(OFFICE), reader.standing.units(HEADS)
    parts = [Case.handling_unit_id.in_(sorted(offices))] if offices else []
    if own:
        parts.append(unit.in_(sorted(own)))
    sees = or_(*(visible_filter(flow, reader.standing) for flow in WORKFLOWS.values()))
    return and_(or_(*parts), not_a_copy(), sees)


def of_unit(session: Session, unit: ColumnElement[int], uid: str) -> ColumnElement[bool]:
    """Only the rows of one unit, named as in addresses; a name that means nothing finds nothing."""
    if uid == PERSONS:
        return unit.is_(None)
    found = session.execute(select(Unit.id).where(Unit.uid == uid)).scalar_one_or_none()
    return unit == found if found is not None else false()


def standing_on(reader: Reader, near: int) -> ColumnElement[str]:
    """How an open duty stands today; overdue is derived from its last day, never stored.

    Args:
        near: a duty with this many working days left, or fewer, is near (临期).
    """
    first_far_day = current_calendar(reader.session).add_working_days(reader.today, near + 1)
    return case(
        (or_(TermRow.status == "paused", TermRow.due_on.is_(None)), literal(Shade.PAUSED.value)),
        (TermRow.due_on < reader.today, literal(Shade.LATE.value)),
        (TermRow.due_on < first_far_day, literal(Shade.NEAR.value)),
        else_=literal(Shade.FINE.value),
    )


def stands(reader: Reader, near: int, wanted: Shade) -> ColumnElement[bool]:
    """`standing_on` equals this one, said such that the index of last days is read from where it begins."""
    first_far_day = current_calendar(reader.session).add_working_days(reader.today, near + 1)
    running, due_on = TermRow.status != "paused", TermRow.due_on
    if wanted is Shade.PAUSED:
        return or_(TermRow.status == "paused", due_on.is_(None))
    if wanted is Shade.LATE:
        return and_(running, due_on < reader.today)
    if wanted is Shade.NEAR:
        return and_(running, due_on >= reader.today, due_on < first_far_day)
    return and_(running, due_on >= max(reader.today, first_far_day))


def outcome_on(today: date) -> ColumnElement[str]:
    """What became of a duty by today. What is paused is not late, whatever its last day."""
    return case(
        (
            TermRow.ended_on.is_not(None),
            case(
                (TermRow.ended_on > TermRow.due_on, literal(Outcome.LATE.value)), else_=literal(Outcome.ON_TIME.value)
            ),
        ),
        (and_(TermRow.status == "running", TermRow.due_on < today), literal(Outcome.OVERDUE.value)),
        else_=literal(Outcome.OPEN.value),
    )


def falls_within(first: date, last: date) -> ColumnElement[bool]:
    """Duties that belong to a period, both days included."""
    return and_(
        IS_DUTY,
        or_(
            TermRow.due_on.between(first, last),
            and_(TermRow.due_on.is_(None), TermRow.ended_on.between(first, last)),
        ),
    )


def holders(session: Session, keys: Iterable[int | None]) -> dict[int | None, Holder]:
    """Who stands behind the keys that a grouped query gave."""
    wanted = set(keys)
    units = sorted(key for key in wanted if key is not None)
    rows = session.execute(select(Unit.id, Unit.uid, Unit.name).where(Unit.id.in_(units)))
    found: dict[int | None, Holder] = {row.id: Holder(row.uid, row.name) for row in rows}
    if None in wanted:
        found[None] = _EVERY_PERSON
    return found

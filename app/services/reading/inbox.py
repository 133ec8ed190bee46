"""待办: what lies with the reader now, what nobody can take, what he started, and what he has done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from app.access.capacities import not_as_its_subject, visible_filter
from app.models.cases import Case
from app.models.history import EventRow
from app.models.people import PostHolding
from app.services.lawbook import current_calendar
from app.services.reading.copies import not_a_copy
from app.services.reading.lines import CaseLine, lines_of, within_keys
from app.services.reading.reader import Reader
from workflows.registry import WORKFLOWS
from workflows.roles import OFFICIAL, RELATIONS, Capacity, Post

PAGE = 50
#: Counts stop here; the page says 1000+.
COUNTED = 1000


class Box(StrEnum):
    """The boxes of the desk."""

    HELD = "held"
    UNASSIGNED = "unassigned"
    STARTED = "started"
    DONE = "done"

    @property
    def label(self) -> str:
        return {"held": "待办", "unassigned": "待分派", "started": "我发起的", "done": "已办"}[self.value]


@dataclass(frozen=True)
class BoxPage:
    """One page of a box; `next_after` is the key of the next page, None on the last."""

    box: Box
    lines: list[CaseLine]
    next_after: int | None


def boxes_of(reader: Reader) -> tuple[Box, ...]:
    """The boxes this reader has: 待分派 lies with approvers only."""
    approves = any(post is Post.APPROVER for _, post in reader.standing.posts)
    return tuple(box for box in Box if box is not Box.UNASSIGNED or approves)


def count_box(reader: Reader, box: Box) -> int:
    """How many cases lie in a box; stops counting at COUNTED."""
    found = select(Case.id).where(_in_box(reader, box)).limit(COUNTED).subquery()
    return reader.session.execute(select(func.count()).select_from(found)).scalar_one()


def read_box(reader: Reader, box: Box, kind: str = "", after: int | None = None) -> BoxPage:
    """One page of a box: what is due first comes first in 待办, else the newest."""
    statement = select(Case).where(_in_box(reader, box))
    if kind:
        statement = statement.where(Case.kind == kind)
    if box in (Box.HELD, Box.UNASSIGNED):
        statement = statement.order_by(Case.due_on.is_(None), Case.due_on, Case.id)
        statement = statement.offset(within_keys(after or 0))
    else:
        statement = statement.order_by(Case.id.desc())
        statement = statement.where(Case.id < within_keys(after)) if after is not None else statement
    cases: Sequence[Case] = reader.session.execute(statement.limit(PAGE + 1)).scalars().all()
    calendar = current_calendar(reader.session)
    lines = lines_of(reader.session, cases[:PAGE], calendar, reader.today)
    return BoxPage(box, lines, _next(box, cases, after))


@dataclass(frozen=True)
class WeekDues:
    """How much of 待办 is overdue, and how much falls due from today to the end of the week."""

    overdue: int
    by_day: tuple[tuple[date, int], ...]


def dues_of_the_week(reader: Reader) -> WeekDues:
    """The reader's dues up to Sunday, by last day."""
    sunday = reader.today + timedelta(days=6 - reader.today.weekday())
    rows = reader.session.execute(
        select(Case.due_on, func.count())
        .where(held_by(reader), Case.due_on <= sunday)
        .group_by(Case.due_on)
        .order_by(Case.due_on)
    )
    found = [(day, number) for day, number in rows if day is not None]
    return WeekDues(
        overdue=sum(number for day, number in found if day < reader.today),
        by_day=tuple((day, number) for day, number in found if day >= reader.today),
    )


def next_held(reader: Reader, after: str = "") -> str | None:
    """办理下一件: the uid of what is due first in 待办, other than the case just handled; None if nothing is left."""
    statement = select(Case.uid).where(held_by(reader), Case.uid != after)
    ordered = statement.order_by(Case.due_on.is_(None), Case.due_on, Case.id).limit(1)
    return reader.session.execute(ordered).scalar_one_or_none()


def _next(box: Box, cases: Sequence[Case], after: int | None) -> int | None:
    if len(cases) <= PAGE:
        return None
    return (after or 0) + PAGE if box in (Box.HELD, Box.UNASSIGNED) else cases[PAGE - 1].id


def _in_box(reader: Reader, box: Box) -> ColumnElement[bool]:
    if box is Box.HELD:
        return held_by(reader)
    sees = or_(*(visible_filter(flow, reader.standing) for flow in WORKFLOWS.values()))
    if box is Box.UNASSIGNED:
        return and_(_handled_by(reader), Case.id.in_(_without_hands(reader)), sees)
    own = EventRow.actor_id == reader.actor.user_id
    taken = select(EventRow.case_id).where(own, EventRow.sort == "step")
    if box is Box.STARTED:
        return and_(Case.id.in_(taken.where(EventRow.seq == 1)), Case.kind != "notice", sees)
    return and_(Case.id.in_(taken), Case.kind != "notice", sees)


def held_by(reader: Reader) -> ColumnElement[bool]:
    """Cases that the reader, by one of his posts or in person, has to act on."""
    parts: list[ColumnElement[bool]] = []
    for capacity, relations in RELATIONS.items():
        for relation in relations:
            if not relation.posts:
                parts.append(and_(Case.holder == capacity.value, Case.holder_person_id == reader.actor.user_id))
            elif units := reader.standing.units(relation.posts):
                held = and_(Case.holder == capacity.value, Case.holder_unit_id.in_(sorted(units)))
                parts.append(and_(held, not_as_its_subject(reader.standing)) if capacity in OFFICIAL else held)
    return and_(or_(*parts), not_a_copy()) if parts else false()


def _handled_by(reader: Reader) -> ColumnElement[bool]:
    units = reader.standing.units(frozenset({Post.APPROVER}))
    return and_(Case.handling_unit_id.in_(sorted(units)), not_a_copy()) if units else false()


def _without_hands(reader: Reader):  # type: ignore[no-untyped-def]
    """Ids of held cases for whose holder's unit nobody has a post that counts."""
    parts = [
        and_(
            Case.holder == capacity.value,
            Case.holder_unit_id.is_not(None),
            Case.holder_unit_id.not_in(_staffed(reader, relation.posts)),
        )
        for capacity, relations in RELATIONS.items()
        for relation in relations
        if relation.posts and capacity is not Capacity.RECIPIENT
    ]
    return select(Case.id).where(or_(*parts))


def _staffed(reader: Reader, posts: frozenset[Post]):  # type: ignore[no-untyped-def]
    return select(PostHolding.unit_id).where(
        PostHolding.post.in_(sorted(post.value for post in posts)),
        PostHolding.from_on <= reader.today,
        or_(PostHolding.until_on.is_(None), PostHolding.until_on >= reader.today),
    )

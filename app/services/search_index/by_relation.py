"""The cases that somebody may see, by his relations to them: the newest of them, or all where they are few.

Left alone, both planners join every condition of sight by an index of its own and sort a million rows. Here the ids
come out of the indexes that lead from one relation to its cases, the newest first, and sight is asked of these only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, CompoundSelect, Select, Subquery, func, or_, select, true, union, union_all
from sqlalchemy.orm import Session

from app.models.cases import Case
from app.services.search_index.newest_first import by_index
from app.services.search_index.sight import seen_of

#: Columns by which somebody may see very many cases: indexed with kind, and with kind and state.
_WIDE = frozenset({"handling_unit_id", "provider_unit_id", "finder_unit_id"})
#: So many cases of each relation are looked at first; where they are too few, four times as many, and so on.
_STRETCH, _GROWING = 2_000, 4
#: So few cases are looked at one by one: for what is seen, and for their words.
FEW = 4_000

_Ids = Select[int]


@dataclass(frozen=True)
class Wanted:
    """Which cases are wanted: `seen` is the whole condition with what may be seen; the rest narrows where is looked.

    `relations` are those by which the reader may see cases at all: columns of a case with their values. `due` is the
    first and the last day wanted; no first day means any before.
    """

    relations: Sequence[tuple[str, int]]
    seen: ColumnElement[bool]
    kinds: Sequence[str]
    state: str = ""
    due: tuple[date | None, date] | None = None


def newest(session: Session, wanted: Wanted, *, before: int | None, page: int, counted: int) -> tuple[list[int], int]:
    """The ids of the page that begins below a key, in descending order, and the count of all up to a limit."""
    if not wanted.relations or not wanted.kinds:
        return [], 0
    by_index(session)
    walk = _walk if wanted.due is None else _walk_due
    first = walk(session, wanted, None, max(page, counted) if before is None else counted)
    ids = first if before is None else walk(session, wanted, before, page)
    return ids[:page], min(len(first), counted)


def few(session: Session, wanted: Wanted) -> list[int] | None:
    """The ids among which every wanted case is, seen or not; None where they are more than a few."""
    too_many, near = _near(tuple(wanted.relations), tuple(wanted.kinds), wanted.state, FEW)
    if session.execute(too_many).scalar_one():
        return None
    ids = list(session.execute(near).scalars().all())
    return ids if len(ids) <= FEW else None


@lru_cache(maxsize=256)
def _near(
    relations: Sequence[tuple[str, int]], kinds: Sequence[str], state: str, most: int
) -> tuple[Select[bool], Select[int]]:
    """Whether one relation by itself has more cases than so many, mostly answered by the first such; and all of them,
    but for what is more than that.

    Made once for somebody: it is some twenty statements in one.
    """
    branches = _branches(relations, kinds, state)
    near = union(*branches).subquery()
    too_many = select(or_(*(one.offset(most).limit(1).exists() for one in branches)))
    return too_many, select(near.c.id).limit(most + 1)


def earliest_due(session: Session, wanted: Wanted) -> date | None:
    """The first last day of any case of these relations; None where none has a last day."""
    firsts = (
        select(func.min(Case.due_on).label("day")).where(getattr(Case, column) == value, Case.due_on.is_not(None))
        for column, value in wanted.relations
    )
    days = union_all(*firsts).subquery()
    found: date | None = session.execute(select(func.min(days.c.day))).scalar_one()
    return found


def _walk(session: Session, wanted: Wanted, before: int | None, most: int) -> list[int]:
    """Down the cases of all relations, stretch by stretch, until there are enough."""
    found: list[int] = []
    size = _STRETCH
    while True:
        branches = _branches(wanted.relations, wanted.kinds, wanted.state)
        branches = [one if before is None else one.where(Case.id < before) for one in branches]
        lowest = session.execute(_end_of(branches, size)).scalar()
        near = _above(branches, lowest).subquery()
        statement = _seen_of(wanted, near).limit(most - len(found))
        found += session.execute(statement).scalars().all()
        if lowest is None or len(found) >= most:
            return found
        before, size = lowest + 1, size * _GROWING


def _walk_due(session: Session, wanted: Wanted, before: int | None, most: int) -> list[int]:
    """The same among the cases of some last days: their keys are few beside all, and are put in order for it."""
    found: list[int] = []
    size = _STRETCH
    while True:
        branches = [one.where(_days(wanted)) for one in map(_related, wanted.relations)]
        near = union(*(one if before is None else one.where(Case.id < before) for one in branches)).subquery()
        ids = session.execute(select(near.c.id).order_by(near.c.id.desc()).limit(size)).scalars().all()
        found += seen_of(session, wanted.seen, ids)[: most - len(found)]
        if len(ids) < size or len(found) >= most:
            return found
        before, size = ids[-1], size * _GROWING


def _days(wanted: Wanted) -> ColumnElement[bool]:
    """The last day is one of those wanted."""
    assert wanted.due is not None
    first, last = wanted.due
    return Case.due_on <= last if first is None else Case.due_on.between(first, last)


def _branches(relations: Sequence[tuple[str, int]], kinds: Sequence[str], state: str) -> list[_Ids]:
    """The cases of each relation, such that one index gives them in their order.

    Of a party's cases the state is read from the cases themselves: that is less than to look up each by its key.
    """
    found: list[_Ids] = []
    for relation in relations:
        related = _related(relation)
        if state:
            related = related.where(Case.state == state)
        found += [related.where(Case.kind == kind) for kind in kinds] if relation[0] in _WIDE else [related]
    return found


def _related(relation: tuple[str, int]) -> _Ids:
    column, value = relation
    return select(Case.id).where(getattr(Case, column) == value)


def _seen_of(wanted: Wanted, near: Subquery) -> _Ids:
    """Of these ids those that are seen, the newest first.

    As a join, SQLite would read all cases for a Bloom filter; and what is seen, were it a condition for which it looks
    for an index, by indexes that lead to nearly all of them.
    """
    is_seen = wanted.seen.is_(true())
    return select(Case.id).where(Case.id.in_(select(near.c.id)), is_seen).order_by(Case.id.desc())


def _end_of(branches: Sequence[_Ids], size: int) -> Select[int]:
    """The key at which some relation has had so many cases, the newest such; none where no relation has more."""
    ends = (one.order_by(Case.id.desc()).offset(size).limit(1).scalar_subquery() for one in branches)
    return select(func.max(union_all(*(select(end.label("id")) for end in ends)).subquery().c.id))


def _above(branches: Sequence[_Ids], lowest: int | None) -> CompoundSelect[int]:
    return union(*(one if lowest is None else one.where(Case.id > lowest) for one in branches))

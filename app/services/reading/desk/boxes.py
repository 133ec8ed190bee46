"""The boxes of the desk: which of them a reader has, what lies in each, and how much."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, exists, false, func, or_, select, union_all

from app.access.capacities import related_by
from app.access.hands import designated_to, in_lots, seen_to_by, sees
from app.access.standing import Standing
from app.models.cases import Case
from app.models.people import Locality
from app.models.terms import TermRow
from app.services.reading.copies import not_a_copy
from app.services.reading.desk.vacant import perhaps_without_hands
from app.services.reading.reader import Reader
from workflows.kit.counting import Nature
from workflows.roles import HEAD_OF, Capacity, Post

#: Counts stop here; the page says 1000+.
COUNTED = 1000
_TODAY: ColumnElement[Any] = bindparam("today", type_=Date)
_IN_CHARGE = frozenset({Post.OFFICER, Post.APPROVER})
_SEES_TO_VACANCIES = frozenset(
    {Post.OFFICER, Post.APPROVER, Post.REVIEWER, Post.TOLERANCE_HEAD, Post.HEAD, Post.DEPUTY}
)


class Box(StrEnum):
    """The boxes of the desk, in their order."""

    HELD = "held"
    UNASSIGNED = "unassigned"
    LATE = "late"
    DRAFTS = "drafts"
    STARTED = "started"
    DONE = "done"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Box.HELD: "待办",
    Box.UNASSIGNED: "待分派",
    Box.LATE: "督办",
    Box.DRAFTS: "草稿箱",
    Box.STARTED: "我发起的",
    Box.DONE: "已办",
}


def boxes_of(reader: Reader) -> tuple[Box, ...]:
    """The boxes this reader has: 督办 is the credit office's, 待分派 lies with approvers, heads and officers."""
    standing = reader.standing
    lacking = set()
    if not standing.units(_SEES_TO_VACANCIES):
        lacking.add(Box.UNASSIGNED)
    if not standing.units(_IN_CHARGE):
        lacking.add(Box.LATE)
    return tuple(box for box in Box if box not in lacking)


def held_parts(reader: Reader) -> list[ColumnElement[bool]]:
    """待办 as ranges of the index on holders: together they are the box, and no case lies in two."""
    return [and_(part, not_a_copy()) for part in in_lots(reader.standing)]


def unassigned(reader: Reader) -> list[ColumnElement[bool]]:
    """待分派: cases that nobody can act on, and for which the reader sees to it that somebody can."""
    standing = reader.standing
    approves, works_in = standing.units(frozenset({Post.APPROVER})), standing.works_in
    handled = (Case.handling_unit_id + 0).in_
    # With a sum no index is walked for these: a whole office's cases are what is not to be gone through.
    scope = or_(
        handled(sorted(approves)),
        and_(handled(sorted(standing.units(frozenset({Post.OFFICER})))), Case.holder == Capacity.IMPLEMENTER.value),
        (Case.holder_unit_id + 0).in_(sorted(works_in)),
    )
    ids = perhaps_without_hands(reader, scope)
    return [and_(Case.id.in_(ids), seen_to_by(standing), not_a_copy())] if ids else []


def designated(reader: Reader) -> list[ColumnElement[bool]]:
    """Cases of offices below, where nobody is left to approve, so that the reader's office is to handle them."""
    offices = reader.standing.own_units(frozenset({Post.APPROVER}))
    if not offices:
        return []
    below = select(Locality.key).where(Locality.superior_unit_id.in_(sorted(offices)))
    scope = and_((Case.locality + "").in_(below), (Case.handling_unit_id + 0).not_in(sorted(offices)))
    ids = perhaps_without_hands(reader, scope)
    return [and_(Case.id.in_(ids), designated_to(reader.standing), not_a_copy())] if ids else []


@lru_cache(maxsize=512)
def _in_charge(standing: Standing) -> ColumnElement[bool]:
    offices = (related_by(standing, Capacity.OFFICE), related_by(standing, HEAD_OF[Capacity.OFFICE]))
    mine = or_(false(), *(office for office in offices if office is not None))
    duty = exists().where(
        TermRow.case_id == Case.id,
        TermRow.nature == Nature.DUTY.value,
        TermRow.status == "running",
        TermRow.due_on < _TODAY,
    )
    return and_(mine, Case.due_on < _TODAY, duty, sees(standing))


def late_in_charge(reader: Reader) -> ColumnElement[bool]:
    """督办: cases that the reader's office handles and whose holder is late, whoever that is."""
    return and_(_in_charge(reader.standing), not_a_copy())


def count_of(reader: Reader, parts: Sequence[ColumnElement[bool]]) -> int:
    """How many cases lie in disjoint parts together; COUNTED + 1 stands for more."""
    if not parts:
        return 0
    some = [select(Case.id).where(part).limit(COUNTED + 1).subquery() for part in parts]
    together = union_all(*(select(one.c.id) for one in some)).subquery()
    statement = select(func.count()).select_from(together)
    return min(reader.session.execute(statement, {"today": reader.today}).scalar_one(), COUNTED + 1)


def due_by(reader: Reader, last: date) -> dict[date, int]:
    """How many cases of 待办 fall due on each day up to `last`, of the first thousand of each post."""
    parts = [
        select(Case.due_on).where(part, Case.due_on <= last).order_by(Case.due_on).limit(COUNTED).subquery()
        for part in held_parts(reader)
    ]
    if not parts:
        return {}
    together = union_all(*(select(part.c.due_on) for part in parts)).subquery()
    rows = reader.session.execute(select(together.c.due_on, func.count()).group_by(together.c.due_on))
    return dict(rows.all())

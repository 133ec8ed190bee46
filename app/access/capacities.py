"""Capacities of a person on a case and the equal SQL filter, both made from `workflows.roles.RELATIONS`."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, bindparam, false, or_, select
from sqlalchemy.orm import Session

from app.models.cases import Case
from app.models.people import PostHolding
from workflows.kit.definition import Workflow
from workflows.roles import OFFICIAL, RELATIONS, Capacity, Post

_SUBJECTS = frozenset({Capacity.SUBJECT, Capacity.SUBJECT_HEAD})
#: Parties: what concerns them is theirs to see from the day on which it was sent out to them.
_TOLD = _SUBJECTS | {Capacity.RECIPIENT}
_HOLDINGS = PostHolding.__table__
_POSTS_HELD = select(_HOLDINGS.c.unit_id, _HOLDINGS.c.post).where(
    _HOLDINGS.c.user_id == bindparam("person"),
    _HOLDINGS.c.from_on <= bindparam("today"),
    or_(_HOLDINGS.c.until_on.is_(None), _HOLDINGS.c.until_on >= bindparam("today")),
)


@dataclass(frozen=True)
class Standing:
    """A person with the posts he holds on one day: (unit id, post)."""

    user_id: int
    posts: frozenset[tuple[int, Post]]

    def units(self, posts: frozenset[Post]) -> frozenset[int]:
        return frozenset(unit for unit, post in self.posts if post in posts)

    @property
    def works_in(self) -> frozenset[int]:
        return frozenset(unit for unit, _ in self.posts)


def standing_of(session: Session, user_id: int, today: date) -> Standing:
    """The posts a person holds today."""
    rows = session.execute(_POSTS_HELD, {"person": user_id, "today": today})
    return Standing(user_id, frozenset((unit, Post(post)) for unit, post in rows))


def capacities_on(standing: Standing, case: Case) -> frozenset[Capacity]:
    """Every capacity the person holds on the case."""
    return frozenset(capacity for capacity in RELATIONS if _holds(standing, case, capacity))


def _holds(standing: Standing, case: Case, capacity: Capacity) -> bool:
    for relation in RELATIONS[capacity]:
        value = getattr(case, relation.column)
        if value is None:
            continue
        if relation.posts:
            if value in standing.units(relation.posts):
                return True
        elif value == standing.user_id:
            return True
    return False


def reading_capacities(standing: Standing, case: Case) -> frozenset[Capacity]:
    """In what quality he reads the case: whoever is its subject reads it as its subject, whatever posts he holds.

    回避 keeps him from acting officially; that he also does not read on in secret, follows from it.
    """
    held = capacities_on(standing, case)
    return held - OFFICIAL if held & _SUBJECTS else held


def may_see(workflow: Workflow, standing: Standing, case: Case) -> bool:
    """Whether one of his capacities sees the case in its present state.

    A subject only once he was told of it, the recipient of a notice only once it was sent out to him.
    """
    for capacity in reading_capacities(standing, case):
        if capacity in _TOLD and not case.subject_sees:
            continue
        if not case.filed and workflow.unfiled_seen_by and capacity not in workflow.unfiled_seen_by:
            continue
        if any(state.key == case.state for state in workflow.visible.get(capacity, ())):
            return True
    return False


def visible_filter(workflow: Workflow, standing: Standing) -> ColumnElement[bool]:
    """The same rule as SQL, for lists, search, counts and exports of one kind."""
    clauses: list[ColumnElement[bool]] = []
    for capacity, states in workflow.visible.items():
        related = _related(standing, capacity)
        if related is None:
            continue
        clause = and_(Case.state.in_(sorted(state.key for state in states)), related)
        if capacity in _TOLD:
            clause = and_(clause, Case.subject_sees)
        if capacity in OFFICIAL:
            clause = and_(clause, not_as_its_subject(standing))
        if workflow.unfiled_seen_by and capacity not in workflow.unfiled_seen_by:
            clause = and_(clause, Case.filed == 1)
        clauses.append(clause)
    return and_(Case.kind == workflow.key, or_(*clauses) if clauses else false())


def not_as_its_subject(standing: Standing) -> ColumnElement[bool]:
    """Cases that he may read by his posts, since he is not their subject: `reading_capacities` as SQL."""
    return ~_is_subject(standing)


def _is_subject(standing: Standing) -> ColumnElement[bool]:
    """Never unknown: a column that is empty is a subject that he is not."""
    parts = [
        and_(column.is_not(None), column == standing.user_id)
        if not relation.posts
        else and_(column.is_not(None), column.in_(sorted(standing.units(relation.posts))))
        for relation in RELATIONS[Capacity.SUBJECT]
        for column in [getattr(Case, relation.column)]
    ]
    return or_(*parts)


def _related(standing: Standing, capacity: Capacity) -> ColumnElement[bool] | None:
    parts: list[ColumnElement[bool]] = []
    for relation in RELATIONS.get(capacity, ()):
        column = getattr(Case, relation.column)
        if not relation.posts:
            parts.append(column == standing.user_id)
        elif units := standing.units(relation.posts):
            parts.append(column.in_(sorted(units)))
    return or_(*parts) if parts else None

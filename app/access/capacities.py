"""Capacities of a person on a case and the equal SQL filter, both made from `workflows.roles.RELATIONS`."""

from functools import cache, lru_cache

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import aliased, object_session

from app.access.standing import Deputised, Standing, standing_of
from app.models.cases import Case
from workflows.kit.context import Hat
from workflows.kit.definition import Workflow
from workflows.registry import WORKFLOWS
from workflows.roles import OFFICIAL, RELATIONS, Capacity, Relation

__all__ = [
    "Standing", "capacities_on", "hats_on", "may_see", "not_as_its_subject", "reading_capacities", "related_by",
    "relation_values", "standing_of", "visible_filter",
]  # fmt: skip

_SUBJECTS = frozenset({Capacity.SUBJECT, Capacity.SUBJECT_HEAD})
#: Parties: what concerns them is theirs to see from the day on which it was sent out to them.
_TOLD = _SUBJECTS | {Capacity.RECIPIENT}


def capacities_on(standing: Standing, case: Case) -> frozenset[Capacity]:
    """Every capacity the person holds on the case, for himself or for another."""
    return frozenset().union(*(hat.capacities for hat in hats_on(standing, case)))


def hats_on(standing: Standing, case: Case) -> tuple[Hat, ...]:
    """In what quality he may act on the case: as himself, and by each delegation that gives him a say in it."""
    own = Hat(None, frozenset(capacity for capacity in RELATIONS if _holds(standing, case, capacity)))
    for_others: dict[int, set[Capacity]] = {}
    for held in standing.deputised:
        given = {capacity for capacity in RELATIONS if _gives(held, case, capacity)}
        for_others.setdefault(held.principal.user_id, set()).update(given)
    return (own, *(Hat(principal, frozenset(given)) for principal, given in for_others.items() if given))


def _holds(standing: Standing, case: Case, capacity: Capacity) -> bool:
    for relation in RELATIONS[capacity]:
        value = getattr(case, relation.column)
        if value is None:
            continue
        if relation.posts:
            if value in standing.own_units(relation.posts):
                return True
        elif value == standing.user_id:
            return True
    return False


def _gives(held: Deputised, case: Case, capacity: Capacity) -> bool:
    """What the post gives its holder it gives his deputy; nothing official where the holder himself is the subject."""
    matches = any(
        held.post in relation.posts and getattr(case, relation.column) == held.unit_id
        for relation in RELATIONS[capacity]
    )
    return matches and not (capacity in OFFICIAL and _holds(held.principal, case, Capacity.SUBJECT))


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
        if capacity in workflow.seen_with_parent and not _sees_parent(capacity, case):
            continue
        if any(state.key == case.state for state in workflow.visible.get(capacity, ())):
            return True
    return False


def _sees_parent(capacity: Capacity, case: Case) -> bool:
    """Whether the capacity sees the case on which this one hangs, in its present state; the parties are the same."""
    session = object_session(case)
    parent = session.get(Case, case.parent_id) if session is not None and case.parent_id is not None else None
    return parent is not None and parent.state in _states_seen(capacity).get(parent.kind, ())


@cache
def _states_seen(capacity: Capacity) -> dict[str, tuple[str, ...]]:
    """By kind the states in which a capacity sees a case on which others hang."""
    found = {
        key: tuple(sorted(state.key for state in flow.visible.get(capacity, ())))
        for key, flow in WORKFLOWS.items()
        if not flow.seen_with_parent
    }
    return {key: states for key, states in found.items() if states}


@lru_cache(maxsize=1024)
def visible_filter(workflow: Workflow, standing: Standing) -> ColumnElement[bool]:
    """The same rule as SQL, for lists, search, counts and exports of one kind.

    Made once for a workflow and a standing: over all kinds it has some hundred parts.
    """
    clauses: list[ColumnElement[bool]] = []
    for capacity, states in workflow.visible.items():
        related = related_by(standing, capacity)
        if related is None:
            continue
        clause = and_(Case.state.in_(sorted(state.key for state in states)), related)
        if capacity in _TOLD:
            clause = and_(clause, Case.subject_sees)
        if capacity in OFFICIAL:
            clause = and_(clause, not_as_its_subject(standing))
        if workflow.unfiled_seen_by and capacity not in workflow.unfiled_seen_by:
            clause = and_(clause, Case.filed == 1)
        if capacity in workflow.seen_with_parent:
            clause = and_(clause, _parent_seen_by(capacity))
        clauses.append(clause)
    return and_(Case.kind == workflow.key, or_(*clauses) if clauses else false())


@cache
def _parent_seen_by(capacity: Capacity) -> ColumnElement[bool]:
    """`_sees_parent` as SQL."""
    parent = aliased(Case, name="parent")
    seen = [
        and_(parent.kind == kind, parent.state.in_(states)) for kind, states in sorted(_states_seen(capacity).items())
    ]
    return exists().where(parent.id == Case.parent_id, or_(*seen))


def not_as_its_subject(standing: Standing) -> ColumnElement[bool]:
    """Cases that he may read by his posts, since he is not their subject: `reading_capacities` as SQL."""
    return ~_is_subject(standing)


def _is_subject(standing: Standing) -> ColumnElement[bool]:
    """Never unknown: a column that is empty is a subject that he is not."""
    parts = []
    for relation in RELATIONS[Capacity.SUBJECT]:
        column = getattr(Case, relation.column)
        if not relation.posts:
            parts.append(and_(column.is_not(None), column == standing.user_id))
        elif units := standing.units(relation.posts):
            parts.append(and_(column.is_not(None), column.in_(sorted(units))))
    return or_(*parts)


def relation_values(standing: Standing) -> tuple[tuple[str, int], ...]:
    """The relations by which he may see a case at all: columns of a case, each with a value that it has then."""
    found: set[tuple[str, int]] = set()
    for held in RELATIONS.values():
        for relation in held:
            if relation.posts:
                found.update((relation.column, unit) for unit in standing.units(relation.posts))
            else:
                found.add((relation.column, standing.user_id))
    return tuple(sorted(found))


def related_by(standing: Standing, capacity: Capacity) -> ColumnElement[bool] | None:
    """Cases on which he holds the capacity, for himself or for another, as SQL; None: no case can be."""
    parts: list[ColumnElement[bool]] = []
    for relation in RELATIONS.get(capacity, ()):
        column = getattr(Case, relation.column)
        if not relation.posts:
            parts.append(column == standing.user_id)
        elif units := standing.own_units(relation.posts):
            parts.append(column.in_(sorted(units)))
        parts += _for_others(standing, capacity, relation)
    return or_(*parts) if parts else None


def _for_others(standing: Standing, capacity: Capacity, relation: Relation) -> list[ColumnElement[bool]]:
    """`_gives` as SQL, one condition for each delegation."""
    found = []
    for held in standing.deputised:
        if held.post in relation.posts:
            given = getattr(Case, relation.column) == held.unit_id
            found.append(and_(given, not_as_its_subject(held.principal)) if capacity in OFFICIAL else given)
    return found

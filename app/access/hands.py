"""In whose hands a case is: what somebody can act on (待办), and what nobody can, for whoever sees to it (待分派).

A case is held by a unit, and there by whoever has the post; it is in a person's hands only if he could take the step:
he is not its subject, does not work in the recorded unit, and has not declared himself out (回避, R147).

Conditions that hold for everybody name the day by the parameter `today`, and are built once.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, exists, false, or_, select
from sqlalchemy.orm import aliased

from app.access.capacities import related_by, visible_filter
from app.access.standing import Standing, in_force
from app.models.cases import Case
from app.models.people import Locality, PostHolding, Recusal, User
from workflows.registry import WORKFLOWS
from workflows.roles import HEAD_OF, OFFICIAL, RELATIONS, Capacity, Post

#: Who sees to a vacancy in a unit: the head of the missing clerk, the clerk of the missing head; for an implementing
#: unit, which has no head here, the office clerk, who may confirm in its place.
BESIDE: dict[Capacity, Capacity] = {
    **HEAD_OF,
    **{head: clerk for clerk, head in HEAD_OF.items()},
    Capacity.IMPLEMENTER: Capacity.OFFICE,
}
_TODAY: ColumnElement[Any] = bindparam("today", type_=Date)
_APPROVERS = RELATIONS[Capacity.SUPERVISOR][0].posts
#: Whoever can hold a case: by a state, by a duty, by a proposal or a request that lies with him.
_HOLDERS = (
    OFFICIAL
    | {Capacity.SUBJECT_HEAD}
    | {state.holder for flow in WORKFLOWS.values() for state in flow.states if state.holder is not None}
    | {term.holder for flow in WORKFLOWS.values() for term in flow.terms}
)


@dataclass(frozen=True)
class Lot:
    """What lies with one post (or, without a unit, with a person): one range of the index on holders.

    `principal` is for whom the reader holds the post (委托代办); None: for himself.
    """

    capacity: Capacity
    unit_id: int | None
    person_id: int | None = None
    principal: Standing | None = None


def lots_of(standing: Standing) -> tuple[Lot, ...]:
    """Every lot of a person: by each of his posts, in person, and by the posts that he holds for others."""
    found: dict[tuple[Capacity, int | None], Lot] = {}
    for capacity, relations in RELATIONS.items():
        for relation in relations if capacity in _HOLDERS else ():
            if not relation.posts:
                found[capacity, None] = Lot(capacity, None, standing.user_id)
            for unit in sorted(standing.own_units(relation.posts)):
                found[capacity, unit] = Lot(capacity, unit)
            for held in standing.deputised:
                if held.post in relation.posts:
                    found.setdefault((capacity, held.unit_id), Lot(capacity, held.unit_id, None, held.principal))
    return tuple(found.values())


@lru_cache(maxsize=512)
def in_lots(standing: Standing) -> tuple[ColumnElement[bool], ...]:
    """Cases that the person can act on now, lot by lot; no case lies in two."""
    return tuple(_in_lot(lot, standing) for lot in lots_of(standing))


def held_by(standing: Standing) -> ColumnElement[bool]:
    """Cases that the person, by one of his posts or in person, can act on now."""
    return or_(false(), *in_lots(standing))


def _in_lot(lot: Lot, standing: Standing) -> ColumnElement[bool]:
    if lot.unit_id is None:
        return and_(Case.holder_person_id == lot.person_id, Case.holder == lot.capacity.value)
    held = and_(Case.holder_unit_id == lot.unit_id, Case.holder == lot.capacity.value)
    if lot.capacity not in OFFICIAL:
        return held
    concerned = [standing] if lot.principal is None else [standing, lot.principal]
    return and_(held, *(~_is_out(one) for one in concerned))


def _is_out(standing: Standing) -> ColumnElement[bool]:
    """回避 as SQL; never unknown, since an empty column is a subject that he is not."""
    person, unit = Case.subject_person_id, Case.subject_unit_id
    declared = select(Recusal.dossier_id).where(Recusal.user_id == standing.user_id)
    return or_(
        and_(person.is_not(None), person == standing.user_id),
        and_(unit.is_not(None), unit.in_(sorted(standing.works_in))),
        Case.dossier_id.in_(declared),
    )


@cache
def without_hands() -> ColumnElement[bool]:
    """Held cases on which nobody can act: no holder of the post is left, every one is out, or the account is closed."""
    parts: list[ColumnElement[bool]] = []
    for posts, official, capacities in _sorts_of_holders():
        holder = Case.holder.in_(capacities)
        if not posts:
            account = exists().where(User.id == Case.holder_person_id, User.active)
            parts.append(and_(Case.holder_person_id.is_not(None), holder, ~account))
            continue
        nobody: ColumnElement[bool] = Case.holder_unit_id.not_in(_staffed(posts))
        if official:
            nobody = or_(nobody, and_(_somebody_may_be_out(), ~_able(Case.holder_unit_id, posts)))
        parts.append(and_(Case.holder_unit_id.is_not(None), holder, nobody))
    return or_(*parts)


def _sorts_of_holders() -> list[tuple[frozenset[Post], bool, list[str]]]:
    """Capacities that are held by the same posts and under the same rule of recusal are asked about together."""
    found: dict[tuple[frozenset[Post], bool], list[str]] = {}
    for capacity, relations in RELATIONS.items():
        for relation in relations if capacity in _HOLDERS else ():
            found.setdefault((relation.posts, capacity in OFFICIAL), []).append(capacity.value)
    return [(posts, official, sorted(capacities)) for (posts, official), capacities in found.items()]


def _staffed(posts: frozenset[Post]):  # type: ignore[no-untyped-def]
    """Units in which somebody with an account holds one of the posts today. Asked once for a list."""
    held = aliased(PostHolding)
    account = exists().where(User.id == held.user_id, User.active)
    return select(held.unit_id).where(_is_one_of(held, posts), in_force(held, _TODAY), account)


def _somebody_may_be_out() -> ColumnElement[bool]:
    """Cheap, and true of every case in which anybody need keep out: about a unit, about an official, or declared."""
    officials = aliased(PostHolding)
    in_office = select(officials.user_id).where(officials.post != Post.CIVIL_SERVANT.value)
    return or_(
        Case.subject_unit_id.is_not(None),
        and_(Case.subject_person_id.is_not(None), Case.subject_person_id.in_(in_office)),
        Case.dossier_id.in_(select(Recusal.dossier_id)),
    )


def _able(unit: Any, posts: frozenset[Post]) -> ColumnElement[bool]:
    """Whether somebody holds one of the posts in the unit today who need not keep out of the case."""
    held, elsewhere = aliased(PostHolding), aliased(PostHolding)

    def no_row(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        # Named, since of two queries around it SQLAlchemy would take the outer one's table into its own.
        return ~exists().where(*conditions).correlate(held, Case)

    able = select(held.id).where(
        held.unit_id == unit,
        _is_one_of(held, posts),
        in_force(held, _TODAY),
        exists().where(User.id == held.user_id, User.active),
        held.user_id.is_distinct_from(Case.subject_person_id),
        no_row(
            elsewhere.user_id == held.user_id, elsewhere.unit_id == Case.subject_unit_id, in_force(elsewhere, _TODAY)
        ),
        no_row(Recusal.dossier_id == Case.dossier_id, Recusal.user_id == held.user_id),
    )
    return able.correlate(Case).exists()


def _is_one_of(held: type[PostHolding], posts: frozenset[Post]) -> ColumnElement[bool]:
    return held.post.in_(sorted(post.value for post in posts))


@cache
def approved_by_somebody() -> ColumnElement[bool]:
    """Whether the handling office has an approver who need not keep out."""
    return _able(Case.handling_unit_id, _APPROVERS)


@lru_cache(maxsize=512)
def seen_to_by(standing: Standing) -> ColumnElement[bool]:
    """待分派: cases without hands that lie with this person, who may see them.

    They lie with the approver of the handling office, and within a unit with the one beside the missing post.
    """
    mine = [related_by(standing, Capacity.SUPERVISOR)]
    for missing, beside in BESIDE.items():
        related = related_by(standing, beside)
        if related is not None:
            mine.append(and_(Case.holder == missing.value, Case.holder_unit_id.is_not(None), related))
    known = [condition for condition in mine if condition is not None]
    return and_(or_(false(), *known), without_hands(), sees(standing)) if known else false()


@lru_cache(maxsize=512)
def sees(standing: Standing) -> ColumnElement[bool]:
    """What the person may see, of every kind."""
    return or_(*(visible_filter(flow, standing) for flow in WORKFLOWS.values()))


@lru_cache(maxsize=512)
def designated_to(standing: Standing) -> ColumnElement[bool]:
    """Cases that lie with nobody in the handling office, of a locality whose superior office the person approves for.

    He may not see them yet: 指定办理 comes first, and only their numbers and last days are shown for it.
    """
    units = standing.own_units(_APPROVERS)
    superior = exists().where(
        Locality.key == Case.locality,
        Locality.superior_unit_id.in_(sorted(units)),
        Locality.superior_unit_id != Case.handling_unit_id,
    )
    return and_(superior, without_hands(), ~approved_by_somebody()) if units else false()


@cache
def stranded() -> ColumnElement[bool]:
    """Held cases that lie in nobody's 待办 and in nobody's 待分派: there must be none.

    One is only possible where a unit loses all its people, or an office and its superior all their approvers. Whoever
    sees to a vacancy is looked for as `seen_to_by` and `designated_to` find the cases of one person.
    """
    seen_to = [and_(_visible_to(Capacity.SUPERVISOR), approved_by_somebody())]
    for missing, beside in BESIDE.items():
        for relation in RELATIONS[beside]:
            if relation.posts:
                staffed = getattr(Case, relation.column).in_(_staffed(relation.posts))
                held = and_(Case.holder == missing.value, Case.holder_unit_id.is_not(None))
                seen_to.append(and_(held, _visible_to(beside), staffed))
    superior = exists().where(
        Locality.key == Case.locality,
        Locality.superior_unit_id != Case.handling_unit_id,
        Locality.superior_unit_id.in_(_staffed(_APPROVERS)),
    )
    return and_(without_hands(), ~or_(*seen_to), ~superior)


def _visible_to(capacity: Capacity) -> ColumnElement[bool]:
    """Cases in a state in which this capacity sees them."""
    parts = []
    for flow in WORKFLOWS.values():
        states = sorted(state.key for state in flow.visible.get(capacity, ()))
        seen = and_(Case.kind == flow.key, Case.state.in_(states))
        if flow.unfiled_seen_by and capacity not in flow.unfiled_seen_by:
            seen = and_(seen, Case.filed == 1)
        if capacity not in OFFICIAL:
            seen = and_(seen, Case.subject_sees)
        parts.append(seen)
    return or_(*parts)

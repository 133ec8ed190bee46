"""指定办理: where nobody is left in the handling office who can act, the superior office handles the dossier (R147).

It happens by itself when the last approver declares himself out; where posts are vacant or clerks are out, somebody
who answers for it asks: an approver of the office, or one of the superior office where no approver is left.
"""

from datetime import datetime

from sqlalchemy import select

from app.access.capacities import capacities_on, may_see
from app.access.hands import approved_by_somebody, without_hands
from app.models.cases import Case
from app.models.people import Locality
from app.services import terms
from app.services.backend import Backend
from app.services.holding import settle_holder
from app.services.steps import load_case
from app.services.unit_of_work import UnitOfWork, unit_of_work
from workflows.kit.context import Actor
from workflows.kit.errors import GuardRefused, NotFound, UnmetGuard
from workflows.registry import workflow
from workflows.roles import Capacity, Post

_OF_THE_OFFICE = frozenset({Capacity.OFFICE.value, Capacity.SUPERVISOR.value})


def designate_superior(backend: Backend, actor: Actor, uid: str, now: datetime) -> None:
    """Let the superior office handle the dossier of a case that nobody in the handling office can act on.

    Raises:
        NotFound: there is no such case, or the actor answers for it in neither office.
        GuardRefused: somebody can act on it, it does not lie with the office, or there is no superior office.
    """
    assert actor.user_id is not None
    with unit_of_work(backend, now) as work:
        found = work.lock_dossier_of(uid)
        if found is None:
            raise NotFound
        case = load_case(work, *found)
        superior = _superior_of(work, case)
        standing = work.standing(actor.user_id)
        below = Capacity.SUPERVISOR in capacities_on(standing, case) and may_see(workflow(case.kind), standing, case)
        above = superior in standing.own_units(frozenset({Post.APPROVER})) and not _holds(
            work, case, approved_by_somebody()
        )
        if not below and not above:
            raise NotFound
        if superior is None or case.holder not in _OF_THE_OFFICE or not _holds(work, case, without_hands()):
            detail = "本事项现有可以办理的人员，或者没有上级信用管理部门，不需要指定办理"
            raise GuardRefused((UnmetGuard("nobody_can_act", "承办的信用管理部门无人可以办理", detail),))
        move_up(work, case, superior, f"{actor.name}：承办单位无人可以办理，指定上级信用管理部门办理")


def move_up_if_nobody_approves(work: UnitOfWork, case: Case) -> None:
    """指定办理 by itself, once nobody is left in the handling office who may approve."""
    superior = _superior_of(work, case)
    if superior is not None and not _holds(work, case, approved_by_somebody()):
        move_up(work, case, superior, "没有可以审批的人员，指定上级信用管理部门办理")


def move_up(work: UnitOfWork, case: Case, superior: int, note: str) -> None:
    """Let another office handle everything open in the dossier that the present one handles, with a note on each."""
    open_cases = select(Case).where(
        Case.dossier_id == case.dossier_id, Case.phase != "closed", Case.handling_unit_id == case.handling_unit_id
    )
    for moved in list(work.session.execute(open_cases).scalars()):
        moved.handling_unit_id = superior
        terms.note_on_case(work, moved, "noted", "handed_up", {"note": note}, "inside")
        settle_holder(work, moved, workflow(moved.kind), terms.live_terms(work, moved.id))


def _superior_of(work: UnitOfWork, case: Case) -> int | None:
    place = work.session.get(Locality, case.locality)
    assert place is not None
    return place.superior_unit_id if place.superior_unit_id != case.handling_unit_id else None


def _holds(work: UnitOfWork, case: Case, condition) -> bool:  # type: ignore[no-untyped-def]
    found = work.session.execute(select(Case.id).where(Case.id == case.id, condition), {"today": work.today})
    return found.first() is not None

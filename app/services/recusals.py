"""自行回避: an official declares himself out of a dossier; who decides instead follows (procedures 0; R147)."""

from datetime import datetime
from functools import partial

from sqlalchemy import select

from app.access.capacities import capacities_on, may_see
from app.models.cases import Case
from app.models.people import Recusal
from app.services import terms
from app.services.backend import Backend
from app.services.designation import move_up_if_nobody_approves
from app.services.steps import demand_sight_of, load_case
from app.services.unit_of_work import UnitOfWork, unit_of_work
from workflows.kit.context import Actor
from workflows.kit.errors import FieldError, FormIncomplete, NotFound, NotPermitted
from workflows.registry import workflow
from workflows.roles import OFFICIAL

_LONGEST = 400


def declare_recusal(backend: Backend, actor: Actor, case_uid: str, reason: str, now: datetime) -> None:
    """Declare oneself out of the whole dossier of a case; it cannot be taken back.

    Where every approver of the handling office is out, the superior office handles the dossier (指定办理).

    Raises:
        NotFound: there is no such case, or the actor may not see it.
        NotPermitted: the actor holds no official capacity on it.
        FormIncomplete: no reason, or one that is too long.
    """
    reason = reason.strip()
    if not reason or len(reason) > _LONGEST:
        message = "尚未填写" if not reason else f"最多{_LONGEST}字，请精简"
        raise FormIncomplete((FieldError("reason", "回避的理由", message),))
    assert actor.user_id is not None
    with unit_of_work(backend, now) as work:
        found = work.lock_dossier_of(case_uid, partial(demand_sight_of, work, actor))
        if found is None:
            raise NotFound
        case = load_case(work, *found)
        standing = work.standing(actor.user_id)
        if not may_see(workflow(case.kind), standing, case):
            raise NotFound
        if not capacities_on(standing, case) & OFFICIAL:
            raise NotPermitted("自行回避", "办理本事项的工作人员")
        if _is_out(work, case, actor.user_id):
            return
        work.session.add(
            Recusal(dossier_id=case.dossier_id, user_id=actor.user_id, reason=reason, declared_at=work.now)
        )
        work.session.flush()
        terms.note_on_case(work, case, "noted", "recusal", {"note": f"{actor.name}声明自行回避：{reason}"}, "inside")
        move_up_if_nobody_approves(work, case)


def _is_out(work: UnitOfWork, case: Case, user_id: int) -> bool:
    statement = select(Recusal.id).where(Recusal.dossier_id == case.dossier_id, Recusal.user_id == user_id)
    return work.session.execute(statement).first() is not None

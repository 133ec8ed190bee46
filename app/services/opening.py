"""A new case before its opening step: its dossier, its relations to people and units, and the pseudo-state."""

from sqlalchemy import select

from app.models.base import new_uid
from app.models.cases import Case, Dossier
from app.models.people import Locality, Unit
from app.models.registry import MODELS
from app.services.commands import TakeStep
from app.services.unit_of_work import UnitOfWork
from workflows.kit.definition import OPENING
from workflows.kit.errors import NotFound
from workflows.roles import Post

#: Relations that a case takes over from the one it hangs on.
_INHERITED = (
    "locality",
    "subject_person_id",
    "subject_unit_id",
    "provider_unit_id",
    "finder_unit_id",
    "handling_unit_id",
)


def new_case(work: UnitOfWork, command: TakeStep, parent: Case | None, uid: str = "") -> Case:
    """Make the case object that the opening step will move out of its pseudo-state; nothing is stored yet.

    Raises:
        NotFound: no such kind, or not from there: a record opens its dossier, all else hangs on a record.
    """
    if command.opens not in MODELS:
        raise NotFound
    if (command.opens == "record") != (parent is None) or (parent is not None and parent.kind != "record"):
        raise NotFound("本程序不能从这里开始：记录应当单独登记，其他事项应当从所涉记录提出。")
    case = child_of(work, parent, command.opens) if parent is not None else _first_of_a_dossier(work, command)
    case.uid = uid or case.uid
    if command.paper is not None:
        case.received_on = command.paper.received_on
    return case


def child_of(work: UnitOfWork, parent: Case, kind: str) -> Case:
    """A new case in the dossier of another, with the same parties and handling organs."""
    case = _blank(work, kind)
    case.dossier_id = parent.dossier_id
    case.parent_id = parent.id
    for column in _INHERITED:
        setattr(case, column, getattr(parent, column))
    _let_in(case, parent)
    case.subject_sees = parent.subject_sees
    return case


def _let_in(case: Case, parent: Case) -> None:
    """The 容错认定机关 of a claim of exemption, and of a notice the bodies that see what the notice is about.

    A record names the bodies that would be asked; its own letters are none of theirs. The 复核机关 comes in with the
    request for review (`bring_in_review_body`).
    """
    if case.kind == "exemption":
        case.tolerance_unit_id = parent.tolerance_unit_id
    elif case.kind == "notice" and parent.kind != "record":
        case.tolerance_unit_id, case.review_unit_id = parent.tolerance_unit_id, parent.review_unit_id


def _first_of_a_dossier(work: UnitOfWork, command: TakeStep) -> Case:
    """A case that opens its own dossier: the actor's unit reports it, the organs come from its locality.

    Raises:
        NotFound: the actor has no unit for which he could open it.
    """
    assert command.actor.user_id is not None
    units = work.standing(command.actor.user_id).units(frozenset({Post.CLERK}))
    unit_id = command.unit_id or min(units, default=None)
    unit = work.session.get(Unit, unit_id) if unit_id in units else None
    if unit is None:
        raise NotFound("您没有信息提供单位经办人的岗位，不能登记记录。")
    place = work.session.execute(select(Locality).where(Locality.key == unit.locality)).scalar_one()
    dossier = work.found(Dossier(uid=new_uid(), locality=place.key, opened_at=work.now, last_event_at=work.now))
    case = _blank(work, command.opens)
    case.dossier_id = dossier.id
    case.locality = place.key
    case.provider_unit_id = case.finder_unit_id = unit.id
    case.handling_unit_id = place.office_unit_id
    case.review_unit_id = place.review_unit_id
    case.tolerance_unit_id = place.tolerance_unit_id
    return case


def _blank(work: UnitOfWork, kind: str) -> Case:
    return MODELS[kind](
        uid=new_uid(),
        kind=kind,
        state=OPENING.key,
        phase=OPENING.phase.value,
        round=1,
        version=0,
        filed=0,
        subject_sees=False,
        chain_head="",
        event_count=0,
        created_at=work.now,
    )


def assign_handling_unit(work: UnitOfWork, case: Case) -> None:
    """指定办理: where the credit office itself is the subject, the superior office handles the case."""
    place = work.session.get(Locality, case.locality)
    assert place is not None
    if case.subject_unit_id == place.office_unit_id and place.superior_unit_id is not None:
        case.handling_unit_id = place.superior_unit_id

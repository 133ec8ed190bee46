"""What a program may do on cases: the clerks' drafting, registering and reporting; nothing that decides.

Default deny: a step is not open to programs unless it stands here. What is signed, what goes out to a party, and what
accepts, refuses, returns or approves, needs a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from app.access.capacities import Standing, capacities_on, may_see, not_as_its_subject
from app.access.hands import held_by
from app.models.cases import Case
from app.models.history import EventRow
from app.services.api_callers import Caller
from app.services.backend import Backend
from app.services.commands import Taken, TakeStep
from app.services.facts import SqlFacts
from app.services.machine_files import demand_same_files, hand_in
from app.services.reading.case_page import OfferView
from app.services.reading.reader import Reader, case_for
from app.services.settling import settle_pauses
from app.services.steps import demand_sight_of, load_case, take_within
from app.services.unit_of_work import UnitOfWork, unit_of_work
from workflows.kit.errors import (
    FieldError,
    FormIncomplete,
    GuardRefused,
    NotFound,
    Refusal,
    Stale,
    UnknownStep,
    UnmetGuard,
)
from workflows.registry import WORKFLOWS, workflow
from workflows.roles import Capacity

#: Per procedure the steps that are open to programs.
OPEN_TO_PROGRAMS: Mapping[str, frozenset[str]] = {
    "record": frozenset(
        {
            "create", "edit", "submit", "discard", "draft_correction", "draft_annulment", "propose",
            "withdraw_proposal",
        }
    ),
    "notice": frozenset({"dispatch", "redispatch", "confirm_service", "fail", "add_receipt"}),
    "objection": frozenset({"draft_answer", "propose", "withdraw_proposal"}),
    "rectification": frozenset({"propose", "withdraw_proposal"}),
    "repair": frozenset({"draft_finding", "propose", "withdraw_proposal"}),
    "sync": frozenset({"confirm"}),
    "exemption": frozenset(),
}  # fmt: skip
_OF_THE_SUBJECT = frozenset({Capacity.SUBJECT, Capacity.SUBJECT_HEAD})
_BY_A_PERSON = "本步骤须由工作人员本人登录后办理，不能通过接口办理"


class ByAPerson(Refusal):
    """The step binds somebody: a program may not take it."""

    code = "ByAPerson"
    status = 403

    def __init__(self) -> None:
        super().__init__(f"{_BY_A_PERSON}。")


def is_open_to_programs(kind: str, step: str) -> bool:
    """Whether programs may take this step at all."""
    return step in OPEN_TO_PROGRAMS.get(kind, frozenset())


def offers_to_programs(kind: str, offers: tuple[OfferView, ...]) -> tuple[OfferView, ...]:
    """The acts of a case page as a program gets them: what needs a person is barred, with that reason."""
    return tuple(
        offer
        if is_open_to_programs(offer.opens or kind, offer.step)
        else replace(offer, reasons=(f"{_BY_A_PERSON}。", *offer.reasons))
        for offer in offers
    )


def take_machine_step(
    backend: Backend, caller: Caller, command: TakeStep, now: datetime, files: Sequence[str] = ()
) -> Taken:
    """Take a step for a program: everything that binds a person binds it, and so does what binds its owner.

    Args:
        command: its actor is the caller's account; paper is not entered by programs.
        files: uids of files that were uploaded for this step and are named beside its form; those that stand in the
            form are handed in as well.

    Raises:
        Refusal: as `take_step`; besides, ByAPerson for a step that needs a person, NotFound where the owner is the
            subject of the case, GuardRefused where he has declared himself out of its dossier, FormIncomplete for a
            file that this program did not upload for this step, KeyReused for other files under the same key.
    """
    if command.opens and command.opens in WORKFLOWS:
        _demand_open(command.opens, command.step)
    with unit_of_work(backend, now) as work:
        if command.parent or command.case:
            _demand_concern(work, caller, command)
        run = take_within(work, command)
        if isinstance(run, Taken):
            demand_same_files(work.session, run, command.form, files)
            return run
        if command.opens:
            _demand_not_about_the_owner(work, run.case, caller.owner_id)
        hand_in(work, run, caller.user_id, files)
        settle_pauses(work)
    case = run.case
    return Taken(case.uid, case.kind, command.step, case.state, case.version, case.number)


def demand_seen_by_owner(reader: Reader, owner: Standing, uid: str) -> None:
    """A program does not read about the person who answers for it.

    Raises:
        NotFound: the owner is the subject of the case, or there is none.
    """
    if not seen_besides_owner(reader, owner, [uid]):
        raise NotFound


def demand_open_step(reader: Reader, owner: Standing, uid: str, step: str) -> None:
    """A file is handed in only for a step that the program may take on a case that it may see.

    Raises:
        NotFound, UnknownStep, ByAPerson: in this order.
    """
    demand_seen_by_owner(reader, owner, uid)
    kind = case_for(reader, uid).kind
    if workflow(kind).step(step) is None:
        raise UnknownStep(step[:40])
    _demand_open(kind, step)


def seen_besides_owner(reader: Reader, owner: Standing, uids: list[str]) -> frozenset[str]:
    """Those of the cases of which the owner is not the subject."""
    statement = select(Case.uid).where(Case.uid.in_(uids), besides_owner(owner))
    return frozenset(reader.session.execute(statement).scalars())


def besides_owner(owner: Standing) -> ColumnElement[bool]:
    """Cases of which the person who answers for a program is not the subject: what its lists and counts are of."""
    return not_as_its_subject(owner)


def workable_besides_owner(owner: Standing) -> ColumnElement[bool]:
    """Cases that he could act on himself: his program does nothing where he has to keep out (回避)."""
    return and_(besides_owner(owner), held_by(owner))


def _demand_open(kind: str, step: str) -> None:
    """A step that the table does not know is refused by the table."""
    if workflow(kind).step(step) is not None and not is_open_to_programs(kind, step):
        raise ByAPerson


def _demand_concern(work: UnitOfWork, caller: Caller, command: TakeStep) -> None:
    """The case exists for this program, the step is open to it, and its owner need not keep out."""
    found = work.lock_dossier_of(command.parent or command.case, partial(_demand_sight_for, work, caller))
    if found is None:
        raise NotFound
    case = load_case(work, *found)
    owner = work.standing(caller.owner_id)
    taken_before = command.key is not None and _took(work, case, caller, command.key)
    seen = taken_before or may_see(workflow(case.kind), work.standing(caller.user_id), case)
    if not seen or capacities_on(owner, case) & _OF_THE_SUBJECT:
        raise NotFound
    if not command.opens:
        _demand_open(case.kind, command.step)
    ground = SqlFacts(work, case, caller.owner_id, work.calendar, work.today).recusal_ground()
    if ground:
        detail = f"接口令牌的责任人应当回避：{ground.replace('您', '责任人')}"
        raise GuardRefused((UnmetGuard("owner_not_recused", "责任人没有应当回避的情形", detail),))
    # What was seen has passed: said before anything is said of the state, which the program has not seen yet.
    if not taken_before and command.expected_version not in (None, case.version):
        raise Stale


def _demand_sight_for(work: UnitOfWork, caller: Caller, case_id: int, kind: str) -> None:
    demand_sight_of(work, caller.actor, case_id, kind)
    if capacities_on(work.standing(caller.owner_id), load_case(work, case_id, kind)) & _OF_THE_SUBJECT:
        raise NotFound


def _took(work: UnitOfWork, case: Case, caller: Caller, key: str) -> bool:
    """Whether this program took a step with this key: it hears of it again, even where it does not see on."""
    statement = select(EventRow.id).where(
        EventRow.case_id == case.id, EventRow.idempotency_key == key, EventRow.actor_id == caller.user_id
    )
    return work.session.execute(statement).first() is not None


def _demand_not_about_the_owner(work: UnitOfWork, case: Case, owner_id: int) -> None:
    if capacities_on(work.standing(owner_id), case) & _OF_THE_SUBJECT:
        raise FormIncomplete((FieldError("subject", "主体", "不得是接口令牌的责任人，请由其他人员登记"),))


def step_from_program(caller: Caller, step: str, form: Mapping[str, Any], **more: Any) -> TakeStep:
    """The command of a program: it acts as the account of its token, for the unit of its token."""
    return TakeStep(step, caller.actor, form, unit_id=caller.unit_id, **more)

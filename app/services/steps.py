"""The one way to change a case: `take_step`. Pages, API, scheduler, importers, rehearsal and demo all call it."""

import json
import re
import uuid
from dataclasses import asdict
from datetime import datetime
from functools import partial

from sqlalchemy import select

from app.access.capacities import may_see
from app.models.cases import Case
from app.models.history import EventRow
from app.services.applying import StepRun, apply_step
from app.services.backend import Backend
from app.services.commands import Paper, Taken, TakeStep
from app.services.events import canonical, form_hash
from app.services.opening import new_case
from app.services.settling import settle_pauses
from app.services.specimens import demand_as_shown
from app.services.unit_of_work import UnitOfWork, unit_of_work
from workflows.kit.context import Actor
from workflows.kit.errors import FieldError, FormIncomplete, GuardRefused, KeyReused, NotFound, UnmetGuard
from workflows.kit.storable import Unstorable, demand_storable
from workflows.registry import workflow

__all__ = ["Paper", "TakeStep", "Taken", "take_step"]

#: An idempotency key as pages and programs make it.
KEY = re.compile(r"[!-~]{1,80}")
_OPENED = uuid.UUID("3a1d7c52-6d58-4b1e-9d0c-5b7a5c1c2e11")


def take_step(backend: Backend, command: TakeStep, now: datetime) -> Taken:
    """Take one step in one transaction: state, version, history, terms, notices, effects and outbox, or nothing.

    Raises:
        Refusal: NotFound, UnknownStep, WrongState, NotPermitted, Stale, FormIncomplete or GuardRefused, tested in
            that order; TextChanged when the notices do not read as shown; KeyReused when the key was used with
            another form. Nothing has changed then.
    """
    with unit_of_work(backend, now) as work:
        run = take_within(work, command)
        if isinstance(run, Taken):
            return run
        if command.shown:
            demand_as_shown(work, command.shown)
        settle_pauses(work)
    case = run.case
    return Taken(case.uid, case.kind, command.step, case.state, case.version, case.number)


def take_within(work: UnitOfWork, command: TakeStep) -> StepRun | Taken:
    """Take the step in a transaction that the caller ends; `Taken` if the key has taken it before.

    Raises:
        Refusal: as `take_step`; the transaction must be given up then.
    """
    if command.key is not None and not KEY.fullmatch(command.key):
        raise FormIncomplete((FieldError("key", "提交标识", "格式不对，请刷新页面后重新提交"),))
    return _open(work, command) if command.opens else _advance(work, command)


def _advance(work: UnitOfWork, command: TakeStep) -> StepRun | Taken:
    found = work.lock_dossier_of(command.case, partial(demand_sight_of, work, command.actor))
    if found is None:
        raise NotFound
    case = load_case(work, *found)
    # Whoever took the step hears of it again, even if the step took the case out of his sight.
    repeated = _repetition(work, case, command)
    if repeated is not None:
        return repeated
    _demand_sight(work, case, command.actor)
    _demand_told(work, case, command.paper)
    return apply_step(
        work,
        case,
        command.step,
        command.actor,
        command.form,
        expected_version=command.expected_version,
        key=command.key,
        paper=command.paper,
    )


def _open(work: UnitOfWork, command: TakeStep) -> StepRun | Taken:
    uid = ""
    if command.key:
        uid = opened_uid(command.actor.uid, command.key)
        work.take_turns(uid)
        repeated = _opened_before(work, uid, command)
        if repeated is not None:
            return repeated
    parent = None
    if command.parent:
        found = work.lock_dossier_of(command.parent, partial(demand_sight_of, work, command.actor))
        if found is None:
            raise NotFound
        parent = load_case(work, *found)
        _demand_sight(work, parent, command.actor)
        _demand_told(work, parent, command.paper)
    case = new_case(work, command, parent, uid)
    return apply_step(work, case, command.step, command.actor, command.form, key=command.key, paper=command.paper)


def opened_uid(actor_uid: str, key: str) -> str:
    """The uid of the case that somebody opens with a key: the same key opens the same case."""
    return str(uuid.uuid5(_OPENED, f"{actor_uid}/{key}"))


def _opened_before(work: UnitOfWork, uid: str, command: TakeStep) -> Taken | None:
    known = work.lock_dossier_of(uid)
    return None if known is None else _repetition(work, load_case(work, *known), command)


def load_case(work: UnitOfWork, case_id: int, kind: str) -> Case:
    """Load one case with the columns of its kind; after the lock, one class at a time."""
    from app.models.registry import MODELS

    case = work.session.get(MODELS[kind], case_id)
    assert case is not None
    return case


def demand_sight_of(work: UnitOfWork, actor: Actor, case_id: int, kind: str) -> None:
    """Raises NotFound unless the actor may see the case: before anything else is said of it."""
    _demand_sight(work, load_case(work, case_id, kind), actor)


def _demand_sight(work: UnitOfWork, case: Case, actor: Actor) -> None:
    """A case one may not see does not exist; a person who once acted on it still gets the honest refusal."""
    if actor.is_system:
        return
    assert actor.user_id is not None
    if not may_see(workflow(case.kind), work.standing(actor.user_id), case):
        raise NotFound


def _demand_told(work: UnitOfWork, case: Case, paper: Paper | None) -> None:
    """Paper comes from somebody who may know of the case; else entering it would tell him of it."""
    if paper is None or may_see(workflow(case.kind), work.standing(paper.on_behalf_of), case):
        return
    detail = "所代录的人员不是本事项的当事人，或者本事项尚未告知当事人"
    raise GuardRefused((UnmetGuard("party_was_told", "代录的人员已经知悉本事项", detail),))


def _repetition(work: UnitOfWork, case: Case, command: TakeStep) -> Taken | None:
    """The answer that this key got before.

    Raises:
        KeyReused: the key was used by somebody else, or for another step, matter, form or paper.
        NotFound: it was used by somebody else, on a case that the actor may not see.
    """
    if command.key is None:
        return None
    event = work.session.execute(
        select(EventRow.step, EventRow.form_hash, EventRow.actor_id, EventRow.version, EventRow.body).where(
            EventRow.case_id == case.id, EventRow.idempotency_key == command.key
        )
    ).one_or_none()
    if event is None:
        return None
    if event.actor_id != command.actor.user_id:
        _demand_sight(work, case, command.actor)
        raise KeyReused
    if (
        event.step != command.step
        or not _same_matter(work, case, command)
        or not _same_form(event.form_hash, event.body, command)
    ):
        raise KeyReused
    state = json.loads(event.body)["to"]
    return Taken(case.uid, case.kind, command.step, state, event.version, case.number, repeated=True)


def _same_matter(work: UnitOfWork, case: Case, command: TakeStep) -> bool:
    """A case that was opened with this key is the one that is asked for now: of the kind, on the same record."""
    if not command.opens:
        return True
    parent = work.session.get(Case, case.parent_id) if case.parent_id is not None else None
    return case.kind == command.opens and (parent.uid if parent is not None else "") == command.parent


def _same_form(kept_hash: str, kept_body: str, command: TakeStep) -> bool:
    paper = asdict(command.paper) if command.paper is not None else None
    try:
        demand_storable(command.form)
    except Unstorable:
        return False
    return kept_hash == form_hash(command.form) and json.loads(canonical(paper)) == json.loads(kept_body).get("paper")

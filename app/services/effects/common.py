"""Effects that several procedures share: filing, proposals, requests, voiding."""

import json

from sqlalchemy import select

from app.models.cases import Case, ProposalRow
from app.models.kinds import Notice
from app.services.applying import SYSTEM, StepRun, apply_step
from app.services.contexts import live_proposal
from app.services.lawbook import rule_set_in_force
from app.services.numbers import NumberRequest
from app.services.opening import assign_handling_unit
from app.services.units.succession import review_body_of
from workflows.kit.definition import Phase
from workflows.kit.proposals import decider_of
from workflows.roles import Capacity


def file_case(run: StepRun) -> None:
    """Filing fixes rule set and opening day (for paper: the day received) and draws the case number."""
    case, work = run.case, run.work
    if case.filed:
        return
    day = run.ctx.filed_on
    case.received_on = case.complete_on = case.opened_on = day
    case.rule_set_id, rules = rule_set_in_force(work.session, case.locality, day)
    assign_handling_unit(work, case)
    # The number is drawn at the very end; until then its own uid keeps the row complete and unique.
    case.number, case.filed = case.uid, 1

    def give(number: str) -> None:
        case.number = number

    word = f"{rules.text('case_code_word')}{run.workflow.number_word}"
    work.numbers.append(NumberRequest(word, day.year, give))


def keep_proposal(run: StepRun) -> None:
    """拟办: what the clerk would decide, in the hands of whoever decides it."""
    form = run.ctx.form
    step = run.workflow.decidable(form.step)
    assert step is not None
    _put(run, form.step, form.form, form.opinion, decider_of(step))


def end_proposal(run: StepRun) -> None:
    """Withdrawn by its author or returned by the decider."""
    row = live_proposal(run.work, run.case)
    assert row is not None
    row.status = "withdrawn" if run.outcome.step.key == "withdraw_proposal" else "returned"
    run.work.session.flush()


def keep_request(run: StepRun) -> None:
    """A clerk drafted a request that his head has to sign."""
    signing = _step_requested_by(run, run.outcome.step.key)
    _put(run, signing.key, run.ctx.form.model_dump(mode="json"), "", _head(signing.by))


def sign_request(run: StepRun) -> None:
    """The head signed: the request lies with the decider, its content unchanged."""
    row = live_proposal(run.work, run.case)
    assert row is not None
    decision = _step_requested_by(run, run.outcome.step.key)
    row.status = "taken"
    run.work.session.flush()
    _put(run, decision.key, json.loads(row.form), row.opinion, decider_of(decision))


def request_decision(run: StepRun) -> None:
    """A request that goes straight to the decider, such as 申请延期."""
    decision = _step_requested_by(run, run.outcome.step.key)
    form = run.ctx.form.model_dump(mode="json")
    _put(run, decision.key, form, form.get("reason", ""), decider_of(decision))


def _step_requested_by(run: StepRun, key: str):  # type: ignore[no-untyped-def]
    return next(step for step in run.workflow.steps if step.requested_by == key)


def _head(capacities: frozenset[Capacity]) -> Capacity:
    return min(capacities)


def _put(run: StepRun, step: str, form: dict[str, object], opinion: str, holder: Capacity) -> None:
    assert run.ctx.actor.user_id is not None
    row = ProposalRow(
        case_id=run.case.id,
        step=step,
        form=json.dumps(form, ensure_ascii=False),
        opinion=opinion,
        author_id=run.ctx.actor.user_id,
        principal_id=run.ctx.acting_for,
        holder=holder.value,
        made_at=run.ctx.now,
        status="live",
    )
    run.work.session.add(row)
    run.work.session.flush()
    run.work.proposals[run.case.id] = row


def note_complete(run: StepRun) -> None:
    """What was supplied makes the application complete: terms on *received complete* start anew from here."""
    run.case.complete_on = run.ctx.filed_on


def bring_in_review_body(run: StepRun) -> None:
    """From the request on the 复核机关 sees the case and its notices; before, they are no matter of its own."""
    record = run.work.session.get_one(Case, run.case.parent_id)
    run.case.review_unit_id = body = review_body_of(run.work.session, record)
    for notice in run.work.session.scalars(select(Notice).where(Notice.parent_id == run.case.id)):
        notice.review_unit_id = body


def void_unserved_notices(run: StepRun) -> None:
    """Void what was not served yet, except what was signed in this transaction."""
    statement = select(Notice).where(
        Notice.parent_id == run.case.id, Case.phase != "closed", Notice.id.not_in(run.work.signed_notices or {0})
    )
    for notice in list(run.work.session.execute(statement).scalars()):
        apply_step(run.work, notice, "void", SYSTEM, {"reason": f"所涉事项已{run.outcome.to_state.label}"})


def void_unserved_notices_if_ended(run: StepRun) -> None:
    """As above, where the step may also leave the case open."""
    if run.outcome.to_state.phase is Phase.CLOSED:
        void_unserved_notices(run)


EFFECTS = {
    "file_case": file_case,
    "keep_proposal": keep_proposal,
    "end_proposal": end_proposal,
    "keep_request": keep_request,
    "sign_request": sign_request,
    "request_decision": request_decision,
    "note_complete": note_complete,
    "bring_in_review_body": bring_in_review_body,
    "void_unserved_notices": void_unserved_notices,
    "void_unserved_notices_if_ended": void_unserved_notices_if_ended,
}

"""One step applied inside an open transaction: state, version, effects, terms, notices, cascades, event, holder.

`take_step` calls it once; cascades and services call it again for other cases of the same dossier. It never commits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.models.cases import Case, ProposalRow
from app.services import terms
from app.services.commands import Paper
from app.services.contexts import context_of, live_proposal
from app.services.events import PendingEvent, form_hash
from app.services.holding import settle_holder
from app.services.unit_of_work import UnitOfWork
from workflows.kit.context import SYSTEM, Actor, Context
from workflows.kit.definition import Phase, Workflow
from workflows.kit.engine import Outcome, advance
from workflows.kit.termplan import plan_terms
from workflows.registry import workflow as workflow_of
from workflows.roles import Capacity

__all__ = ["SYSTEM", "StepRun", "apply_step"]


@dataclass
class StepRun:
    """A step that has been judged and is being written."""

    work: UnitOfWork
    workflow: Workflow
    case: Case
    ctx: Context
    outcome: Outcome
    event: PendingEvent
    #: By whose act notices are signed: the actor's, or that of the step which this one follows from.
    signing_as: Capacity
    #: What effects want done after the case itself is written: steps on this or other cases.
    after: list[Callable[[], None]] = field(default_factory=list)


def apply_step(
    work: UnitOfWork,
    case: Case,
    step: str,
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    *,
    expected_version: int | None = None,
    key: str | None = None,
    paper: Paper | None = None,
    signing_as: Capacity | None = None,
) -> StepRun:
    """Judge and write one step of one case of the locked dossier.

    Args:
        signing_as: who took the step that brought this one about; notices of a cascade are signed by his act.

    Raises:
        Refusal: as `take_step`; the transaction must be given up then.
    """
    from app.services.cascades import run_cascades
    from app.services.effects import run_effects
    from app.services.noticing import draft_notices

    workflow = workflow_of(case.kind)
    is_new = not case.is_stored
    ctx = context_of(work, case, actor, given, step=step, expected_version=expected_version, paper=paper)
    proposal = live_proposal(work, case, step)
    kept = terms.KeptTerms() if is_new else terms.kept_terms(work, case.id)
    live = kept.live
    outcome = advance(workflow, step, ctx)
    ctx = replace(ctx, form=outcome.form, acting_for=outcome.acting_for)
    case.version += 1
    _keep_phase(case, outcome, ctx)
    event = PendingEvent(
        case,
        "step",
        step,
        actor.user_id,
        work.now,
        outcome.step.audience.value,
        _content(outcome, ctx, paper),
        key,
        form_hash(given or {}) if key else "",
        case.version,
        case.round,
        outcome.acting_for,
    )
    work.events.append(event)
    run = StepRun(work, workflow, case, ctx, outcome, event, signing_as or outcome.acting_as)
    run_effects(run)
    if is_new:
        work.session.add(case)
        work.session.flush()
        work.proposals[case.id] = None
    work.touched.setdefault(case.id, (case, outcome.from_state.key))
    plan = plan_terms(workflow, step, outcome.from_state, outcome.to_state, frozenset(live), ctx)
    event.content["terms"] = terms.apply_plan(work, case, step, ctx, plan, kept)
    _end_proposal(run, proposal)
    if outcome.step.ends_round:
        case.round += 1
    settle_holder(work, case, workflow, live)
    draft_notices(run)
    run_cascades(run)
    for call in run.after:
        call()
    return run


def _keep_phase(case: Case, outcome: Outcome, ctx: Context) -> None:
    phase = outcome.to_state.phase
    case.phase = phase.value
    if outcome.result is not None:
        case.outcome = outcome.result
        case.decided_on = ctx.today
    elif phase is Phase.DECIDED and case.decided_on is None:
        case.decided_on = ctx.today
    if phase is not Phase.CLOSED:
        case.closed_on = None
    elif outcome.moved:
        case.closed_on = ctx.today


def _content(outcome: Outcome, ctx: Context, paper: Paper | None) -> dict[str, Any]:
    content: dict[str, Any] = {
        "from": outcome.from_state.key,
        "to": outcome.to_state.key,
        "as": outcome.acting_as.value,
        "form": outcome.form.model_dump(mode="json"),
    }
    if ctx.proposal is not None and outcome.step.on_proposal:
        content["proposed"] = ctx.proposal.step
    if paper is not None:
        content["paper"] = {
            "on_behalf_of": paper.on_behalf_of,
            "received_on": paper.received_on,
            "posted_on": paper.posted_on,
        }
    return content


def _end_proposal(run: StepRun, row: ProposalRow | None) -> None:
    """A proposal is used up by the decision it led to, and dies when the case leaves the state."""
    step = run.outcome.step
    if not run.outcome.moved and not step.on_proposal:
        return
    if row is None or row.status != "live":
        return
    row.status = "taken" if step.on_proposal and row.step == step.key else "dropped"

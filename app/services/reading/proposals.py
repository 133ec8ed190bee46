"""拟办 as a page shows it: what may be proposed here, and the act that opens another case once it is agreed."""

from dataclasses import dataclass

from app.models.cases import Case
from app.services.contexts import context_of
from app.services.next_hand import opening_kind, titles_by_outcome, titles_of
from app.services.opening import child_of
from app.services.reading.reader import Reader
from workflows.kit.context import Context
from workflows.kit.definition import Step
from workflows.kit.engine import failing_guards
from workflows.kit.forms import StepForm
from workflows.kit.proposals import decider_of
from workflows.registry import workflow
from workflows.roles import PROPOSER


@dataclass(frozen=True)
class Proposable:
    """A decision that the reader may propose, or why it cannot be taken now.

    `leads_to` are the notices it can make, `by_outcome` those of them that only some outcomes make.
    """

    step: str
    label: str
    form: type[StepForm]
    reasons: tuple[str, ...]
    leads_to: tuple[str, ...]
    by_outcome: tuple[str, ...]


@dataclass(frozen=True)
class Opening:
    """The step that opens a case of another kind from this one, with the context in which it is judged."""

    kind: str
    case: Case
    step: Step
    ctx: Context


def opening_of(reader: Reader, case: Case, key: str) -> Opening | None:
    """The opening step that a decision proposed on this case leads to; None for a step of the case itself."""
    kind = opening_kind(workflow(case.kind), key)
    step = workflow(kind).step(key) if kind else None
    if step is None:
        return None
    child = child_of(reader.view, case, kind)
    return Opening(kind, child, step, context_of(reader.view, child, reader.actor, step=key))


def proposable(reader: Reader, case: Case, ctx: Context) -> tuple[Proposable, ...]:
    """Every decision open to a proposal in the present state, with the conditions that it does not meet yet."""
    flow = workflow(case.kind)
    propose = flow.step("propose")
    if propose is None or propose.move_from(case.state) is None or not (propose.by & ctx.capacities):
        return ()
    return tuple(
        _proposable(reader, case, step, ctx)
        for step in (*flow.steps, *flow.proposed_openings)
        if _may_be_proposed(step, case, ctx)
    )


def _may_be_proposed(step: Step, case: Case, ctx: Context) -> bool:
    if not step.on_proposal or (step.requested_by and not step.or_proposed):
        return False
    return step.move_from(case.state) is not None and PROPOSER[decider_of(step)] in ctx.capacities


def _proposable(reader: Reader, case: Case, step: Step, ctx: Context) -> Proposable:
    opening = opening_of(reader, case, step.key)
    if opening is not None:
        case, ctx = opening.case, opening.ctx
    taken = opening.step if opening is not None else step
    titles, by_outcome = titles_of(taken, case, ctx), titles_by_outcome(taken, case, ctx)
    return Proposable(step.key, step.label, step.form, _reasons(taken, ctx), titles, by_outcome)


def _reasons(step: Step, ctx: Context) -> tuple[str, ...]:
    return tuple(item.text for item in failing_guards(step, ctx, with_form=False))

"""Taking a step in a situation, and reading why it was refused; a refusal must have changed nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from workflows.kit.context import Context, Proposal
from workflows.kit.definition import Workflow
from workflows.kit.engine import Outcome, advance
from workflows.kit.errors import GuardRefused, NotPermitted, Refusal, UnmetGuard
from workflows.kit.termplan import TermMove, plan_terms
from workflows.roles import Capacity


def proposed(step: str, form: Mapping[str, Any] | None = None, holder: Capacity = Capacity.SUPERVISOR) -> Proposal:
    """A live proposal by user 7 for `step` with this form."""
    return Proposal(step, form or {}, "拟同意", author_id=7, holder=holder)


def refused(workflow: Workflow, step: str, ctx: Context) -> Refusal:
    """The refusal of `step`."""
    before = ctx.case.state
    with pytest.raises(Refusal) as refusal:
        advance(workflow, step, ctx)
    assert ctx.case.state == before
    return refusal.value


def unmet(workflow: Workflow, step: str, ctx: Context) -> dict[str, UnmetGuard]:
    """The conditions that keep `step` from being taken, by their key."""
    refusal = refused(workflow, step, ctx)
    assert isinstance(refusal, GuardRefused), refusal.message
    return {item.guard: item for item in refusal.unmet}


def nobody_but(workflow: Workflow, step: str, ctx: Context) -> bool:
    """Whether `step` is denied to the actor of the situation for want of a capacity."""
    return isinstance(refused(workflow, step, ctx), NotPermitted)


def notices_of(outcome: Outcome) -> list[tuple[str, str]]:
    """The notices a taken step makes, each with its recipient."""
    return [(draft.notice, draft.to.value) for draft in outcome.notices]


def cascades_of(outcome: Outcome) -> list[str]:
    """The steps a taken step takes on other cases."""
    return [f"{cascade.kind}.{cascade.step}" for cascade in outcome.cascades]


def term_moves(
    workflow: Workflow, step: str, source: str, dest: str, ctx: Context, live: set[str] | None = None
) -> dict[TermMove, set[str]]:
    """What the step does to the terms of the case: closes, opens, pauses, resumes."""
    plan = plan_terms(workflow, step, workflow.state(source), workflow.state(dest), frozenset(live or ()), ctx)
    return {move: {act.term.key for act in plan if act.move is move} for move in TermMove}

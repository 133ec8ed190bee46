"""拟办: the three steps that the kit adds to every state in which a decision is taken on proposal (section 0)."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from pydantic import Field

from workflows.kit.context import Context
from workflows.kit.definition import Audience, Phase, Step, Unmet, guard, stay
from workflows.kit.engine import failing_guards
from workflows.kit.errors import FormIncomplete, UnmetGuard
from workflows.kit.forms import Line, OptionalText, ReasonForm, StepForm, Text, parse_form
from workflows.roles import PROPOSER, Capacity

#: The steps that this module adds.
PROPOSAL_STEPS = ("propose", "withdraw_proposal", "return_proposal")


class ProposeForm(StepForm):
    """A clerk's proposal: the step he would take, its form, and his opinion."""

    step: Line = Field(title="拟办事项")
    form: dict[str, Any] = Field(default_factory=dict, title="拟办内容")
    opinion: Text = Field(title="拟办意见")


class WithdrawProposalForm(StepForm):
    """Taking one's own proposal back."""

    reason: OptionalText = Field(default="", title="说明")


@guard("本事项没有未处理的拟办意见")
def no_live_proposal(ctx: Context) -> bool:
    return ctx.proposal is None


@guard("有未处理的拟办意见")
def live_proposal(ctx: Context) -> bool:
    return ctx.proposal is not None


@guard("拟办意见由本人提出")
def own_proposal(ctx: Context) -> bool:
    return ctx.proposal is not None and bool(ctx.proposal.authors & ctx.persons)


def decider_of(step: Step) -> Capacity:
    """Who decides a step that is taken on proposal."""
    return next(capacity for capacity in sorted(step.by) if capacity in PROPOSER)


def refused_content(step: Step, ctx: Context) -> tuple[UnmetGuard, ...]:
    """Why the decision cannot be taken with this content: what holds for the decider holds for who proposes it."""
    judged = frozenset(condition.key for condition in step.guards if condition.needs_form)
    return tuple(item for item in failing_guards(step, ctx, with_form=True) if item.guard in judged)


def _where(refused: Collection[UnmetGuard]) -> str:
    """The field of the proposed form that is to be put right, where it is a single one."""
    fields = {item.field for item in refused}
    return f"form.{fields.pop()}" if len(fields) == 1 and "" not in fields else ""


def with_proposal_steps(steps: tuple[Step, ...], openings: tuple[Step, ...] = ()) -> tuple[Step, ...]:
    """Add propose, withdraw_proposal and return_proposal wherever a step is taken on proposal.

    Args:
        openings: steps that open another case from a state of this one (written as steps that stay in it). Their
            proposal lies here, since the other case does not exist yet.
    """
    own = tuple(step for step in steps if step.on_proposal and (not step.requested_by or step.or_proposed))
    decidable = openings + own
    states = tuple(dict.fromkeys(move.source for step in decidable for move in step.moves))
    if not states:
        return steps

    def decidable_from(state: str) -> tuple[Step, ...]:
        return tuple(step for step in decidable if step.move_from(state))

    @guard("现阶段有由本机关审批的事项")
    def may_propose_here(ctx: Context) -> bool:
        return any(PROPOSER[decider_of(step)] in ctx.capacities for step in decidable_from(ctx.case.state))

    @guard("拟办意见由本机关审批")
    def may_return_here(ctx: Context) -> bool:
        return any(decider_of(step) in ctx.capacities for step in decidable_from(ctx.case.state))

    @guard("拟办的事项可以在现阶段办理，且内容完整", form=True)
    def proposal_is_takeable(ctx: Context) -> bool | Unmet:
        step = next((step for step in decidable_from(ctx.case.state) if step.key == ctx.form.step), None)
        if step is None or PROPOSER[decider_of(step)] not in ctx.capacities:
            return Unmet(f"现阶段不能拟办“{ctx.form.step[:40]}”")
        if Capacity.REVIEWER in step.by and ctx.takers & ctx.facts.handlers():
            return Unmet("您参与过原处理，不得参与复核")
        try:
            content = parse_form(step.form, ctx.form.form)
        except FormIncomplete as refusal:
            return Unmet(f"拟办内容不完整：{refusal.message}")
        refused = refused_content(step, replace(ctx, form=content))
        return not refused or Unmet("；".join(item.text for item in refused), field=_where(refused))

    clerks = frozenset(PROPOSER[decider_of(step)] for step in decidable)
    deciders = frozenset(decider_of(step) for step in decidable)
    within = stay(*states)
    closed = any(state.phase is Phase.CLOSED for state in states)
    return (
        *steps,
        Step(
            "propose",
            "提交拟办意见",
            within,
            clerks,
            form=ProposeForm,
            guards=(may_propose_here, no_live_proposal, proposal_is_takeable),
            effects=("keep_proposal",),
            audience=Audience.INSIDE,
            after_close=closed,
        ),
        Step(
            "withdraw_proposal",
            "撤回拟办意见",
            within,
            clerks,
            form=WithdrawProposalForm,
            guards=(own_proposal,),
            effects=("end_proposal",),
            audience=Audience.INSIDE,
            after_close=closed,
        ),
        Step(
            "return_proposal",
            "退回拟办意见",
            within,
            deciders,
            form=ReasonForm,
            guards=(live_proposal, may_return_here),
            effects=("end_proposal",),
            audience=Audience.INSIDE,
            ends_round=True,
            redone_by=("propose",),
            after_close=closed,
        ),
    )

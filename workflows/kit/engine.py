"""The engine: judges a step against the table, fires the state change, and says what follows.

It changes nothing but the state. Refusals are raised in the order of `errors.py`; all failing guards are
reported together. Guards are judged here, never by `transitions`, which would give no reason.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from transitions import Machine

from workflows.kit.context import Context
from workflows.kit.definition import OPENING, Cascade, Draft, Fork, Guard, Move, State, Step, Unmet, Workflow
from workflows.kit.errors import (
    FieldError,
    FormIncomplete,
    GuardRefused,
    NotPermitted,
    Stale,
    UnknownStep,
    UnmetGuard,
    WrongState,
)
from workflows.kit.forms import DecisionForm, StepForm, parse_form
from workflows.roles import OFFICIAL, Capacity


@dataclass(frozen=True)
class Outcome:
    """What a taken step brings: the move, the parsed form, and what the service layer has to write."""

    step: Step
    from_state: State
    to_state: State
    form: StepForm
    acting_as: Capacity
    result: str | None
    notices: tuple[Draft, ...]
    cascades: tuple[Cascade, ...]
    #: For whom the actor took it (委托代办).
    acting_for: int | None = None

    @property
    def moved(self) -> bool:
        return self.from_state.key != self.to_state.key


@dataclass(frozen=True)
class Offer:
    """An act shown on the case page: possible now, or greyed with its reasons."""

    step: Step
    unmet: tuple[UnmetGuard, ...]

    @property
    def possible(self) -> bool:
        return not self.unmet


def advance(workflow: Workflow, step_key: str, ctx: Context) -> Outcome:
    """Take one step: check everything, change `ctx.case.state`, and return what follows.

    Raises:
        UnknownStep, WrongState, NotPermitted, Stale, FormIncomplete, GuardRefused: nothing has changed then.
    """
    outcome, step, chosen = _judge(workflow, step_key, ctx)
    # A False answer here would mean that the table and the machine disagree: a defect, not a refusal.
    if not machine_of(workflow).events[trigger_of(step)].trigger(ctx.case, chosen=chosen):
        raise AssertionError(f"{workflow.key}.{step.key} did not fire from {outcome.from_state.key}")
    return outcome


def _judge(workflow: Workflow, step_key: str, ctx: Context) -> tuple[Outcome, Step, str]:
    step = workflow.step(step_key)
    if step is None:
        raise UnknownStep(step_key)
    source = OPENING if ctx.case.state == OPENING.key else workflow.state(ctx.case.state)
    move = step.move_from(source.key)
    if move is None:
        raise WrongState(step.label, source.label)
    if not step.by & ctx.capacities:
        raise NotPermitted(step.label, "、".join(sorted(capacity.label for capacity in step.by)))
    if ctx.expected_version is not None and ctx.expected_version != ctx.case.version:
        raise Stale(ctx.facts.last_mover())
    ctx = replace(ctx, form=parse_form(step.form, ctx.given))
    ctx, acting_as, unmet = _under_one_hat(step, ctx, with_form=True)
    _demand_departure_reason(step, ctx, acting_as)
    if unmet:
        raise GuardRefused(unmet)
    to_state, chosen = _destination(move, source, ctx)
    result = workflow.decides_at[step.key](ctx) if step.key in workflow.decides_at else None
    notices = tuple(draft for draft in step.notices if holds(draft.when, ctx))
    cascades = tuple(cascade for cascade in step.cascades if holds(cascade.when, ctx))
    outcome = Outcome(step, source, to_state, ctx.form, acting_as, result, notices, cascades, ctx.acting_for)
    return outcome, step, chosen


def _under_one_hat(step: Step, ctx: Context, *, with_form: bool) -> tuple[Context, Capacity, tuple[UnmetGuard, ...]]:
    """The first hat under which nothing is in the way, the actor's own before any other; else the first that fits."""
    tried = []
    for worn in ctx.worn():
        acting_as = acting_capacity(step, worn)
        if acting_as is not None:
            tried.append((worn, acting_as, unmet_guards(step, worn, acting_as, with_form=with_form)))
            if not tried[-1][2]:
                return tried[-1]
    return tried[0]


def acting_capacity(step: Step, ctx: Context) -> Capacity | None:
    """In which of his capacities the actor takes the step; a private one before an official one."""
    usable = step.by & ctx.capacities
    return min(usable, key=lambda capacity: (capacity in OFFICIAL, capacity.value), default=None)


def unmet_guards(step: Step, ctx: Context, acting_as: Capacity, *, with_form: bool) -> tuple[UnmetGuard, ...]:
    """Every condition that fails, the general ones (回避, 拟办, 经办与审批分离) first."""
    return (*_general_conditions(step, ctx, acting_as), *failing_guards(step, ctx, with_form=with_form))


def failing_guards(step: Step, ctx: Context, *, with_form: bool) -> tuple[UnmetGuard, ...]:
    """Every guard of the step that fails, whoever takes it."""
    unmet = []
    for condition in step.guards:
        if condition.needs_form and not with_form:
            continue
        answer = condition.check(ctx)
        if isinstance(answer, Unmet):
            unmet.append(UnmetGuard(condition.key, condition.label, answer.detail, answer.possible_on, answer.field))
        elif not answer:
            unmet.append(UnmetGuard(condition.key, condition.label, f"不符合条件：{condition.label}"))
    return tuple(unmet)


def _general_conditions(step: Step, ctx: Context, acting_as: Capacity) -> list[UnmetGuard]:
    unmet: list[UnmetGuard] = []
    if ctx.actor.is_system:
        return unmet
    if ground := _recusal(ctx, acting_as):
        unmet.append(UnmetGuard("not_recused", "没有应当回避的情形", ground))
    if step.on_proposal and not _proposed(step, ctx, acting_as):
        missing = "尚未收到签发的申请" if step.requested_by and not step.or_proposed else "经办人尚未提交拟办意见"
        unmet.append(UnmetGuard("proposal_made", "已有拟办意见或者申请", missing))
    if step.on_proposal and ctx.proposal is not None and (proposers := ctx.proposal.authors & ctx.persons):
        detail = _same_hand(proposers, ctx, "拟办人不得审批本人提出的拟办意见", "提出拟办意见", "审批")
        unmet.append(UnmetGuard("not_the_proposer", "审批人不是拟办人", detail))
    if step.four_eyes and (drafters := _drafters(step.four_eyes, ctx) & ctx.takers):
        detail = _same_hand(drafters, ctx, "拟稿人不得审签本人拟定的内容", "拟定内容", "审签")
        unmet.append(UnmetGuard("not_the_drafter", "审签人不是拟稿人", detail))
    return unmet


def _same_hand(people: frozenset[int], ctx: Context, own: str, did: str, does: str) -> str:
    """The two are one person, or one acted for the other (委托代办): why he may not decide what he proposed."""
    if ctx.on_behalf_of is not None or ctx.actor.user_id in people:
        return own
    return f"委托您代办的人已经（或者已委托他人）{did}，您不得代其{does}"


def _recusal(ctx: Context, acting_as: Capacity) -> str:
    """Whoever acts officially must not be concerned: the actor, also when he enters paper, and whose paper it is."""
    official = acting_as in OFFICIAL
    if (official or ctx.on_behalf_of is not None) and (ground := ctx.facts.recusal_ground()):
        return f"您应当回避：{ground}"
    for_another = ctx.acting_for is not None and (official or ctx.on_behalf_of is not None)
    if for_another and ctx.facts.recusal_ground(ctx.acting_for):
        return "委托您代办的人是本事项的当事人、在当事单位任职或者已声明回避，您不得代其办理"
    if official and ctx.on_behalf_of is not None and ctx.facts.recusal_ground(ctx.on_behalf_of):
        return "所代录的人员是本事项的当事人、在当事单位任职或者已声明回避，应当回避"
    return ""


def _drafters(step: str, ctx: Context) -> frozenset[int]:
    """A round may end, by the return of a proposal, without the draft being replaced: its author counts."""
    return ctx.facts.takers_in_round(step) | ctx.facts.last_takers(step)


def _proposed(step: Step, ctx: Context, acting_as: Capacity) -> bool:
    if ctx.proposal is None or ctx.proposal.holder is not acting_as:
        return False
    return not step.requested_by or step.or_proposed or ctx.proposal.step == step.key


def _demand_departure_reason(step: Step, ctx: Context, acting_as: Capacity) -> None:
    """Who decides otherwise than proposed says why (拟办, section 0)."""
    proposal, form = ctx.proposal, ctx.form
    if proposal is None or not step.on_proposal or not isinstance(form, DecisionForm) or ctx.actor.is_system:
        return
    if proposal.holder is not acting_as:
        # What still lies with a head to be signed was not put before this decider; the guard says what is missing.
        return
    # A request carries the applicant's reasons; the decider gives his own without departing from it.
    own_words = {"departure_reason", *(("reason", "reasons") if step.requested_by else ())}
    same = proposal.step == step.key and (
        parse_form(step.form, proposal.form).model_dump(exclude=own_words) == form.model_dump(exclude=own_words)
    )
    if not same and not form.departure_reason:
        label = "与拟办意见不一致的理由"
        raise FormIncomplete((FieldError("departure_reason", label, "决定与拟办意见不一致，请写明理由"),))


def _destination(move: Move, source: State, ctx: Context) -> tuple[State, str]:
    if move.to is None:
        return source, ""
    if isinstance(move.to, Fork):
        chosen = move.to.choose(ctx)
        return chosen, chosen.key
    return move.to, ""


def holds(condition: Guard | None, ctx: Context) -> bool:
    """Whether an optional condition of a notice or cascade is met."""
    return condition is None or condition.check(ctx) is True


def offers(workflow: Workflow, ctx: Context) -> tuple[Offer, ...]:
    """The acts that the table gives the actor in this state, possible ones first."""
    found: list[Offer] = []
    for step in workflow.steps_from(ctx.case.state):
        if not step.by & ctx.capacities - {Capacity.SYSTEM}:
            continue
        found.append(Offer(step, _under_one_hat(step, ctx, with_form=False)[2]))
    return tuple(sorted(found, key=lambda offer: not offer.possible))


@cache
def machine_of(workflow: Workflow) -> Machine:
    """The one unattached machine of a procedure; it keeps nothing of the cases it moves."""
    rows: list[dict[str, Any]] = []
    for step in workflow.steps:
        for move in step.moves:
            if isinstance(move.to, Fork):
                rows += [_row(step, move, option.key, is_chosen(option.key)) for option in move.to.options]
            else:
                rows.append(_row(step, move, move.to.key if move.to else None, None))
    return Machine(
        model=None,
        states=[OPENING.key, *(state.key for state in workflow.states)],
        transitions=rows,
        initial=OPENING.key,
        auto_transitions=False,
    )


def _row(step: Step, move: Move, dest: str | None, condition: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"trigger": trigger_of(step), "source": move.source.key, "dest": dest}
    return row | ({"conditions": [condition]} if condition else {})


def trigger_of(step: Step) -> str:
    """The machine's name of a step; prefixed, since `transitions` keeps the word `state` for itself."""
    return f"take_{step.key}"


def is_chosen(option: str) -> Any:
    """The machine's condition of one branch of a fork."""

    def chosen_is(chosen: str = "") -> bool:
        return chosen == option

    return chosen_is

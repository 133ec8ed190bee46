"""What comes next in a case, read from its table: who moves it where, what happens by itself, whose turn comes later.

Nothing here is written per state: a new row of a table shows by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.kit.context import Context
from workflows.kit.counting import Nature
from workflows.kit.definition import OPENING, Phase, State, Step, Term, Workflow
from workflows.kit.proposals import PROPOSAL_STEPS, decider_of
from workflows.kit.soundness_names import destinations
from workflows.roles import PROPOSER, Capacity

#: Whose acts are the unit's own, when the case lies with its clerk.
HEAD = {
    Capacity.SUBJECT: Capacity.SUBJECT_HEAD,
    Capacity.PROVIDER: Capacity.PROVIDER_HEAD,
    Capacity.FINDER: Capacity.FINDER_HEAD,
    Capacity.TOLERANCE: Capacity.TOLERANCE_HEAD,
}


@dataclass(frozen=True)
class Onward:
    """A step that leads out of a state by an act of the holder or of his unit's head.

    `proposed`: the holder drafts it, and its decider takes it.
    """

    step: Step
    to: tuple[State, ...]
    by: tuple[Capacity, ...]
    proposed: bool = False


@dataclass(frozen=True)
class ByItself:
    """What happens without anybody's act: at the end of `term`, or when `notice` is served. `to` None: it stays."""

    step: Step
    to: State | None
    term: Term | None = None
    notice: str = ""


@dataclass(frozen=True)
class Later:
    """An act of the reader that belongs to a neighbouring state: where, and which steps lead there from here."""

    step: Step
    states: tuple[State, ...]
    after: tuple[Step, ...]


def onward(workflow: Workflow, state: str, holder: Capacity | None) -> tuple[Onward, ...]:
    """The ways on that lie with the holder: his own acts, then what he proposes, then what his head does."""
    found = _onward(workflow, state, holder) if holder is not None else ()
    return tuple(sorted(found, key=lambda item: (holder not in item.by, not item.proposed)))


def _onward(workflow: Workflow, state: str, holder: Capacity) -> Iterator[Onward]:
    for step in workflow.steps_from(state):
        to = _out_of(workflow, step, state)
        if not to:
            continue
        by = tuple(sorted(step.by - {Capacity.SYSTEM}, key=list(Capacity).index))
        if holder in by or HEAD.get(holder) in by:
            yield Onward(step, to, by)
        elif _drafted_by(step) is holder:
            yield Onward(step, to, by, proposed=True)


def _drafted_by(step: Step) -> Capacity | None:
    """The clerk who proposes a decision; None where none is proposed, or only a signed request leads to it."""
    if not step.on_proposal or (step.requested_by and not step.or_proposed):
        return None
    return PROPOSER.get(decider_of(step))


def by_itself(workflow: Workflow, state: str, running: frozenset[str]) -> tuple[ByItself, ...]:
    """What follows from a state without anybody's act.

    Args:
        running: keys of the terms of the case that run, are paused or await their first day; a term that the
            locality does not know does nothing.

    A period (such as 保存期限) ends every state in some years; it is told where nothing else is to come.
    """
    found = tuple(_by_itself(workflow, state, running))
    if workflow.state(state).resting and all(_is_period(item) for item in found):
        return found
    return tuple(item for item in found if not _is_period(item))


def _is_period(item: ByItself) -> bool:
    return item.term is not None and item.term.nature is Nature.PERIOD


def _by_itself(workflow: Workflow, state: str, running: frozenset[str]) -> Iterator[ByItself]:
    for term in workflow.terms:
        if term.key not in running:
            continue
        steps = [workflow.step(key) for key in term.on_expiry]
        step = next((step for step in steps if step is not None and step.move_from(state)), None)
        if step is not None:
            yield ByItself(step, next(iter(_out_of(workflow, step, state)), None), term)
    for step in workflow.steps_from(state):
        if step.on_service:
            yield ByItself(step, next(iter(_out_of(workflow, step, state)), None), notice=step.on_service)


def later(workflow: Workflow, ctx: Context) -> tuple[Later, ...]:
    """Acts that the actor has in the states one move ahead, and not in this one; closed states are left out.

    A way past whoever has the case (认定机关's finding entered by the office, 径行审定) is told only to whom it is
    open: to everybody else it would read as if it had to come first.
    """
    here, found = ctx.case.state, dict[str, Later]()
    leading = dict[str, list[Step]]()
    for step in _usual_or_own(workflow, ctx):
        for state in _out_of(workflow, step, here):
            leading.setdefault(state.key, []).append(step)
    for key, steps in leading.items():
        state = workflow.state(key)
        if state.phase is Phase.CLOSED:
            continue
        for step in workflow.steps_from(key):
            if step.move_from(here) or step.key in PROPOSAL_STEPS or not _moves_or_decides(step, key):
                continue
            if not step.by & (ctx.capacities - {Capacity.SYSTEM}):
                continue
            known = found.get(step.key)
            states = (*known.states, state) if known else (state,)
            after = tuple(dict.fromkeys((*known.after, *steps))) if known else tuple(steps)
            found[step.key] = Later(step, states, after)
    return tuple(found.values())


def _usual_or_own(workflow: Workflow, ctx: Context) -> Iterator[Step]:
    """The steps of this state without those that pass by its holder and are not the actor's."""
    here, holder = ctx.case.state, workflow.state(ctx.case.state).holder
    usual = {item.step.key for item in onward(workflow, here, holder)}
    for step in workflow.steps_from(here):
        own = step.by & ctx.capacities or _drafted_by(step) in ctx.capacities
        if holder is None or step.key in usual or own or step.by == {Capacity.SYSTEM}:
            yield step


def _moves_or_decides(step: Step, state: str) -> bool:
    move = step.move_from(state)
    return step.on_proposal or (move is not None and move.to is not None)


def of_others(workflow: Workflow, ctx: Context) -> tuple[Step, ...]:
    """Acts of this state that are somebody else's, so that the reader knows whose; nothing that SYSTEM alone does."""
    own = ctx.capacities
    return tuple(
        step
        for step in workflow.steps_from(ctx.case.state)
        if step.key not in PROPOSAL_STEPS and not step.by & own and step.by - {Capacity.SYSTEM}
    )


def _out_of(workflow: Workflow, step: Step, state: str) -> tuple[State, ...]:
    source = OPENING if state == OPENING.key else workflow.state(state)
    return tuple(to for to in destinations(step, source) if to.key != state)

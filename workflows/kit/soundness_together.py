"""Soundness of all tables together: what one procedure does to another is legal there, or declared to do nothing."""

from collections.abc import Iterator, Mapping

from workflows.kit.definition import EVERY_OPEN, Cascade, Phase, Workflow
from workflows.kit.vocabulary import Vocabulary
from workflows.roles import Capacity


def cascades_of(workflows: Mapping[str, Workflow]) -> Iterator[tuple[str, Cascade]]:
    """Every cascade with the name of the step that causes it."""
    for workflow in workflows.values():
        for step in workflow.steps:
            for cascade in step.cascades:
                yield f"{workflow.key}.{step.key}", cascade


def applies_in(cascade: Cascade, target: Workflow) -> frozenset[str]:
    """The states of the target in which the cascade takes its step."""
    if cascade.states == EVERY_OPEN:
        return frozenset(state.key for state in target.states) - target.closed
    return cascade.states


def driven_steps(
    workflow: Workflow, workflows: Mapping[str, Workflow], vocabulary: Vocabulary
) -> frozenset[tuple[str, str]]:
    """(step, state) pairs of `workflow` that SYSTEM takes for a cascade or for the service layer."""
    pairs = {
        (cascade.step, state)
        for _, cascade in cascades_of(workflows)
        if cascade.kind == workflow.key
        for state in applies_in(cascade, workflow)
    }
    for kind, key in vocabulary.driven:
        step = workflow.step(key) if kind == workflow.key else None
        if step is not None:
            pairs |= {(key, move.source.key) for move in step.moves}
    return frozenset(pairs)


def findings_in_openings(workflows: Mapping[str, Workflow]) -> Iterator[str]:
    """A step that opens a case on proposal: the proposal lies on another case, which must take it with its form."""
    proposable = {step.key: step for workflow in workflows.values() for step in workflow.proposed_openings}
    opened = {
        step.key: (workflow, step)
        for workflow in workflows.values()
        for step in workflow.steps
        if step.opening and step.on_proposal
    }
    for key, (workflow, step) in opened.items():
        if key not in proposable:
            yield f"{workflow.key}.{key}: opens a case on proposal, but no table takes the proposal"
        elif (proposable[key].form, proposable[key].by) != (step.form, step.by):
            yield f"{workflow.key}.{key}: is proposed with another form or to another decider than it is taken"
    for key in sorted(proposable.keys() - opened.keys()):
        yield f"the step {key} can be proposed, but opens no case"


def findings_in_cascades(workflows: Mapping[str, Workflow]) -> Iterator[str]:
    """Cascades that name a kind, step or state that does not exist, or take a step that is not legal there."""
    for cause, cascade in cascades_of(workflows):
        target = workflows.get(cascade.kind)
        name = f"{cause} => {cascade.kind}.{cascade.step}"
        if target is None:
            yield f"{name}: there is no procedure {cascade.kind}"
            continue
        step = target.step(cascade.step)
        if step is None:
            yield f"{name}: {cascade.kind} has no such step"
            continue
        if Capacity.SYSTEM not in step.by:
            yield f"{name}: SYSTEM may not take it"
        for state in sorted(applies_in(cascade, target)):
            if state not in {item.key for item in target.states}:
                yield f"{name}: {cascade.kind} has no state {state}"
            elif step.move_from(state) is None:
                yield f"{name}: not legal while the {cascade.kind} is in {state}"
            elif target.state(state).phase is Phase.CLOSED and not step.after_close:
                yield f"{name}: {state} is closed, and the step is not one that may follow the close"

"""Soundness of paths: every state is reached, can be left without luck, and is somebody's or rests for a reason."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflows.kit.definition import OPENING, Phase, State, Step, Workflow
from workflows.kit.proposals import PROPOSAL_STEPS
from workflows.kit.soundness_names import destinations
from workflows.kit.soundness_terms import expiry_step
from workflows.roles import Capacity

_NO_PERSON = frozenset({Capacity.SYSTEM})


@dataclass(frozen=True)
class _Edge:
    step: Step
    source: State
    to: State


def findings_in_paths(workflow: Workflow, driven: frozenset[tuple[str, str]]) -> Iterator[str]:
    """What cannot be reached, left, taken or seen. `driven`: (step, state) pairs that SYSTEM is asked to take."""
    edges: list[_Edge] = []
    for step in workflow.steps:
        for move in step.moves:
            if _takeable(workflow, step, move.source, driven):
                edges += [_Edge(step, move.source, to) for to in destinations(step, move.source)]
            else:
                yield (
                    f"{workflow.key}.{step.key}: nobody may take it from {move.source.key}: "
                    "no person, no term, no service and no cascade"
                )
    paths = _paths(edges)
    yield from _unreached(workflow, paths)
    yield from _dead_ends(workflow, edges, paths)
    for state in workflow.states:
        if state.phase is not Phase.CLOSED:
            yield from _ownerless(workflow, state, driven)
    yield from _unseen(workflow)
    yield from _unproposable(workflow)
    yield from _undecided(workflow, edges)


def by_itself(workflow: Workflow, step: Step, state: State, driven: frozenset[tuple[str, str]]) -> bool:
    """Whether SYSTEM is made to take `step` in `state`: by the end of a term, a service, a cascade or a service."""
    if Capacity.SYSTEM not in step.by:
        return False
    by_clock = any(state in term.runs_in and expiry_step(workflow, term, state.key) is step for term in workflow.terms)
    return by_clock or bool(step.on_service) or (step.key, state.key) in driven


def _takeable(workflow: Workflow, step: Step, state: State, driven: frozenset[tuple[str, str]]) -> bool:
    return bool(step.by - _NO_PERSON) or by_itself(workflow, step, state, driven)


def _paths(edges: Iterable[_Edge]) -> dict[str, str]:
    """The shortest path to each state that can be reached, in words."""
    paths = {OPENING.key: OPENING.key}
    queue = deque([OPENING.key])
    by_source: dict[str, list[_Edge]] = {}
    for edge in edges:
        by_source.setdefault(edge.source.key, []).append(edge)
    while queue:
        here = queue.popleft()
        for edge in by_source.get(here, []):
            if edge.to.key not in paths:
                paths[edge.to.key] = f"{paths[here]} -{edge.step.key}-> {edge.to.key}"
                queue.append(edge.to.key)
    return paths


def _unreached(workflow: Workflow, paths: dict[str, str]) -> Iterator[str]:
    for state in workflow.states:
        if state.key not in paths:
            rows = [f"{step.key} from {move.source.key}" for step in workflow.steps for move in step.moves
                    if state in destinations(step, move.source) and move.source is not state]  # fmt: skip
            yield f"{workflow.key}.{state.key}: cannot be reached; rows that lead to it: {', '.join(rows) or 'none'}"


def _dead_ends(workflow: Workflow, edges: list[_Edge], paths: dict[str, str]) -> Iterator[str]:
    can_end = set(workflow.closed)
    grown = True
    while grown:
        more = {edge.source.key for edge in edges if edge.to.key in can_end} - can_end
        can_end |= more
        grown = bool(more)
    for state in workflow.states:
        if state.key in paths and state.key not in can_end:
            onward = sorted({edge.to.key for edge in edges if edge.source is state and edge.to is not state})
            ends = f"leads only to {', '.join(onward)}" if onward else "nothing leads out"
            yield f"{workflow.key}.{state.key}: no closed state can be reached ({ends}): {paths[state.key]}"


def _ownerless(workflow: Workflow, state: State, driven: frozenset[tuple[str, str]]) -> Iterator[str]:
    steps = workflow.steps_from(state.key)
    if state.resting:
        leaves = [step for step in steps if any(to is not state for to in destinations(step, state))]
        if not any(by_itself(workflow, step, state, driven) for step in leaves):
            yield f"{workflow.key}.{state.key}: rests, but no term, service or cascade leads out of it"
    elif state.holder is not None and not any(state.holder in step.by for step in steps):
        yield f"{workflow.key}.{state.key}: is held by {state.holder.name}, who has no step to take there"


def _unseen(workflow: Workflow) -> Iterator[str]:
    """Who may act must be able to open the case; of a proposal, which the kit opens to all, whoever decides there."""
    for step in workflow.steps:
        actors = sorted(step.by - {Capacity.SYSTEM, Capacity.PUBLIC})
        for move in step.moves:
            blind = [who.name for who in actors if move.source not in workflow.visible.get(who, ())]
            shared = step.key in PROPOSAL_STEPS and len(blind) < len(actors)
            if blind and not shared and move.source is not OPENING:
                yield f"{workflow.key}.{step.key}: {', '.join(blind)} may take it from {move.source.key} unseen"


def _unproposable(workflow: Workflow) -> Iterator[str]:
    """What is decided on proposal must be proposable in the same state; for openings see `soundness_together`."""
    propose = workflow.step(PROPOSAL_STEPS[0])
    for step in workflow.steps:
        if not step.on_proposal or (step.requested_by and not step.or_proposed):
            continue
        for move in step.moves:
            if move.source is not OPENING and (propose is None or propose.move_from(move.source.key) is None):
                yield f"{workflow.key}.{step.key}: is decided on proposal, but nobody can propose in {move.source.key}"


def _undecided(workflow: Workflow, edges: list[_Edge]) -> Iterator[str]:
    """No way leads to a decided state without an outcome: the case is stored with the words of its decision."""
    undeciding = _paths(edge for edge in edges if edge.step.key not in workflow.decides_at)
    for state in workflow.states:
        if state.phase is Phase.DECIDED and state.key in undeciding:
            yield f"{workflow.key}.{state.key}: is reached without an outcome: {undeciding[state.key]}"

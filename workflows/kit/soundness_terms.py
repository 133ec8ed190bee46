"""Soundness of time: every term can begin, and its end finds a legal step wherever it may run."""

from collections.abc import Iterator

from workflows.kit.counting import Nature
from workflows.kit.definition import Phase, StartKind, Step, Term, Workflow
from workflows.kit.soundness_names import destinations
from workflows.roles import Capacity


def expiry_step(workflow: Workflow, term: Term, state: str) -> Step | None:
    """The step that the end of `term` takes in `state`: the first named one that starts there."""
    steps = (workflow.step(key) for key in term.on_expiry)
    return next((step for step in steps if step is not None and step.move_from(state)), None)


def findings_in_terms(workflow: Workflow) -> Iterator[str]:
    """Terms that never run, or that end where nothing is legal; services that nothing could bring about."""
    for term in workflow.terms:
        yield from (f"{workflow.key}, term {term.key}: {problem}" for problem in _term(workflow, term))
    for step in workflow.steps:
        if step.on_service:
            yield from (f"{workflow.key}.{step.key}: {problem}" for problem in _waits_for(workflow, step))


def _term(workflow: Workflow, term: Term) -> Iterator[str]:
    closed = sorted(state.key for state in term.runs_in if state.phase is Phase.CLOSED)
    if closed:
        yield f"runs in the closed state {', '.join(closed)}"
    if not term.runs_in:
        yield "runs in no state"
    if term.nature is not Nature.PERIOD and term.holder is Capacity.SYSTEM:
        yield f"is a {term.nature.value}, but no person or organ holds it"
    if term.nature is Nature.PERIOD and (term.paused_while or term.paused_in):
        yield "is a period and is never paused"
    if term.nature is Nature.RIGHT and not term.on_expiry:
        yield "is a right that never lapses: no step is taken at its end"
    if term.starts and all(start.resumes for start in term.starts):
        yield "is only ever resumed, so it never begins"
    if not term.starts:
        yield "is started by no step"
    for start in term.starts:
        step = workflow.step(start.step)
        if step is None:
            continue
        if not set(destinations(step)) & term.runs_in:
            yield f"is started by {step.key}, which leads to no state it runs in"
        if start.kind is StartKind.SERVICE and start.of not in {draft.notice for draft in step.notices}:
            yield f"awaits the service of {start.of}, which {step.key} does not make"
    for state in sorted(term.runs_in, key=lambda item: item.key):
        step = expiry_step(workflow, term, state.key)
        if term.on_expiry and step is None:
            yield f"ends in {state.key}, from where none of {', '.join(term.on_expiry)} is legal"
        elif step is not None and Capacity.SYSTEM not in step.by:
            yield f"ends in {state.key} with {step.key}, which the clock may not take"


def _waits_for(workflow: Workflow, step: Step) -> Iterator[str]:
    if Capacity.SYSTEM not in step.by:
        yield "is taken on service, but not by SYSTEM"
    makers = [row for row in workflow.steps if step.on_service in {draft.notice for draft in row.notices}]
    for move in step.moves:
        if not any(move.source in destinations(maker) for maker in makers):
            yield f"waits in {move.source.key} for {step.on_service}, which no step that leads there makes"

"""Soundness of names and shapes: everything a table names exists, every row says who, and states fit their phase."""

from collections import Counter
from collections.abc import Iterable, Iterator

from workflows.facts import Facts
from workflows.kit.definition import OPENING, Fork, Phase, StartKind, State, Step, Workflow
from workflows.kit.engine import machine_of, trigger_of
from workflows.kit.vocabulary import Vocabulary
from workflows.roles import PROPOSER, RELATIONS, Capacity

_KNOWN_CAPACITIES = frozenset(RELATIONS) | {Capacity.SYSTEM, Capacity.PUBLIC}


def destinations(step: Step, source: State | None = None) -> tuple[State, ...]:
    """Where a step may lead, from one state or from all of its states; the state itself for a step that stays."""
    found: list[State] = []
    for move in step.moves:
        if source is not None and move.source.key != source.key:
            continue
        if isinstance(move.to, Fork):
            found += move.to.options
        else:
            found.append(move.source if move.to is None else move.to)
    return tuple(dict.fromkeys(found))


def findings_in_names(workflow: Workflow, vocabulary: Vocabulary) -> Iterator[str]:
    """What is named twice, named without existing, or shaped against its phase."""
    yield from _repeated(workflow)
    for state in workflow.states:
        yield from (f"{workflow.key}.{state.key}: {problem}" for problem in _state(state))
    for step in workflow.steps:
        yield from (f"{workflow.key}.{step.key}: {problem}" for problem in _step(workflow, step, vocabulary))
    yield from _terms(workflow, vocabulary)
    yield from _tables_beside(workflow)
    if not any(step.opening for step in workflow.steps):
        yield f"{workflow.key}: no step opens a case"
    yield from _machine(workflow)


def _repeated(workflow: Workflow) -> Iterator[str]:
    kinds: tuple[tuple[str, Iterable[str]], ...] = (
        ("state", (state.key for state in workflow.states)),
        ("step", (step.key for step in workflow.steps)),
        ("term", (term.key for term in workflow.terms)),
        ("state label", (state.label for state in workflow.states)),
    )
    for kind, keys in kinds:
        for key, count in Counter(keys).items():
            if count > 1:
                yield f"{workflow.key}: {kind} {key} stands {count} times"
            if not key.strip():
                yield f"{workflow.key}: a {kind} without a name"


def _state(state: State) -> Iterator[str]:
    owners = [bool(state.holder), bool(state.holder_in), bool(state.resting)]
    if not state.key.isascii() or not state.key.isidentifier():
        yield "its key is not a plain ASCII name, which the diagrams need"
    if state.phase is Phase.CLOSED and any(owners):
        yield "a closed state is held by nobody and rests for nothing"
    if state.phase is not Phase.CLOSED and sum(owners) != 1:
        yield "needs exactly one of a holder, a column that names the holder, or a reason to rest"


def _step(workflow: Workflow, step: Step, vocabulary: Vocabulary) -> Iterator[str]:
    if not step.label.strip():
        yield "has no label"
    if not step.by:
        yield "nobody may take it"
    if step.by - _KNOWN_CAPACITIES:
        yield f"is given to {_listed(step.by - _KNOWN_CAPACITIES)}, which no relation of a case makes"
    if not step.moves:
        yield "leads from nowhere"
    yield from _moves(workflow, step)
    for name, wanted in (("requested_by", step.requested_by), ("four_eyes", step.four_eyes)):
        if wanted and workflow.step(wanted) is None:
            yield f"{name} names the step {wanted}, which does not exist"
    yield from _redone(workflow, step)
    if step.on_proposal and not step.requested_by and not step.by & frozenset(PROPOSER):
        yield "is taken on proposal, but nobody of its capacities has a clerk who proposes"
    for condition in (*step.guards, *(draft.when for draft in step.notices), *(row.when for row in step.cascades)):
        if condition is not None and not (condition.label.strip() and callable(condition.check)):
            yield f"the guard {condition.key} has no statement or no check"
    named = {draft.notice for draft in step.notices} | ({step.on_service} if step.on_service else set())
    if named - vocabulary.notices:
        yield f"names {_listed(named - vocabulary.notices)}, which the catalogue of notices does not have"
    if vocabulary.effects is not None and set(step.effects) - vocabulary.effects:
        yield f"names the effect {_listed(set(step.effects) - vocabulary.effects)}, which no service provides"
    builders = {row.form for row in step.cascades if row.form}
    if vocabulary.forms is not None and builders - vocabulary.forms:
        yield f"names the form builder {_listed(builders - vocabulary.forms)}, which no service provides"


def _redone(workflow: Workflow, step: Step) -> Iterator[str]:
    """What is sent back is done again by steps of the table, the first of which starts where it was sent."""
    if step.ends_round and not step.requested_by and not step.redone_by:
        yield "ends the round, but does not say by which steps what it sends back is done again"
    for key in step.redone_by:
        if workflow.step(key) is None:
            yield f"redone_by names the step {key}, which does not exist"
    for state in destinations(step):
        again = [workflow.step(key) for key in step.redone_by]
        if again and not any(one is not None and one.move_from(state.key) for one in again):
            yield f"nothing of redone_by starts from {state}, where it sends the case back"


def _moves(workflow: Workflow, step: Step) -> Iterator[str]:
    known = {state.key for state in workflow.states}
    for source, count in Counter(move.source.key for move in step.moves).items():
        if count > 1:
            yield f"has {count} rows from {source}; only the first would ever be taken"
        if source != OPENING.key and source not in known:
            yield f"starts from {source}, which is no state of the table"
    for state in destinations(step):
        if state.key not in known and state is not OPENING:
            yield f"leads to {state.key}, which is no state of the table"
    leaves_closed = [move.source.key for move in step.moves if move.source.phase is Phase.CLOSED]
    if leaves_closed and not step.after_close:
        yield f"starts from the closed state {_listed(leaves_closed)} without being marked after_close"
    if step.after_close and not leaves_closed:
        yield "is marked after_close, but starts from no closed state"


def _terms(workflow: Workflow, vocabulary: Vocabulary) -> Iterator[str]:
    for term in workflow.terms:
        where = f"{workflow.key}, term {term.key}"
        if not term.label.strip():
            yield f"{where}: has no label"
        if term.key not in vocabulary.rule_terms:
            yield f"{where}: the rule sets do not know it"
        if term.paused_while and not hasattr(Facts, term.paused_while):
            yield f"{where}: paused_while asks {term.paused_while}, which is no question of Facts"
        steps = {start.step for start in term.starts} | set(term.on_expiry) | term.ends_at
        unknown = {step for step in steps if workflow.step(step) is None}
        if unknown:
            yield f"{where}: names the step {_listed(unknown)}, which does not exist"
        notices = {start.of for start in term.starts if start.kind is StartKind.SERVICE} | term.ends_on_dispatch
        if notices - vocabulary.notices:
            yield f"{where}: names {_listed(notices - vocabulary.notices)}, which the catalogue of notices lacks"
        strangers = {state.key for state in term.runs_in | term.paused_in if state not in workflow.states}
        if strangers:
            yield f"{where}: runs in {_listed(strangers)}, which is no state of the table"


def _tables_beside(workflow: Workflow) -> Iterator[str]:
    unknown = {step for step in workflow.decides_at if workflow.step(step) is None}
    if unknown:
        yield f"{workflow.key}: decides_at names the step {_listed(unknown)}, which does not exist"
    for capacity, states in workflow.visible.items():
        strangers = {state.key for state in states if state not in workflow.states}
        if strangers:
            yield f"{workflow.key}: {capacity.name} is to see {_listed(strangers)}, which is no state of the table"


def _machine(workflow: Workflow) -> Iterator[str]:
    """`transitions` adds a `to_<state>` past every guard unless told not to; the machine must hold the table only."""
    try:
        events = frozenset(machine_of(workflow).events)
    except ValueError as error:
        yield f"{workflow.key}: the machine cannot be built ({error})"
        return
    surplus = events - {trigger_of(step) for step in workflow.steps}
    if surplus:
        yield f"{workflow.key}: the machine has events that are no step of the table: {_listed(surplus)}"


def _listed(items: Iterable[str]) -> str:
    return ", ".join(sorted(items))

"""Which terms a step closes, opens, pauses and resumes. Pure: the service layer turns the plan into rows."""

from dataclasses import dataclass
from enum import StrEnum

from workflows.kit.context import Context
from workflows.kit.definition import Start, State, Term, Workflow
from workflows.kit.engine import holds


class TermMove(StrEnum):
    """What happens to one term."""

    CLOSE = "close"
    OPEN = "open"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True)
class TermAct:
    """One line of the plan."""

    move: TermMove
    term: Term
    start: Start | None = None


def plan_terms(
    workflow: Workflow, step: str, source: State, dest: State, live: frozenset[str], ctx: Context
) -> tuple[TermAct, ...]:
    """Plan the terms of one case around one step.

    Args:
        live: keys of the terms that run, are paused or await a service now.

    Entering a state again re-arms its term: a live term that the step starts anew is closed first.
    """
    acts: list[TermAct] = []
    for term in workflow.terms:
        start = next((item for item in term.starts if item.step == step and holds(item.when, ctx)), None)
        starts = start is not None and dest in term.runs_in
        if term.key in live:
            if starts or dest not in term.runs_in or step in term.ends_at:
                acts.append(TermAct(TermMove.CLOSE, term))
            elif dest in term.paused_in and source not in term.paused_in:
                acts.append(TermAct(TermMove.PAUSE, term))
            elif source in term.paused_in and dest not in term.paused_in:
                acts.append(TermAct(TermMove.RESUME, term))
        if starts:
            acts.append(TermAct(TermMove.OPEN, term, start))
    return tuple(acts)

"""现在谁办、最迟哪天、之后是什么: what comes next in a case, from its table and its running terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.models.cases import Case
from app.models.terms import LIVE, TermRow
from app.services.wakes import expiry_is_over
from workflows.catalogue import NOTICES
from workflows.kit.context import Context
from workflows.kit.counting import Nature
from workflows.kit.definition import Step
from workflows.kit.outlook import Later, Onward, by_itself, later, of_others, onward
from workflows.registry import workflow
from workflows.roles import OFFICIAL, Capacity


@dataclass(frozen=True)
class WayOn:
    """One way out of the present state. `by` is told where it is not the holder alone; `proposed`: he drafts it."""

    act: str
    to: tuple[str, ...]
    by: tuple[str, ...] = ()
    proposed: bool = False


@dataclass(frozen=True)
class Automatic:
    """What happens without anybody's act: after the last day of a term, or with the service of a notice."""

    act: str
    to: str
    term: str = ""
    due_on: date | None = None
    notice: str = ""


@dataclass(frozen=True)
class Outlook:
    """What comes next. `holder_unit` is the unit that has to act, empty for a person; `resting` says why it rests."""

    holder: str
    holder_unit: str
    term: str
    resting: str
    ways: tuple[WayOn, ...]
    automatic: tuple[Automatic, ...]
    #: A right is running: somebody may act while nobody must, and must not read that there is nothing to do.
    leaves_a_choice: bool = False


@dataclass(frozen=True)
class NotYet:
    """An act of the reader whose turn comes in a neighbouring state, and what has to happen first."""

    act: str
    states: tuple[str, ...]
    after: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Elsewhere:
    """Acts of this state that somebody else takes."""

    by: tuple[str, ...]
    acts: tuple[str, ...]


def outlook_of(case: Case, terms: Sequence[TermRow], unit: str, governing: str) -> Outlook:
    """What comes next in a case.

    Args:
        terms: of this case.
        unit: the name of the unit that holds it, empty for none.
        governing: key of the term that governs it, empty where none does.
    """
    flow = workflow(case.kind)
    holder = Capacity(case.holder) if case.holder else None
    live = {row.key: row for row in terms if row.status in LIVE}
    to_come = frozenset(key for key, row in live.items() if not expiry_is_over(row))
    term = flow.term(governing)
    return Outlook(
        holder=holder.label if holder else "",
        holder_unit=unit,
        term=term.label if term else "",
        resting=flow.state(case.state).resting if holder is None else "",
        ways=tuple(_way(item, holder) for item in onward(flow, case.state, holder)),
        automatic=tuple(
            Automatic(
                item.step.label,
                item.to.label if item.to else "",
                item.term.label if item.term else "",
                live[item.term.key].due_on if item.term else None,
                NOTICES[item.notice].title if item.notice else "",
            )
            for item in by_itself(flow, case.state, to_come)
        ),
        leaves_a_choice=any(row.nature == Nature.RIGHT for row in live.values()),
    )


def _way(item: Onward, holder: Capacity | None) -> WayOn:
    by = () if holder in item.by else tuple(capacity.label for capacity in item.by)
    return WayOn(item.step.label, tuple(state.label for state in item.to), by, item.proposed)


def not_yet(ctx: Context) -> tuple[NotYet, ...]:
    """The reader's acts in the states one move ahead."""
    return tuple(_not_yet(item) for item in later(workflow(ctx.case.kind), ctx))


def _not_yet(item: Later) -> NotYet:
    after = tuple((step.label, _who(step)) for step in item.after)
    return NotYet(item.step.label, tuple(state.label for state in item.states), after)


def elsewhere(ctx: Context) -> tuple[Elsewhere, ...]:
    """What is done in this state by others, for those who handle the case: by whom, and which acts."""
    if not ctx.capacities & OFFICIAL:
        return ()
    found: dict[tuple[str, ...], list[str]] = {}
    for step in of_others(workflow(ctx.case.kind), ctx):
        found.setdefault(_who(step), []).append(step.label)
    return tuple(Elsewhere(by, tuple(dict.fromkeys(acts))) for by, acts in found.items())


def _who(step: Step) -> tuple[str, ...]:
    return tuple(capacity.label for capacity in Capacity if capacity in step.by)

"""Who holds a case now. Written on the base row after each step, so that an inbox is one indexed query."""

from app.models.cases import Case
from app.models.terms import TermRow
from app.services.contexts import live_proposal
from app.services.terms import governing_due
from app.services.unit_of_work import UnitOfWork
from workflows.kit.counting import Nature
from workflows.kit.definition import Phase, Workflow
from workflows.roles import RELATIONS, Capacity


def settle_holder(work: UnitOfWork, case: Case, workflow: Workflow, live: dict[str, TermRow]) -> None:
    """Write the holder and the governing last day of a case.

    A live proposal puts the case into the decider's hands; a resting state is held by whoever has a running duty in it.
    """
    state = workflow.state(case.state)
    proposal = live_proposal(work, case)
    holder: Capacity | None = None
    if state.phase is not Phase.CLOSED or proposal is not None:
        holder = Capacity(proposal.holder) if proposal else _of_state(case, state.holder, state.holder_in)
        if holder is None and state.resting:
            holder = _duty_holder(live)
    case.holder = holder.value if holder else None
    case.holder_unit_id = case.holder_person_id = None
    if holder is not None:
        _place(case, holder)
    case.due_on = governing_due(list(live.values()))


def _of_state(case: Case, holder: Capacity | None, holder_in: str) -> Capacity | None:
    return Capacity(getattr(case, holder_in)) if holder_in else holder


def _duty_holder(live: dict[str, TermRow]) -> Capacity | None:
    duties = [row for row in live.values() if row.nature == Nature.DUTY and row.holder != Capacity.SYSTEM]
    first = min(duties, key=lambda row: (row.due_on is None, row.due_on, row.key), default=None)
    return Capacity(first.holder) if first else None


def _place(case: Case, holder: Capacity) -> None:
    for relation in RELATIONS[holder]:
        value = getattr(case, relation.column)
        if value is None:
            continue
        if relation.posts:
            case.holder_unit_id = value
        else:
            case.holder_person_id = value
        return

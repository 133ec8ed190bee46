"""Short questions that tests of a procedure ask: which conditions fail, and what becomes of a taken step."""

from workflows.kit.context import Context, Proposal
from workflows.kit.definition import Workflow
from workflows.kit.engine import Outcome, advance
from workflows.kit.errors import GuardRefused
from workflows.roles import Capacity


def unmet(table: Workflow, step: str, ctx: Context) -> dict[str, str]:
    """The conditions that fail, each with the words shown; empty if the step is taken."""
    try:
        advance(table, step, ctx)
    except GuardRefused as refusal:
        return {item.guard: item.text for item in refusal.unmet}
    return {}


def taken(table: Workflow, step: str, ctx: Context) -> Outcome:
    """The outcome of a step that is taken."""
    return advance(table, step, ctx)


def proposed(step: str, holder: Capacity = Capacity.SUPERVISOR, author: int = 90, **form: object) -> Proposal:
    """A live proposal, or a signed request, by somebody else."""
    return Proposal(step, form, "拟同意", author, holder)

"""The one act that a row of a list offers: one press, no form (受理). Its conditions are asked on the press."""

from app.services.reading.lines import CaseLine
from workflows.kit.definition import Step
from workflows.kit.forms import NoForm
from workflows.registry import workflow
from workflows.roles import Capacity

#: Who may act from a list. Heads and deciders sign what they have opened, never a row.
_FROM_A_ROW = frozenset({Capacity.OFFICE, Capacity.REVIEW_OFFICE, Capacity.TOLERANCE})


def quick_step(line: CaseLine) -> Step | None:
    """The act without a form that moves a case on out of its holder's hands; the first one of the table."""
    if line.holder not in _FROM_A_ROW:
        return None
    holder = Capacity(line.holder)
    steps = workflow(line.kind).steps_from(line.state)
    return next((step for step in steps if step.form is NoForm and holder in step.by and not step.on_proposal), None)

"""What steps write besides the state: one function per effect name of the tables."""

from collections.abc import Callable

from app.services.applying import StepRun
from app.services.effects import common, notice, objection, record, sharing

Effect = Callable[[StepRun], None]

EFFECTS: dict[str, Effect] = {
    **common.EFFECTS,
    **record.EFFECTS,
    **objection.EFFECTS,
    **notice.EFFECTS,
    **sharing.EFFECTS,
}


def run_effects(run: StepRun) -> None:
    """Run every effect of the step, in the order of the table."""
    for name in run.outcome.step.effects:
        EFFECTS[name](run)
    if run.outcome.step.on_service:
        run.case.served_on = run.ctx.form.served_on  # type: ignore[attr-defined]

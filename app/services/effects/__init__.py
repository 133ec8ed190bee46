"""What steps write besides the state: per kind of case, one function per effect name of its table."""

from collections.abc import Callable, Mapping

from app.services.applying import StepRun
from app.services.effects import common, exemption, notice, objection, record, rectification, repair, sharing

Effect = Callable[[StepRun], None]

_SHARED: Mapping[str, Effect] = {**common.EFFECTS, **sharing.EFFECTS}
EFFECTS: Mapping[str, Mapping[str, Effect]] = {
    "record": {**_SHARED, **record.EFFECTS},
    "objection": {**_SHARED, **objection.EFFECTS},
    "notice": {**_SHARED, **notice.EFFECTS},
    "rectification": {**_SHARED, **rectification.EFFECTS},
    "repair": {**_SHARED, **repair.EFFECTS},
    "exemption": {**_SHARED, **exemption.EFFECTS},
    "sync": _SHARED,
}


def run_effects(run: StepRun) -> None:
    """Run every effect of the step, in the order of the table."""
    if run.outcome.step.on_service:
        run.case.served_on = run.ctx.form.served_on  # type: ignore[attr-defined]
    for name in run.outcome.step.effects:
        EFFECTS[run.case.kind][name](run)

"""What the steps of a rectification write besides its state."""

from datetime import date
from typing import Any

from app.models.kinds_more import Rectification
from app.services import terms
from app.services.applying import StepRun
from workflows.rectification_guards import completion_days, level_after


def _case(run: StepRun) -> Rectification:
    assert isinstance(run.case, Rectification)
    return run.case


def keep_order(run: StepRun) -> None:
    """What has to be put right; the length of the term if the order sets one."""
    case, form = _case(run), run.ctx.form
    case.problems, case.requirements, case.completion_days = form.problems, form.requirements, form.days
    case.escalation_level = 0
    case.causes = case.completion_summary = ""
    case.responsible_persons, case.tasks, case.progress, case.completion = [], [], [], []


def keep_explanation(run: StepRun) -> None:
    """Causes, responsible persons and plan, as drafted for the head."""
    case, form = _case(run), run.ctx.form
    case.causes, case.responsible_persons = form.causes, form.responsible_persons
    case.tasks = _plain(form.tasks)


def keep_progress(run: StepRun) -> None:
    """One line of the ledger (台账, R57)."""
    case, form = _case(run), run.ctx.form
    line = {"on": run.ctx.today.isoformat(), **form.model_dump(mode="json")}
    case.progress = [*case.progress, line]


def keep_completion(run: StepRun) -> None:
    """Evidence for each task, as drafted for the head."""
    case, form = _case(run), run.ctx.form
    case.completion, case.completion_summary = _plain(form.tasks), form.summary


def restart_completion(run: StepRun) -> None:
    """验收不通过 or 恢复整改: term and escalation begin anew; a reopened case follows its new plan."""
    case, form = _case(run), run.ctx.form
    case.escalation_level = 0
    until: date = form.until
    case.completion_days = completion_days(until, run.ctx)
    if tasks := getattr(form, "tasks", None):
        case.tasks = _plain(tasks)


def extend_completion(run: StepRun) -> None:
    """延期: once, counted from the old last day."""
    row = terms.live_terms(run.work, run.case.id)["rectification.completion"]
    terms.extend(row, run.ctx.form.days, f"准予延期：{run.ctx.form.reason}", run.ctx)
    run.event.content["extended"] = terms.term_note("extend", row)


def raise_escalation(run: StepRun) -> None:
    """The level (催办、督办、通报批评) rises; its history is that of the case."""
    case = _case(run)
    before = case.escalation_level
    case.escalation_level = level_after(run.outcome.step.key, run.ctx)
    run.event.content["level"] = {"from": before, "to": case.escalation_level}


def _plain(rows: list[Any]) -> list[dict[str, Any]]:
    return [row.model_dump(mode="json") for row in rows]


EFFECTS = {
    "keep_order": keep_order,
    "keep_explanation": keep_explanation,
    "keep_progress": keep_progress,
    "keep_completion": keep_completion,
    "restart_completion": restart_completion,
    "extend_completion": extend_completion,
    "raise_escalation": raise_escalation,
}

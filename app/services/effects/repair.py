"""What the steps of a repair write besides its state."""

from app.models.kinds_more import Repair
from app.services.applying import StepRun
from app.services.effects.sharing import open_sync_items
from workflows.repair_gate import gate
from workflows.repair_guards import review_grants


def _case(run: StepRun) -> Repair:
    assert isinstance(run.case, Repair)
    return run.case


def keep_repair(run: StepRun) -> None:
    """The application as filed."""
    case, form = _case(run), run.ctx.form
    case.correction, case.corrected_on, case.evidence = form.correction, form.corrected_on, form.evidence
    case.commitment = form.commitment
    case.finding_explanation = case.review_reason = case.review_reasons = ""
    case.review_was_late = False


def keep_finding(run: StepRun) -> None:
    """The finding per condition, as drafted for the head or made by the office."""
    case, form = _case(run), run.ctx.form
    case.findings = {key.value: item.model_dump(mode="json") for key, item in form.findings.items()}
    case.finding_explanation = form.explanation


def keep_unmet_lines(run: StepRun) -> None:
    """Each unmet condition with its reason and the first day on which it will be met."""
    case = _case(run)
    possible = {line.key: line.possible_on for line in gate(run.ctx)}
    case.unmet_lines = {
        key.value: {"reason": reason, "possible_on": day.isoformat() if (day := possible.get(key)) else None}
        for key, reason in run.ctx.form.unmet.items()
    }


def keep_review_request(run: StepRun) -> None:
    """Why the applicant is not satisfied, and whether he was in time."""
    case, form = _case(run), run.ctx.form
    due = run.ctx.facts.term_due_on("repair.review_filing")
    case.review_reason = form.reason
    case.review_was_late = due is not None and run.ctx.in_time_on > due


def keep_review_decision(run: StepRun) -> None:
    """The review's result."""
    case, form = _case(run), run.ctx.form
    case.review_result, case.review_reasons = form.result.value, form.reasons


def open_sync_items_if_granted(run: StepRun) -> None:
    """变更 of a denial grants the repair: every target has to take it over."""
    if review_grants.check(run.ctx):
        open_sync_items(run)


EFFECTS = {
    "keep_repair": keep_repair,
    "keep_finding": keep_finding,
    "keep_unmet_lines": keep_unmet_lines,
    "keep_review_request": keep_review_request,
    "keep_review_decision": keep_review_decision,
    "open_sync_items_if_granted": open_sync_items_if_granted,
}

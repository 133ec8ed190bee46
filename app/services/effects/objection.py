"""What the steps of an objection write besides its state."""

from collections.abc import Mapping

from sqlalchemy import select

from app.models.kinds import Objection, Record
from app.services import terms
from app.services.applying import StepRun
from app.services.effects.record import snapshot
from app.services.units.names import UnitRefused, present_unit
from workflows.forms.objection import Verdict
from workflows.forms.record import RecordField
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.objection_guards import reviewed, verdicts_in_force


def _objection(run: StepRun) -> Objection:
    assert isinstance(run.case, Objection)
    return run.case


def keep_objection(run: StepRun) -> None:
    """Keep what is disputed beside the record's words of this day."""
    case, form = _objection(run), run.ctx.form
    record = run.work.session.execute(select(Record).where(Record.dossier_id == case.dossier_id)).scalar_one()
    case.fields = [item.model_dump(mode="json") for item in form.fields]
    case.reason = form.reason
    case.attacks_source_only = form.attacks_source_only
    case.recorded = snapshot(record)
    case.transferred_by = []
    case.explanation = case.decision_reasons = case.review_reason = case.review_reasons = ""
    case.review_was_late = False


def note_acceptance(run: StepRun) -> None:
    """The day of acceptance: from it counts how long a unit may send the matter back."""
    _objection(run).accepted_on = run.ctx.today


def pass_to_named_unit(run: StepRun) -> None:
    """退回转办: the unit named is the provider from now on.

    Raises:
        FormIncomplete: no such unit.
    """
    case = _objection(run)
    try:
        unit = present_unit(run.work.session, run.ctx.form.owner, run.work.today)
    except UnitRefused as ended:
        raise FormIncomplete((FieldError("owner", "应当核查的单位", ended.message),)) from None
    if unit is None:
        raise FormIncomplete((FieldError("owner", "应当核查的单位", "单位名册中没有这个单位，请核对全称"),))
    assert case.provider_unit_id is not None
    case.transferred_by = [*case.transferred_by, case.provider_unit_id]
    case.provider_unit_id = unit.id


def extend_verification(run: StepRun) -> None:
    """延期: counted from the old last day."""
    row = terms.live_terms(run.work, run.case.id)["objection.verification"]
    terms.extend(row, run.ctx.form.days, f"准予延期：{run.ctx.form.reason}", run.ctx)
    run.event.content["extended"] = terms.term_note("extend", row)


def keep_answer(run: StepRun) -> None:
    """The provider's verdict per field; it counts once its head has signed."""
    case, form = _objection(run), run.ctx.form
    case.verdicts = {field.value: item.model_dump(mode="json") for field, item in form.verdicts.items()}
    case.explanation = form.explanation


def keep_decision(run: StepRun) -> None:
    """The verdicts in force after the decision."""
    case = _objection(run)
    case.decided_verdicts = _kept(verdicts_in_force(run.ctx))
    case.decision_reasons = run.ctx.form.reasons


def _kept(verdicts: Mapping[RecordField, tuple[Verdict, str]]) -> dict[str, dict[str, str]]:
    return {field.value: {"verdict": verdict.value, "value": value} for field, (verdict, value) in verdicts.items()}


def keep_review_request(run: StepRun) -> None:
    """Why the objector is not satisfied, and whether he was in time."""
    case, form = _objection(run), run.ctx.form
    due = run.ctx.facts.term_due_on("objection.review_filing")
    case.review_reason = form.reason
    case.review_was_late = due is not None and run.ctx.in_time_on > due


def keep_review_decision(run: StepRun) -> None:
    """The review's result; where it changes the decision, the new verdicts."""
    case, form = _objection(run), run.ctx.form
    case.review_result = form.result.value
    case.review_reasons = form.reasons
    if changed := reviewed(run.ctx):
        case.decided_verdicts = {**(case.decided_verdicts or {}), **_kept(changed)}


EFFECTS = {
    "keep_objection": keep_objection,
    "note_acceptance": note_acceptance,
    "pass_to_named_unit": pass_to_named_unit,
    "extend_verification": extend_verification,
    "keep_answer": keep_answer,
    "keep_decision": keep_decision,
    "keep_review_request": keep_review_request,
    "keep_review_decision": keep_review_decision,
}

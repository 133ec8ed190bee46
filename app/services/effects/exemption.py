"""What the steps of an exemption write besides its state."""

from app.models.kinds_more import Exemption
from app.services.applying import StepRun
from workflows.roles import Capacity


def _case(run: StepRun) -> Exemption:
    assert isinstance(run.case, Exemption)
    return run.case


def keep_exemption(run: StepRun) -> None:
    """The claim as filed, and who filed it: the subject, or the unit that reported the record (R22)."""
    case, form = _case(run), run.ctx.form
    case.claimed_by = "provider" if run.outcome.acting_as is Capacity.PROVIDER_HEAD else "subject"
    case.situation, case.circumstances = form.situation, form.circumstances
    case.decision_procedure, case.evidence = form.decision_procedure, form.evidence
    case.decision_reasons = case.document_number = case.document_organ = ""
    case.correction = case.correction_evidence = ""
    case.waited_for = True


def keep_finding(run: StepRun) -> None:
    """What the organ's clerk found, for its head to sign."""
    _case(run).finding = run.ctx.form.model_dump(mode="json")


def keep_decision(run: StepRun) -> None:
    """The finding of the organ, by its own step or from its own document."""
    case, form = _case(run), run.ctx.form
    case.decision, case.decision_reasons = form.outcome.value, form.reasons
    case.document_number, case.correction = form.document_number, form.correction
    case.changes = {field.value: value for field, value in form.changes.items()}
    case.document_organ, case.document_on = getattr(form, "organ", ""), getattr(form, "document_on", None)


def stop_waiting(run: StepRun) -> None:
    """不再等待: the record goes on; a later grant still exempts it."""
    _case(run).waited_for = False


def keep_correction(run: StepRun) -> None:
    """What shows that the error was put right (R47)."""
    _case(run).correction_evidence = run.ctx.form.evidence


EFFECTS = {
    "keep_exemption": keep_exemption,
    "keep_finding": keep_finding,
    "keep_decision": keep_decision,
    "stop_waiting": stop_waiting,
    "keep_correction": keep_correction,
}

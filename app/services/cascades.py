"""Steps that a step takes on other cases of the dossier, as SYSTEM and in the same transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app.models.cases import Case
from app.models.kinds import Objection, Record
from app.models.kinds_more import Exemption
from app.models.registry import MODELS
from app.services.applying import SYSTEM, StepRun, apply_step
from app.services.terms import note_on_case
from workflows.forms.record import RecordField
from workflows.kit.definition import EVERY_OPEN, Cascade, Elsewhere
from workflows.kit.errors import GuardRefused, UnmetGuard
from workflows.registry import workflow

Builder = Callable[[StepRun, Case], Mapping[str, Any]]


def run_cascades(run: StepRun) -> None:
    """Take every cascade of the step.

    Raises:
        GuardRefused: a target is open in a state that the cascade does not name; the whole step is refused.
    """
    for cascade in run.outcome.cascades:
        for target in _targets(run, cascade):
            _take(run, cascade, target)


def _targets(run: StepRun, cascade: Cascade) -> list[Case]:
    statement = select(MODELS[cascade.kind]).where(
        Case.dossier_id == run.case.dossier_id, Case.kind == cascade.kind, Case.id != run.case.id
    )
    return list(run.work.session.execute(statement.order_by(Case.id)).scalars())


def _take(run: StepRun, cascade: Cascade, target: Case) -> None:
    applies = target.state in cascade.states or (cascade.states == EVERY_OPEN and target.phase != "closed")
    if applies:
        form = FORMS[cascade.form](run, target) if cascade.form else {}
        apply_step(run.work, target, cascade.step, SYSTEM, form, signing_as=run.signing_as)
    elif target.phase == "closed":
        if cascade.states != EVERY_OPEN:
            _note_without_object(run, target, cascade)
    elif cascade.elsewhere is Elsewhere.REFUSE:
        flow = workflow(target.kind)
        label = flow.state(target.state).label
        detail = f"关联的{flow.label}现为“{label}”，本步骤不能办理"
        raise GuardRefused((UnmetGuard("cascade_applies", "关联事项处于可以一并办理的状态", detail),))


def _note_without_object(run: StepRun, target: Case, cascade: Cascade) -> None:
    content = {"note": "标的已终结", "step": cascade.step}
    note_on_case(run.work, run.case, "noted", "without_object", {**content, "other": target.uid}, "inside")
    note_on_case(run.work, target, "noted", "without_object", {**content, "other": run.case.uid}, "inside")


def _record_ended(run: StepRun, target: Case) -> Mapping[str, Any]:
    state = workflow(run.case.kind).state(run.case.state).label
    return {"cause": f"所涉记录{state}"}


def _verdicts(case: Case) -> Mapping[str, Any]:
    assert isinstance(case, Objection)
    return case.decided_verdicts or {}


def _correction_from_verdicts(run: StepRun, target: Case) -> Mapping[str, Any]:
    """What the decision on an objection makes of the record's fields."""
    assert isinstance(target, Record)
    changes: dict[str, Any] = {}
    for field, item in _verdicts(run.case).items():
        if item["verdict"] in {"change", "add"}:
            changes[field] = item["value"]
        elif item["verdict"] == "delete":
            changes[field] = ""
        elif item["verdict"] == "stop_publication":
            changes[RecordField.DISCLOSURE_LEVEL.value] = "none"
    return {"changes": changes, "reason": _found_on_objection(run.case)}


def _found_on_objection(case: Case) -> str:
    """What came of an objection, to stand after 因 in the notice of the correction."""
    found = "经复核，决定变更原处理结果" if case.outcome == "变更" else f"经审查{case.outcome}"
    return f"异议（{case.number}）{found}" if case.number else f"异议{found}"


def _annulment_from_verdicts(run: StepRun, target: Case) -> Mapping[str, Any]:
    return {"reason": f"异议{run.case.outcome}，撤销整条记录", "document": run.case.number or "异议处理结果告知书"}


def _exemption_granted(run: StepRun, target: Case) -> Mapping[str, Any]:
    return {"cause": _found_on_exemption(run.case)}


def _correction_from_exemption(run: StepRun, target: Case) -> Mapping[str, Any]:
    assert isinstance(run.case, Exemption)
    return {"changes": run.case.changes or {}, "reason": _found_on_exemption(run.case)}


def _found_on_exemption(case: Case) -> str:
    """What the organ found, by the number of its own document or else of the case."""
    assert isinstance(case, Exemption)
    number = case.document_number or case.number
    return f"容错免责认定：{case.outcome}（{number}）" if number else f"容错免责认定：{case.outcome}"


#: Fills in the form of a cascaded step; tables name these keys.
FORMS: dict[str, Builder] = {
    "record_ended": _record_ended,
    "correction_from_verdicts": _correction_from_verdicts,
    "annulment_from_verdicts": _annulment_from_verdicts,
    "exemption_granted": _exemption_granted,
    "correction_from_exemption": _correction_from_exemption,
}

"""What the notices of an exemption say (不予受理、认定)."""

import json
import re
from typing import Any

from sqlalchemy import select

from app.models.kinds import RecordRevision
from app.models.kinds_more import Exemption
from app.services.notice_content.corrections import changed_fields, in_a_sentence
from app.services.notice_content.occasion import Matter, Occasion
from workflows.forms.exemption import ExemptionOutcome

_OUTCOMES = {
    ExemptionOutcome.GRANTED: "予以容错免责",
    ExemptionOutcome.PARTIAL: "部分容错免责",
    ExemptionOutcome.DENIED: "不予容错免责",
}
_CITATION = re.compile("《.+》|第[〇一二三四五六七八九十百零0-9]+[条款项]")
#: What was found, in the order in which R45 asks for it.
_FINDINGS = (("motive", "动机"), ("decision_procedure", "决策程序"), ("corrective_measures", "纠错整改"))


def exemption_refusal(occasion: Occasion) -> Matter:
    """容错免责申请不予受理告知书: names the organ that has the power."""
    form = occasion.form("refuse")
    return Matter({"reasons": [form["reason"]], "competent_organ": form["competent_organ"]})


def exemption_decision(occasion: Occasion) -> Matter:
    """容错免责认定书."""
    case = occasion.parent
    assert isinstance(case, Exemption)
    assert case.decision is not None
    outcome, found = ExemptionOutcome(case.decision), case.finding or {}
    clause = str(found.get("clause") or case.situation).rstrip("。")
    content: dict[str, Any] = {
        "findings": [f"{label}：{found[key]}" for key, label in _FINDINGS if found.get(key)],
        "situation": situation(clause, outcome),
        "outcome_label": _OUTCOMES[outcome],
        "record_corrections": [in_a_sentence(row) for row in _corrected(occasion, case)],
        "corrections": [case.correction] if case.correction else [],
        "to_office": occasion.notice.recipient_unit_id == case.handling_unit_id,
    }
    return Matter(content, case.decision_reasons, clauses=citable(clause))


def _corrected(occasion: Occasion, case: Exemption) -> list[dict[str, str]]:
    """What tolerance in part makes of the record, against the text that this very finding replaced."""
    record, taken = occasion.record, occasion.taken
    if not case.changes or record is None or taken is None:
        return []
    replaced = select(RecordRevision.body).where(
        RecordRevision.record_id == record.id, RecordRevision.replaced_at == taken.at
    )
    body = occasion.work.session.execute(replaced).scalar_one_or_none()
    # A record that had ended by then is corrected no more: there is nothing to tell.
    return changed_fields(occasion, record, case.changes, json.loads(body)) if body is not None else []


def situation(clause: str, outcome: ExemptionOutcome) -> str:
    """Whether the case is one for which exemption is provided, in words for 上述情形…; a clause is typed by hand.

    A clause that cites (《…》第三条) stands as it is; one that tells the situation stands in quotation marks.
    """
    belongs = "不符合" if outcome is ExemptionOutcome.DENIED else "符合"
    return f"{belongs}{clause}所列的容错情形" if citable(clause) else f"{belongs}“{clause}”的容错情形"


def citable(clause: str) -> tuple[str, ...]:
    """The clause as something to cite after 依据: only when it names a text or an article; a situation is no law."""
    return (clause,) if _CITATION.search(clause) else ()


BUILDERS = {"exemption_refusal": exemption_refusal, "exemption_decision": exemption_decision}

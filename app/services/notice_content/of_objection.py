"""What the notices of an objection say (受理、协查、反馈、不予受理、处理结果)."""

from collections.abc import Mapping
from typing import Any

from app.models.kinds import Objection
from app.services.notice_content.occasion import Matter, Occasion
from app.services.notice_content.parties import subject_name
from app.services.notice_content.record_facts import real_number, source_of
from app.services.notice_content.wording import field_words
from workflows.forms.objection import Ground, RefusalGround, Verdict
from workflows.forms.record import RecordField
from workflows.rules.model import Basis


def _objection(occasion: Occasion) -> Objection:
    assert isinstance(occasion.parent, Objection)
    return occasion.parent


def disputed(occasion: Occasion, verdicts: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The disputed fields beside the record's words of the day of filing; with what was found on each."""
    objection, rules = _objection(occasion), occasion.rules
    rows = []
    for item in objection.fields:
        field = RecordField(item["field"])
        row = {
            "label": field.label,
            "recorded": _recorded(occasion, field),
            "ground": Ground(item["ground"]).label,
            "wanted": field_words(field, item["wanted"], rules) if item.get("wanted") else "",
        }
        found = (verdicts or {}).get(item["field"])
        if found is not None:
            row["verdict"] = Verdict(found["verdict"]).label
            row["value"] = field_words(field, found["value"], rules) if found.get("value") else ""
        rows.append(row)
    return rows


def _recorded(occasion: Occasion, field: RecordField) -> str:
    record = occasion.record
    if field is RecordField.SUBJECT:
        return subject_name(occasion.work.session, occasion.parent)
    if field is RecordField.RECORD:
        number = real_number(record.number, record.uid) if record is not None else ""
        return f"记录{number}" if number else "整条记录"
    return field_words(field, _objection(occasion).recorded.get(field.value), occasion.rules)


def system_basis(occasion: Occasion) -> tuple[Basis, ...]:
    """The document that sets up objection and complaint at all."""
    return (occasion.rules.remedy_rule("record", "person").basis,)


def objection_acceptance(occasion: Occasion) -> Matter:
    """异议受理告知书."""
    taken = occasion.last("accept", "accept_own")
    content = {
        "fields": disputed(occasion),
        "deemed": taken is not None and taken.by_system,
        "own": taken is not None and taken.step == "accept_own",
    }
    basis = occasion.basis_of("objection.acceptance")
    return Matter(content, basis=basis, running=("objection.verification", "objection.own_decision", "objection.total"))


def assistance_letter(occasion: Occasion) -> Matter:
    """协查函, 异议信息转办函: the answer is wanted in time for the shorter of the terms that run side by side."""
    rows = [occasion.term_row(key) for key in ("objection.verification", "objection.total")]
    due = {row.key: row.due_on for row in rows if row is not None and row.status == "running" and row.due_on}
    running = tuple(sorted(due, key=lambda key: (due[key], key)))
    basis = occasion.basis_of("objection.verification")
    return Matter({"fields": disputed(occasion)}, _objection(occasion).reason, basis, running=running)


def verification_feedback(occasion: Occasion) -> Matter:
    """异议核查情况反馈函: the provider's verdict on each field."""
    objection = _objection(occasion)
    content = {"fields": disputed(occasion, objection.verdicts), "explanation": objection.explanation}
    basis = occasion.basis_of("objection.verification")
    return Matter(content, basis=basis, running=("objection.decision", "objection.total"))


def objection_refusal(occasion: Occasion) -> Matter:
    """异议不予受理告知书; where only the source document is attacked, it says where to turn instead."""
    form = occasion.form("refuse")
    ground = RefusalGround(form["ground"])
    content: dict[str, Any] = {"reasons": [f"{ground.label}：{form['reason']}"]}
    if ground is RefusalGround.SOURCE_ONLY and occasion.record is not None:
        content["elsewhere"] = _elsewhere(occasion, form.get("other_remedy", ""))
    return Matter(content, basis=system_basis(occasion))


def _elsewhere(occasion: Occasion, remedy: str) -> dict[str, str]:
    assert occasion.record is not None
    source = source_of(occasion.record)
    document = f"《{source.type_label}》（{source.number}）" if source.number else f"《{source.type_label}》"
    if remedy.startswith(("向", "应当向", "可以向")):
        return {"document": document, "organ": "", "remedy": remedy.split("向", 1)[1]}
    return {"document": document, "organ": source.organ, "remedy": f"寻求救济（{remedy.rstrip('。')}）"}


def objection_decision(occasion: Occasion) -> Matter:
    """异议处理结果告知书: outcome, verdict per field, facts and reasons."""
    objection = _objection(occasion)
    reasons = occasion.form("decide", "decide_without_answer").get("reasons", objection.decision_reasons)
    explanation = objection.explanation
    if occasion.taken is not None and occasion.taken.step == "decide_without_answer":
        explanation = "信息提供单位逾期未反馈核查结果，经督办仍未反馈，本机关依法径行审定"
    content = {
        "fields": disputed(occasion, objection.decided_verdicts),
        "outcome_label": objection.outcome,
        "explanation": explanation or reasons,
    }
    return Matter(content, reasons if explanation else "", (*system_basis(occasion), *_term_basis(occasion)))


def _term_basis(occasion: Occasion) -> tuple[Basis, ...]:
    """What governs the handling: the terms that this objection ran through."""
    keys = ("objection.verification", "objection.own_decision", "objection.total")
    return occasion.basis_of(*(key for key in keys if occasion.term_row(key) is not None))


BUILDERS = {
    "objection_acceptance": objection_acceptance,
    "assistance_letter": assistance_letter,
    "verification_feedback": verification_feedback,
    "objection_refusal": objection_refusal,
    "objection_decision": objection_decision,
}

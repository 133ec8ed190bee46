"""What applications of every kind have in common: receipt, supplement, lapse, extension, termination, review."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.documents.citations import founding, or_founding
from app.models.cases import Case
from app.models.history import Attachment
from app.models.kinds import Notice, Objection
from app.models.terms import LIVE, TermRow
from app.services.notice_content.occasion import Matter, Occasion
from app.services.notice_content.of_objection import disputed, system_basis
from app.services.notice_content.wording import day
from app.services.terms import counting_of
from workflows.forms.objection import ReviewResult
from workflows.kit.counting import due_on

#: The sheet with which each kind is filed.
_SHEETS = {"objection": "异议申请书", "repair": "信用修复申请书", "exemption": "容错免责申请书"}
#: Decisions that a review is asked against.
_REVIEWED = ("objection_decision", "objection_refusal", "repair_denial", "repair_refusal")


def receipt(occasion: Occasion) -> Matter:
    """收件回执: what was handed in."""
    case, kind = occasion.parent, occasion.parent.kind
    names = occasion.work.session.execute(
        select(Attachment.name).where(Attachment.case_id == case.id).order_by(Attachment.id)
    ).scalars()
    materials = [_SHEETS[kind]]
    if getattr(case, "commitment", False):
        materials.append("信用承诺书")
    materials += dict.fromkeys([*(getattr(case, "evidence", None) or []), *names])
    return Matter({"materials": materials}, running=(f"{kind}.acceptance", f"{kind}.total"))


def supplement_notice(occasion: Occasion) -> Matter:
    """补正通知书: everything that is missing, once."""
    form = occasion.form("request_supplement")
    return Matter(
        {"missing": list(form["missing"])},
        basis=or_founding(occasion.basis_of(f"{occasion.parent.kind}.supplement"), occasion.rules),
    )


def lapse_notice(occasion: Occasion) -> Matter:
    """视为放弃告知书."""
    key = f"{occasion.parent.kind}.supplement"
    row = occasion.term_row(key)
    content = {"supplement_until": row.due_on.isoformat()} if row is not None and row.due_on else {}
    return Matter(content, basis=or_founding(occasion.basis_of(key), occasion.rules))


def extension_notice(occasion: Occasion) -> Matter:
    """延期告知书: the old last day and the new one."""
    row = _extended(occasion)
    counting = counting_of(row)
    longer = counting.extensions[-1]
    old = due_on(replace(counting, extensions=counting.extensions[:-1]), occasion.calendar).on
    term = occasion.flow.term(row.key)
    assert term is not None
    assert old is not None
    assert row.due_on is not None
    basis = or_founding(occasion.basis_of(row.key), occasion.rules)
    content = {
        "term_label": term.label,
        "old_last_day": old.isoformat(),
        "new_last_day": row.due_on.isoformat(),
        "extended_by": longer.span.text,
    }
    return Matter(content, occasion.form("extend").get("reason", ""), basis, running=(row.key,))


def _extended(occasion: Occasion) -> TermRow:
    rows = occasion.work.session.execute(
        select(TermRow).where(TermRow.case_id == occasion.parent.id, TermRow.status.in_(LIVE))
    ).scalars()
    return next(row for row in rows if row.extensions != "[]")


def termination_notice(occasion: Occasion) -> Matter:
    """终止办理告知书."""
    cause = occasion.form("terminate", "record_expired").get("cause", "所涉记录已经终结")
    return Matter(reason=cause, basis=(founding(occasion.rules),))


def term_change(occasion: Occasion) -> Matter:
    """期限变更告知书: the days that moved in the transaction that made it."""
    rows: list[dict[str, str]] = []
    for event in occasion.work.events:
        if event.case is occasion.parent and event.sort == "moved":
            rows += [_moved(occasion, item) for item in event.content.get("moves", ())]
    return Matter({"changes": rows}, occasion.notice.reason or "工作日历变更")


def _moved(occasion: Occasion, item: dict[str, Any]) -> dict[str, str]:
    term = occasion.flow.term(item["term"])
    label = term.label if term is not None else item["term"]
    return {"label": f"{label}届满日", "before": _words(item["before"]), "after": _words(item["after"])}


def _words(value: date | str) -> str:
    return day(value if isinstance(value, date) else date.fromisoformat(value))


def original_of(occasion: Occasion, *keys: str) -> dict[str, str]:
    """The earlier notice of the same case that this one is about: title, number and day."""
    statement = select(Notice).where(
        Notice.parent_id == occasion.parent.id,
        Notice.key.in_(keys),
        Case.state != "voided",
        Notice.signed_on.is_not(None),
    )
    found = occasion.work.session.execute(statement.order_by(Notice.id)).scalars().first()
    assert found is not None, "nothing was decided that this notice could be about"
    assert found.signed_on is not None
    return {"title": found.title, "number": found.number or "", "on": found.signed_on.isoformat()}


def review_refusal(occasion: Occasion) -> Matter:
    """不予受理复核告知书."""
    reason = occasion.form("refuse_review")["reason"]
    content = {"original": original_of(occasion, *_REVIEWED), "reasons": [reason]}
    return Matter(content, basis=occasion.basis_of(f"{occasion.parent.kind}.review_filing"))


def review_decision(occasion: Occasion) -> Matter:
    """复核决定书: 维持 or 变更; of a changed objection, the verdict on each field."""
    form = occasion.form("decide_review")
    asked = occasion.last("request_review")
    result = ReviewResult(form["result"])
    content: dict[str, Any] = {
        "original": original_of(occasion, *_REVIEWED),
        "filed_on": (asked.on if asked is not None else occasion.dated).isoformat(),
        "outcome_label": result.label,
    }
    if isinstance(occasion.parent, Objection) and result is ReviewResult.CHANGED:
        content["fields"] = [row for row in disputed(occasion, occasion.parent.decided_verdicts) if "verdict" in row]
    if occasion.parent.kind == "repair" and result is ReviewResult.CHANGED:
        refused = "不予受理" in content["original"]["title"]
        content["effect"] = "对该信用修复申请予以受理" if refused else "准予信用修复，由原处理机关另行出具决定书"
    basis = occasion.basis_of(f"{occasion.parent.kind}.review")
    if isinstance(occasion.parent, Objection):
        basis = (*system_basis(occasion), *basis)
    return Matter(content, form["reasons"], basis)


BUILDERS = {
    "objection_receipt": receipt,
    "repair_receipt": receipt,
    "exemption_receipt": receipt,
    "supplement_notice": supplement_notice,
    "lapse_notice": lapse_notice,
    "extension_notice": extension_notice,
    "termination_notice": termination_notice,
    "term_change": term_change,
    "review_refusal": review_refusal,
    "review_decision": review_decision,
}

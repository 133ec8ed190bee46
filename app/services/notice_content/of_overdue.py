"""What is said to whoever is late, and of him: 催办, 督办, 报告, 通报批评, 问责建议."""

from typing import Any

from sqlalchemy import or_, select

from app.clock import legal_day
from app.documents.citations import binding, founding
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.terms import TermRow
from app.services.notice_content.occasion import Matter, Occasion
from app.services.notice_content.parties import recipient_of, subject_name, unit_name
from app.services.notice_content.wording import day
from workflows.kit.counting import Nature, running_days_late

#: What the duty is, as it follows 承办的.
_MATTERS = {
    "record.screening": "政务失信信息审查事项",
    "record.supplement": "政务失信信息补正事项",
    "record.decision": "政务失信记录决定事项",
    "rectification.order": "限期整改下达事项",
    "notice.issue": "文书签发事项",
    "notice.service": "文书送达事项",
    "objection.acceptance": "异议受理事项",
    "objection.verification": "异议核查事项",
    "objection.total": "异议办理事项",
    "objection.own_decision": "异议处理事项",
    "objection.decision": "异议审定事项",
    "objection.review": "异议复核事项",
    "rectification.explanation": "整改书面说明事项",
    "rectification.plan": "整改方案审查事项",
    "rectification.completion": "整改事项",
    "rectification.verification": "整改验收事项",
    "repair.acceptance": "信用修复受理事项",
    "repair.total": "信用修复办理事项",
    "repair.verification": "信用修复核实事项",
    "repair.review": "信用修复复核事项",
    "sync.confirmation": "同步事项",
    "exemption.acceptance": "容错免责申请受理事项",
    "exemption.examination": "容错免责核实事项",
}
#: Steps that name whom they address; the clock's own names the term in the notice.
_BY_HAND = ("remind", "supervise", "escalate", "give_up")
_MEASURES = ("rectification_order", "reminder", "supervision", "circular")


def late_term(occasion: Occasion) -> TermRow:
    """The duty that is late: the one that the rung or the form names, else the one that was overdue for longest.

    Raises:
        AssertionError: no duty of the case was late when the notice was made.
    """
    rows = _late_duties(occasion)
    assert rows, f"{occasion.parent.kind} {occasion.parent.uid} had no duty that was late"
    wanted = occasion.notice.reason or occasion.form("remind", "supervise").get("target", "")
    named = next((row for row in rows if wanted in (row.key, _label(occasion, row))), None)
    return named or rows[0]


def _late_duties(occasion: Occasion) -> list[TermRow]:
    """Duties that were late on the day on which the notice was made, the longest overdue first.

    Where the clock or a level of escalation brought the step about, only the terms whose expiry takes it.
    """
    made_on = legal_day(occasion.notice.created_at)
    rows = occasion.work.session.execute(
        select(TermRow)
        .where(
            TermRow.case_id == occasion.parent.id,
            TermRow.nature == Nature.DUTY.value,
            TermRow.due_on < made_on,
            or_(TermRow.ended_on.is_(None), TermRow.ended_on >= made_on),
        )
        .order_by(TermRow.due_on, TermRow.key)
    ).scalars()
    step = occasion.taken.step if occasion.taken is not None and not occasion.notice.reason else ""
    escalating = {term.key for term in occasion.flow.terms if step in term.on_expiry}
    return [row for row in rows if not escalating or row.key in escalating]


def _label(occasion: Occasion, row: TermRow) -> str:
    term = occasion.flow.term(row.key)
    return term.label if term is not None else row.key


def _unit(occasion: Occasion, row: TermRow) -> str:
    """Who is late, by name."""
    session, parent = occasion.work.session, occasion.parent
    if row.holder.startswith("subject"):
        return subject_name(session, parent)
    if row.holder.startswith(("provider", "finder")):
        unit_id = parent.provider_unit_id if row.holder.startswith("provider") else parent.finder_unit_id
        return unit_name(session, unit_id)
    return recipient_of(session, occasion.notice).name


def overdue(occasion: Occasion) -> Matter:
    """催办通知书, 督办通知书, 督办情况报告, 通报批评: one duty, its last day, the days by which it is late."""
    row = late_term(occasion)
    assert row.due_on is not None
    content: dict[str, Any] = {
        "matter": _MATTERS[row.key],
        "unit": _unit(occasion, row),
        "term_label": _label(occasion, row),
        "last_day": row.due_on.isoformat(),
        "days_late": running_days_late(row.due_on, occasion.dated, occasion.calendar),
        "facts": f"承办的{_MATTERS[row.key]}逾期未办结",
    }
    form = occasion.form(*_BY_HAND) if not occasion.notice.reason else {}
    reason = form.get("note") or form.get("reason") or ""
    return Matter(content, reason, binding(occasion.basis_of(row.key)) or (founding(occasion.rules),))


def accountability_referral(occasion: Occasion) -> Matter:
    """问责建议函 (R64): who is responsible, what was done before, what is suggested."""
    reason = occasion.form("give_up", "escalate").get("reason", "")
    content = {
        "unit": subject_name(occasion.work.session, occasion.parent),
        "facts": "经督促仍未按要求完成整改",
        "persons": list(getattr(occasion.parent, "responsible_persons", None) or []),
        "measures": _measures(occasion),
        "suggestion": "按照管理权限，区分情节轻重，对上述责任单位和责任人员依规依纪依法问责",
    }
    return Matter(content, reason, (founding(occasion.rules),))


def _measures(occasion: Occasion) -> list[str]:
    """What was sent to the unit before, in the order of signing."""
    rows = occasion.work.session.execute(
        select(Notice)
        .where(
            Notice.parent_id == occasion.parent.id,
            Notice.key.in_(_MEASURES),
            Notice.signed_on.is_not(None),
            Case.state != "voided",
        )
        .order_by(Notice.id)
    ).scalars()
    sent = [
        f"于{day(row.signed_on)}发出《{row.title}》（{row.number}）" for row in rows if row.signed_on and row.number
    ]
    return sent or ["多次督促其履行整改义务"]


BUILDERS = {
    "reminder": overdue,
    "supervision": overdue,
    "supervision_report": overdue,
    "circular": overdue,
    "accountability_referral": accountability_referral,
}

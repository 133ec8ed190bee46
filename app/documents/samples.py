"""A realistic context for every notice of the catalogue, with make-believe people and units of 示范区.

Administrators look at these as 样张; the tests typeset each and read it back, and recount every day and number.
"""

from datetime import date, timedelta
from typing import Any

from app.documents.context import NoticeContext
from app.documents.sample_story import (
    CALENDAR,
    CODE_WORDS,
    DECIDED,
    EXTENSION,
    LISTED_ON,
    PROVIDER,
    RECEIVED,
    REPAIRED,
    RULES,
    SCENES,
    UNIT,
    Scene,
    basis_of,
    case_of,
    day_after,
    last_day,
    organ_of,
    record_of,
    remedies_of,
    span_of,
    terms_of,
)
from app.documents.text import day
from workflows.catalogue import NOTICES, Format
from workflows.forms.repair import GateKey
from workflows.kit.counting import running_days_late

_DAY = timedelta(days=1)
FIELDS = [
    {
        "label": "失信程度",
        "recorded": "一般",
        "ground": "错误",
        "wanted": "轻微",
        "verdict": "更正",
        "value": "轻微",
    },
    {
        "label": "失信行为终止日期",
        "recorded": "2026年3月12日",
        "ground": "错误",
        "wanted": "2026年3月10日",
        "verdict": "维持",
        "value": "",
    },
]


def _gate(unmet: GateKey | None = None, note: str = "", possible_on: date | None = None) -> list[dict[str, Any]]:
    """The lines of the repair gate, all met but for one."""
    possible = possible_on.isoformat() if possible_on else None
    return [
        {"label": key.label, "met": key is not unmet}
        | ({"possible_on": possible, "note": note} if key is unmet else {"possible_on": None, "note": ""})
        for key in GateKey
    ]


def _late(key: str, unit: str, matter: str, term: str) -> dict[str, Any]:
    """A duty that was not met, as it stands on the day of the notice `key`."""
    label, anchor = _LATE_TERMS[term]
    due = last_day(term, anchor)
    return {
        "matter": matter,
        "unit": unit,
        "term_label": label,
        "last_day": due.isoformat(),
        "days_late": running_days_late(due, SCENES[key].on, CALENDAR),
        "facts": f"承办的{matter}逾期未办结",
    }


_LATE_TERMS = {
    "objection.verification": ("核查期限", RECEIVED),
    "rectification.completion": ("整改期限", SCENES["rectification_order"].on),
}
_VERIFYING = (PROVIDER.name, "异议核查事项", "objection.verification")
_RECTIFYING = (UNIT.name, "整改事项", "rectification.completion")
_REPAIR_POSSIBLE = day_after("record.publication_min", LISTED_ON)
_REVIEW_LAST = last_day("objection.review_filing", DECIDED)
ORIGINAL = {"title": "异议处理结果告知书", "number": "示信用异告〔2026〕17号", "on": DECIDED.isoformat()}
REASON = "提交的问责决定书显示影响范围限于一名申请人，且事后主动登门致歉，原定失信程度认定偏重"
TASKS = [
    "全面清理超过承诺时限的食品经营许可申请，逐件办结并向申请人说明原因",
    "修订行政许可限时办结制度，报本机关备案",
    "对窗口工作人员开展一次全员培训，留存签到和考核材料",
]

CONTENT: dict[str, dict[str, Any]] = {
    "statement_answer": {
        "statements": [{"raised": "往返次数应为三次。", "answer": "经调取叫号记录，为四次", "adopted": False}]
    },
    "record_notice": {"keeping": span_of("record.retention").text, "publication": "自然人的记录不向社会公示"},
    "record_decision": {
        "statement_answered": True,
        "publication": "自然人的记录不向社会公示",
        "repair_possible_on": _REPAIR_POSSIBLE.isoformat(),
    },
    "record_correction": {"changes": [{"label": "失信程度", "before": "一般", "after": "轻微"}]},
    "clarification": {"ending_label": "撤销", "ended_on": SCENES["clarification"].on.isoformat()},
    "objection_receipt": {"materials": ["异议申请书", "身份证明复印件", "问责决定书复印件"]},
    "repair_receipt": {"materials": ["信用修复申请书", "信用承诺书"]},
    "exemption_receipt": {"materials": ["容错免责申请书"]},
    "supplement_notice": {"missing": ["缺少异议申请人签名", "缺少证明失信行为终止日期的材料"]},
    "objection_acceptance": {"fields": FIELDS, "deemed": False},
    "repair_acceptance": {"deemed": True},
    "assistance_letter": {"fields": FIELDS},
    "extension_notice": {
        "term_label": "核查期限",
        "old_last_day": last_day("objection.verification", RECEIVED).isoformat(),
        "new_last_day": last_day("objection.verification", RECEIVED, EXTENSION).isoformat(),
        "extended_by": EXTENSION.text,
    },
    "lapse_notice": {"supplement_until": last_day("objection.supplement", SCENES["supplement_notice"].on).isoformat()},
    "verification_feedback": {
        "fields": FIELDS,
        "explanation": "经核对叫号记录和问责决定书，等级认定偏重，终止日期无误",
    },
    "objection_refusal": {
        "reasons": ["异议所针对的是问责决定书本身的内容，不属于政务失信记录的记载错误"],
        "elsewhere": {
            "document": "《问责决定书》（示纪问〔2026〕6号）",
            "organ": "示例街道纪工委",
            "remedy": "申请复核，或者依法提出申诉",
        },
    },
    "objection_decision": {
        "fields": FIELDS,
        "outcome_label": "部分成立",
        "explanation": "经核对叫号记录和问责决定书，失信程度认定偏重，予以更正；失信行为终止日期与原始依据一致",
    },
    "review_refusal": {"original": ORIGINAL, "reasons": ["申请超过规定期限，且无正当理由"]},
    "review_decision": {"original": ORIGINAL, "filed_on": "2026-10-26", "outcome_label": "维持"},
    "rectification_order": {
        "tasks": TASKS,
        "completion": f"自收到本通知书之日起{span_of('rectification.completion').text}内（收到当日不计）完成整改",
    },
    "rectification_return": {
        "tasks": TASKS[1:],
        "until": last_day("rectification.completion", SCENES["rectification_return"].on).isoformat(),
        "last_chance": True,
    },
    "rectification_closure": {"tasks": TASKS},
    "reminder": _late("reminder", *_VERIFYING),
    "supervision": _late("supervision", *_VERIFYING),
    "supervision_report": _late("supervision_report", *_VERIFYING) | {"issuer": "赵签发"},
    "circular": _late("circular", *_RECTIFYING),
    "accountability_referral": {
        "unit": UNIT.name,
        "facts": "经督促仍未按要求完成整改",
        "persons": ["李示例（主要负责人）"],
        "measures": [
            f"于{day(SCENES['rectification_order'].on)}发出《限期整改通知书》（示信用整改〔2026〕4号）",
            "于2026年6月23日发出《催办通知书》（示信用催〔2026〕9号）",
            "于2026年6月29日发出《督办通知书》（示信用督〔2026〕3号）",
        ],
        "suggestion": "按照管理权限，对主要负责人予以批评教育",
    },
    "repair_refusal": {
        "lines": _gate(GateKey.PERIOD, f"最短公示期限至{day(_REPAIR_POSSIBLE - _DAY)}届满", _REPAIR_POSSIBLE)
    },
    "repair_decision": {"lines": _gate(), "effective_on": REPAIRED.isoformat()},
    "repair_denial": {"lines": _gate(GateKey.CORRECTED, "回访没有完成，申请人的材料费用尚未退还")},
    "repair_revocation": {
        "hearing": "当事人未提出异议",
        "original": {
            "title": "准予信用修复决定书",
            "number": "示信用修准〔2026〕5号",
            "on": REPAIRED.isoformat(),
        },
        "barred_until": day_after("repair.bar", SCENES["repair_revocation"].on).isoformat(),
    },
    "exemption_refusal": {
        "reasons": ["申请人不属于本机关干部管理权限范围"],
        "competent_organ": RULES.names("tolerance.organs")[1],
    },
    "exemption_decision": {
        "findings": [
            "动机：为方便群众先行先试，未谋取私利",
            "决策程序：经集体研究，程序完备",
            "纠错整改：已经登门致歉，补办手续",
        ],
        "situation": "符合“在推进改革中因缺乏经验、先行先试出现的失误”的容错情形",
        "outcome_label": "予以容错免责",
        "corrections": ["一个月内完善窗口告知清单"],
    },
    "term_change": {
        "changes": [
            {
                "label": "申请复核期限届满日",
                "before": day(_REVIEW_LAST),
                "after": day(CALENDAR.add_working_days(_REVIEW_LAST, 1)),
            }
        ]
    },
    "term_sheet": {
        "notice_title": "异议处理结果告知书",
        "notice_number": "示信用异告〔2026〕17号",
        "served_on": DECIDED.isoformat(),
        "method_label": "电子送达",
    },
    "service_receipt": {
        "notice_title": "异议处理结果告知书",
        "notice_number": "示信用异告〔2026〕17号",
        "method_label": "直接送达",
        "copies": 1,
        "place": "示例街道办事处",
        "issued_by": "孙测试",
    },
}
#: A unit that is told but not served (抄送).
_COPIES = {
    "record_decision": PROVIDER.name,
    "repair_decision": PROVIDER.name,
    "rectification_order": "示例政府督查室",
    "rectification_closure": "示例政府督查室",
    "supervision": "示例政府督查室",
    "circular": "示例政府督查室",
}
_REASONS = {
    "record_declined": "所涉行为不属于现行失信行为清单所列的情形",
    "assistance_letter": REASON,
    "objection_decision": REASON,
    "record_decision": "经综合考虑行为性质、造成的损失和事后补救情况，失信程度认定适当",
    "record_correction": "异议（示信异〔2026〕17号）经审查部分成立",
    "record_annulment": "原问责决定已被撤销（依据：示纪撤〔2026〕2号）",
    "clarification": "原问责决定已被撤销",
    "extension_notice": "需要向有关单位调取原始台账",
    "term_change": f"{_REVIEW_LAST.month}月{_REVIEW_LAST.day}日临时调整为休息日",
    "termination_notice": "所涉记录已撤销",
    "circular": "经多次督促仍不整改",
    "accountability_referral": "该单位主要负责人未组织办理",
    "reminder": "请一并说明未能按期办结的原因",
    "supervision": "请主要负责人到本机关说明情况",
    "supervision_report": "该单位尚未说明逾期原因",
    "rectification_return": "制度没有修订，培训没有考核材料",
    "rectification_closure": "经逐项核验，整改措施已经落实",
    "repair_refusal": "最短公示期限尚未届满",
    "repair_denial": "有关义务没有履行完毕",
    "repair_revocation": "存在提供虚假材料的情形：所附整改证明系伪造",
    "review_decision": "经复查，原处理认定事实清楚，结论适当",
    "exemption_decision": "符合容错条件",
}


def sample(key: str) -> NoticeContext:
    """The sample of one notice; its basis, remedies and terms fit what it is about."""
    kind, scene, organ = NOTICES[key], SCENES[key], organ_of(key)
    return NoticeContext(
        key=key,
        title=kind.title,
        organ=organ,
        recipient=scene.to,
        # The sheets that accompany a service bear no number of their own.
        number="" if kind.format is Format.FORM else f"{CODE_WORDS[organ]}{kind.series}〔2026〕8号",
        dated=scene.on,
        case=case_of(scene),
        record=record_of(scene),
        content=CONTENT.get(key, {}) | _addressing(scene),
        terms=terms_of(scene),
        remedies=remedies_of(key, scene),
        basis=basis_of(key, scene),
        reason=_REASONS.get(key, ""),
        copies_to=(_COPIES[key],) if key in _COPIES else (),
        code="7K3M-Q9TX-2HPD",
        verify_url="http://127.0.0.1:5000/verify/7K3MQ9TX2HPD",
        locality_name=RULES.name,
        labelled_demo=True,
    )


def _addressing(scene: Scene) -> dict[str, Any]:
    """Whether it speaks to the recorded party itself; who applied, by name, where it tells somebody else."""
    if scene.to_subject:
        return {"to_subject": True}
    return {} if scene.case == "record" else {"applicant": record_of(scene).subject_name}

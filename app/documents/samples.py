"""A realistic context for every notice of the catalogue, with make-believe people and units of 示范区.

Administrators look at these as 样张; the tests typeset each and read it back.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from app.documents.context import (
    CaseFacts,
    NoticeContext,
    Organ,
    Recipient,
    RecordFacts,
    SkippedDay,
    Source,
    TermLine,
)
from workflows.catalogue import NOTICES
from workflows.rules import load_locality

OFFICE = Organ("示范区信用管理办公室", "示范区示例路1号", "0000-12345678")
PERSON = Recipient("王测试", "person", "同志")
UNIT = Recipient("示例市场监管局", "unit")
RECORD = RecordFacts(
    subject_name="王测试",
    behaviour_id="B12",
    behaviour="在政务服务中违反首问负责、一次性告知等规定，损害群众合法权益",
    key_field="政务服务",
    facts="2026年5月12日，王测试在示例街道办事处政务服务窗口办理企业开办事项时，未一次性告知申请人应当补正的材料，"
    "致使申请人往返四次，造成不良影响",
    severity_label="一般",
    source=Source("问责决定书", "示纪问〔2026〕6号", date(2026, 8, 20), "示例街道纪工委"),
    number="示信记〔2026〕31号",
    effective_on=date(2026, 8, 20),
    conduct_ended_on=date(2026, 5, 12),
    provider="示例街道办事处",
    listed_on=date(2026, 10, 15),
    retention_until=date(2031, 5, 12),
)
HOLIDAY = tuple(SkippedDay(date(2026, 10, n), "国庆节") for n in range(1, 8))
RUNNING = TermLine(
    "异议核查期限",
    "十个工作日",
    "《莱芜区政务诚信建设工作方案》第十项",
    date(2026, 9, 21),
    date(2026, 10, 9),
    10,
    (SkippedDay(date(2026, 9, 25), "中秋节"), SkippedDay(date(2026, 9, 26), "双休日"), *HOLIDAY),
)
OWN = TermLine(
    "陈述申辩期限",
    "五个工作日",
    "《示范区政务失信记录管理办法》第十二条",
    date(2026, 11, 23),
    date(2026, 11, 27),
    5,
    by_service=True,
)
REVIEW = replace(
    OWN, label="复核申请期限", rule_text="三十日", first_day=date(2026, 11, 22), last_day=date(2026, 12, 21), days=30
)
#: The shipped rules name what may be done about each thing.
RULES = load_locality("demo")
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
        "recorded": "2026年5月12日",
        "ground": "错误",
        "wanted": "2026年5月10日",
        "verdict": "维持",
        "value": "",
    },
]
LINES = [
    {"label": "记录处于已记入状态", "met": True, "possible_on": None, "note": ""},
    {
        "label": "最短公示期限已满（失信程度一般，三个月）",
        "met": False,
        "possible_on": "2027-01-15",
        "note": "自记入之日起算",
    },
    {"label": "失信行为已经纠正、义务已经履行", "met": True, "possible_on": None, "note": "已验收通过"},
]
OVERDUE = {
    "matter": "异议核查事项",
    "unit": "示例街道办事处",
    "term_label": "异议核查期限",
    "last_day": "2026-11-12",
    "days_late": 7,
    "facts": "逾期不反馈异议核查结果，致使异议人的申请不能按期处理",
}
ORIGINAL = {"title": "异议处理结果告知书", "number": "示信用异告〔2026〕17号", "on": "2026-10-12"}
REASON = "提交的问责决定书显示影响范围限于一名申请人，且事后主动登门致歉，原定失信程度认定偏重"
TASKS = [
    "修订窗口首问负责和一次性告知制度，报本机关备案",
    "对窗口工作人员开展一次全员培训，留存签到和考核材料",
    "逐件回访受影响的申请人，形成回访记录",
]

CONTENT: dict[str, dict[str, Any]] = {
    "statement_answer": {
        "statements": [{"raised": "往返次数应为三次。", "answer": "经调取叫号记录，为四次", "adopted": False}]
    },
    "record_notice": {"keeping": "五年", "publication": "自然人的记录不向社会公示"},
    "record_decision": {
        "statement_answered": True,
        "publication": "自然人的记录不向社会公示",
        "repair_possible_on": "2027-01-15",
    },
    "record_correction": {"changes": [{"label": "失信程度", "before": "一般", "after": "轻微"}]},
    "clarification": {"ending_label": "撤销", "ended_on": "2026-11-20"},
    "objection_receipt": {"materials": ["异议申请书", "身份证明复印件", "问责决定书复印件"]},
    "repair_receipt": {"materials": ["信用修复申请书", "信用承诺书"]},
    "exemption_receipt": {"materials": ["容错免责申请书"]},
    "supplement_notice": {"missing": ["缺少异议申请人签名", "缺少证明失信行为终止日期的材料"]},
    "objection_acceptance": {"fields": FIELDS, "deemed": False},
    "repair_acceptance": {"deemed": True},
    "assistance_letter": {"fields": FIELDS},
    "extension_notice": {
        "term_label": "异议核查期限",
        "old_last_day": "2026-11-20",
        "new_last_day": "2026-11-25",
        "extended_by": "三个工作日",
    },
    "lapse_notice": {"supplement_until": "2026-11-13"},
    "verification_feedback": {
        "fields": FIELDS,
        "explanation": "经核对叫号记录和问责决定书，等级认定偏重，终止日期无误",
    },
    "objection_refusal": {
        "reasons": ["异议所针对的是问责决定书本身的内容，不属于政务失信记录的记载错误"],
        "elsewhere": {
            "document": "问责决定书",
            "organ": "作出该决定的机关",
            "remedy": "申请复核或者提出申诉",
            "last_day": "2026-12-20",
        },
    },
    "objection_decision": {
        "fields": FIELDS,
        "outcome_label": "部分成立",
        "explanation": "经核对叫号记录和问责决定书，失信程度认定偏重，予以更正；失信行为终止日期与原始依据一致",
    },
    "review_refusal": {"original": ORIGINAL, "reasons": ["申请超过法定期限，且无正当理由"]},
    "review_decision": {"original": ORIGINAL, "filed_on": "2026-11-02", "outcome_label": "维持"},
    "rectification_order": {"tasks": TASKS, "completion": "自收到本通知书之日起三十日内完成整改"},
    "rectification_return": {"tasks": TASKS[2:], "until": "2026-12-18", "last_chance": True},
    "rectification_closure": {"tasks": TASKS},
    "reminder": OVERDUE,
    "supervision": OVERDUE,
    "supervision_report": OVERDUE | {"issuer": "赵签发"},
    "circular": OVERDUE,
    "accountability_referral": OVERDUE
    | {
        "persons": ["李示例（主要负责人）"],
        "measures": ["2026年11月13日发出催办通知书", "2026年11月18日发出督办通知书"],
        "suggestion": "对主要负责人予以批评教育",
    },
    "repair_refusal": {"lines": LINES},
    "repair_decision": {"lines": [line | {"met": True} for line in LINES], "effective_on": "2026-11-21"},
    "repair_denial": {"lines": LINES},
    "repair_revocation": {
        "hearing": "当事人未提出异议",
        "original": ORIGINAL | {"title": "准予信用修复决定书", "number": "示信用修准〔2026〕5号"},
        "barred_until": "2029-11-21",
    },
    "exemption_refusal": {"reasons": ["申请人不属于本机关干部管理权限范围"], "competent_organ": "示例区委组织部"},
    "exemption_decision": {
        "findings": ["因先行先试缺乏经验出现失误", "决策经集体研究，程序完备", "未谋取私利"],
        "situation": "属于在推进改革中因缺乏经验、先行先试出现的失误",
        "outcome_label": "予以容错免责",
        "corrections": ["一个月内完善窗口告知清单"],
    },
    "term_change": {
        "changes": [{"label": "复核申请期限届满日", "before": "2026年12月21日", "after": "2026年12月22日"}]
    },
    "term_sheet": {
        "notice_title": "异议处理结果告知书",
        "notice_number": "示信用异告〔2026〕17号",
        "served_on": "2026-11-21",
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
_TO_UNIT = frozenset(
    (
        "assistance_letter",
        "clarification",
        "forward_letter",
        "reminder",
        "supervision",
        "supervision_report",
        "circular",
        "accountability_referral",
    )
)
_OWN_TERM = {
    "record_notice": OWN,
    "supplement_notice": replace(OWN, label="补正期限"),
    "rectification_order": replace(OWN, label="书面说明期限", rule_text="十个工作日"),
    **dict.fromkeys(("objection_decision", "objection_refusal", "repair_refusal", "repair_denial"), REVIEW),
}
_REASONS = {
    "record_decision": "经综合考虑行为性质、造成的损失和事后补救情况，失信程度认定适当",
    "record_correction": "异议（示信异〔2026〕17号）经审查部分成立",
    "record_annulment": "原问责决定已被撤销（依据：示纪撤〔2026〕2号）",
    "clarification": "原问责决定已被撤销",
    "extension_notice": "需要向有关单位调取原始台账",
    "term_change": "工作日历变更",
    "termination_notice": "所涉记录已撤销",
    "circular": "经多次督促仍不整改",
    "accountability_referral": "该单位主要负责人未组织办理",
    "reminder": "请一并说明未能按期办结的原因",
    "supervision": "请主要负责人于三日内到本机关说明情况",
    "supervision_report": "该单位尚未说明逾期原因",
    "rectification_return": "台账尚未建立，回访记录不完整",
    "rectification_closure": "经逐项核验，整改措施已经落实",
    "repair_refusal": "最短公示期限尚未届满",
    "repair_denial": "最短公示期限尚未届满",
    "repair_revocation": "存在提供虚假材料的情形：所附整改证明系伪造",
    "review_decision": "经复查，原处理认定事实清楚，结论适当",
    "exemption_decision": "符合容错条件",
}


def sample(key: str) -> NoticeContext:
    """The sample of one notice; its basis, remedies and terms fit what it is about."""
    kind = NOTICES[key]
    to_unit = key in _TO_UNIT or key.startswith("rectification_")
    own = (_OWN_TERM[key],) if key in _OWN_TERM else ()
    about = "rectification" if key == "supervision" else kind.remedies_about
    remedies = RULES.remedies(about, "unit" if to_unit else "person") if about else ()
    case_kind = key.split("_")[0]
    number = f"示信用{kind.series}〔2026〕8号" if kind.series else ""
    return NoticeContext(
        key=key,
        title=kind.title,
        organ=Organ("示例街道办事处", phone="0000-87654321") if kind.signer == "PROVIDER_HEAD" else OFFICE,
        recipient=UNIT if to_unit else PERSON,
        number=number,
        dated=date(2026, 11, 21),
        case=CaseFacts(
            case_kind, "异议", "示信异〔2026〕17号", date(2026, 9, 18), date(2026, 9, 21), date(2026, 9, 18)
        ),
        record=replace(RECORD, subject_name=UNIT.name) if key.startswith("rectification_") else RECORD,
        content=CONTENT.get(key, {})
        | ({} if to_unit and not key.startswith("rectification_") else {"to_subject": True}),
        terms=(RUNNING, *own) if case_kind in ("objection", "assistance", "term") else own,
        remedies=remedies,
        basis=("《示范区政务失信记录管理办法》第八条、第十二条",),
        reason=_REASONS.get(key, REASON),
        copies_to=("示例街道办事处",) if to_unit or key == "objection_decision" else (),
        code="7K3M-Q9TX-2HPD",
        verify_url="http://127.0.0.1:5000/verify/7K3MQ9TX2HPD",
        locality_name="示范区",
        labelled_demo=True,
    )

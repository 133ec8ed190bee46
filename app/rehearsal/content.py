"""What the people of a play fill in where the script leaves it open: plain, make-believe, and complete."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from app.models.cases import Case
from app.models.kinds import Objection, Record
from app.models.kinds_more import Rectification
from app.rehearsal.script import Given
from workflows.forms.record import Sanction, SourceType
from workflows.rules import RuleSet

Form = dict[str, Any]
_PLAN_DAYS = timedelta(days=10)
_SECOND_TRY = timedelta(days=30)
_MONTHS = {
    Sanction.WARNING: 6, Sanction.DEMERIT: 12, Sanction.GREAT_DEMERIT: 18, Sanction.DEMOTION: 24, Sanction.REMOVAL: 24,
}  # fmt: skip


def record_content(given: Given, subject: str, provider: str, rules: RuleSet, source_on: date, ended: date) -> Form:
    """The record as its unit would write it."""
    assert given.source is not None
    form: Form = {
        "subject": subject,
        "source_type": given.source.type,
        "source_number": given.source.number,
        "source_on": source_on.isoformat(),
        "source_organ": given.source.organ or provider,
        "effective_on": source_on.isoformat(),
        "behaviour": given.behaviour or rules.behaviours[0].id,
        "key_field": given.key_field,
        "facts": given.facts or "办理事项中未按承诺的时限办结，经查证属实",
        "conduct_ended_on": None if given.conduct_continues else ended.isoformat(),
        "conduct_continues": given.conduct_continues,
        "loss": "申请人往返多次",
        "influence": "在本单位范围内造成影响",
        "severity": given.severity,
        "disclosure_level": given.disclosure,
        "exemption": given.exemption,
        "secret_free": True,
    }
    if SourceType(given.source.type) is SourceType.SANCTION and given.sanction != "无":
        sanction = Sanction(given.sanction or "警告")
        form |= {"sanction": sanction.value, "sanction_months": given.sanction_months or _MONTHS.get(sanction)}
    if given.finder:
        form["finder"] = given.finder
    return form


def usual_form(case: Case | None, kind: str, step: str, today: date) -> Form:
    """What is filled in at a step of a given case."""
    makes = _FORMS.get((kind, step))
    return makes(case, today) if makes else {}


def _answer(case: Case | None, today: date) -> Form:
    assert isinstance(case, Objection)
    verdicts = {
        item["field"]: {"verdict": "change", "value": item["wanted"]} if item.get("wanted") else {"verdict": "keep"}
        for item in case.fields
    }
    return {"verdicts": verdicts, "explanation": "已调取原始材料逐项核对"}


def _explanation(case: Case | None, today: date) -> Form:
    tasks = [{"task": "清理超期未办事项", "person": "代办人", "due_on": (today + _PLAN_DAYS).isoformat()}]
    return {"causes": "责任分工不清，督促不力", "responsible_persons": ["代办人"], "tasks": tasks}


def _completion(case: Case | None, today: date) -> Form:
    assert isinstance(case, Rectification)
    tasks = [
        {"task": place, "result": "已全部完成", "evidence": f"第{place}项办结材料.pdf"}
        for place in range(1, len(case.tasks) + 1)
    ]
    return {"tasks": tasks, "summary": "各项措施均已落实"}


def _listing(case: Case | None, today: date) -> Form:
    assert isinstance(case, Record)
    return {"reasons": "事实清楚，依据充分，程序完备"}


def _findings(corrected: bool) -> Form:
    reason = "已经核实，失信行为得到纠正" if corrected else "承诺的补办事项尚未办结"
    return {
        "findings": {
            "corrected": {"met": corrected, "reason": reason},
            "not_excluded": {"met": True, "reason": "不属于不得修复的情形"},
        },
        "explanation": "已向当事人和有关单位核实",
    }


def _plain(**form: Any) -> Callable[[Case | None, date], Form]:
    return lambda case, today: dict(form)


_UNMET = {"corrected": "承诺的补办事项尚未办结，失信行为没有纠正"}
_SITUATION = "在推进改革中因缺乏经验、先行先试出现的失误"

_FORMS: Mapping[tuple[str, str], Callable[[Case | None, date], Form]] = {
    ("record", "send_back"): _plain(reason="材料不全", missing=["来源文书的送达凭证"]),
    ("record", "approve"): _plain(opinion="属于现行行为清单，同意告知"),
    ("record", "list"): _listing,
    ("record", "decline"): _plain(ground="outside_catalogue", reason="所报行为不属于行为清单规定的情形"),
    ("record", "annul"): _plain(reason="来源文书已被撤销", document="示例复审决定〔2026〕1号"),
    ("record", "draft_annulment"): _plain(reason="来源文书已被撤销", document="示例复审决定〔2026〕1号"),
    ("record", "discard"): _plain(reason="重复起草"),
    ("record", "state"): _plain(text="延误系系统故障所致，请求予以考虑"),
    ("record", "waive_rectification"): _plain(reason="问题已在处理来源文书时一并整改"),
    ("objection", "submit"): _plain(
        fields=[{"field": "facts", "ground": "error", "wanted": "按期办结，未造成损失"}], reason="与办件系统不一致"
    ),
    ("objection", "request_supplement"): _plain(missing=["办件系统的截图"], reason="所附材料不能说明异议事由"),
    ("objection", "supplement"): _plain(statement="补充提交办件系统截图"),
    ("objection", "draft_answer"): _answer,
    ("objection", "decide"): _plain(reasons="核查意见与原始材料一致，予以采纳"),
    ("objection", "refuse"): _plain(ground="not_his_record", reason="所提异议涉及的记录不是本人的记录"),
    ("objection", "request_review"): _plain(reason="对处理结果不服，认为核查不全面"),
    ("objection", "decide_review"): _plain(result="upheld", reasons="原处理结果事实清楚"),
    ("objection", "withdraw"): _plain(reason="已与单位沟通清楚"),
    ("rectification", "order"): _plain(
        problems="多次未按承诺时限办结，群众反映较多", requirements=["清理超期未办事项", "建立办件时限预警"]
    ),
    ("rectification", "draft_explanation"): _explanation,
    ("rectification", "draft_completion"): _completion,
    ("rectification", "report_progress"): _plain(task=1, progress="已清理过半"),
    ("rectification", "pass"): _plain(opinion="各项措施均已落实，同意验收通过"),
    ("rectification", "fail"): lambda case, today: {
        "reason": "预警机制没有实际运行", "until": (today + _SECOND_TRY).isoformat()
    },
    ("rectification", "give_up"): _plain(reason="两次验收均不通过"),
    ("repair", "submit"): _plain(correction="相关事项已经补办", commitment=True, evidence=["补办凭证.pdf"]),
    ("repair", "request_supplement"): _plain(missing=["补办事项的办结凭证"], reason="所附材料不全"),
    ("repair", "supplement"): _plain(statement="补充提交办结凭证"),
    ("repair", "draft_finding"): lambda case, today: _findings(True),
    ("repair", "approve"): _plain(reasons="修复条件全部满足"),
    ("repair", "refuse"): _plain(reason="修复条件未满足", unmet=_UNMET),
    ("repair", "deny"): _plain(reason="修复条件未满足", unmet=_UNMET),
    ("repair", "request_review"): _plain(reason="补办事项已经办结，请求重新审查"),
    ("repair", "decide_review"): _plain(result="upheld", reasons="补办事项确未办结"),
    ("repair", "withdraw"): _plain(reason="准备补充材料后另行申请"),
    ("repair", "revoke"): lambda case, today: {
        "reason": "申请材料经查系伪造", "ground": "false_material", "evidence": "出具单位的书面说明",
        "heard_on": today.isoformat(), "hearing": "当事人承认材料不实",
    },
    ("exemption", "submit"): _plain(situation=_SITUATION, circumstances="经集体研究决定，没有谋取私利，及时作了补救"),
    ("exemption", "refuse"): _plain(reason="当事人的管理权限不在本机关", competent_organ="示例组织部"),
    ("exemption", "draft_finding"): _plain(
        clause=_SITUATION, motive="为公办事，没有谋取私利", decision_procedure="经集体研究", proposed="granted",
        corrective_measures="已经补救并完善制度",
    ),
    ("exemption", "decide"): _plain(outcome="granted", document_number="示容〔2026〕1号", reasons="符合容错情形"),
    ("exemption", "withdraw"): _plain(reason="不再申请"),
    ("exemption", "confirm_correction"): _plain(evidence="整改报告及复查记录"),
    ("sync", "confirm"): _plain(note="已更新"),
    ("sync", "drop"): _plain(reason="该对象未收录本记录"),
    ("notice", "dispatch"): lambda case, today: {
        "method": "post", "tracking_number": "演示邮1001", "posted_on": today.isoformat()
    },
    ("notice", "fail"): _plain(reason="原址查无此人，邮件退回"),
    ("notice", "announce"): lambda case, today: {
        "posted_on": today.isoformat(), "place": "区政府门户网站", "reason": "下落不明，邮寄送达未成"
    },
    ("notice", "confirm_service"): lambda case, today: {
        "served_on": today.isoformat(), "method": "direct", "hour": "15:30", "place": "受送达人单位收发室",
        "receiver": "designated", "signed_by": "代收人", "no_receipt_reason": "回证原件随卷，扫描后补交",
    },
    ("notice", "void"): _plain(reason="文书内容有误，另行制作"),
}  # fmt: skip

#: A step is taken with another content where the state aimed at asks for it.
BENT: Mapping[tuple[str, str], Mapping[str, Form]] = {
    ("repair", "denied"): {"draft_finding": _findings(False)},
    ("repair", "review_submitted"): {"draft_finding": _findings(False)},
    ("repair", "reviewing"): {"draft_finding": _findings(False)},
    ("repair", "closed"): {"draft_finding": _findings(False)},
    ("exemption", "correcting"): {
        "decide": {
            "outcome": "partial", "document_number": "示容〔2026〕2号", "reasons": "部分符合容错情形",
            "changes": {"severity": "轻微"}, "correction": "向申请人作出书面说明",
        }
    },
    ("exemption", "closed"): {
        "decide": {"outcome": "denied", "document_number": "示容〔2026〕3号", "reasons": "不符合容错情形"}
    },
}  # fmt: skip

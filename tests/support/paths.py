"""The shortest way into each state of a procedure, by taking steps as people and the clock would."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from app.clock import legal_day
from app.models.kinds import Record

if TYPE_CHECKING:
    from tests.support.world import World

Go = Callable[["World", str], object]


def today(world: "World") -> date:
    """The legal day of the world's clock."""
    return legal_day(world.clock())


def lapse(world: "World", case: str, key: str, days: int = 12) -> None:
    """Let a running term of a case end, with the transit that a right is given."""
    row = world.terms(case)[key]
    assert row.due_on is not None
    world.go(row.due_on + timedelta(days=days))


def _go(act: Go, world: "World", case: str) -> None:
    """Take the steps of one link of a way; what they return is of no use to the next."""
    act(world, case)


def _walk(world: "World", state: str, kind: str, case: str, start: str) -> str:
    """Go back from the wanted state to `start`, then take the steps forward."""
    steps = STEPS[kind]
    chain: list[str] = []
    wanted = state
    while wanted != start:
        chain.append(wanted)
        wanted = steps[wanted][0]
    for reached in reversed(chain):
        world.remembered((kind, reached, case), partial(_go, steps[reached][1], world, case))
    assert world.state(case) == state, f"{case} is {world.state(case)}, not {state}"
    return case


def _open(world: "World", by: str, kind: str, step: str, parent: str, form: dict[str, Any]) -> str:
    """The case that an opening step opens."""
    return world.remembered((by, kind, step, parent, form), lambda: world.open(by, kind, step, parent, **form).uid)


# ------------------------------------------------------------------------------------------------------- record


def record_content(world: "World", subject: str = "subject", **content: Any) -> dict[str, Any]:
    """A complete form of a record, with the values given put in."""
    return {
        "subject": world.unit_uids["subject"] if subject == "unit" else world[subject].uid,
        "source_type": "纪律处分",
        "source_number": f"示处〔2026〕{len(world.rows(Record)) + 1}号",
        "source_on": "2026-06-01",
        "source_organ": "示例乙局",
        "effective_on": "2026-06-01",
        "behaviour": "B33",
        "facts": "未按承诺的期限办结，造成企业损失。",
        "conduct_ended_on": "2026-05-01",
        "severity": "一般",
        "exemption": "none",
        "secret_free": True,
        **content,
    }


def _annul(world: "World", case: str) -> None:
    world.take("clerk", "draft_annulment", case, reason="来源文书已撤销", document="示撤〔2026〕1号")
    world.take("head", "report_annulment", case)
    world.take("approver", "annul", case, reason="来源文书已撤销", document="示撤〔2026〕1号")


def _expire(world: "World", case: str) -> None:
    lapse(world, case, "record.retention", 1)


def _exempt(world: "World", case: str) -> None:
    _decide_exemption(world, _open_exemption(world, case))


def _repair(world: "World", case: str) -> None:
    _approve_repair(world, _verify_repair(world, _open_repair(world, case)))


RECORD: dict[str, tuple[str, Go]] = {
    "discarded": ("draft", lambda w, c: w.take("clerk", "discard", c, reason="重复起草")),
    "head_review": ("draft", lambda w, c: w.take("clerk", "submit", c)),
    "screening": ("head_review", lambda w, c: w.take("head", "report", c)),
    "returned": (
        "screening",
        lambda w, c: w.take("officer", "send_back", c, reason="材料不全", missing=["处分决定书"]),
    ),
    "noticing": ("screening", lambda w, c: w.decide("approve", c)),
    "statement_open": ("screening", lambda w, c: w.decide("approve", c)),
    "declined": (
        "screening",
        lambda w, c: w.decide("decline", c, ground="outside_catalogue", reason="不在目录范围内"),
    ),
    "deciding": ("statement_open", lambda w, c: lapse(w, c, "record.statement")),
    "listed": ("deciding", lambda w, c: w.decide("list", c, reasons="事实清楚，依据充分")),
    "annulled": ("listed", _annul),
    "expired": ("listed", _expire),
    "exempted": ("statement_open", _exempt),
    "repaired": ("listed", _repair),
}


def record_in(world: "World", state: str, subject: str = "subject", **content: Any) -> str:
    """See `World.record_in`; `noticing` is reached with a subject who does not take notices electronically."""
    if state == "noticing":
        subject = "offline"
    form = record_content(world, subject, **content)
    uid = _open(world, "clerk", "record", "create", "", form)
    return _walk(world, state, "record", uid, "draft")


# ---------------------------------------------------------------------------------------------------- objection

VERDICTS = {"facts": {"verdict": "更正为", "value": "未造成损失。"}}


def objection_form(**form: Any) -> dict[str, Any]:
    """An objection to the facts of a record."""
    disputed = [{"field": "facts", "ground": "错误", "wanted": "未造成损失。"}]
    return {"fields": disputed, "reason": "记载的损失与事实不符。", **form}


def _refuse(world: "World", case: str) -> None:
    world.decide("refuse", case, ground="source_only", reason="仅对处分决定不服", other_remedy="可以依法提出申诉")


def _review(world: "World", case: str) -> None:
    world.take("subject", "request_review", case, reason="审定结果仍与事实不符")


def _uphold(world: "World", case: str) -> None:
    world.decide("decide_review", case, ("review_clerk", "reviewer"), result="维持", reasons="审定结论正确")


OBJECTION: dict[str, tuple[str, Go]] = {
    "incomplete": (
        "submitted",
        lambda w, c: w.take("officer", "request_supplement", c, missing=["证明材料"], reason="缺少证明材料"),
    ),
    "lapsed": ("incomplete", lambda w, c: lapse(w, c, "objection.supplement")),
    "withdrawn": ("submitted", lambda w, c: w.take("subject", "withdraw", c, reason="已与单位说明")),
    "refused": ("submitted", _refuse),
    "verifying": ("submitted", lambda w, c: w.take("officer", "accept", c)),
    "signing": (
        "verifying",
        lambda w, c: w.take("clerk", "draft_answer", c, verdicts=VERDICTS, explanation="核查属实"),
    ),
    "answered": ("signing", lambda w, c: w.take("head", "answer", c)),
    "decided": ("answered", lambda w, c: w.decide("decide", c, reasons="异议成立")),
    "review_submitted": ("decided", _review),
    "reviewing": ("review_submitted", lambda w, c: w.take("review_clerk", "accept_review", c)),
    "closed": ("reviewing", _uphold),
    "terminated": ("submitted", lambda w, c: _annul(w, _record_of(w, c))),
}


def _record_of(world: "World", case: str) -> str:
    return next(record.uid for record in world.dossier(case) if record.kind == "record")


def objection_in(world: "World", state: str, record: str = "", **form: Any) -> str:
    """See `World.objection_in`."""
    record = record or record_in(world, "listed")
    if state == "refused":
        form["attacks_source_only"] = True
    uid = _open(world, "subject", "objection", "submit", record, objection_form(**form))
    return _walk(world, state, "objection", uid, "submitted")


# ------------------------------------------------------------------------------------------------ rectification


def order_form(**form: Any) -> dict[str, Any]:
    """What a rectification order says."""
    return {"problems": "逾期未兑现承诺，造成损失。", "requirements": ["兑现承诺", "建立台账"], "days": 60, **form}


def _plan(world: "World", case: str) -> None:
    due = today(world) + timedelta(days=20)
    task = {"task": "兑现承诺", "person": "郑测试", "due_on": due.isoformat()}
    world.take("staff", "draft_explanation", case, causes="管理疏漏", responsible_persons=["郑测试"], tasks=[task])
    world.take("unit_head", "explain", case)


def _complete(world: "World", case: str) -> None:
    proof = {"task": 1, "result": "已经兑现", "evidence": "兑付凭证"}
    world.take("staff", "draft_completion", case, tasks=[proof], summary="整改完成")
    world.take("unit_head", "report_completion", case)


def _fail_for_good(world: "World", case: str) -> None:
    for _ in range(2):
        world.decide("fail", case, reason="措施未落实", until=(today(world) + timedelta(days=20)).isoformat())
        _complete(world, case)
    world.decide("give_up", case, reason="两次验收不通过")


RECTIFICATION: dict[str, tuple[str, Go]] = {
    "plan_review": ("explaining", _plan),
    "rectifying": ("plan_review", lambda w, c: w.take("officer", "accept_plan", c)),
    "reported": ("rectifying", _complete),
    "passed": ("reported", lambda w, c: w.decide("pass", c, opinion="验收合格")),
    "failed": ("reported", _fail_for_good),
    "terminated": ("explaining", lambda w, c: _annul(w, _record_of(w, c))),
}


def rectification_in(world: "World", state: str) -> str:
    """See `World.rectification_in`; in `ordered` the order is drafted but its sheet not yet sealed."""
    record = record_in(world, "listed", "unit")
    form = order_form()
    world.take("officer", "propose", record, step="order", form=form, opinion="拟同意")
    if state == "ordered":
        return world.step("approver", "order", "", form, opens="rectification", parent=record).uid
    uid = _open(world, "approver", "rectification", "order", record, form)
    return _walk(world, state, "rectification", uid, "explaining")


# ------------------------------------------------------------------------------------------------------- repair

FINDINGS = {
    "corrected": {"met": True, "reason": "已纠正并履行义务"},
    "not_excluded": {"met": True, "reason": "不属于不得修复的情形"},
}
UNMET = {"corrected": "尚未履行义务"}


def _open_repair(world: "World", record: str) -> str:
    period = world.terms(record).get("record.publication_min") or world.terms(record, live=False).get(
        "record.publication_min"
    )
    if period is not None and period.due_on is not None and period.due_on >= today(world):
        world.go(period.due_on + timedelta(days=1))
    opened = world.open(
        "subject", "repair", "submit", record, correction="已兑现承诺", corrected_on="2026-08-01", commitment=True
    )
    return opened.uid


def _verify_repair(world: "World", case: str) -> str:
    world.take("officer", "accept", case)
    world.take("clerk", "draft_finding", case, findings=FINDINGS, explanation="逐项核实")
    world.take("head", "verify", case)
    return case


def _approve_repair(world: "World", case: str) -> None:
    world.decide("approve", case, reasons="条件全部满足")


def _deny(world: "World", case: str) -> None:
    world.decide("deny", case, unmet=UNMET, reason="尚未履行义务")


def _find_unmet(world: "World", case: str) -> None:
    findings = {**FINDINGS, "corrected": {"met": False, "reason": "尚未履行义务"}}
    world.take("clerk", "draft_finding", case, findings=findings, explanation="逐项核实")


def _confirm_sync(world: "World", case: str) -> None:
    for item in world.children(case, "sync"):
        if item.state == "pending":
            world.take("officer", "confirm", item.uid, note="已同步")


def _revoke(world: "World", case: str) -> None:
    world.decide(
        "revoke",
        case,
        ground="false_material",
        reason="材料虚假",
        evidence="核查笔录",
        heard_on=today(world).isoformat(),
        hearing="当事人未提出异议",
    )


REPAIR: dict[str, tuple[str, Go]] = {
    "incomplete": (
        "submitted",
        lambda w, c: w.take("officer", "request_supplement", c, missing=["证明材料"], reason="缺少证明材料"),
    ),
    "lapsed": ("incomplete", lambda w, c: lapse(w, c, "repair.supplement")),
    "withdrawn": ("submitted", lambda w, c: w.take("subject", "withdraw", c, reason="另行申请")),
    "refused": ("submitted", lambda w, c: w.decide("refuse", c, unmet=UNMET, reason="尚未履行义务")),
    "verifying": ("submitted", lambda w, c: w.take("officer", "accept", c)),
    "signing": (
        "verifying",
        lambda w, c: w.take("clerk", "draft_finding", c, findings=FINDINGS, explanation="逐项核实"),
    ),
    "proposed": ("signing", lambda w, c: w.take("head", "verify", c)),
    "executing": ("proposed", _approve_repair),
    "completed": ("executing", _confirm_sync),
    "revoked": ("completed", _revoke),
    "denied": ("proposed", _deny),
    "review_submitted": ("denied", lambda w, c: w.take("subject", "request_review", c, reason="义务已经履行")),
    "reviewing": ("review_submitted", lambda w, c: w.take("review_clerk", "accept_review", c)),
    "closed": ("reviewing", _uphold),
    "terminated": ("submitted", lambda w, c: _annul(w, _record_of(w, c))),
}


def repair_in(world: "World", state: str) -> str:
    """See `World.repair_in`."""
    record = record_in(world, "listed")
    case = world.remembered(("open repair", record), partial(_open_repair, world, record))
    return _walk(world, state, "repair", case, "submitted")


# ---------------------------------------------------------------------------------------------------- exemption

FINDING = {
    "clause": "《示范区容错免责办法（演示）》第三条",
    "motive": "没有谋取私利",
    "decision_procedure": "经集体研究决定",
    "corrective_measures": "已经纠正",
    "proposed": "予以容错",
}
FOUND = {"outcome": "予以容错", "document_number": "示容〔2026〕1号", "reasons": "符合容错条件"}


def _open_exemption(world: "World", record: str) -> str:
    form: dict[str, Any] = {"situation": "改革创新中的失误", "circumstances": "经集体研究，没有谋取私利。"}
    return world.open("subject", "exemption", "submit", record, **form).uid


def _decide_exemption(world: "World", case: str, **form: Any) -> None:
    world.take("tolerance", "accept", case)
    world.take("tolerance", "draft_finding", case, **FINDING)
    world.take("tolerance_head", "decide", case, **{**FOUND, **form})


EXEMPTION: dict[str, tuple[str, Go]] = {
    "examining": ("submitted", lambda w, c: w.take("tolerance", "accept", c)),
    "signing": ("examining", lambda w, c: w.take("tolerance", "draft_finding", c, **FINDING)),
    "closed": ("signing", lambda w, c: w.take("tolerance_head", "decide", c, **{**FOUND, "outcome": "不予容错"})),
    "correcting": (
        "signing",
        lambda w, c: w.take("tolerance_head", "decide", c, **{**FOUND, "correction": "完善会议记录"}),
    ),
    "refused": (
        "submitted",
        lambda w, c: w.take("tolerance_head", "refuse", c, reason="不属于本机关权限", competent_organ="示例组织部"),
    ),
    "withdrawn": ("submitted", lambda w, c: w.take("subject", "withdraw", c, reason="不再申请")),
    "terminated": ("submitted", lambda w, c: _annul(w, _record_of(w, c))),
}


def exemption_in(world: "World", state: str) -> str:
    """See `World.exemption_in`."""
    record = record_in(world, "statement_open")
    case = world.remembered(("open exemption", record), partial(_open_exemption, world, record))
    return _walk(world, state, "exemption", case, "submitted")


STEPS = {
    "record": RECORD,
    "objection": OBJECTION,
    "rectification": RECTIFICATION,
    "repair": REPAIR,
    "exemption": EXEMPTION,
}

"""Scenes that bring about every notice a step can make: each plays a case and names the cases to look at."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.clock import legal_day
from app.database import write_transaction
from app.documents.context import NoticeContext
from app.models.cases import RuleSetRow
from app.models.kinds import Notice
from app.services.notice_context import context_for
from app.services.unit_of_work import unit_of_work
from tests.support.paths import FINDING, FOUND
from tests.support.world import World
from workflows.rules import load_locality
from workflows.rules.model import RuleSet, SwitchValue

Scene = Callable[[World], list[str]]
BASE_URL = "http://127.0.0.1:5000"


def in_the_demo(world: World) -> World:
    """The world as an installation that knows its address and marks its sheets as those of a demo."""
    world.backend = replace(world.backend, base_url=BASE_URL, demo=True)
    return world


def said(world: World, notice: Notice) -> NoticeContext:
    """What a notice says: as fixed when it was signed, of a draft as it would be signed today."""
    if notice.context:
        return NoticeContext.from_json(notice.context)
    with unit_of_work(world.backend, world.clock()) as work:
        work.lock(notice.dossier_id)
        drafted = work.session.get(Notice, notice.id)
        assert drafted is not None
        return context_for(work, drafted)


def with_rules(world: World, change: Callable[[RuleSet], RuleSet]) -> None:
    """A rule set of the district that differs from the shipped one, in force from the first day."""
    changed = change(load_locality("demo"))
    with write_transaction(world.backend.sessions) as session:
        session.add(
            RuleSetRow(
                locality="demo",
                number=2,
                digest=changed.digest,
                body=changed.to_json(),
                in_force_from=legal_day(world.clock()),
                entered_by="甲测试",
                entered_at=world.clock(),
                confirmed_by="乙测试",
                confirmed_at=world.clock(),
            )
        )


def with_switch(world: World, key: str, value: SwitchValue) -> None:
    """The shipped rules with one setting changed."""

    def change(rules: RuleSet) -> RuleSet:
        return replace(
            rules, switches=tuple(replace(rule, value=value) if rule.key == key else rule for rule in rules.switches)
        )

    with_rules(world, change)


def _record_of(world: World, case: str) -> str:
    return next(item.uid for item in world.dossier(case) if item.kind == "record")


def _days(world: World, days: int) -> None:
    world.go(world.today + timedelta(days=days))


def listed_after_statement(world: World) -> list[str]:
    """Told, heard, answered, listed."""
    record = world.record_in("statement_open")
    world.take("subject", "state", record, text="往返次数应为三次。")
    _days(world, 20)
    world.decide("list", record, reasons="事实清楚，依据充分", statement_answer="经调取叫号记录，为四次。")
    return [record]


def declined_after_statement(world: World) -> list[str]:
    """Told and heard; the statement was founded."""
    record = world.record_in("statement_open")
    world.take("subject", "state", record, text="本人当日请假，未在岗。")
    form = {
        "ground": "statement_founded",
        "reason": "考勤记录表明其未在岗",
        "statement_answer": "经核对考勤记录，属实。",
    }
    world.decide("decline", record, **form)
    return [record]


def corrected(world: World) -> list[str]:
    """The provider asks for a correction."""
    record = world.record_in("listed")
    form = {"changes": {"severity": "轻微", "conduct_ended_on": "2026-04-30"}, "reason": "原等级认定偏重"}
    world.take("clerk", "draft_correction", record, **form)
    world.take("head", "request_correction", record)
    world.take("approver", "correct", record, **form)
    return [record]


def annulled_under_everything(world: World) -> list[str]:
    """The source document falls while an objection is open."""
    objection = world.objection_in("verifying")
    record = _record_of(world, objection)
    form = {"reason": "原处分决定已被撤销", "document": "示处撤〔2026〕1号"}
    world.take("clerk", "draft_annulment", record, **form)
    world.take("head", "report_annulment", record)
    world.take("approver", "annul", record, **form)
    return [record, objection]


def forwarded(world: World) -> list[str]:
    """R70 is on: superior, audit, employer and discipline are told."""
    with_switch(world, "notify_superior", True)
    return [world.record_in("listed"), world.record_in("listed", "unit")]


def objection_to_its_review(world: World) -> list[str]:
    """Accepted, extended, answered, decided in part, reviewed."""
    fields = [
        {"field": "facts", "ground": "错误", "wanted": "未造成损失。"},
        {"field": "severity", "ground": "错误", "wanted": "轻微"},
    ]
    objection = world.objection_in("verifying", fields=fields)
    world.take("head", "request_extension", objection, days=2, reason="需调取原始台账")
    world.take("approver", "extend", objection, days=2, reason="需调取原始台账")
    verdicts = {"facts": {"verdict": "维持"}, "severity": {"verdict": "更正为", "value": "轻微"}}
    world.take("clerk", "draft_answer", objection, verdicts=verdicts, explanation="经核对台账，等级认定偏重")
    world.take("head", "answer", objection)
    world.decide("decide", objection, reasons="损失有凭证为证，等级应予更正")
    world.take("subject", "request_review", objection, reason="事实部分仍与实际不符")
    world.take("review_clerk", "accept_review", objection)
    changed = {"facts": {"verdict": "更正为", "value": "未造成损失。"}}
    team = ("review_clerk", "reviewer")
    world.decide("decide_review", objection, team, result="变更", verdicts=changed, reasons="凭证所载款项已经退回")
    return [objection, _record_of(world, objection)]


def objection_refused(world: World) -> list[str]:
    """Only the source is attacked; the review is asked for too late."""
    objection = world.objection_in("submitted", attacks_source_only=True)
    remedy = "向作出处分决定的机关申请复核，最后日期为2026年12月1日"
    world.decide("refuse", objection, ground="source_only", reason="所争议的是处分决定本身", other_remedy=remedy)
    due = world.terms(objection)["objection.review_filing"].due_on
    assert due is not None
    world.go(due + timedelta(days=1))
    world.take("subject", "request_review", objection, reason="仍不服", late_reason="出差在外")
    team = ("review_clerk", "reviewer")
    world.decide("refuse_review", objection, team, reason="超过申请期限，所述理由不属于正当理由")
    return [objection]


def objection_lapsed(world: World) -> list[str]:
    """Asked to supply what is missing; nothing came."""
    return [world.objection_in("lapsed")]


def objection_of_the_office(world: World) -> list[str]:
    """What is disputed is the office's own."""
    fields = [{"field": "disclosure_level", "ground": "侵犯隐私或秘密", "wanted": "不公开"}]
    objection = world.objection_in("submitted", fields=fields, reason="不应当对外共享。")
    world.take("officer", "accept_own", objection)
    verdicts = {"disclosure_level": {"verdict": "更正为", "value": "不公开"}}
    world.decide("decide", objection, verdicts=verdicts, reasons="该记录无需共享")
    return [objection]


def silent_provider(world: World) -> list[str]:
    """The provider lets the term pass: 催办, 督办, then decided without it."""
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=8))
    world.take("officer", "remind", objection, target="核查期限", note="请立即反馈")
    world.take("approver", "supervise", objection, target="核查期限", note="请主要负责人过问")
    _days(world, 5)
    verdicts = {"facts": {"verdict": "更正为", "value": "未造成损失。"}}
    world.decide("decide_without_answer", objection, verdicts=verdicts, reasons="信息提供单位未能证明所记载的损失")
    return [objection]


def rectified_at_second_try(world: World) -> list[str]:
    """Ordered, extended, failed once, passed."""
    case = world.rectification_in("rectifying")
    world.take("unit_head", "request_extension", case, days=10, reason="涉及第三方确认")
    world.take("approver", "extend", case, days=10, reason="涉及第三方确认")
    _report(world, case)
    until = (world.today + timedelta(days=20)).isoformat()
    world.decide("fail", case, reason="台账尚未建立", until=until)
    _report(world, case)
    world.decide("pass", case, opinion="逐项核验，措施已经落实")
    return [case]


def _report(world: World, case: str) -> None:
    proof = {"task": 1, "result": "已经兑现", "evidence": "兑付凭证"}
    world.take("staff", "draft_completion", case, tasks=[proof], summary="整改完成")
    world.take("unit_head", "report_completion", case)


def never_rectified(world: World) -> list[str]:
    """The unit stays silent: level by level up to the referral."""
    case = world.rectification_in("rectifying")
    due = world.terms(case)["rectification.completion"].due_on
    assert due is not None
    world.go(due + timedelta(days=10))
    while world.case(case).escalation_level < 2:
        _days(world, 5)
        world.take("approver", "supervise", case, target="整改期限", note="请主要负责人过问")
    _days(world, 10)
    world.take("approver", "escalate", case, reason="经催办、督办仍不整改")
    _days(world, 40)
    world.decide("give_up", case, reason="逾期不整改")
    return [case]


def repaired_and_revoked(world: World) -> list[str]:
    """Granted on false material, and taken back."""
    return [world.repair_in("revoked")]


def repair_denied_then_granted(world: World) -> list[str]:
    """Denied; the review changes that."""
    repair = world.repair_in("reviewing")
    world.decide("decide_review", repair, ("review_clerk", "reviewer"), result="变更", reasons="义务已于期前履行完毕")
    return [repair]


def repair_refused_then_accepted(world: World) -> list[str]:
    """Refused; the review changes that, and the case is verified."""
    repair = world.repair_in("refused")
    world.take("subject", "request_review", repair, reason="义务已经履行")
    world.take("review_clerk", "accept_review", repair)
    world.decide("decide_review", repair, ("review_clerk", "reviewer"), result="变更", reasons="材料足以受理")
    return [repair]


def repair_lapsed(world: World) -> list[str]:
    """Asked to supply what is missing; nothing came."""
    return [world.repair_in("lapsed")]


def exempted(world: World) -> list[str]:
    """Tolerance is granted in full: the record ends."""
    case = world.exemption_in("signing")
    world.take("tolerance_head", "decide", case, **{**FOUND, "correction": "完善会议记录"})
    return [case, _record_of(world, case)]


def exempted_in_part(world: World) -> list[str]:
    """Tolerance in part, of a record that is listed: it is corrected at once."""
    changes = {"severity": "轻微", "responsible_persons": ["李示例"]}
    return [_found_when_listed(world, outcome="部分容错", changes=changes)]


def exempted_when_listed(world: World) -> list[str]:
    """Tolerance is granted in full after the record was listed."""
    return [_found_when_listed(world)]


def _found_when_listed(world: World, **form: Any) -> str:
    claim: dict[str, Any] = {"situation": "改革创新中的失误", "circumstances": "经集体研究，没有谋取私利。"}
    case = world.open("subject", "exemption", "submit", world.record_in("listed"), **claim).uid
    world.take("tolerance", "accept", case)
    world.take("tolerance", "draft_finding", case, **FINDING)
    world.take("tolerance_head", "decide", case, **{**FOUND, **form})
    return case


def exemption_denied(world: World) -> list[str]:
    """The organ finds no ground."""
    return [world.exemption_in("closed")]


def exemption_refused(world: World) -> list[str]:
    """Another organ has the power."""
    return [world.exemption_in("refused")]

"""The objection's rows against procedures, sections 0 and 3, by taking the steps (R33–R37)."""

from typing import Any

import pytest
from sqlalchemy import Engine

from app.crypto import KeyRing
from tests.support.paths import VERDICTS, lapse, objection_form
from tests.support.serving import by_post
from tests.support.world import World, found_world
from workflows.kit.calendar import shipped_calendar
from workflows.kit.errors import GuardRefused

WD = shipped_calendar().add_working_days


def _object(world: World, record: str, who: str = "subject", **form: Any) -> str:
    return world.open(who, "objection", "submit", record, **objection_form(**form)).uid


def _listed_by_post(world: World, **content: Any) -> str:
    """A listed record of somebody who does not take notices electronically."""
    record = world.record_in("noticing", **content)
    (notice,) = world.notices(record, "record_notice")
    world.take("officer", "dispatch", notice.uid, **by_post(world))
    served = {"served_on": world.today, "method": "邮寄送达", "slip_number": "演示1号"}
    world.take("officer", "confirm_service", notice.uid, **served)
    lapse(world, record, "record.statement")
    world.decide("list", record, reasons="事实清楚，依据充分")
    return record


def _answer(world: World, objection: str, verdicts: dict[str, Any]) -> None:
    world.take("clerk", "draft_answer", objection, verdicts=verdicts, explanation="核查情况")
    world.take("head", "answer", objection)


@pytest.mark.parametrize("step", ["submit", "supplement", "withdraw", "request_review"])
def test_what_a_unit_files_is_signed_by_its_head(world: World, step: str) -> None:
    """R33, section 0 (审签): the staff of a recorded unit drafts, its head files, supplements, withdraws, appeals."""
    record = world.record_in("listed", "unit")
    if step == "submit":
        with pytest.raises(GuardRefused, match="单位负责人"):
            _object(world, record, "staff")
        return
    objection = _object(world, record, "unit_head")
    form: dict[str, Any] = {"reason": "另行处理"}
    if step == "supplement":
        world.take("officer", "request_supplement", objection, missing=["证明材料"], reason="缺少证明材料")
        form = {"statement": "补交证明材料"}
    elif step == "request_review":
        world.take("officer", "accept", objection)
        _answer(world, objection, VERDICTS)
        world.decide("decide", objection, reasons="异议成立")
    with pytest.raises(GuardRefused, match="单位负责人"):
        world.take("staff", step, objection, **form)
    world.take("unit_head", step, objection, **form)


def test_the_office_departs_from_the_provider_only_in_what_is_its_own(world: World) -> None:
    """R36: what only the unit can establish stays as it answered; catalogue, period and disclosure are the office's."""
    fields = [{"field": "facts", "ground": "错误"}, {"field": "severity", "ground": "错误", "wanted": "轻微"}]
    objection = _object(world, world.record_in("listed"), fields=fields)
    world.take("officer", "accept", objection)
    kept = {"facts": {"verdict": "维持"}, "severity": {"verdict": "维持"}}
    _answer(world, objection, kept)
    departed = {"facts": {"verdict": "更正为", "value": "未造成损失。"}}
    with pytest.raises(GuardRefused, match="由信息提供单位核查认定"):
        world.decide("decide", objection, verdicts=departed, reasons="另有认定")
    own = {"severity": {"verdict": "更正为", "value": "轻微"}}
    world.decide("decide", objection, verdicts=own, reasons="依目录")
    assert world.case(objection).outcome == "部分成立"


def test_an_extension_is_refused_in_words_while_a_proposal_lies_with_the_office(world: World) -> None:
    """Section 0: one live proposal per case."""
    objection = world.objection_in("verifying")
    world.take(
        "officer", "propose", objection, step="decide_without_answer",
        form={"verdicts": VERDICTS, "reasons": "未获答复"}, opinion="拟径行审定",
    )  # fmt: skip
    with pytest.raises(GuardRefused, match="拟办意见"):
        world.take("head", "request_extension", objection, days=2, reason="需要调阅档案")


def test_a_reminder_goes_to_whoever_is_late(world: World) -> None:
    """R55 by analogy, section 0: also while somebody else holds the case, such as the decider of a proposal."""
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(WD(due, 2))
    world.take(
        "officer", "propose", objection, step="decide_without_answer",
        form={"verdicts": VERDICTS, "reasons": "未获答复"}, opinion="拟径行审定",
    )  # fmt: skip
    world.take("officer", "remind", objection, target="核查期限")
    assert world.notices(objection, "reminder")[-1].recipient_unit_id == world.units["provider"]


def test_a_founded_still_shown_reaches_every_target_of_an_ended_record(world: World) -> None:
    """R52, section 5a: nothing is left to correct, but whoever still shows the record is told."""
    record = world.record_in("annulled", "unit", disclosure_level="社会公开")
    fields = [{"field": "disclosure_level", "ground": "超期", "wanted": "不公开"}]
    objection = _object(world, record, "unit_head", fields=fields, reason="网站仍在公示")
    world.take("officer", "accept_own", objection)
    before = len(world.children(objection, "sync"))
    world.decide("decide", objection, verdicts={"disclosure_level": {"verdict": "停止公示"}}, reasons="确仍公示")
    told = {item.target for item in world.children(objection, "sync")}
    assert before == 0
    assert told == {item.target for item in world.children(record, "sync")} != set()


def test_an_objection_about_the_period_alone_ends_with_it(world: World) -> None:
    """Section 1 (expire): it lost its object, and what was not served of it is void."""
    record = _listed_by_post(world)
    fields = [{"field": "conduct_ended_on", "ground": "错误", "wanted": "2026-04-01"}]
    world.go(world.terms(record)["record.retention"].due_on)  # type: ignore[arg-type]
    objection = _object(world, record, "offline", fields=fields)
    (receipt,) = world.notices(objection, "objection_receipt")
    assert receipt.state != "served"
    world.go(WD(world.today, 1))
    assert (world.state(record), world.state(objection)) == ("expired", "terminated")
    assert world.notices(objection, "objection_receipt")[0].state == "voided"


@pytest.fixture
def laiwu(engine: Engine, keys: KeyRing) -> World:
    """莱芜, where two duties run side by side."""
    return found_world(engine, keys, locality="laiwu")


def test_in_laiwu_both_duties_run_from_the_complete_objection(laiwu: World) -> None:
    """R35, D1: the provider's ten working days and the office's seven; the shorter colours the case and ends last."""
    objection = _object(laiwu, _listed_by_post(laiwu, behaviour="B33"), "offline")
    filed = laiwu.today
    laiwu.go(WD(filed, 1))
    laiwu.take("officer", "accept", objection)
    live = laiwu.terms(objection)
    assert live["objection.verification"].due_on == WD(filed, 10)
    assert live["objection.total"].due_on == WD(filed, 7) == laiwu.case(objection).due_on
    _answer(laiwu, objection, VERDICTS)
    assert laiwu.terms(objection, live=False)["objection.verification"].status == "met"
    laiwu.decide("decide", objection, reasons="异议成立")
    assert laiwu.terms(objection)["objection.total"].status == "running"
    (mine,) = [item for item in laiwu.notices(objection, "objection_decision") if item.recipient_person_id]
    laiwu.take("officer", "dispatch", mine.uid, **by_post(laiwu))
    assert "objection.total" not in laiwu.terms(objection)


def test_a_supplement_starts_both_anew(laiwu: World) -> None:
    """R34: what is anchored on the complete objection counts from the supplement."""
    objection = _object(laiwu, laiwu.record_in("listed", behaviour="B33"))
    laiwu.take("officer", "request_supplement", objection, missing=["证明材料"], reason="缺少证明材料")
    assert "objection.total" not in laiwu.terms(objection)
    laiwu.go(WD(laiwu.today, 4))
    laiwu.take("subject", "supplement", objection, statement="补交证明材料")
    live = laiwu.terms(objection)
    assert live["objection.total"].due_on == WD(laiwu.today, 7)
    assert live["objection.acceptance"].due_on == WD(laiwu.today, 2)


@pytest.fixture
def jingan(engine: Engine, keys: KeyRing) -> World:
    """静安, where the provider decides."""
    return found_world(engine, keys, locality="jingan")


def test_in_jingan_the_provider_decides_in_five_days_from_receiving_it(jingan: World) -> None:
    """R34–R36, D1: two days to forward, five to decide, no extension; the office states the provider's verdict."""
    objection = _object(jingan, jingan.record_in("listed", behaviour="B24"))
    filed = jingan.today
    assert jingan.terms(objection)["objection.acceptance"].due_on == WD(filed, 2)
    jingan.go(WD(filed, 2))
    jingan.take("officer", "accept", objection)
    assert jingan.terms(objection)["objection.verification"].due_on == WD(filed, 7)
    with pytest.raises(GuardRefused, match="没有延长"):
        jingan.take("head", "request_extension", objection, days=2, reason="需要调阅档案")
    _answer(jingan, objection, {"facts": {"verdict": "维持"}})
    with pytest.raises(GuardRefused, match="由信息提供单位作出处理决定"):
        jingan.decide("decide", objection, verdicts=VERDICTS, reasons="另有认定")

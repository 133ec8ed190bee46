"""The record's rows against procedures, sections 0 and 1, by taking the steps (R17–R28, R70, R152)."""

from datetime import date

import pytest
from sqlalchemy import Engine

from app.crypto import KeyRing
from app.services.commands import Paper
from tests.support.paths import lapse
from tests.support.serving import by_post
from tests.support.world import World, found_world
from workflows.kit.calendar import shipped_calendar
from workflows.kit.errors import GuardRefused

WD = shipped_calendar().add_working_days


def _send_by_post(world: World, notice: str, served_on: date) -> None:
    world.take("officer", "dispatch", notice, **by_post(world))
    world.take("officer", "confirm_service", notice, served_on=served_on, method="邮寄送达", slip_number="演示1号")


def test_a_corrected_day_of_service_moves_the_statement_term(world: World) -> None:
    """R28, D2: the term counts from the service, so from the corrected day once that is registered."""
    record = world.record_in("noticing")
    (notice,) = world.notices(record, "record_notice")
    _send_by_post(world, notice.uid, world.today)
    first = world.terms(record)["record.statement"].due_on
    world.go(WD(world.today, 2))
    world.take("approver", "correct_service", notice.uid, served_on=world.today, evidence="邮政查询单")
    assert first is not None
    assert world.terms(record)["record.statement"].due_on == WD(world.today, 5) > first


def test_a_day_of_service_is_not_corrected_once_its_stage_is_over(world: World) -> None:
    """R28: the parent must still be in the state that this service opened."""
    record = world.record_in("noticing")
    (notice,) = world.notices(record, "record_notice")
    _send_by_post(world, notice.uid, world.today)
    lapse(world, record, "record.statement")
    assert world.state(record) == "deciding"
    with pytest.raises(GuardRefused, match="已经结束"):
        world.take("approver", "correct_service", notice.uid, served_on=world.today, evidence="邮政查询单")


def _correct(world: World, record: str, **changes: object) -> None:
    form = {"changes": changes, "reason": "与来源文书核对"}
    world.take("clerk", "draft_correction", record, **form)
    world.take("head", "request_correction", record)
    world.take("approver", "correct", record, **form)


def test_a_correction_replaces_a_notice_that_was_not_served_yet(world: World) -> None:
    """R25, R28: the new notice says what was corrected; nothing was told yet that needs a notice of correction."""
    record = world.record_in("noticing")
    _correct(world, record, severity="轻微")
    old, new = world.notices(record, "record_notice")
    assert (old.state, new.state) == ("voided", "issued")
    assert "轻微" in new.context
    assert world.notices(record, "record_correction") == []
    _send_by_post(world, new.uid, world.today)
    assert world.state(record) == "statement_open"


def test_a_correction_of_a_listed_record_replaces_its_unserved_decision(world: World) -> None:
    """R25: the decision under way is replaced with its reasons, and the correction is told."""
    record = world.record_in("noticing")
    _send_by_post(world, world.notices(record, "record_notice")[0].uid, world.today)
    lapse(world, record, "record.statement")
    world.decide("list", record, reasons="事实清楚，依据充分")
    _correct(world, record, severity="轻微")
    old, new = world.notices(record, "record_decision")
    assert (old.state, new.state) == ("voided", "issued")
    assert "事实清楚" in new.context
    assert len(world.notices(record, "record_correction")) == 1


def test_a_head_sends_a_drafted_request_back_to_his_clerk(world: World) -> None:
    """R25, section 0 (审签): what leaves a unit is signed by its head, who may send it back."""
    record = world.record_in("listed")
    form = {"changes": {"facts": "未造成损失。"}, "reason": "与来源文书核对"}
    world.take("clerk", "draft_correction", record, **form)
    world.take("head", "reject_request", record, reason="请补充依据")
    assert world.case(record).holder is None
    with pytest.raises(GuardRefused, match="尚未收到"):
        world.take("head", "request_correction", record)
    world.take("clerk", "draft_correction", record, **form)


def test_a_unit_cannot_ask_while_another_request_lies_with_the_office(world: World) -> None:
    """Section 0 (拟办): one live proposal per case; the second is refused in words, not by the database."""
    record = world.record_in("listed", "unit")
    form = {"problems": "逾期未兑现承诺。", "requirements": ["兑现承诺"], "days": 60}
    world.take("officer", "propose", record, step="order", form=form, opinion="拟同意")
    with pytest.raises(GuardRefused, match="拟办意见"):
        world.take("clerk", "draft_annulment", record, reason="来源文书已撤销", document="示撤〔2026〕1号")
    with pytest.raises(GuardRefused, match="拟办意见"):
        world.take("clerk", "draft_correction", record, changes={"facts": "未造成损失。"}, reason="核对")


def test_no_correction_makes_the_end_of_the_conduct_unknown_or_shows_more(world: World) -> None:
    """不得加重: neither a longer period nor a wider publication."""
    record = world.record_in("listed")
    for changes in ({"conduct_ended_on": None}, {"conduct_ended_on": "2026-06-01"}, {"disclosure_level": "社会公开"}):
        with pytest.raises(GuardRefused, match=r"不得|不存在"):
            world.take("clerk", "draft_correction", record, changes=changes, reason="核对")


def test_a_statement_in_transit_needs_the_postmark_or_a_good_reason(world: World) -> None:
    """R28: during the transit only what was posted in the term is in time."""
    record = world.record_in("statement_open")
    due = world.terms(record)["record.statement"].due_on
    assert due is not None
    world.go(WD(due, 1))
    assert world.state(record) == "statement_open"
    with pytest.raises(GuardRefused, match="已于"):
        world.take("subject", "state", record, text="不认可所述事实。")
    posted = Paper(world["subject"].user_id or 0, world.today, due)
    world.step("officer", "state", record, {"text": "不认可所述事实。"}, paper=posted)
    world.take("subject", "state", record, text="补充一点。", late_reason="因病住院")


def test_a_late_unit_is_reminded_and_supervised_by_hand(world: World) -> None:
    """R55 by analogy, section 0: while a duty of the record is late its holder is reminded, then supervised."""
    record = world.record_in("returned")
    with pytest.raises(GuardRefused, match="没有逾期"):
        world.take("officer", "remind", record, target="补正期限")
    due = world.terms(record)["record.supplement"].due_on
    assert due is not None
    world.go(WD(due, 2))
    world.take("officer", "remind", record, target="补正期限")
    world.take("approver", "supervise", record, target="record.supplement")
    for key in ("reminder", "supervision"):
        assert {notice.recipient_unit_id for notice in world.notices(record, key)} == {world.units["provider"]}
    world.decide("decline", record, ground="not_supplemented", reason="逾期未补正")


def test_a_claimed_exemption_is_asked_for_once_however_often_the_record_is_reported(world: World) -> None:
    """R22: a record that came back to be completed can be reported again while the claim is examined."""
    record = world.record_in("returned", exemption="claimed")
    world.take("clerk", "submit", record)
    world.take("head", "report", record)
    assert world.state(record) == "screening"
    assert len(world.children(record, "exemption")) == 1


def test_a_shown_record_that_is_hidden_is_taken_back_from_every_target(world: World) -> None:
    """R25, R52: whoever was told of the record hears that it is no longer to be shown."""
    record = world.record_in("listed", "unit", disclosure_level="社会公开")
    told = {item.target for item in world.children(record, "sync")}
    _correct(world, record, disclosure_level="不公开")
    again = [item for item in world.children(record, "sync") if item.trigger == "更正"]
    assert {item.target for item in again} == told != set()


@pytest.fixture
def laiwu(engine: Engine, keys: KeyRing) -> World:
    """莱芜, where records are forwarded (R70)."""
    return found_world(engine, keys, locality="laiwu")


def test_whoever_got_the_old_text_hears_of_its_correction_and_its_end(laiwu: World) -> None:
    """R70, R152: correction, annulment and clarification reach everybody to whom the record was forwarded."""
    record = laiwu.record_in("listed", behaviour="B33")
    told = {letter.recipient_unit_id for letter in laiwu.notices(record, "forward_letter")}
    assert len(told) == 2
    _correct(laiwu, record, severity="轻微")
    assert told < {notice.recipient_unit_id for notice in laiwu.notices(record, "record_correction")}
    form = {"reason": "来源文书已撤销", "document": "示撤〔2026〕1号"}
    laiwu.take("clerk", "draft_annulment", record, **form)
    laiwu.take("head", "report_annulment", record)
    laiwu.take("approver", "annul", record, **form)
    for key in ("record_annulment", "clarification"):
        assert told < {notice.recipient_unit_id for notice in laiwu.notices(record, key)}


def test_paper_counts_from_the_day_it_arrived(world: World) -> None:
    """代录: the organ's term runs from receipt, never from the day of entry."""
    record = world.record_in("statement_open")
    received = world.today
    world.go(WD(received, 3))
    paper = Paper(world["subject"].user_id or 0, received)
    form = {"situation": "改革创新中的失误", "circumstances": "经集体研究，没有谋取私利。"}
    exemption = world.open("officer", "exemption", "submit", record, paper=paper, **form).uid
    assert world.terms(exemption)["exemption.acceptance"].due_on == WD(received, 5)

"""T6 through the services: pauses, returns, extensions, services and transit move the last days as the law says.

Expected days are written down from the published calendar of 2026 (architecture 4), not computed by what is tested.
"""

from datetime import date, timedelta

import pytest

from app.clock import shanghai
from app.services.sweeping import sweep
from tests.support.paths import VERDICTS
from tests.support.world import World
from workflows.kit.errors import GuardRefused


def due(world: World, case: str, key: str) -> date | None:
    return world.terms(case)[key].due_on


def at(world: World, day: date) -> None:
    """Jump to the morning of a day without sweeping what lies between."""
    world.clock.set(shanghai(day, 9))


def test_an_exemption_pauses_the_screening_and_gives_the_days_back(world: World) -> None:
    """R44, T6: the clock of the office stands while another organ decides; the days of the pause are skipped."""
    record = world.record_in("screening", exemption="claimed")
    row = world.terms(record)["record.screening"]
    assert (row.status, row.due_on) == ("paused", None)
    (exemption,) = world.children(record, "exemption")
    began = world.today
    world.clock.set(shanghai(date(2026, 9, 9), 9))  # six working days later
    world.take("tolerance", "accept", exemption.uid)
    world.take("tolerance", "draft_finding", exemption.uid, **finding())
    decision = {"outcome": "不予容错", "document_number": "示容〔2026〕1号", "reasons": "不符合条件"}
    world.take("tolerance_head", "decide", exemption.uid, **decision)
    resumed = world.terms(record)["record.screening"]
    assert resumed.status == "running"
    assert began == date(2026, 9, 1)
    assert resumed.due_on == date(2026, 9, 16)  # five working days, all of them still there: 10, 11, 14, 15, 16
    assert [event.sort for event in world.events(record) if event.sort in {"paused", "resumed"}] == [
        "paused",
        "resumed",
    ]


def finding() -> dict[str, str]:
    return {
        "clause": "第三条",
        "motive": "没有谋取私利",
        "decision_procedure": "经集体研究",
        "corrective_measures": "已经纠正",
        "proposed": "不予容错",
    }


def test_a_return_goes_on_with_the_days_left(world: World) -> None:
    """R35, T6: ten working days, four used, so the provider has six from the day of the return."""
    case = world.objection_in("verifying")
    opened = world.terms(case)["objection.verification"]
    assert opened.anchor_on is not None
    calendar = opened.due_on
    at(world, opened.anchor_on + timedelta(days=1))
    world.take("clerk", "draft_answer", case, verdicts=VERDICTS, explanation="核查属实")
    world.take("head", "answer", case)
    world.take("officer", "return_answer", case, reason="请核对损失", points=["损失数额"])
    again = world.terms(case)["objection.verification"]
    assert again.arming == 2
    assert again.due_on == calendar  # returned on the day it was answered: nothing is lost and nothing gained
    assert again.anchor_on == world.today


def test_a_return_leaves_at_least_the_floor(world: World) -> None:
    """T6: answered on the last day and returned, the provider still gets the shortest term (three working days)."""
    case = world.objection_in("verifying")
    last = due(world, case, "objection.verification")
    assert last is not None
    at(world, last)
    world.take("clerk", "draft_answer", case, verdicts=VERDICTS, explanation="核查属实")
    world.take("head", "answer", case)
    world.take("officer", "return_answer", case, reason="请核对损失", points=[])
    row = world.terms(case)["objection.verification"]
    assert (row.number, row.unit) == (3, "WD")
    assert row.due_on is not None
    assert row.due_on > last


def test_an_extension_counts_from_the_old_last_day_and_keeps_to_its_cap(world: World) -> None:
    """T6: three working days at most in 示范区; a fourth is refused, a second extension too."""
    case = world.objection_in("verifying")
    before = due(world, case, "objection.verification")
    assert before is not None
    with pytest.raises(GuardRefused):
        world.take("head", "request_extension", case, days=4, reason="需要核实")
    world.take("head", "request_extension", case, days=3, reason="需要核实")
    world.take("approver", "extend", case, days=3, reason="需要核实")
    after = due(world, case, "objection.verification")
    assert after is not None
    days = [before + timedelta(days=more) for more in range(1, (after - before).days + 1)]
    assert sum(day.weekday() < 5 for day in days) == 3
    with pytest.raises(GuardRefused):
        world.take("head", "request_extension", case, days=1, reason="再次申请")


def test_a_supplement_arms_the_office_anew(world: World) -> None:
    """R34, T6: terms that count from the complete application begin again with the supplement."""
    case = world.objection_in("incomplete")
    world.clock.advance(timedelta(days=2))
    world.take("subject", "supplement", case, statement="补交证明材料")
    row = world.terms(case)["objection.acceptance"]
    assert (row.arming, row.anchor_on) == (2, world.today)


def test_a_term_awaits_its_service_and_a_corrected_service_counts_it_anew(world: World) -> None:
    """R28, T6: the right begins with the service; a later day corrected in gives the later last day."""
    case = world.objection_in("submitted")
    missing = {"missing": ["证明材料"], "reason": "缺少证明材料"}
    world.step("officer", "request_supplement", case, missing)
    row = world.terms(case)["objection.supplement"]
    assert (row.status, row.due_on, row.awaits) == ("awaiting", None, "supplement_notice")
    world.seal()
    armed = world.terms(case)["objection.supplement"]
    assert (armed.status, armed.anchor_on) == ("running", world.today)
    (notice,) = world.notices(case, "supplement_notice")
    at(world, world.today + timedelta(days=3))
    world.take("approver", "correct_service", notice.uid, served_on=world.today.isoformat(), evidence="回执日期有误")
    moved = world.terms(case)["objection.supplement"]
    assert moved.anchor_on == world.today
    assert moved.due_on is not None
    assert armed.due_on is not None
    assert moved.due_on > armed.due_on


def test_a_right_lapses_only_after_its_transit(world: World) -> None:
    """T6: what was posted on the last day is in time, so the effect waits for the post (民事诉讼法第八十五条)."""
    case = world.objection_in("incomplete")
    last = due(world, case, "objection.supplement")
    assert last is not None
    at(world, last + timedelta(days=1))
    sweep(world.backend, world.clock)
    assert world.state(case) == "incomplete"
    at(world, last + timedelta(days=20))
    sweep(world.backend, world.clock)
    assert world.state(case) == "lapsed"
    assert world.terms(case, live=False)["objection.supplement"].status == "lapsed"


def test_a_last_day_beyond_the_published_calendar_is_provisional(world: World) -> None:
    """T6: filed on 2026-12-18, the term of ten working days ends 2027-01-04, by a calendar not yet published."""
    record = world.record_in("listed")
    at(world, date(2026, 12, 18))
    case = world.objection_in("verifying", record)
    row = world.terms(case)["objection.verification"]
    assert (row.due_on, row.provisional) == (date(2027, 1, 4), True)


def test_a_last_day_within_the_published_calendar_is_not(world: World) -> None:
    """T6: filed on 2026-11-20, ten working days end 2026-12-04."""
    record = world.record_in("listed")
    at(world, date(2026, 11, 20))
    case = world.objection_in("verifying", record)
    row = world.terms(case)["objection.verification"]
    assert (row.due_on, row.provisional) == (date(2026, 12, 4), False)

"""The jobs of the table of clicks that no other test does on its way, and that every job of the table is counted."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from app.models.people import User
from tests.browser.support.checks import expect_good_page
from tests.browser.support.clicks import PROMISED, counted
from tests.browser.support.hand import Hand
from tests.support.web_world import PASSWORD, world_on
from tests.support.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    return world_on(site, clock)


def enter(page: Page, login: str) -> Hand:
    """Sign in; the hand begins to count on one's own first page."""
    page.goto("/sign-in")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    return Hand()


def test_one_sees_where_it_stands_without_a_press_and_three_records_at_once(page: Page, world: World) -> None:
    """interface 5: who has it, until when, and three cards on one screen; a good page with every kind of card."""
    records = [world.record_in("listed"), world.record_in("listed"), world.record_in("statement_open")]
    world.objection_in("submitted", records[0])
    hand = enter(page, "subject")
    card = page.locator(".record-card", has=page.locator(f"#record-{records[0]}"))
    expect(card).to_contain_text("由信用管理部门经办人（示范区信用管理办公室）办理")
    expect(card.locator("time").last).to_be_visible()
    counted("当事人查看办到哪一步", hand)
    page.reload()  # without the greeting of the sign-in
    places = [shown.bounding_box() for shown in page.locator(".record-card").all()]
    assert len(places) == 3
    assert max(place["y"] + place["height"] for place in places if place) <= 900
    expect_good_page(page)


def test_the_first_time_the_address_takes_one_press_more(page: Page, site: Flask, world: World) -> None:
    """interface, clicks: 1 more the first time for the 送达地址确认书, on the same form."""
    world.record_in("listed")
    with site.extensions["zhengcheng"].database.write() as session:
        session.query(User).filter_by(login="subject").one().electronic_service_on = None
    hand = enter(page, "subject")
    hand.press(page.get_by_role("link", name="提出异议：事实"))
    hand.press(page.get_by_role("group", name="事实").get_by_label("错误"))
    hand.type(page.get_by_label("事实与理由"), "记载的损失与事实不符。")
    hand.press(page.get_by_label("签署送达地址确认书：同意文书通过本系统送达"))
    hand.press(page.get_by_role("button", name="提交", exact=True))
    expect(page.get_by_role("status")).to_contain_text("已提交")
    counted("首次提出异议，另签送达地址确认书", hand)
    assert next(user for user in world.rows(User) if user.login == "subject").electronic_service_on == world.today


def test_a_notice_of_its_own_is_signed_in_four_presses(page: Page, world: World) -> None:
    """R142: what the clock drafted (督办通知书) is signed from the desk."""
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    hand = enter(page, "approver")
    row = page.get_by_role("row").filter(has_text="督办通知书")
    hand.press(row.get_by_role("link", name=re.compile("^办理：")))
    hand.press(page.get_by_role("button", name="签发", exact=True))
    expect(page.get_by_role("heading", name="已办理：签发")).to_be_visible()
    counted("签发单独的文书", hand)
    assert "sealing" in {notice.state for notice in world.notices(objection, "supervision")}


def test_every_job_of_the_table_is_counted_by_some_test() -> None:
    """A promise that nobody counts is none."""
    written = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert sorted(set(re.findall(r'counted\(\s*"([^"]+)"', written))) == sorted(PROMISED)

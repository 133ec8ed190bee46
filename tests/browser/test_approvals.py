"""批量审批 in a real browser: n simple cases that were opened, in three presses (interface, clicks)."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from tests.browser.support.checks import expect_good_page
from tests.browser.support.clicks import counted
from tests.browser.support.entering import sign_in
from tests.browser.support.hand import Hand
from tests.support.web_world import world_on

pytestmark = pytest.mark.browser


def test_several_that_were_opened_are_agreed_to_in_three_presses(site: Flask, clock: MovableClock, page: Page) -> None:
    """R26: 批量审批, all that were read, 同意; the page and its results are good pages."""
    world = world_on(site, clock)
    records = [world.record_in("screening") for _ in range(2)]
    for record in records:
        world.take("officer", "propose", record, step="approve", form={}, opinion="拟同意告知")
    sign_in(page, "approver")
    for record in records:
        page.goto(f"/cases/{record}")
    expect_good_page(page)
    page.goto("/desk")
    hand = Hand()
    hand.press(page.get_by_role("navigation", name="主导航").get_by_role("link", name="批量审批"))
    expect_good_page(page)
    hand.press(page.get_by_role("link", name="全选已阅看的2件"))
    hand.press(page.get_by_role("button", name="同意选定的拟办意见"))
    assert hand.presses == 3
    counted("批量审批已阅看的简单事项", hand)
    expect(page.get_by_role("status")).to_have_text("已办理2件。")
    expect(page.get_by_role("link", name="办理下一件")).to_be_visible()
    expect_good_page(page)
    assert [world.state(record) for record in records] == ["noticing", "noticing"]

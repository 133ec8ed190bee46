"""工作台 in a real browser: filters without a reload, batch acts, saved filters, 委托代办; also without JavaScript."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from tests.browser.support.checks import expect_good_page
from tests.browser.support.entering import sign_in
from tests.browser.support.hand import Hand
from tests.support.web_world import world_on
from tests.support.world import World

pytestmark = pytest.mark.browser
FIELDS = ("facts", "severity", "behaviour")


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    """Three objections to be accepted, and a record to be screened."""
    made = world_on(site, clock)
    made.record_in("screening", source_number="示处〔2026〕20号")
    record = made.record_in("listed")
    for field in FIELDS:
        made.objection_in("submitted", record, fields=[{"field": field, "ground": "错误", "wanted": "更正"}])
    return made


def test_the_list_is_sifted_and_sorted_without_a_reload(page: Page, world: World) -> None:
    """interface 2: htmx swaps the list; the address is that of what is shown, and a chip takes a filter away."""
    sign_in(page, "officer")
    page.goto("/desk")
    expect_good_page(page)
    page.evaluate("window.sameDocument = true")
    page.get_by_label("事项", exact=True).select_option(label="异议")
    expect(page.get_by_role("link", name=re.compile("^异议"))).to_be_visible()
    expect(page).to_have_url(re.compile("kind=objection"))
    expect(page.locator("table.desk tbody tr")).to_have_count(3)
    page.get_by_role("columnheader").get_by_role("link", name="期限").click()
    expect(page.locator('th[aria-sort="descending"]')).to_contain_text("期限")
    page.get_by_role("link", name=re.compile("^异议")).click()
    expect(page).not_to_have_url(re.compile("kind="))
    assert page.evaluate("window.sameDocument") is True
    page.go_back()
    expect(page.locator("table.desk tbody tr")).to_have_count(3)
    page.goto("/desk?kind=objection")
    page.get_by_text("常用筛选的保存和删除").click()
    page.get_by_label("将现在的筛选存为常用，名称").fill("异议待办")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("group", name="常用筛选").get_by_role("link", name="异议待办")).to_be_visible()
    expect_good_page(page)


def test_the_longest_state_fits_a_telephone(page: Page, world: World) -> None:
    """320 px: 不作为失信记录（容错免责） is wider than the cell beside its label, and breaks there."""
    world.record_in("exempted", source_number="示处〔2026〕30号")
    sign_in(page, "clerk")
    page.goto("/desk?box=started")
    expect(page.locator(".desk .tag", has_text="不作为失信记录（容错免责）")).to_be_visible()
    expect_good_page(page)


def test_several_are_accepted_with_a_result_for_each(page: Page, world: World) -> None:
    """Tick, one button, a result for each: what moved meanwhile is refused with its reason."""
    sign_in(page, "officer")
    page.goto("/desk?kind=objection")
    hand = Hand()
    hand.press(page.get_by_label("全选本页"))
    expect(page.get_by_text("已勾选 3 件")).to_be_visible()
    world.take("second_officer", "accept", page.locator('input[name="case"]').first.get_attribute("value") or "")
    hand.press(page.get_by_role("button", name="批量受理"))
    assert hand.presses == 2
    expect(page.get_by_role("status")).to_have_text(re.compile("已办理2件，未办理1件"))
    expect_good_page(page, first_tab=False)
    page.get_by_role("link", name="返回工作台").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("工作台")


def test_a_colleague_stands_in_and_the_vacancy_is_seen(page: Page, world: World) -> None:
    """委托代办 from the desk; 待分派 is counted once the page is there, and says why nobody can act."""
    sign_in(page, "approver")
    page.goto("/desk")
    expect(page.get_by_role("link", name=re.compile("待分派 0"))).to_be_visible()
    page.get_by_role("link", name="外出、休假时委托同事代办").click()
    expect_good_page(page)
    page.get_by_label("孙测试").check()
    page.get_by_label("截止日期").fill((world.today + timedelta(days=3)).isoformat())
    page.get_by_label("事由").fill("年休假")
    page.get_by_role("button", name="委托", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("到期自动结束")
    expect_good_page(page)
    page.goto("/desk?box=unassigned")
    expect_good_page(page)


def test_without_javascript_it_is_the_same_desk(plain_page: Page, world: World) -> None:
    sign_in(plain_page, "officer")
    plain_page.goto("/desk")
    plain_page.get_by_label("事项", exact=True).select_option(label="异议")
    plain_page.get_by_role("button", name="筛选", exact=True).click()
    expect(plain_page.locator("table.desk tbody tr")).to_have_count(3)
    for box in plain_page.locator('input[name="case"]').all():
        box.check()
    plain_page.get_by_role("button", name="批量受理").click()
    expect(plain_page.get_by_role("status")).to_have_text(re.compile("已办理3件"))

"""查询 in a real browser: one box in the bar, results with what was found marked, 320 px, without JavaScript, axe."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.clock import MovableClock
from app.database import Database
from app.services.search_index.keeping import refresh_all
from tests.browser.support.checks import expect_good_page
from tests.browser.support.entering import sign_in
from tests.support.web_world import world_on
from tests.support.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    """A listed record and an objection to it, both in the index."""
    made = world_on(site, clock)
    made.objection_in("verifying", made.record_in("listed", facts="未按承诺的期限支付示例企业的工程款，影响项目进度。"))
    refresh_all(Database.on(made.backend.engine))
    return made


def test_from_home_a_word_leads_to_the_case_in_two_presses(page: Page, world: World) -> None:
    """The box stands in the bar of every page; the word is marked, the case one press away."""
    sign_in(page, "officer")
    box = page.get_by_role("search", name="查询事项")
    box.get_by_role("searchbox").fill("工程款 王测试")
    box.get_by_role("button", name="查询").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("查询结果")
    expect(page.locator("mark")).to_have_text(["工程款", "王测试"])
    expect_good_page(page)
    page.get_by_role("link", name="示信记〔2026〕1号").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("政务失信记录")


def test_filters_stand_in_the_address_and_can_be_taken_off(page: Page, world: World) -> None:
    sign_in(page, "officer")
    page.goto("/cases?q=wcs&kind=objection")
    expect(page.get_by_role("status")).to_contain_text("共1件")
    expect_good_page(page)
    page.get_by_role("list", name="查询条件").get_by_role("link", name="异议").click()
    assert "kind" not in page.url
    expect(page.get_by_role("searchbox")).to_have_value("wcs")


@pytest.mark.parametrize("words", ["查无此词", "张", "😀" * 60, "字" * 300])
def test_what_finds_nothing_is_explained(page: Page, world: World, words: str) -> None:
    """What was typed comes back, with what can be typed instead."""
    sign_in(page, "officer")
    page.goto(f"/cases?q={words}")
    expect(page.get_by_text("文号，带不带括号都可以")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value(words[:100])
    expect_good_page(page)


def test_without_javascript_and_on_a_narrow_screen(browser: Browser, address: str, world: World) -> None:
    context = browser.new_context(
        base_url=address, locale="zh-CN", java_script_enabled=False, viewport={"width": 320, "height": 700}
    )
    page = context.new_page()
    sign_in(page, "officer")
    page.locator("#bar-q").fill("示信记2026")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("link", name="示信记〔2026〕1号")).to_be_visible()
    expect(page.locator("mark").first).to_be_visible()
    context.close()

"""Own account, the second factor, autosave, a double click and a lost session in a real browser (interface 1)."""

import re

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from tests.browser.support.checks import expect_good_page
from tests.browser.support.entering import sign_in
from tests.support.web_world import PASSWORD, world_on
from tests.support.world import World

pytestmark = pytest.mark.browser

TYPED = "与原始凭证一致，记载无误。"


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    return world_on(site, clock)


def test_the_second_factor_is_set_up_and_asked_for(page: Page, world: World, clock: MovableClock) -> None:
    sign_in(page, "clerk")
    page.get_by_role("link", name="李测试").click()
    expect_good_page(page)
    page.get_by_role("link", name="启用动态码").click()
    expect(page.get_by_role("img")).to_be_visible()
    expect_good_page(page)
    seed = re.sub(r"\s", "", page.locator(".seed").inner_text())
    page.get_by_label("动态码", exact=True).fill(pyotp.TOTP(seed).at(clock()))
    page.get_by_label("登录密码").fill(PASSWORD)
    page.get_by_role("button", name="启用动态码").click()
    expect(page.locator(".spare-codes li")).to_have_count(10)
    page.get_by_role("link", name="已保存，继续").click()
    page.get_by_role("button", name="退出", exact=True).click()
    sign_in(page, "clerk")
    expect(page.get_by_role("heading", level=1)).to_have_text("输入动态码")
    expect_good_page(page)
    page.get_by_label("动态码或者备用码").fill("000000")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("动态码或者备用码不正确")


def test_text_saves_itself_and_a_double_click_does_nothing_twice(page: Page, world: World) -> None:
    """T13; interface, patterns: half a minute after a key the form says that it is saved."""
    case = world.objection_in("verifying")
    sign_in(page, "clerk")
    page.clock.install()
    page.goto(f"/cases/{case}")
    form = page.locator("#act-draft_answer")
    form.get_by_label("核查意见").or_(form.locator("textarea[name=draft_answer-explanation]")).first.fill(TYPED)
    page.clock.fast_forward(31_000)
    expect(form.locator(".draft-line")).to_contain_text("已自动保存")
    page.reload()
    expect(form.locator("textarea[name=draft_answer-explanation]")).to_have_value(TYPED)
    form.get_by_label("维持").or_(form.locator("[value=keep]")).first.check()
    form.locator(".acts button.btn-primary").first.dblclick()
    expect(page.locator("#result-title")).to_be_visible()
    assert world.steps(case).count("draft_answer") == 1


def test_without_javascript_a_lost_session_gives_the_form_back(plain_page: Page, world: World) -> None:
    case = world.objection_in("verifying")
    sign_in(plain_page, "clerk")
    plain_page.goto(f"/cases/{case}")
    plain_page.locator("textarea[name=draft_answer-explanation]").fill(TYPED)
    plain_page.context.clear_cookies()
    plain_page.locator("#act-draft_answer .acts button.btn-primary").first.click()
    expect(plain_page.get_by_role("status")).to_contain_text("您填写的内容已经保留")
    plain_page.get_by_label("账号").fill("clerk")
    plain_page.get_by_label("密码").fill(PASSWORD)
    plain_page.get_by_role("button", name="登录").click()
    expect(plain_page.locator("textarea[name=draft_answer-explanation]")).to_have_value(TYPED)
    assert world.state(case) == "verifying"

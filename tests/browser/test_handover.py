"""离岗移交 in a real browser: what somebody left unfinished, in a colleague's hands by three presses (R143)."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from app.services.step_drafts import save_step_form
from tests.browser.support.checks import expect_good_page
from tests.browser.support.entering import sign_in
from tests.browser.support.hand import Hand
from tests.support.looking import appoint, dismiss, reading
from tests.support.web_world import world_on
from tests.support.world import World
from workflows.roles import Post

pytestmark = pytest.mark.browser


@pytest.fixture
def left(site: Flask, clock: MovableClock) -> World:
    """The clerk of the provider has begun an answer and left; a colleague sits beside."""
    made = world_on(site, clock)
    appoint(made, "other_clerk", made.units["provider"], Post.CLERK)
    case = made.objection_in("verifying")
    with reading(made, "clerk") as reader:
        save_step_form(reader, case, "draft_answer", "draft_answer", "拟写核查答复", {"explanation": ["经核查属实"]})
    dismiss(made, "clerk")
    return made


def test_a_head_hands_over_what_a_clerk_left(page: Page, left: World) -> None:
    """From the desk of the head to the draft on the desk of the taker, each page a good one."""
    sign_in(page, "head")
    page.goto("/desk")
    hand = Hand()
    hand.press(page.get_by_role("link", name="离岗移交（1件草稿待移交）"))
    expect_good_page(page)
    hand.press(page.get_by_role("link", name="李测试"))
    expect_good_page(page)
    expect(page.get_by_role("checkbox", name=re.compile("^拟写核查答复"))).to_be_checked()
    taker = page.get_by_label("接手人")
    if not taker.input_value():
        taker.select_option(label="钱测试")
    hand.press(page.get_by_role("button", name="移交草稿"))
    assert hand.presses == 3
    expect(page.get_by_role("status")).to_contain_text("已移交1件")
    expect(page.get_by_role("cell", name="已移交给钱测试")).to_be_visible()
    expect_good_page(page, first_tab=False)
    page.context.clear_cookies()
    sign_in(page, "other_clerk")
    page.goto("/desk?box=drafts")
    expect(page.get_by_role("link", name=re.compile("拟写核查答复")).first).to_be_visible()


def test_without_javascript_and_with_nobody_chosen_it_says_whom_to_choose(plain_page: Page, left: World) -> None:
    sign_in(plain_page, "head")
    plain_page.goto(f"/handover/{left['clerk'].uid}")
    plain_page.get_by_role("checkbox").uncheck()
    plain_page.get_by_role("button", name="移交草稿").click()
    expect(plain_page.get_by_role("heading", level=1)).to_contain_text("离岗移交")
    expect(plain_page.locator("fieldset.has-error")).to_have_count(1)

"""文书成文 in a real browser: failures and their 重试, drafts signed together, without JavaScript too."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from app.extensions import Installation
from tests.browser.support.checks import expect_good_page
from tests.browser.support.entering import sign_in
from tests.browser.support.hand import Hand
from tests.support.waiting_sheets import drafted, fail, signed
from tests.support.web_world import world_on
from tests.support.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    return world_on(site, clock)


def test_a_failed_sheet_is_made_again_in_two_presses(page: Page, site: Flask, world: World) -> None:
    """Documents 8: the board is in the navigation, the reason beside the notice, 重试 beside the reason."""
    own = site.extensions["zhengcheng"]
    assert isinstance(own, Installation)
    signed(world, 2)
    fail(own)
    sign_in(page, "officer")
    hand = Hand()
    hand.press(page.get_by_role("navigation", name="主导航").get_by_role("link", name="文书成文"))
    expect(page.get_by_role("progressbar")).to_have_attribute("max", "2")
    expect_good_page(page)
    hand.press(page.get_by_role("button", name="全部重试"))
    assert hand.presses == 2
    expect(page.get_by_role("status").first).to_have_text("已重新生成2件文书，文号不变。")
    assert world.seal() == 2
    page.goto("/sheets")
    expect(page.get_by_text("已签发的文书全部成文。")).to_be_visible()
    expect_good_page(page)


def test_drafts_are_read_and_signed_together_without_javascript(plain_page: Page, world: World) -> None:
    """Interface 8: each text is opened on the page where its box is ticked."""
    first, second = drafted(world)
    sign_in(plain_page, "approver")
    plain_page.goto("/sheets/signing")
    for notice in (first, second):
        draft = plain_page.locator(".draft", has=plain_page.locator(f'input[value="{notice.uid}"]'))
        draft.get_by_text("阅看正文").click()
        expect(draft.get_by_text("现予督办")).to_be_visible()
        draft.get_by_role("checkbox").check()
    plain_page.get_by_role("button", name="签发选定的文书").click()
    expect(plain_page.get_by_text("已签发2件，正在编号、生成文书。")).to_be_visible()
    assert {world.state(first.uid), world.state(second.uid)} == {"sealing"}


def test_the_page_of_drafts_is_a_good_page(page: Page, world: World) -> None:
    drafted(world)
    sign_in(page, "approver")
    page.goto("/sheets/signing")
    expect_good_page(page)

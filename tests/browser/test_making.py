"""A file that takes a while, in a real browser: the page says that it is being made, and when it is there."""

import re
import threading
from collections.abc import Iterator

import pytest
from flask import Flask, request
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from tests.browser.support.checks import expect_good_page
from tests.browser.support.entering import sign_in
from tests.support.web_world import world_on
from tests.support.world import World

pytestmark = pytest.mark.browser
#: Seconds after which an answer that nobody released is given all the same, so that a failed test ends.
_PATIENCE = 60


@pytest.fixture
def held(site: Flask) -> Iterator[threading.Event]:
    """Exports of the desk are answered when this is set."""
    released = threading.Event()

    @site.before_request
    def wait() -> None:
        if request.endpoint == "inbox.export":
            released.wait(_PATIENCE)

    yield released
    released.set()


@pytest.fixture
def world(site: Flask, held: threading.Event, clock: MovableClock) -> World:
    made = world_on(site, clock)
    made.objection_in("submitted", made.record_in("listed"))
    return made


def test_a_file_in_the_making_shows_and_says_when_it_is_there(page: Page, world: World, held: threading.Event) -> None:
    """interface 1: what takes longer than two seconds shows that it goes on; a second press asks for no second file."""
    sign_in(page, "officer")
    page.goto("/desk")
    button = page.get_by_role("button", name="导出Excel")
    told = page.locator("#making")
    expect(told).to_have_text("")
    with page.expect_download() as download:
        button.click()
        expect(page.get_by_role("progressbar", name="正在生成文件")).to_be_visible()
        expect(button).to_be_disabled()
        expect(told).to_have_text(re.compile("^正在生成文件，已用时[2-9]秒，请勿离开本页$"))
        expect_good_page(page, first_tab=False)
        held.set()
    expect(told).to_have_text("文件已生成，请在浏览器的下载列表中查看")
    assert download.value.path().read_bytes().startswith(b"PK")
    assert download.value.suggested_filename.startswith("工作台")
    expect(button).to_be_enabled()
    expect_good_page(page, first_tab=False)
    with page.expect_download() as again:
        button.click()
    assert again.value.path().stat().st_size > 0
    expect(told).to_have_text("文件已生成，请在浏览器的下载列表中查看")


def test_a_refusal_shows_as_the_page_that_it_is(page: Page, world: World, held: threading.Event) -> None:
    """The session was over: the page of signing in comes, not a file that holds it."""
    held.set()
    sign_in(page, "officer")
    page.goto("/desk")
    page.context.clear_cookies()
    page.get_by_role("button", name="导出Excel").click()
    expect(page.get_by_label("密码")).to_be_visible()


def test_without_javascript_the_file_comes_all_the_same(plain_page: Page, world: World, held: threading.Event) -> None:
    held.set()
    sign_in(plain_page, "officer")
    plain_page.goto("/desk")
    with plain_page.expect_download() as download:
        plain_page.get_by_role("button", name="导出Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")

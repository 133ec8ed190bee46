"""批量导入 in a browser: each of its pages is a good page, wide, at 320 px and without JavaScript."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from tests.browser.support.checks import expect_good_page
from tests.support.importing import HEADINGS, row_of, run
from tests.support.web_world import PASSWORD, world_on
from tests.support.workbooks import xlsx_with
from tests.support.world import World

pytestmark = pytest.mark.browser
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT = xlsx_with([*HEADINGS, "内部备注"], row_of(1), row_of(2, 文书日期="2026-02-30"), row_of(3, 失信程度=""))


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    return world_on(site, clock)


def enter(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("#f-login", "clerk")
    page.fill("#f-password", PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()


def upload(page: Page) -> None:
    page.goto("/imports/new/records")
    page.set_input_files("#f-table", {"name": "记录.xlsx", "mimeType": XLSX, "buffer": CONTENT})
    page.get_by_role("button", name="上传并校验").click()
    expect(page.get_by_text("正在校验")).to_have_count(2)


def test_every_page_of_an_import_is_good(page: Page, world: World) -> None:
    """Issue 4.6: the progress loads the report by itself; axe finds nothing on the way."""
    enter(page)
    for path in ("/imports", "/imports/new/penalties", "/records/new"):
        page.goto(path)
        expect_good_page(page)
    upload(page)
    run(world)
    expect(page.get_by_role("heading", name="有问题的行")).to_be_visible()
    expect_good_page(page)
    page.get_by_role("button", name="只导入无误的2行").click()
    expect(page.get_by_text("正在导入：已完成0行，共2行")).to_be_visible()
    run(world)
    expect(page.get_by_role("heading", name="导入的草稿")).to_be_visible()
    expect_good_page(page)
    page.goto("/imports")
    expect_good_page(page)


def test_an_import_needs_no_javascript(plain_page: Page, world: World) -> None:
    enter(plain_page)
    upload(plain_page)
    run(world)
    plain_page.get_by_role("link", name="刷新进度").click()
    plain_page.get_by_role("button", name="只导入无误的2行").click()
    run(world)
    plain_page.get_by_role("link", name="刷新进度").click()
    expect(plain_page.get_by_text("已导入2行，1行有误未导入。")).to_be_visible()

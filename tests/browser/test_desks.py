"""记录登记, 规则, 审计 and 人员与单位 in a real browser: presses counted, axe, 320 px, without JavaScript."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from app.models.kinds import Record
from app.services.founding import NewPerson, found_person
from tests.browser.support.checks import expect_good_page
from tests.browser.support.clicks import counted
from tests.browser.support.entering import sign_in
from tests.browser.support.hand import Hand
from tests.support.web_world import PASSWORD, world_on
from tests.support.world import World
from workflows.roles import Post

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    """The district with an auditor and a system administrator."""
    made = world_on(site, clock)
    own = site.extensions["zhengcheng"]
    with own.database.write() as session:
        for login, post in (("auditor", Post.AUDITOR), ("sysadmin", Post.SYSADMIN)):
            user = found_person(session, NewPerson(login, "许测试", made.organs.office, (post,)))
            user.password_hash = own.passwords.hasher.hash(PASSWORD)
    return made


@pytest.fixture
def late(world: World) -> World:
    """Two answers that are overdue, of one record."""
    record = world.record_in("listed")
    first = world.objection_in("verifying", record)
    dispute = [{"field": "severity", "ground": "错误", "wanted": "轻微"}]
    world.objection_in("verifying", record, fields=dispute, reason="程度认定过重。")
    due = world.terms(first)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    return world


def write_record(page: Page) -> None:
    page.get_by_role("group", name="来源文书类型").get_by_label("纪律处分").check()
    page.get_by_label("文书编号").fill("示处〔2026〕8号")
    page.get_by_label("文书日期").fill("2026-06-01")
    page.get_by_label("作出机关").fill("示例乙局")
    page.get_by_label("生效日期").fill("2026-06-01")
    page.get_by_label("失信行为", exact=True).select_option("B33")
    page.get_by_role("textbox", name="事实", exact=True).fill("未按承诺的期限办结。")
    page.get_by_label("行为终止日期").fill("2026-05-01")
    page.get_by_role("group", name="失信程度").get_by_label("一般").check()
    page.get_by_label("经核对，不存在免责容错情形").check()
    page.get_by_label("确认不含国家秘密和工作秘密").check()


def test_a_clerk_registers_a_record_and_sees_its_terms_while_writing(page: Page, world: World) -> None:
    """interface 4: found by pinyin; retention follows the date that is typed."""
    sign_in(page, "clerk")
    page.goto("/records/new")
    expect_good_page(page)
    page.get_by_label("姓名、单位名称、拼音或者代码").fill("wangceshi")
    expect(page.get_by_role("region", name="查找结果").get_by_role("link", name="王测试")).to_be_visible()
    page.get_by_role("button", name="查找").click()
    expect_good_page(page)
    page.get_by_role("link", name="王测试").click()
    expect_good_page(page)
    expect(page.get_by_role("region", name="期限预览")).to_contain_text("今日报送的，自报送之日起")
    write_record(page)
    expect(page.get_by_role("region", name="期限预览")).to_contain_text("2031年5月1日")
    page.get_by_role("button", name="提交审签").click()
    expect(page.get_by_role("status")).to_contain_text("已提交单位负责人审签")
    assert world.rows(Record)[0].state == "head_review"


def test_without_javascript_the_same_form_registers(plain_page: Page, world: World) -> None:
    sign_in(plain_page, "clerk")
    plain_page.goto("/records/new")
    plain_page.get_by_label("姓名、单位名称、拼音或者代码").fill("wangceshi")
    plain_page.get_by_role("button", name="查找").click()
    plain_page.get_by_role("link", name="王测试").click()
    write_record(plain_page)
    plain_page.get_by_role("button", name="重新计算").click()
    expect(plain_page.get_by_role("region", name="期限预览")).to_contain_text("2031年5月1日")
    plain_page.get_by_role("button", name="提交审签").click()
    expect(plain_page.get_by_role("status")).to_contain_text("已提交单位负责人审签")


def test_what_is_missing_is_said_on_a_good_page(page: Page, world: World) -> None:
    sign_in(page, "clerk")
    page.goto(f"/records/new?subject={world['subject'].uid}")
    page.get_by_role("button", name="提交审签").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("来源文书类型：尚未填写")
    expect_good_page(page, first_tab=False)


def test_an_auditor_verifies_and_exports_in_three_presses(page: Page, late: World) -> None:
    """interface, clicks: auditor checks chain and exports 3."""
    sign_in(page, "auditor")
    hand = Hand()
    hand.press(page.get_by_role("navigation", name="主导航").get_by_role("link", name="审计"))
    expect_good_page(page)
    hand.press(page.get_by_role("button", name="校验审计链"))
    expect(page.get_by_role("status")).to_contain_text("全部相符")
    with page.expect_download() as download:
        hand.press(page.get_by_role("button", name="导出CSV"))
    assert hand.presses == 3
    counted("审计员校验审计链并导出", hand)
    assert download.value.suggested_filename.endswith(".csv")


def test_rules_and_people_are_good_pages(page: Page, world: World) -> None:
    """Terms with basis, grade and 待核; the roster of the system administrator."""
    sign_in(page, "sysadmin")
    page.goto("/rules")
    expect(page.get_by_role("heading", level=1)).to_have_text("示范区：现行规则")
    expect_good_page(page)
    page.goto("/people")
    expect_good_page(page)

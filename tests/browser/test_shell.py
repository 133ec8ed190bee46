"""The frame of every page, signing in, forms and refusals, in a real browser (design: interface, checks)."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from app.extensions import Installation
from app.services.founding import found_calendar, found_rules
from tests.browser.support.checks import expect_good_page
from tests.browser.support.hand import Hand
from tests.browser.support.people import PASSWORD, add_person
from workflows.roles import Post

pytestmark = pytest.mark.browser


@pytest.fixture
def wang(site: Flask, clock: MovableClock) -> str:
    """A clerk of the make-believe district, whose calendar and rules are in force, and her login."""
    own: Installation = site.extensions["zhengcheng"]
    with own.database.write() as session:
        found_calendar(session, clock())
        found_rules(session, "demo", clock())
    add_person(site, "wangceshi", "王测试", {Post.CLERK: "示范区示例局", Post.STAFF: "示范区示例局"})
    return "wangceshi"


def sign_in(page: Page, login: str, password: str = PASSWORD) -> Hand:
    hand = Hand()
    page.goto("/")
    hand.type(page.get_by_label("账号"), login)
    hand.type(page.get_by_label("密码"), password)
    hand.press(page.get_by_role("button", name="登录"))
    return hand


def test_signing_in_takes_one_press_and_shows_who_and_where_one_is(page: Page, wang: str, clock: MovableClock) -> None:
    """Locality and post are visible; the last sign-in is shown, so that misuse is noticed."""
    assert sign_in(page, wang).presses == 1
    bar = page.locator("header")
    expect(bar).to_contain_text("示范区")
    expect(bar).to_contain_text("王测试")
    expect(bar).to_contain_text("示范区示例局 · 信息提供单位经办人、本单位授权人员")
    expect(page.get_by_role("status")).to_have_text("这是您首次登录。")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("status")).to_have_text("您已退出。")
    page.go_back()
    page.goto("/")
    expect(page).to_have_title("登录 - 政诚")
    sign_in(page, wang)
    expect(page.get_by_role("status")).to_have_text("上次登录：2026年9月18日 10:00，来自127.0.0.1。")


def test_the_sign_in_page_is_good(page: Page) -> None:
    page.goto("/sign-in")
    expect_good_page(page)


def test_a_wrong_password_is_answered_with_what_to_do_and_keeps_the_login(page: Page, wang: str) -> None:
    sign_in(page, wang, "falsch-2026")
    expect(page).to_have_title("错误：登录 - 政诚")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("账号或者密码不正确")
    expect(page.get_by_label("账号")).to_have_value(wang)
    expect(page.get_by_label("密码")).to_have_value("")
    expect_good_page(page, first_tab=False)


def test_an_empty_sign_in_names_both_fields(page: Page) -> None:
    sign_in(page, "", "")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("账号：尚未填写")
    alert.get_by_role("link", name="密码：尚未填写").click()
    expect(page.get_by_label("密码")).to_be_focused()


def test_after_signing_in_one_comes_to_the_page_one_wanted_but_never_to_another_host(page: Page, wang: str) -> None:
    page.goto("/sign-in?next=/gallery/parts")
    page.get_by_label("账号").fill(wang)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_title("样张 - 政诚")
    expect_good_page(page)
    for foreign in ("https://example.invalid/", "//example.invalid/", "/\\example.invalid/", "\\\\example.invalid"):
        page.goto(f"/sign-in?next={foreign}")
        expect(page).to_have_title("本单位信用记录 - 政诚")


def test_somebody_without_posts_is_told_whom_to_ask(page: Page, site: Flask) -> None:
    add_person(site, "licishi", "李测试", {})
    sign_in(page, "licishi")
    expect(page.get_by_role("main")).to_contain_text("您目前没有可以办理的事项")
    expect_good_page(page)


def test_the_language_can_be_switched_and_is_kept(page: Page) -> None:
    page.goto("/gallery/parts")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_title("样张 - Zhengcheng")
    assert page.get_attribute("html", "lang") == "en"
    page.goto("/sign-in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect_good_page(page)
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_everything_the_macros_draw_is_good(page: Page) -> None:
    """A term can be explained: clause, first day, each day counted or skipped and why."""
    page.goto("/gallery/parts")
    expect_good_page(page)
    expect(page.locator(".light-late time")).to_have_attribute("datetime", "2026-09-16")
    expect(page.locator(".light-late").first).to_have_text("逾期 2 个工作日 · 2026-09-16 到期")
    expect(page.locator(".strip [aria-current=step]")).to_have_text("核查")
    acts = page.locator(".timeline strong").all_inner_texts()
    assert acts == ["催办", "受理", "提出异议"]
    expect(page.locator(".timeline li").first).to_contain_text("系统 · 2026年9月18日")
    page.get_by_text("逐日明细").first.click()
    expect(page.get_by_role("row", name="2026年9月23日")).to_contain_text("暂停：等待当事人补正")
    expect_good_page(page)


def test_a_form_with_every_kind_of_field_is_good(page: Page) -> None:
    page.goto("/gallery/form")
    expect_good_page(page)


def test_a_refused_form_says_what_where_and_keeps_what_was_typed(page: Page) -> None:
    page.goto("/gallery/form")
    page.get_by_label("联系电话").fill("021-1234")
    page.get_by_label("材料份数").fill("0")
    with page.expect_response("**/gallery/form") as answer:
        page.get_by_role("button", name="提交", exact=True).click()
    assert answer.value.status == 422
    expect(page).to_have_title("错误：提出异议 - 政诚")
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(page.get_by_label("联系电话")).to_have_value("021-1234")
    alert.get_by_role("link", name="材料份数：不得小于1").click()
    expect(page.get_by_label("材料份数")).to_be_focused()
    expect(page.get_by_label("材料份数")).to_have_accessible_description("材料份数：不得小于1")
    expect_good_page(page, first_tab=False)


def fill_in(page: Page) -> None:
    """Fill in the sample form with two disputed fields."""
    page.get_by_label("事实和理由").fill("记载的日期有误。")
    page.get_by_label("联系电话").fill("021-00000000")
    page.get_by_label("知悉日期").fill("2026-09-17")
    page.get_by_label("材料份数").fill("2")
    page.get_by_label("异议项目").fill("行为日期")
    page.get_by_label("错误").first.check()
    page.get_by_role("group", name="是否本人办理").get_by_label("是", exact=True).check()
    page.get_by_role("button", name="再加一项").click()
    second = page.get_by_role("group", name="第2项")
    second.get_by_label("异议项目").fill("处理结果")
    second.get_by_label("遗漏").check()
    page.get_by_role("button", name="提交", exact=True).click()


def test_a_form_with_rows_passes(page: Page) -> None:
    page.goto("/gallery/form")
    fill_in(page)
    expect(page).to_have_title("已提交 - 政诚")


def test_the_same_form_passes_without_javascript(plain_page: Page) -> None:
    plain_page.goto("/gallery/form")
    fill_in(plain_page)
    expect(plain_page).to_have_title("已提交 - 政诚")


def test_enter_in_a_line_submits_the_form_instead_of_adding_a_row(page: Page) -> None:
    page.goto("/gallery/form")
    page.get_by_label("联系电话").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("联系电话：尚未填写")
    expect(page.get_by_role("group", name="第2项")).to_have_count(0)


REFUSALS = {
    "stale": ("本事项已有变动，未能办理", "已由李测试办理", 409),
    "unmet": ("未能办理，请先处理以下问题", "最早可于2027年3月18日办理", 422),
    "403": ("您不能办理这一事项", "请联系系统管理员", 403),
    "404": ("未找到您要查看的内容", "请核对网址或者文号", 404),
    "413": ("文件过大，未能上传", "单个文件不得超过20MB", 413),
    "crash": ("系统出现意外错误", "告知系统管理员", 500),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals_say_what_is_wrong_and_what_to_do(page: Page, name: str) -> None:
    heading, words, status = REFUSALS[name]
    answer = page.goto(f"/gallery/refusal/{name}")
    assert answer is not None
    assert answer.status == status
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.get_by_role("main")).to_contain_text(words)
    assert page.title().startswith("错误：")
    assert "王测试" not in page.content()
    expect_good_page(page)


def test_a_lost_session_gives_the_text_back(page: Page) -> None:
    page.goto("/gallery/form")
    page.get_by_label("事实和理由").fill("写了很久的一段理由。")
    page.context.clear_cookies()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("页面已过期，内容未提交")
    expect(page.get_by_label("第1段")).to_have_value("写了很久的一段理由。")
    expect_good_page(page, first_tab=False)


def test_print_leaves_out_what_paper_cannot_use(page: Page) -> None:
    page.goto("/gallery/parts")
    page.emulate_media(media="print")
    expect(page.locator("header.bar")).to_be_hidden()
    expect(page.get_by_role("main")).to_be_visible()

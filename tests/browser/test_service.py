"""送达台账, 送达, 发文登记簿 and 送达地址确认书 in a real browser: presses counted, axe, 320 px, without JavaScript."""

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect

from app.clock import MovableClock
from tests.browser.support.checks import expect_good_page
from tests.browser.support.entering import sign_in
from tests.browser.support.hand import Hand
from tests.support import uploads
from tests.support.serving import by_post, handed_over
from tests.support.web_world import world_on
from tests.support.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    return world_on(site, clock)


@pytest.fixture
def serving(world: World) -> dict[str, str]:
    """告知书 to somebody who takes nothing electronically, one in each group of the board."""
    found = {}
    for place, group in enumerate(("issued", "dispatched", "undeliverable", "announced", "served"), 1):
        record = world.record_in("noticing", "offline", source_number=f"示处〔2026〕{place}号")
        found[group] = world.notices(record, "record_notice")[0].uid
    for group in ("dispatched", "undeliverable", "announced"):
        world.take("officer", "dispatch", found[group], **by_post(world))
    for group in ("undeliverable", "announced"):
        world.take("officer", "fail", found[group], reason="原址查无此人，邮件退回")
    announced = {"posted_on": world.today.isoformat(), "place": "区政府门户网站", "reason": "邮寄未成，下落不明"}
    world.take("approver", "announce", found["announced"], **announced)
    world.take("officer", "dispatch", found["served"], method="直接送达")
    world.take("officer", "confirm_service", found["served"], **handed_over(world.today, "何测试"))
    return found


def test_every_group_of_the_board_is_a_good_page(page: Page, serving: dict[str, str]) -> None:
    """R142: 送达台账, also empty and filtered."""
    sign_in(page, "officer")
    for group in ("to_send", "on_the_way", "failed", "announced", "served"):
        page.goto(f"/service?group={group}")
        expect(page.locator("table tbody tr")).to_have_count(1)
        expect_good_page(page)
    page.goto("/service?group=served&words=x")
    expect_good_page(page)


def test_sending_takes_two_presses_and_registering_four(page: Page, world: World, serving: dict[str, str]) -> None:
    """interface, clicks: from home; typing is free, the receipt is one press."""
    sign_in(page, "officer")
    hand = Hand()
    hand.press(page.get_by_role("navigation", name="主导航").get_by_role("link", name="送达台账"))
    hand.press(page.get_by_role("button", name="直接送达"))
    assert (hand.presses, world.state(serving["issued"])) == (2, "dispatched")
    page.goto("/service?group=on_the_way&words=1%E5%8F%B7")
    page.get_by_role("link", name="登记送达：").first.click()
    expect_good_page(page)


def test_a_service_is_registered_without_script(
    plain_page: Page, address: str, world: World, serving: dict[str, str]
) -> None:
    """R142: the form of one method, a file, no JavaScript."""
    world.take("officer", "dispatch", serving["issued"], method="直接送达")
    receipt = FilePayload(name="送达回证.png", mimeType="image/png", buffer=uploads.png())
    sign_in(plain_page, "officer")
    plain_page.goto(f"/cases/{serving['issued']}")
    form = plain_page.get_by_role("region", name="登记送达：直接送达")
    form.get_by_label("送达日期").fill(world.today.isoformat())
    form.get_by_label("送达时刻").fill("15:30")
    form.get_by_label("送达地点").fill("示例甲局201室")
    form.get_by_label("受送达人本人").check()
    form.get_by_label("签收人", exact=False).first.fill("何测试")
    form.get_by_label("选择文件").set_input_files(receipt)
    form.get_by_role("button").last.click()
    expect(plain_page.get_by_role("status")).to_contain_text("已办理：登记送达")
    assert world.state(serving["issued"]) == "served"


@pytest.mark.parametrize("group", ["issued", "dispatched", "undeliverable", "announced", "served"])
def test_a_notice_is_a_good_page_in_every_stage_of_its_service(page: Page, serving: dict[str, str], group: str) -> None:
    """R142: the forms of each method; the approver sees the text of the announcement."""
    sign_in(page, "approver" if group in ("undeliverable", "announced") else "officer")
    page.goto(f"/cases/{serving[group]}")
    for form in page.locator("details.act").all():
        form.evaluate("form => { form.open = true }")
    expect_good_page(page, first_tab=False)


def test_what_is_missing_is_summed_up_on_a_good_page(page: Page, serving: dict[str, str]) -> None:
    """interface, patterns: the summary has the focus, the words stand at the field too."""
    sign_in(page, "officer")
    page.goto(f"/cases/{serving['dispatched']}")
    page.get_by_role("region", name="登记送达：邮寄送达").get_by_role("button").last.click()
    expect(page.get_by_role("alert")).to_contain_text("邮件回执编号：邮寄送达应当填写本项")
    expect_good_page(page, first_tab=False)


def test_the_register_is_a_good_page(page: Page, world: World, serving: dict[str, str]) -> None:
    """R141: 发文登记簿 with a number that is voided, with filters, empty, and with a wrong period."""
    record = world.record_in("listed", source_number="示处〔2026〕9号")
    objection = world.objection_in("submitted", record)
    receipt = world.notices(objection, "objection_receipt")[0].uid
    world.take("approver", "void", receipt, reason="文书内容有误")
    sign_in(page, "officer")
    page.goto("/register?year=2026")
    expect(page.get_by_text("2026年度编号连续")).to_be_visible()
    page.locator("details summary").first.click()
    expect_good_page(page)
    page.goto("/register?status=voided")
    expect(page.locator("main > table tbody tr")).to_have_count(1)
    page.goto("/register?words=x")
    expect_good_page(page)
    page.goto("/register?from_on=2026-09-02&until_on=2026-09-01")
    expect_good_page(page, first_tab=False)


def test_an_address_is_confirmed_on_a_good_page(page: Page, world: World, serving: dict[str, str]) -> None:
    """R142: by oneself, and by the office from paper."""
    sign_in(page, "offline")
    page.get_by_role("link", name="送达地址确认书").click()
    expect_good_page(page)
    page.get_by_role("button", name="签署确认书").click()
    expect(page.get_by_role("alert")).to_contain_text("纸质文书的送达方式")
    page.get_by_label("邮寄送达").check()
    page.get_by_label("送达地址", exact=False).first.fill("示范路1号201室")
    page.get_by_label("联系电话").fill("010-55550100")
    page.get_by_role("button", name="签署确认书").click()
    expect(page.get_by_role("status")).to_contain_text("已登记")
    page.context.clear_cookies()
    sign_in(page, "officer")
    page.goto(f"/service-address/{serving['issued']}")
    expect_good_page(page)

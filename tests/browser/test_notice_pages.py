"""样张, 改稿 and 表格下载 in a real browser: what a signer sees, axe, 320 px, without JavaScript (R142; issue 3)."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from tests.browser.support.checks import expect_good_page
from tests.browser.support.entering import sign_in
from tests.support.web_world import world_on
from tests.support.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    return world_on(site, clock)


def test_the_approver_reads_what_he_signs(page: Page, world: World) -> None:
    """R142: the notices stand open on the form; another wording is previewed with one press and kept as typed."""
    objection = world.objection_in("answered")
    form = {"reasons": "事实清楚，依据充分"}
    world.take("officer", "propose", objection, step="decide", form=form, opinion="拟同意")
    sign_in(page, "approver")
    page.goto(f"/cases/{objection}")
    expect(page.locator("details.specimen[open]").first).to_contain_text("事实清楚，依据充分")
    expect_good_page(page)
    page.get_by_text("修改决定内容").click()
    page.get_by_label("审定理由").or_(page.locator("[name='decide-reasons']")).first.fill("损失没有凭证，失信程度适当")
    page.locator("[name='decide-departure_reason']").fill("补充理由")
    page.get_by_role("button", name="预览文书").first.click()
    expect(page.locator("details.specimen[open]").first).to_contain_text("损失没有凭证，失信程度适当")
    assert page.locator("[name='decide-reasons']").input_value() == "损失没有凭证，失信程度适当"
    assert world.state(objection) == "answered"


def test_the_signer_sees_what_was_edited(page: Page, world: World) -> None:
    """R142: differences by sign and line, not by colour alone."""
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    notice = next(item for item in world.notices(objection, "supervision") if item.state == "drafted")
    edits = {"added_text": "请一并报送台账。", "reason": "该事项群众反映强烈", "contact_person": "甲测试"}
    world.take("officer", "edit", notice.uid, **edits)
    sign_in(page, "approver")
    page.goto(f"/cases/{notice.uid}")
    expect(page.locator("#act-sign .differences ins").filter(has_text="请一并报送台账。")).to_be_visible()
    expect(page.get_by_role("link", name="查看样张文件").first).to_be_visible()
    expect_good_page(page)


def test_everybody_finds_the_forms(plain_page: Page, page: Page, world: World) -> None:
    """R48: from the foot of every page, signed out and without JavaScript."""
    plain_page.goto("/sign-in")
    plain_page.get_by_role("link", name="表格下载").click()
    expect(plain_page.get_by_role("link", name="异议申请书")).to_be_visible()
    page.goto("/forms")
    expect_good_page(page)

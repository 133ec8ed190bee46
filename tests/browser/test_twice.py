"""Pressed twice, or sent once more from the page before: nothing happens twice, and one is told kindly (issue 4, 9)."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from app.models.history import DraftRow
from tests.support.web_world import PASSWORD, world_on
from tests.support.world import World

pytestmark = pytest.mark.browser

REASON = "记载的损失与事实不符。"


def enter(page: Page, login: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def write_objection(page: Page, record: str) -> None:
    page.goto(f"/credit/records/{record}/objection?field=facts")
    page.get_by_role("group", name="事实").get_by_label("错误").check()
    page.get_by_label("事实与理由").fill(REASON)


def test_an_application_and_its_draft_are_taken_once(site: Flask, page: Page, clock: MovableClock) -> None:
    """R33: a double click on 保存草稿 and on 提交; then 后退 and 提交 once more."""
    world = world_on(site, clock)
    record = world.record_in("listed")
    enter(page, "subject")
    write_objection(page, record)
    page.get_by_role("button", name="保存草稿").dblclick()
    expect(page.get_by_role("status")).to_contain_text("草稿已保存")
    assert len(world.rows(DraftRow)) == 1
    page.get_by_role("button", name="提交", exact=True).dblclick()
    expect(page.get_by_role("status").last).to_contain_text("示信异〔2026〕1号")
    assert len(world.children(record, "objection")) == 1
    assert world.rows(DraftRow) == []

    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("提出异议")
    if page.get_by_label("事实与理由").input_value() == REASON:
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.get_by_role("status").first).to_have_text("本申请此前已经提交，没有重复提交。")
    else:
        expect(page.get_by_role("main")).to_contain_text("本记录已有正在办理的异议：示信异〔2026〕1号。异议项：事实")
    assert len(world.children(record, "objection")) == 1
    assert world.rows(DraftRow) == []


def test_a_batch_and_a_reminder_are_taken_once(site: Flask, page: Page, clock: MovableClock) -> None:
    """R34: a double click on 批量受理 and on 催办; then 后退 and once more."""
    world = world_on(site, clock)
    record = world.record_in("listed")
    late = world.objection_in("verifying", record)
    due = world.terms(late)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    new = [_filed(world, record, field) for field in ("severity", "behaviour")]
    enter(page, "officer")
    page.goto("/desk?kind=objection")
    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="批量受理").dblclick()
    expect(page.get_by_role("status")).to_contain_text("已办理2件")
    expect(page.get_by_role("status")).not_to_contain_text("未办理")
    assert [world.steps(uid).count("accept") for uid in new] == [1, 1]

    page.goto("/oversight")
    page.get_by_role("button", name="催办选定的逾期事项").dblclick()
    expect(page.get_by_role("status")).to_contain_text("已催办3件")
    assert world.steps(late).count("remind") == 1
    page.go_back()
    page.get_by_role("button", name="催办选定的逾期事项").click()
    expect(page.get_by_role("status")).to_have_text("没有选定可以催办的事项。请先勾选逾期的事项。")
    assert world.steps(late).count("remind") == 1


def _filed(world: World, record: str, field: str) -> str:
    fields = [{"field": field, "ground": "错误", "wanted": "-"}]
    return world.open("subject", "objection", "submit", record, fields=fields, reason=field).uid

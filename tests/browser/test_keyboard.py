"""Keyboard alone: an objection is filed and approved; a refused form leads to its fault (WCAG 2.2 AA; R33, R36)."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from tests.browser.support.keys import Keys
from tests.support.web_world import PASSWORD, world_on
from tests.support.world import World

pytestmark = pytest.mark.browser

REASON = "记载的损失与事实不符。"


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    return world_on(site, clock)


def enter(page: Page, login: str) -> Keys:
    """Sign in by keyboard."""
    page.context.clear_cookies()
    page.goto("/sign-in")
    keys = Keys(page)
    keys.to("账号")
    keys.type(login)
    keys.to("密码")
    keys.type(PASSWORD)
    keys.leave("Enter")
    return keys


def test_an_objection_is_filed_and_decided_without_a_mouse(page: Page, world: World) -> None:
    """R33, R36: every press is a key; the focus is always seen and never lost."""
    record = world.record_in("listed")
    keys = enter(page, "subject")
    keys.to("提出异议：事实")
    keys.leave("Enter")
    keys.to("错误", "异议事由")
    keys.press("Space", "ArrowRight", "ArrowLeft")
    expect(page.get_by_role("group", name="事实").get_by_label("错误")).to_be_checked()
    keys.to("事实与理由")
    keys.type(REASON)
    keys.to("提交")
    keys.leave("Enter")
    expect(page.get_by_role("status")).to_contain_text("已提交")
    objection = world.children(record, "objection")[0]
    assert (objection.reason, objection.fields[0]["ground"]) == (REASON, "error")

    decided = world.objection_in("answered")
    world.take("officer", "propose", decided, step="decide", form={"reasons": "异议成立。"}, opinion="拟同意")
    number = world.case(decided).number
    keys = enter(page, "approver")
    keys.to(f"办理：{number}")
    keys.leave("Enter")
    keys.to("同意，审定")
    keys.leave("Space")
    expect(page.get_by_role("heading", name="已办理：审定")).to_be_visible()
    keys.to("办理下一件")
    assert world.state(decided) == "decided"


@dataclass(frozen=True)
class Kind:
    """A kind of form: who fills it in, where (made in the world), what he types where, and what he presses."""

    who: str
    where: Callable[[World], str]
    button: str
    field: str = ""
    typed: str = REASON
    opens: str = ""


def _for_approval(world: World) -> str:
    """A decision on which something else is to be decided, without a reason for departing from what was proposed."""
    uid = world.objection_in("answered")
    world.take("officer", "propose", uid, step="decide", form={"reasons": "异议成立。"}, opinion="拟同意")
    return f"/cases/{uid}"


KINDS = {
    "objection": Kind(
        "subject", lambda w: f"/credit/records/{w.record_in('listed')}/objection?field=facts", "提交", "reason"
    ),
    "repair": Kind(
        "subject", lambda w: f"/credit/records/{w.record_in('listed', severity='minor')}/repair", "提交",
        "corrected_on", "2026-09-30",
    ),
    "exemption": Kind(
        "subject", lambda w: f"/credit/records/{w.record_in('statement_open')}/exemption", "提交", "decision_procedure"
    ),
    "statement": Kind("subject", lambda w: f"/credit/records/{w.record_in('statement_open')}/statement", "提交"),
    "answer": Kind(
        "clerk", lambda w: f"/cases/{w.objection_in('verifying')}", "拟定核查意见", "draft_answer-explanation"
    ),
    "approval": Kind("approver", _for_approval, "同意，审定", "decide-reasons", opens="不同意，修改决定内容"),
    "registration": Kind("clerk", lambda w: f"/records/new?subject={w['subject'].uid}", "提交审签", "facts"),
}  # fmt: skip


def test_a_refused_form_of_each_kind_leads_to_its_fault(page: Page, world: World) -> None:
    """interface, patterns: 422, title, summary with the focus, the same words beside the field, what was typed kept."""
    places = {name: kind.where(world) for name, kind in KINDS.items()}
    keys, at_it = Keys(page), ""
    for name, kind in sorted(KINDS.items(), key=lambda item: item[1].who):
        if kind.who != at_it:
            keys, at_it = enter(page, kind.who), kind.who
        page.goto(places[name])
        if kind.opens:
            page.get_by_text(kind.opens).click()
        if kind.field:
            page.locator(f"[name='{kind.field}']").fill(kind.typed)
        keys.to(kind.button)
        with page.expect_response(lambda answer: answer.request.is_navigation_request()) as refused:
            keys.leave("Enter")
        assert refused.value.status == 422, name
        assert page.title().startswith("错误："), name
        alert = page.get_by_role("alert")
        expect(alert).to_be_focused()
        if kind.field:
            expect(page.locator(f"[name='{kind.field}']")).to_have_value(kind.typed)
        link = alert.get_by_role("link").first
        words, goal = link.inner_text(), (link.get_attribute("href") or "").removeprefix("#")
        keys.press("Tab")
        expect(link).to_be_focused()
        keys.press("Enter")
        expect(page.locator(f"[id='{goal}']")).to_be_focused()
        beside = page.locator(f"[id='{goal}-error']").inner_text()
        assert words.endswith(beside), (name, words, beside)

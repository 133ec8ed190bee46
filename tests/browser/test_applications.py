"""Filing from one's own credit record in a real browser: presses counted, files, drafts, without JavaScript."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from app.models.history import Attachment
from tests.browser.support.checks import expect_good_page
from tests.browser.support.clicks import counted
from tests.browser.support.entering import sign_in
from tests.browser.support.hand import Hand
from tests.support import uploads
from tests.support.web_world import world_on
from tests.support.world import World

pytestmark = pytest.mark.browser

REASON = "记载的损失与事实不符，有兑付凭证为证。"


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    return world_on(site, clock)


@pytest.fixture
def record(world: World) -> str:
    """A listed record about 王测试."""
    return world.record_in("listed")


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    kept = tmp_path / "proof.pdf"
    kept.write_bytes(uploads.PDF)
    return kept


def test_a_civil_servant_objects_in_three_presses(page: Page, world: World, record: str) -> None:
    """interface, clicks: 提出异议 beside the disputed field ticks it; ground; 提交. R33."""
    sign_in(page, "subject")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的信用记录")
    hand = Hand()
    hand.press(page.get_by_role("link", name="提出异议：事实"))
    expect(page.locator("#f-field-facts")).to_be_checked()
    hand.press(page.get_by_role("group", name="事实").get_by_label("错误"))
    hand.type(page.get_by_label("事实与理由"), REASON)
    hand.press(page.get_by_role("button", name="提交", exact=True))
    assert hand.presses == 3
    expect(page.get_by_role("status")).to_contain_text("示信异〔2026〕1号")
    expect(page.get_by_role("main")).to_contain_text("由信用管理部门经办人办理")
    assert world.children(record, "objection")[0].reason == REASON


def test_with_a_file_it_takes_no_more_than_five(page: Page, world: World, record: str, proof: Path) -> None:
    sign_in(page, "subject")
    hand = Hand()
    hand.press(page.get_by_role("link", name="提出异议：事实"))
    hand.press(page.get_by_role("group", name="事实").get_by_label("错误"))
    hand.type(page.get_by_label("事实与理由"), REASON)
    hand.attach(page.get_by_label("选择文件"), [proof])
    hand.press(page.get_by_role("button", name="提交", exact=True))
    assert hand.presses <= 5
    counted("当事人提出异议，附一个文件", hand)
    expect(page.get_by_role("status")).to_contain_text("已提交")
    assert [row.name for row in world.rows(Attachment)] == ["proof.pdf"]


def test_a_repair_is_applied_for_in_three_presses(page: Page, world: World, record: str) -> None:
    """interface, clicks: 申请修复, the commitment, 提交. R49."""
    due = world.terms(record)["record.publication_min"].due_on
    assert due is not None
    world.go(due + timedelta(days=1))
    sign_in(page, "subject")
    hand = Hand()
    hand.press(page.get_by_role("link", name="申请修复"))
    expect_good_page(page)
    hand.press(page.get_by_label("已签署信用承诺书", exact=True))
    hand.type(page.get_by_label("纠正失信行为、履行义务的情况"), "承诺事项已全部兑现。")
    hand.press(page.get_by_role("button", name="提交", exact=True))
    assert hand.presses == 3
    counted("材料齐全时申请修复", hand)
    expect(page.get_by_role("status")).to_contain_text("示信修〔2027〕1号")
    expect_good_page(page)


def test_the_home_and_the_form_are_good_pages(page: Page, world: World, record: str) -> None:
    """axe, 320 px, first Tab; an act that is not possible yet is greyed with its day."""
    world.objection_in("submitted", record)
    sign_in(page, "subject")
    expect(page.get_by_role("group", name="申请修复（现在不能办理）")).to_contain_text("最早可于2027年1月7日办理")
    expect_good_page(page)
    page.get_by_role("link", name="提出异议：失信程度").click()
    expect_good_page(page)


def test_a_refused_form_keeps_text_and_file_and_leads_to_the_field(
    page: Page, world: World, record: str, proof: Path
) -> None:
    """422: the summary has the focus, its link leads to the first ground, text and file are still there."""
    sign_in(page, "subject")
    page.goto(f"/credit/records/{record}/objection?field=facts")
    page.get_by_label("事实与理由").fill(REASON)
    page.get_by_label("选择文件").set_input_files([proof])
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page).to_have_title("错误：提出异议 - 政诚")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("事实与理由")).to_have_value(REASON)
    expect(page.get_by_label("proof.pdf")).to_be_checked()
    expect_good_page(page, first_tab=False)
    page.get_by_role("alert").get_by_role("link", name="事实——异议事由：尚未选择").click()
    expect(page.locator("#f-ground-facts")).to_be_focused()


def test_a_disguised_file_is_refused_in_chinese(page: Page, world: World, record: str, tmp_path: Path) -> None:
    """trust 1.10: a program that calls itself a PDF."""
    disguised = tmp_path / "disguised.pdf"
    disguised.write_bytes(b"MZ\x90\x00" + b"\0" * 200)
    sign_in(page, "subject")
    page.goto(f"/credit/records/{record}/objection?field=facts")
    page.get_by_role("group", name="事实").get_by_label("错误").check()
    page.get_by_label("事实与理由").fill(REASON)
    page.get_by_label("选择文件").set_input_files([disguised])
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("附件“disguised.pdf”")
    expect(page.get_by_role("alert")).to_contain_text("Windows 程序")
    expect(page.get_by_label("事实与理由")).to_have_value(REASON)
    assert world.rows(Attachment) == []


def test_without_javascript_one_objects_to_a_second_field_as_well(plain_page: Page, world: World, record: str) -> None:
    """Every act is a real form: the other fields open, tick and file without a script."""
    sign_in(plain_page, "subject")
    plain_page.get_by_role("link", name="提出异议：事实").click()
    plain_page.get_by_role("group", name="事实").get_by_label("错误").check()
    plain_page.get_by_text("对其他项提出异议").click()
    severity = plain_page.get_by_role("group", name="失信程度")
    severity.get_by_label("对本项提出异议").check()
    severity.get_by_label("不应记录").check()
    severity.get_by_label("请求更正为").fill("轻微")
    plain_page.get_by_label("事实与理由").fill(REASON)
    plain_page.get_by_role("button", name="提交", exact=True).click()
    expect(plain_page.get_by_role("status")).to_contain_text("已提交")
    assert [item["field"] for item in world.children(record, "objection")[0].fields] == ["facts", "severity"]


def test_somebody_elses_record_is_not_found(page: Page, record: str) -> None:
    """404, whether it exists or not."""
    sign_in(page, "offline")
    answer = page.goto(f"/credit/records/{record}/objection")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("未找到您要查看的内容")

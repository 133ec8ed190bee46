"""The main job in a real browser, with real PDFs: an objection and a repair from the first act to the letter.

R33–R37 (objection), R48–R52 (repair), R141 (letters). Presses are counted from each person's own first page.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from app import create_app
from app.clock import MovableClock
from app.database import migrate
from app.jobs.rounds import Rounds
from app.models.base import db
from app.services.seal_authority import ensure_authority
from app.web.presentation import legal_date
from tests.browser.support.checks import expect_good_page
from tests.browser.support.clicks import counted
from tests.browser.support.hand import Hand
from tests.support.application import settings_for
from tests.support.web_world import PASSWORD, world_on
from tests.support.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path: Path, clock: MovableClock) -> Iterator[Flask]:
    """The application as it is installed: it makes real PDFs."""
    url = f"sqlite:///{tmp_path / 'site.sqlite'}"
    migrate(url)
    settings = replace(settings_for(url, tmp_path / "kept"), database_purpose="demo", renderer="pdf")
    made = create_app(settings, clock)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> Iterator[World]:
    """The district, whose notices are made by the jobs of the application."""
    founded, own = world_on(site, clock), site.extensions["zhengcheng"]
    assert ensure_authority(own.database, own.seals, clock())
    rounds = Rounds(own)

    def seal() -> int:
        rounds.drain()
        left = [row.error for row in founded.outbox() if row.status != "done"]
        assert left == []
        return 0

    founded.seal = seal  # type: ignore[method-assign]
    yield founded
    rounds.close()


def enter(page: Page, who: str) -> Hand:
    """Sign in as somebody else; the hand begins to count on his own first page."""
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("账号").fill(who)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    return Hand()


def read_pdf(page: Page, title: str) -> str:
    """The text of a document of the case on the page, read back from its PDF, without blanks and page breaks."""
    link = page.locator("#history").get_by_role("link", name=f"《{title}》")
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"
    return "".join("".join(part.extract_text().split()) for part in PdfReader(io.BytesIO(answer.body())).pages)


def object_to_the_facts(page: Page, world: World) -> str:
    """A civil servant disputes the facts of his record; returns the objection."""
    record = world.record_in("listed")
    hand = enter(page, "subject")
    hand.press(page.get_by_role("link", name="提出异议：事实"))
    hand.press(page.get_by_role("group", name="事实").get_by_label("错误"))
    hand.type(page.get_by_label("事实与理由"), "记载的损失与事实不符，有兑付凭证为证。")
    hand.press(page.get_by_role("button", name="提交", exact=True))
    assert hand.presses == 3
    counted("当事人提出异议", hand)
    world.seal()
    uid: str = world.children(record, "objection")[0].uid
    return uid


def number_of(world: World, uid: str) -> str:
    """The number of a case that is filed."""
    return str(world.case(uid).number)


def accept(page: Page, world: World, number: str) -> None:
    """The office accepts with one press on its desk."""
    hand = enter(page, "officer")
    expect_good_page(page)
    hand.press(page.get_by_role("button", name=f"受理：{number}"))
    assert hand.presses == 1
    counted("信用管理部门受理", hand)
    expect(page.get_by_role("status").first).to_contain_text(f"已受理：{number}")
    world.seal()


def sign(page: Page, world: World, number: str, act: str) -> None:
    """A head signs what was drafted, in at most three presses."""
    hand = enter(page, "head")
    hand.press(page.get_by_role("link", name=f"办理：{number}"))
    expect_good_page(page)
    hand.press(page.get_by_role("button", name=act, exact=True))
    assert hand.presses <= 3
    counted("单位负责人签发", hand)
    expect(page.get_by_role("heading", name=f"已办理：{act}")).to_be_visible()
    world.seal()


def decide(page: Page, world: World, number: str, decision: str, reasons: tuple[str, str]) -> None:
    """The office proposes a decision, the approver agrees in at most three presses."""
    hand = enter(page, "officer")
    hand.press(page.get_by_role("link", name=f"办理：{number}"))
    act = page.get_by_text(f"拟办：{decision}", exact=True)
    card = page.locator("section.act, details.act", has=act)
    # The one decision that may be proposed stands open.
    if card.locator("summary", has_text=f"拟办：{decision}").count():
        hand.press(card.get_by_text(f"拟办：{decision}", exact=True))
    hand.type(card.get_by_label(reasons[0]), reasons[1])
    expect_good_page(page, first_tab=False)
    hand.press(card.get_by_role("button", name="提交拟办意见"))
    expect(page.get_by_role("heading", name="已办理：提交拟办意见")).to_be_visible()

    hand = enter(page, "approver")
    hand.press(page.get_by_role("link", name=f"办理：{number}"))
    expect(page.get_by_role("heading", name=f"拟办意见：{decision}")).to_be_visible()
    expect_good_page(page)
    hand.press(page.get_by_role("button", name=f"同意，{decision}"))
    assert hand.presses <= 3
    counted("审批一件", hand)
    expect(page.get_by_role("heading", name=f"已办理：{decision}")).to_be_visible()
    expect(page.get_by_role("link", name="办理下一件")).to_be_visible()
    expect_good_page(page)
    world.seal()


def test_an_objection_from_the_record_to_the_letter(page: Page, world: World) -> None:
    """R33 objects 3, R34 accepts 1, R35 answers 4 and signs 3, R36 decides 3; R37: when a review may be asked for."""
    uid = object_to_the_facts(page, world)
    number = number_of(world, uid)
    accept(page, world, number)

    hand = enter(page, "clerk")
    hand.press(page.get_by_role("link", name=f"办理：{number}"))
    expect_good_page(page)
    hand.press(page.get_by_role("radio", name="更正为"))
    hand.type(page.get_by_label("更正或者补充的内容"), "未造成企业损失。")
    hand.type(page.get_by_label("核查说明"), "经查阅原始凭证，记载的损失与事实不符。")
    hand.press(page.get_by_role("button", name="拟定核查意见"))
    assert hand.presses <= 4
    counted("信息提供单位答复", hand)
    expect(page.get_by_role("heading", name="已办理：拟定核查意见")).to_be_visible()
    expect_good_page(page)

    sign(page, world, number, "反馈核查结果")
    decide(page, world, number, "审定", ("审定理由", "核查结论有原始凭证证明，异议成立。"))

    enter(page, "subject")
    page.goto(f"/cases/{uid}")
    expect_good_page(page)
    text = read_pdf(page, "异议处理结果告知书")
    decision, term = world.notices(uid, "objection_decision")[0], world.terms(uid)["objection.review_filing"]
    basis = "《深圳经济特区社会信用条例》第五十一条"
    for words in (
        str(decision.number),
        number,
        "更正为未造成企业损失。",
        basis,
        "收到本告知书之日起三十日内",
        "申请复核",
    ):
        assert words in text, (words, text)
    assert term.due_on is not None
    shown = page.get_by_role("region", name="申请复核期限").locator(f"dl time[datetime='{term.due_on.isoformat()}']")
    expect(shown).to_have_text(legal_date(term.due_on))


def test_a_repair_after_a_passed_rectification(page: Page, world: World) -> None:
    """R48–R52: accepted with 1, verified line by line, granted with 3; the record is repaired, the letter says so."""
    rectification = world.rectification_in("passed")
    record = next(case.uid for case in world.dossier(rectification) if case.kind == "record")
    period = world.terms(record)["record.publication_min"].due_on
    assert period is not None
    world.go(period + timedelta(days=1))
    uid = world.open(
        "unit_head", "repair", "submit", record, correction="已兑现承诺。", corrected_on="2026-10-30", commitment=True
    ).uid
    number = number_of(world, uid)
    accept(page, world, number)

    hand = enter(page, "clerk")
    hand.press(page.get_by_role("link", name=f"办理：{number}"))
    expect_good_page(page)
    for line in ("失信行为已经纠正，义务已经履行", "不属于依法不得修复的情形"):
        finding = page.get_by_role("group", name=line)
        hand.press(finding.get_by_label("是", exact=True))
        hand.type(finding.get_by_label("核实情况"), "经核实，情况属实。")
    hand.type(page.get_by_label("核实说明"), "已逐项核实。")
    hand.press(page.get_by_role("button", name="拟定核实意见"))
    assert hand.presses == 4

    sign(page, world, number, "核实")
    expect(page.get_by_role("table", name="修复条件")).not_to_contain_text("未满足")
    decide(page, world, number, "准予修复", ("准予修复的理由", "修复条件全部满足。"))
    assert world.state(record) == "repaired"

    enter(page, "unit_head")
    page.goto(f"/cases/{uid}")
    expect_good_page(page)
    text = read_pdf(page, "准予信用修复决定书")
    decision = world.notices(uid, "repair_decision")[0]
    for words in (str(decision.number), number, "各项修复条件均已满足", "决定准予信用修复"):
        assert words in text, (words, text)


def test_a_case_moved_meanwhile_gives_the_text_back(page: Page, world: World) -> None:
    """409: somebody else was faster; the page says who, and the typed text is still in its field."""
    uid = world.objection_in("answered")
    enter(page, "officer")
    page.goto(f"/cases/{uid}")
    page.locator("summary", has_text="退回重新核查").click()
    page.get_by_label("退回理由").fill("核查结论缺少依据。")
    world.take("second_officer", "propose", uid, step="decide", form={"reasons": "异议成立"}, opinion="拟同意")
    with page.expect_response(f"**/cases/{uid}/steps/return_answer") as answer:
        page.get_by_role("button", name="退回重新核查").click()
    assert answer.value.status == 409
    expect(page.get_by_role("alert")).to_contain_text("已由陈测试办理")
    expect(page.get_by_label("退回理由")).to_have_value("核查结论缺少依据。")
    expect_good_page(page, first_tab=False)


def test_a_refused_answer_keeps_its_text_and_names_the_field(page: Page, world: World) -> None:
    """422: what is wrong stands at its field and in the summary; nothing that was typed is lost."""
    uid = world.objection_in("verifying")
    enter(page, "clerk")
    page.goto(f"/cases/{uid}")
    page.get_by_label("核查说明").fill("经查阅原始凭证。")
    # The letter that follows the typing is asked of the same address; meant is the answer that becomes the page.
    with page.expect_response(
        lambda one: one.request.is_navigation_request() and one.request.method == "POST"
    ) as answer:
        page.get_by_role("button", name="拟定核查意见").click()
    assert answer.value.status == 422
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("核查结论：尚未填写")
    expect(page.get_by_label("核查说明")).to_have_value("经查阅原始凭证。")
    expect_good_page(page, first_tab=False)


def test_a_foreign_case_is_not_found(page: Page, world: World) -> None:
    """404 for the case, its document and an act on it, as if they did not exist."""
    uid = world.objection_in("decided")
    notice = world.notices(uid, "objection_decision")[0].uid
    enter(page, "other_clerk")
    for address in (f"/cases/{uid}", f"/documents/{notice}.pdf", f"/documents/{notice}/receipt.pdf"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404, address
    expect_good_page(page)


def test_the_page_of_a_case_works_without_javascript(plain_page: Page, world: World) -> None:
    """Every act is a form: the provider answers in a browser without scripts."""
    uid = world.objection_in("verifying")
    enter(plain_page, "clerk")
    plain_page.goto(f"/cases/{uid}")
    plain_page.get_by_role("radio", name="维持").check()
    plain_page.get_by_label("核查说明").fill("记载与来源文书一致。")
    plain_page.get_by_role("button", name="拟定核查意见").click()
    expect(plain_page.get_by_role("heading", name="已办理：拟定核查意见")).to_be_visible()
    assert world.state(uid) == "signing"

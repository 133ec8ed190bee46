"""The page of a case explains itself: who acts, why not, why this date, what the clause says (R54, R140, R148)."""

import io
import re
import shutil
from datetime import date, timedelta

import pytest
from flask import Flask

from app.clock import MovableClock
from app.models.history import AccessLog
from app.services.access_log import Act
from app.services.reading.case_page import read_case
from tests.integration.test_case_pages import post
from tests.support import uploads
from tests.support.looking import appoint, reading
from tests.support.serving import by_post
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.kit.calendar import shipped_calendar
from workflows.registry import WORKFLOWS
from workflows.roles import Post

TABS = ("terms", "documents", "related", "course", "log")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is explained is no question of the database: on SQLite only."""
    return sqlite_url


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def tab_of(app: Flask, who: str, uid: str, tab: str = "") -> str:
    """The part of the page under the tabs."""
    page = client_of(app, who).get(f"/cases/{uid}", query_string={"tab": tab}).text
    return page.split('id="tabs"')[1]


# ---------------------------------------------------------------- who, by when, what then


def test_the_page_says_who_acts_by_when_and_what_comes_then(app: Flask, world: World) -> None:
    uid = world.objection_in("verifying")
    due = world.terms(uid)["objection.verification"].due_on
    for who in ("officer", "subject"):
        told = text_of(client_of(app, who).get(f"/cases/{uid}").text.split('id="next"')[1].split("</section>")[0])
        assert "现在由谁办理 信息提供单位经办人（示例乙局）" in told
        assert f"{due} 到期" in told
        assert "办理“拟定核查意见” → 待审签" in told
        assert "自动督办" in told


def test_what_has_happened_by_itself_is_not_promised_again(app: Flask, world: World) -> None:
    """R35: after 核查期限 was over 督办 went out by itself; 核查 goes on, and no second one comes."""
    uid = world.objection_in("verifying")
    due = world.terms(uid)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=1))
    assert (world.steps(uid)[-1], world.state(uid)) == ("escalate", "verifying")
    told = text_of(client_of(app, "officer").get(f"/cases/{uid}").text.split('id="next"')[1].split("</section>")[0])
    assert "核查期限逾期" in told
    assert "自动督办" not in told


def test_a_case_at_rest_says_what_ends_the_rest_and_when(app: Flask, world: World) -> None:
    uid = world.objection_in("decided")
    told = text_of(client_of(app, "subject").get(f"/cases/{uid}").text.split('id="next"')[1].split("</section>")[0])
    assert "可以申请复核；申请复核期限届满后自动办结" in told
    assert "无需办理" not in told, "whoever may ask for a review must not read that there is nothing to do"
    last = world.terms(uid)["objection.review_filing"].due_on
    assert last is not None
    assert f"申请复核期限届满（{last.year}年{last.month}月{last.day}日）后，自动转为 已办结" in told


def test_whoever_may_make_a_statement_is_not_told_that_there_is_nothing_to_do(app: Flask, world: World) -> None:
    uid = world.record_in("statement_open")
    told = text_of(client_of(app, "subject").get(f"/cases/{uid}").text.split('id="next"')[1].split("</section>")[0])
    assert "当事人可以提出陈述申辩；期限届满后，自动转为待决定" in told
    assert "无需办理" not in told
    assert "后，自动转为 待决定" in told


def test_who_reaches_a_verdict_gives_it_its_name(app: Flask, world: World) -> None:
    """The provider verifies, the office decides, the superior reviews: three words, one form."""
    for who, state, name in (
        ("clerk", "verifying", "核查"),
        ("officer", "answered", "审定"),
        ("review_clerk", "reviewing", "复核"),
    ):
        uid = world.objection_in(state)
        page = client_of(app, who).get(f"/cases/{uid}").text
        assert set(re.findall(r"<legend>\s*(..结论)", page)) == {f"{name}结论"}, who
    beside = text_of(page.split('class="facts asked"')[1].split("</dl>")[0])
    assert "申请复核的理由审定结果仍与事实不符" in beside, "the reviewer decides on what he was asked"


def test_a_closed_case_has_no_next(app: Flask, world: World) -> None:
    uid = world.objection_in("submitted")
    world.take("subject", "withdraw", uid, reason="不再异议")
    assert 'id="next"' not in client_of(app, "subject").get(f"/cases/{uid}").text


# ---------------------------------------------------------------- why not


def test_an_act_that_waits_is_greyed_with_its_reason_and_its_first_day(app: Flask, world: World) -> None:
    uid = world.objection_in("verifying")
    page = client_of(app, "officer").get(f"/cases/{uid}").text
    greyed = text_of(page.split('aria-label="催办（现在不能办理）"')[1].split("</div>")[0])
    assert re.search(r"没有逾期的办理期限，无需催办或者督办（最早可于2026年\d+月\d+日办理）", greyed)
    assert "没有逾期" not in client_of(app, "subject").get(f"/cases/{uid}").text


def test_an_officer_is_told_that_the_announcement_is_the_approvers(app: Flask, world: World) -> None:
    """R142: after a failed service the act stands greyed under whose it is, and a party is told nothing of it."""
    record = world.record_in("noticing", "offline")
    letter = world.notices(record, "record_notice")[0].uid
    world.take("officer", "dispatch", letter, **by_post(world))
    world.take("officer", "fail", letter, reason="原址查无此人，邮件退回")
    told = text_of(client_of(app, "officer").get(f"/cases/{letter}").text)
    assert re.search("其他人员可以办理（[0-9]）[^。]*信用管理部门审批人：“公告送达”", told)
    assert 'id="act-announce"' in client_of(app, "approver").get(f"/cases/{letter}").text


def test_what_comes_later_says_what_has_to_happen_first(app: Flask, world: World) -> None:
    uid = world.objection_in("signing")
    told = text_of(client_of(app, "approver").get(f"/cases/{uid}").text)
    assert "审定：事项处于“待审定”时办理，本事项现为“待审签”；须先由信息提供单位负责人办理“反馈核查结果”。" in told


# ---------------------------------------------------------------- tabs


def test_each_tab_has_an_address_of_its_own_and_works_without_a_script(app: Flask, world: World) -> None:
    uid = world.objection_in("decided")
    for tab in TABS:
        part = tab_of(app, "officer", uid, tab)
        shown = [known for known in TABS if f'<section id="{known}"' in part]
        assert shown == [tab]
        assert re.findall(r'id="tab-(\w+)"[^>]*aria-current="page"', part) == [tab]
        assert f"/cases/{uid}?tab={tab}#tabs" in part
    assert '<section id="terms"' in tab_of(app, "officer", uid, "nonsense")


def test_the_ledger_shows_the_months_the_clause_and_who_paused(app: Flask, world: World) -> None:
    """R140: clause, anchor, first and last day, each skipped day; R42: the pause with its cause and who caused it."""
    uid = world.objection_in("verifying")
    told = tab_of(app, "clerk", uid, "terms")
    assert "<blockquote" in told
    assert 'class="day-anchor"' in told
    assert 'class="day-last"' in told
    counted_days = re.findall(r'<td class="day-counted[^"]*"[^>]*><time datetime="([^"]+)"', told)
    term = world.terms(uid)["objection.verification"]
    assert term.number - 1 == len([day for day in counted_days if day > str(term.anchor_on)][: term.number - 1])
    paused = world.record_in("deciding")
    world.open("subject", "objection", "submit", paused, fields=[{"field": "facts", "ground": "error"}], reason="不实")
    told = text_of(tab_of(app, "officer", paused, "terms"))
    assert "暂停等待异议审定或者容错免责认定，2026年" in told.replace(" ", "")
    assert "系统：期限暂停" in told


def returned_plan(world: World, days: int) -> str:
    """A rectification whose plan was handed in on day `days` of its term and returned the day after."""
    uid = world.rectification_in("explaining")
    begun = world.terms(uid)["rectification.explanation"].anchor_on
    assert begun is not None
    world.go(shipped_calendar().add_working_days(begun, days))
    due = world.today + timedelta(days=20)
    task = {"task": "兑现承诺", "person": "郑测试", "due_on": due.isoformat()}
    world.take("staff", "draft_explanation", uid, causes="管理疏漏", responsible_persons=["郑测试"], tasks=[task])
    world.take("unit_head", "explain", uid)
    world.go(shipped_calendar().add_working_days(world.today, 1))
    world.take("officer", "return_plan", uid, reason="没有写明完成期限")
    return uid


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (4, "退回，剩余六个工作日，自退回之日起算，当日不计"),
        (9, "退回，剩余期限不足三个工作日的按三个工作日计，自退回之日起算，当日不计"),
    ],
)
def test_a_returned_term_says_its_own_length_and_what_is_left_of_it(
    app: Flask, world: World, days: int, left: str
) -> None:
    """R42, R140: a return leaves the remaining days; the order was served once, and the law gives ten days."""
    uid = returned_plan(world, days)
    row = world.terms(uid)["rectification.explanation"]
    told = text_of(tab_of(app, "staff", uid, "terms").split("已经结束的期限")[0])
    assert "期限十个工作日" in told.replace(" ", "")
    assert f"起算{day_of(world.today)}{left}" in told.replace(" ", "")
    assert "收到整改通知之日" not in told
    assert row.due_on is not None
    assert f"届满日{day_of(row.due_on)}" in told.replace(" ", "")


def test_a_party_does_not_read_in_a_term_what_was_returned_inside(app: Flask, world: World) -> None:
    """R34: that the organs sent a finding back to each other is no event of the party; the days that are left are."""
    uid = world.repair_in("proposed")
    world.take("officer", "return_finding", uid, reason="核实意见缺少依据")
    told = {who: text_of(tab_of(app, who, uid, "terms").split("已经结束的期限")[0]) for who in ("clerk", "subject")}
    assert f"{day_of(world.today)}退回，剩余" in told["clerk"].replace(" ", "")
    assert "退回" not in told["subject"]
    assert f"日，自{day_of(world.today)}起算，当日不计" in told["subject"].replace(" ", "")


@pytest.mark.parametrize(("severity", "told"), [("一般", "不再适用"), ("轻微", "不适用")])
def test_a_period_that_a_minor_record_does_not_have_is_not_said_to_be_over(
    app: Flask, world: World, severity: str, told: str
) -> None:
    """R25, R140: corrected to 轻微 a record has no 最短公示期限; its last day would be the day of its entry."""
    uid = world.record_in("listed", severity=severity)
    if severity != "轻微":
        form = {"changes": {"severity": "minor"}, "reason": "复核后程度较轻"}
        world.take("clerk", "draft_correction", uid, **form)
        world.take("head", "request_correction", uid)
        world.take("approver", "correct", uid, **form)
    world.go(world.today + timedelta(days=2))
    log = text_of(tab_of(app, "officer", uid, "log"))
    assert f"期限{told}" in log
    assert f"{told}：最短公示期限" in log
    assert not re.search("(届满|重算)：最短公示期限", log)


def test_the_strip_ticks_only_what_a_case_has_passed(app: Flask, world: World) -> None:
    """R148: a repair that was denied and is under review was never executed; see the way of each in the unit tests."""
    uid = world.repair_in("review_submitted")
    page = client_of(app, "subject").get(f"/cases/{uid}").text
    strip = text_of(page.split('<ol class="strip"')[1].split("</ol>")[0])
    assert "同步" not in strip
    assert "修复完成" not in strip
    assert "审签（已完成）" in strip.replace(" ", ""), "passed, though the party does not read that step"


def day_of(on: date) -> str:
    """A day as pages write it."""
    return f"{on.year}年{on.month}月{on.day}日"


def test_days_are_written_as_an_office_writes_them(app: Flask, world: World) -> None:
    """Interface: 2026年9月19日 in ledgers, plans and histories; only a light and an instant of the log keep figures."""
    extended = world.objection_in("verifying")
    planned = world.rectification_in("rectifying")
    for uid, tab in ((extended, "terms"), (extended, "log"), (planned, "terms"), (planned, "log")):
        told = text_of(client_of(app, "officer").get(f"/cases/{uid}?tab={tab}").text)
        figures = re.findall(r"20\d\d-\d\d-\d\d(?! 到期| \d\d:\d\d:\d\d)", told)
        assert figures == [], (tab, told)
    assert re.search(r"20\d\d年\d+月\d+日 周六", text_of(tab_of(app, "officer", extended, "terms")))
    assert re.search(r"届满日20\d\d年\d+月\d+日", text_of(tab_of(app, "officer", extended, "log")))
    assert re.search(
        r"（[^（）]+，20\d\d年\d+月\d+日）", text_of(client_of(app, "officer").get(f"/cases/{planned}").text)
    )


def test_the_timeline_gives_a_day_to_what_the_system_does_and_the_log_the_instant(app: Flask, world: World) -> None:
    """Interface: never a fake 00:00; the log has every event as it is kept, with its mark."""
    uid = world.objection_in("verifying")
    world.go(world.terms(uid)["objection.verification"].due_on)  # type: ignore[arg-type]
    page = client_of(app, "officer").get(f"/cases/{uid}?tab=log").text
    beside, below = page.split('id="tabs"')
    reminded = world.events(uid, "rung")[-1]
    assert "期限届满前一个工作日提醒" in beside
    assert "00:00" not in text_of(beside)
    assert f"{reminded.at.astimezone().year}-" in below
    assert "00:00:00" in text_of(below)
    assert all(event.mac[:16] in below for event in world.events(uid))


def test_the_log_shows_a_party_no_more_than_the_timeline(app: Flask, world: World) -> None:
    """What stays inside stays inside, whatever tab is asked for."""
    uid = world.objection_in("answered")
    world.take("officer", "propose", uid, step="decide", form={"reasons": "异议成立"}, opinion="拟同意")
    for tab in TABS:
        page = client_of(app, "subject").get(f"/cases/{uid}?tab={tab}").text
        assert "拟同意" not in page
        assert "提交拟办意见" not in page
    assert "提交拟办意见" in tab_of(app, "officer", uid, "log")
    inside = {event.mac[:16] for event in world.events(uid) if event.audience == "inside"}
    assert inside
    assert not [mac for mac in inside if mac in tab_of(app, "subject", uid, "log")]


def test_the_diagram_lights_the_state_and_the_list_stands_alone_without_graphviz(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = world.objection_in("verifying")
    drawn = tab_of(app, "officer", uid, "course")
    assert drawn.count("<svg") == 1
    assert "#0b4a8f" in drawn.split("核查中</text>")[0]
    assert "style=" not in drawn
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    alone = tab_of(app, "officer", uid, "course")
    assert "<svg" not in alone
    assert "<details open>" in alone
    assert "核查中 （当前）" in text_of(alone).replace("核查中（当前）", "核查中 （当前）")
    assert "待受理（已经过）" in text_of(alone)


def test_each_step_leads_to_the_notices_it_made(app: Flask, world: World) -> None:
    """One press from the timeline to the letter; a letter that is not the reader's is not named."""
    uid = world.objection_in("verifying")
    letter, acceptance = (world.notices(uid, key)[0] for key in ("assistance_letter", "objection_acceptance"))
    beside = client_of(app, "officer").get(f"/cases/{uid}").text.split('class="timeline"')[1]
    accepted = beside.split("<strong>受理</strong>")[1].split("</li>")[0]
    assert f"/documents/{letter.uid}.pdf" in accepted
    assert f"/documents/{acceptance.uid}.pdf" in accepted
    assert letter.uid not in client_of(app, "subject").get(f"/cases/{uid}").text


# ---------------------------------------------------------------- pictures


def test_a_picture_is_shown_in_its_place_and_never_opens_as_a_document(app: Flask, world: World) -> None:
    """trust 1.10: the page shows it, its address is a download; only pictures, only for whoever may read the file."""
    uid = world.objection_in("verifying")
    client = client_of(app, "clerk")
    files = [(io.BytesIO(uploads.png()), "现场.png"), (io.BytesIO(uploads.PDF), "凭证.pdf")]
    fields = {"verdicts-facts-verdict": "keep", "explanation": "与凭证一致。", "files-upload": files}
    assert post(client, uid, "draft_answer", **fields).status_code == 303
    with reading(world, "clerk") as reader:
        kept = {file.name: file for file in read_case(reader, uid).materials}
    picture, paper = (f"/cases/{uid}/materials/{kept[name].uid}/picture" for name in ("现场.png", "凭证.pdf"))
    page = client.get(f"/cases/{uid}").text
    assert f'<img src="{picture}" alt="现场.png"' in page
    assert paper not in page
    answer = client.get(picture)
    assert answer.data == uploads.png()
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(paper).status_code == 404
    for who in ("subject", "other_clerk"):
        assert client_of(app, who).get(picture).status_code == 404
    viewed = [row.target for row in world.rows(AccessLog) if row.act == Act.VIEWED.value]
    assert kept["现场.png"].uid in viewed


# ---------------------------------------------------------------- whose it is


def test_the_audit_sees_the_trail_and_no_case(app: Flask, world: World) -> None:
    """trust 1.6: an auditor gets no page of a case, no letter and no 送达回证; and is led to none."""
    uid = world.objection_in("verifying")
    letter = world.notices(uid, "objection_acceptance")[0]
    appoint(world, "offline", world.units["foreign"], Post.AUDITOR)
    client = client_of(app, "offline")
    for path in (f"/cases/{uid}", f"/cases/{letter.uid}", f"/documents/{letter.uid}.pdf",
                 f"/documents/{letter.uid}/receipt.pdf", f"/cases/{uid}?tab=log"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    trail = client.get("/audit").text
    assert "受理" in trail
    assert "/cases/" not in trail
    assert "/documents/" not in trail


# ---------------------------------------------------------------- procedures


def test_each_procedure_has_a_page_for_whoever_signs_in(app: Flask, world: World) -> None:
    """R148: states, steps, conditions and terms as the table has them; the terms by locality with their words."""
    assert app.test_client().get("/rules/procedures/objection").status_code == 302
    client = client_of(app, "subject")
    listed = client.get("/rules/procedures").text
    for kind, flow in WORKFLOWS.items():
        assert f"/rules/procedures/{kind}" in listed
        page = client.get(f"/rules/procedures/{kind}")
        assert page.status_code == 200
        for label in (*(state.label for state in flow.states), *(term.label for term in flow.terms)):
            assert label in page.text, (kind, label)
        assert page.text.count("<svg") == 1
    told = client.get("/rules/procedures/objection").text
    assert "核查结论覆盖全部异议项" in told
    assert "<blockquote" in told
    sync = client.get("/rules/procedures/sync").text
    assert sync.count("信用管理部门经办人（同步对象有联动奖惩实施单位的，为该单位）") == 2
    assert "签发人" not in sync
    assert client.get("/rules/procedures/notice").text.count(">文书签发人<") == 2
    assert client.get("/rules/procedures/wedding").status_code == 404
    assert client.get("/rules/procedures/objection?locality=atlantis").status_code == 404
    rules = client.get("/rules").text
    assert "/rules/procedures" in rules
    rows = rules.split('id="settings"')[1].split("</table>")[0].split("<tr>")[2:]
    values = [text_of(row.split("</th>")[1].split("</td>")[0].split("<br>")[0]) for row in rows]
    assert "信用管理部门审批人" in values
    assert [value for value in values if re.search("[A-Za-z]{2,}", value)] == [], "a setting is a word of the field"

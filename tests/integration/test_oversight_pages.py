"""规则 and 审计 through the pages (interface 9 and 10; trust 1.6, 1.8, 1.10)."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.clock import MovableClock
from app.models.cases import Case
from app.models.history import AccessLog, EventRow
from app.services.founding import NewPerson, found_person
from app.web.spreadsheet import csv_of
from app.workbooks.formulas import safe_cell
from tests.support.web_world import PASSWORD, client_of, text_of, world_on
from tests.support.world import World
from workflows.roles import Post


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def busy(world: World) -> World:
    """A listed record of a unit, an objection that is late at its provider, and one just filed."""
    world.record_in("listed", "unit", behaviour="B30")
    record = world.record_in("listed")
    verifying = world.objection_in("verifying", record)
    due = world.terms(verifying)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    dispute = [{"field": "severity", "ground": "错误", "wanted": "轻微"}]
    world.objection_in("submitted", record, fields=dispute, reason="程度认定过重。")
    return world


def add(app: Flask, world: World, login: str, *posts: Post) -> None:
    """One more person of the office, who can sign in."""
    own = app.extensions["zhengcheng"]
    with own.database.write() as session:
        user = found_person(session, NewPerson(login, "许测试", world.organs.office, posts))
        user.password_hash = own.passwords.hasher.hash(PASSWORD)


# -- 规则 ---------------------------------------------------------------------------------------------------------


def test_everybody_reads_the_rules_of_his_locality(app: Flask, world: World) -> None:
    """Terms with basis and grade, what is unconfirmed marked 待核, make-up days of the calendar."""
    page = text_of(client_of(app, "subject").get("/rules").text)
    for words in ("示范区：现行规则", "待核", "救济途径", "调休上班", "国务院办公厅尚未公布放假安排", "十个工作日"):
        assert words in page
    assert client_of(app, "subject").get("/rules?locality=nowhere").status_code == 404


# -- 审计 ---------------------------------------------------------------------------------------------------------


def test_the_auditor_finds_events_without_their_content(app: Flask, busy: World) -> None:
    """trust 1.6: audit only; steps and people, not what was written."""
    add(app, busy, "auditor", Post.AUDITOR)
    client = client_of(app, "auditor")
    number = next(case.number for case in busy.rows(Case) if case.kind == "objection")
    page = client.get("/audit", query_string={"number": number}).text
    assert "提出异议" in page
    assert "王测试" in page
    assert "记载的损失与事实不符" not in page
    assert "同意告知" not in page
    assert "没有符合条件的办理记录" in client.get("/audit?actor=无此人").text
    assert "没有符合条件的办理记录" in client.get("/audit?until_on=2026-01-01").text


def test_the_search_has_pages(app: Flask, busy: World) -> None:
    add(app, busy, "auditor", Post.AUDITOR)
    client, seen, link = client_of(app, "auditor"), 0, "/audit"
    while link:
        page = client.get(link).text
        seen += page.count("<tr><td")
        more = re.search(r'href="(/audit\?before=[^"]+)"', page)
        link = more[1].replace("&amp;", "&") if more else ""
    assert seen == len(busy.rows(EventRow))


def test_a_wrong_day_is_answered_in_chinese(app: Flask, world: World) -> None:
    add(app, world, "auditor", Post.AUDITOR)
    client = client_of(app, "auditor")
    wrong = client.get("/audit?from_on=2026-02-30")
    assert (wrong.status_code, 'value="2026-02-30"' in wrong.text) == (422, True)
    assert client.get("/audit?from_on=2026-03-02&until_on=2026-03-01").status_code == 422


def test_the_chains_are_verified_and_a_change_is_seen(app: Flask, busy: World) -> None:
    """trust 1.8: what was altered behind the system's back is named."""
    add(app, busy, "auditor", Post.AUDITOR)
    client = client_of(app, "auditor")
    assert "全部相符" in client.post("/audit/verify", follow_redirects=True).text
    with app.extensions["zhengcheng"].database.write() as session:
        session.execute(text("UPDATE cases SET chain_head = 'x' WHERE id = (SELECT min(id) FROM cases)"))
    assert "发现" in text_of(client.post("/audit/verify", follow_redirects=True).text)


def test_an_export_is_safe_for_spreadsheets_and_logged(app: Flask, busy: World) -> None:
    """trust 1.10: a leading ' before what would be a formula."""
    add(app, busy, "auditor", Post.AUDITOR)
    answer = client_of(app, "auditor").post("/audit/export", data={"actor": "孙测试"})
    assert answer.mimetype == "text/csv"
    rows = answer.data.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("时间,事项编号")
    assert len(rows) > 1
    assert all("孙测试" in row for row in rows[1:])
    assert [row.act for row in busy.rows(AccessLog)].count("exported") == 1


def test_events_are_found_by_the_name_of_the_act(app: Flask, busy: World) -> None:
    """A part of the name is enough; the export holds what was found."""
    add(app, busy, "auditor", Post.AUDITOR)
    client = client_of(app, "auditor")
    cells = re.findall(r'<td data-label="办理步骤">([^<]*)</td>', client.get("/audit?act=受理").text)
    assert cells
    assert all("受理" in cell for cell in cells)
    rows = client.post("/audit/export", data={"act": "受理"}).data.decode("utf-8-sig").splitlines()[1:]
    assert len(rows) == len(cells)
    assert "没有符合条件的办理记录" in client.get("/audit?act=并无此步骤").text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "＝1"])
def test_a_cell_is_never_a_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"
    assert csv_of(["甲"], [[cell]]).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("role", ["officer", "approver", "subject", "clerk"])
def test_nobody_else_audits(app: Flask, world: World, role: str) -> None:
    client = client_of(app, role)
    assert client.get("/audit").status_code == 404
    assert client.post("/audit/verify").status_code == 404
    assert client.get("/audit/verification").status_code == 404
    assert client.post("/audit/export").status_code == 404


def test_the_navigation_leads_heads_to_their_units_records(app: Flask, world: World) -> None:
    world.record_in("listed", "unit", behaviour="B30")
    page = client_of(app, "unit_head").get("/credit/unit")
    assert "本单位信用记录" in page.text
    assert "示例丙局" in page.text
    assert date(2026, 9, 18) < world.today

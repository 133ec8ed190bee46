"""发文登记簿 through its page, on both databases: who sees what, filters, paging, gaps, tables taken out (R141)."""

import csv
import io
import zipfile
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from app.clock import MovableClock
from app.database import write_transaction
from app.models.history import AccessLog, NumberSeries
from app.models.kinds import Notice
from app.models.people import Unit
from app.services.notice_numbers import parts_of
from app.services.reading import dispatch_register
from app.services.reading.dispatch_register import Register, Wanted, read_register
from app.services.reading.reader import reader_of
from app.web.spreadsheet import Table, workbook_of
from tests.support.exported import rows_in, sheets_in
from tests.support.paths import VERDICTS
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.identity import mask_name


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def answered(world: World) -> World:
    """A listed record and an objection that its provider has answered: notices of two organs."""
    objection = world.objection_in("verifying", world.record_in("listed"))
    world.take("clerk", "draft_answer", objection, verdicts=VERDICTS, explanation="核查属实")
    world.take("head", "answer", objection)
    return world


def numbered(world: World) -> list[Notice]:
    return [row for row in world.rows(Notice) if row.number_serial is not None]


def register(world: World, role: str = "officer", wanted: Wanted | None = None) -> Register:
    with world.backend.sessions() as session:
        return read_register(reader_of(world.backend, session, world[role], world.clock()), wanted or Wanted())


def test_the_office_sees_every_numbered_notice_and_says_that_nothing_is_missing(app: Flask, answered: World) -> None:
    """R141: the sentence that an office looks for."""
    page = client_of(app, "officer").get("/register?year=2026").text
    notices = numbered(answered)
    for notice in notices:
        assert f">{notice.number}</a>" in page
        assert notice.code in page
    assert f"2026年度编号连续，共{len(notices)}号，作废0号。" in text_of(page)
    assert mask_name("王测试") in page
    assert "王测试" not in page


def test_another_organ_sees_what_bears_its_mark(app: Flask, answered: World) -> None:
    """R141: the provider's head his own letters; nobody without a post in an organ sees the register."""
    entries = register(answered, "head").entries
    assert {entry.organ for entry in entries} == {"示例乙局"}
    assert {entry.title for entry in entries} == {"异议核查情况反馈函"}
    for role in ("subject", "clerk", "offline"):
        assert client_of(app, role).get("/register").status_code == 404, role
        assert client_of(app, role).post("/register/export").status_code == 404, role
    assert register(answered, "other_head").entries == ()
    assert register(answered, "superior_officer").entries == ()


def test_the_signer_is_named(answered: World) -> None:
    """R141: who took the step that signed it, by name."""
    signers = {entry.title: entry.signer for entry in register(answered).entries}
    assert signers["拟记入政务失信记录告知书"] == "周测试"
    assert signers["异议核查情况反馈函"] == "赵测试"
    assert signers["收件回执"] == "系统"


def test_every_filter_keeps_what_it_says(answered: World) -> None:
    """R141: organ, series, year, status, period, words, each alone."""
    notices = numbered(answered)
    first = next(row for row in notices if row.key == "record_notice")
    with answered.backend.sessions() as session:
        organ = session.get_one(Unit, first.organ_unit_id).uid
    expected = {
        Wanted(organ=organ): [row for row in notices if row.organ_unit_id == first.organ_unit_id],
        Wanted(word=first.number_word or ""): [first],
        Wanted(year=2026): notices,
        Wanted(year=2025): [],
        Wanted(status=dispatch_register.Status.SERVED): [row for row in notices if row.state == "served"],
        Wanted(status=dispatch_register.Status.VOIDED): [],
        Wanted(from_on=first.signed_on, until_on=first.signed_on): [
            row for row in notices if row.signed_on == first.signed_on
        ],
        Wanted(words="反馈函"): [row for row in notices if row.key == "verification_feedback"],
        Wanted(words=first.code): [first],
        Wanted(words="王测试"): [row for row in notices if row.recipient_person_id is not None],
        Wanted(words="%"): [],
    }
    for wanted, rows in expected.items():
        found = register(answered, wanted=wanted)
        assert {entry.uid for entry in found.entries} == {row.uid for row in rows}, wanted
        assert found.count == len(rows)


def test_pages_follow_each_other_without_loss(answered: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R141, interface: keyset paging, the newest notices first whatever series they belong to."""
    monkeypatch.setattr(dispatch_register, "PAGE", 2)
    seen: list[str] = []
    days: list[date | None] = []
    after = None
    while True:
        with answered.backend.sessions() as session:
            reader = reader_of(answered.backend, session, answered["officer"], answered.clock())
            page = read_register(reader, Wanted(), after)
        seen += [entry.number for entry in page.entries]
        days += [entry.signed_on for entry in page.entries]
        if not page.next_after:
            break
        after = parts_of(page.next_after)
    assert len(seen) == len(set(seen)) == len(numbered(answered))
    assert days == sorted(days, key=str, reverse=True)
    assert len(set(days)) > 1


def test_a_voided_number_stays_and_a_lost_one_is_named(app: Flask, answered: World) -> None:
    """R141: 作废 keeps the number; a number that no notice bears is an alarm."""
    receipt = next(row for row in numbered(answered) if row.key == "objection_receipt")
    answered.take("approver", "void", receipt.uid, reason="文书内容有误")
    page = client_of(app, "officer").get(f"/register?word={receipt.number_word}&year=2026")
    assert "2026年度编号连续，共1号，作废1号。" in text_of(page.text)
    assert '<span class="tag tag-caution">已作废</span>' in page.text
    with write_transaction(answered.backend.sessions) as session:
        key = f"{receipt.number_word}/2026"
        session.execute(update(NumberSeries).where(NumberSeries.key == key).values(last=NumberSeries.last + 2))
    text = text_of(client_of(app, "officer").get("/register").text)
    assert "编号不连续，请查明原因" in text
    assert "缺第2、3号" in text


def test_a_notice_that_another_took_the_place_of_says_so(app: Flask, world: World) -> None:
    """documents, section 7: 被代替, by a correction before it was served."""
    record = world.record_in("noticing", "offline")
    (old,) = world.notices(record, "record_notice")
    world.take("clerk", "draft_correction", record, changes={"facts": "未按公开承诺的期限办结。"}, reason="表述更正")
    world.take("head", "request_correction", record)
    world.take("approver", "correct", record, changes={"facts": "未按公开承诺的期限办结。"}, reason="表述更正")
    _, new = world.notices(record, "record_notice")
    statuses = {entry.uid: entry.status for entry in register(world).entries}
    assert (statuses[old.uid], statuses[new.uid]) == ("replaced", "issued")
    assert [
        entry.uid for entry in register(world, wanted=Wanted(status=dispatch_register.Status.REPLACED)).entries
    ] == [old.uid]


def test_the_register_is_taken_out_as_csv_and_xlsx_with_an_entry_in_the_log(app: Flask, answered: World) -> None:
    """R141, trust 1.10: the same rows as on the page, masked; who took them out is logged."""
    officer = client_of(app, "officer")
    answer = officer.post("/register/export", data={"form": "csv", "words": "告知书"})
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    shown = register(answered, wanted=Wanted(words="告知书")).entries
    assert [row["发文字号"] for row in rows] == [entry.number for entry in shown]
    assert "王测试" not in answer.data.decode("utf-8-sig")
    answer = officer.post("/register/export", data={"form": "xlsx"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (sheet,) = sheets_in(answer.data)
    entered = {row["发文字号"]: row for row in rows_in(sheet)}
    assert set(entered) == {row.number for row in numbered(answered)}
    for entry in register(answered).entries:
        row = entered[entry.number]
        assert row["签发日期"].date() == entry.signed_on
        # What it is about and the number of that, each in a column of its own.
        assert (row["所涉事项"], row["所涉事项文号"]) == (entry.case_label, entry.case)
    exports = [entry for entry in answered.rows(AccessLog) if entry.act == "exported"]
    assert [(entry.target, entry.purpose) for entry in exports] == [
        ("dispatch-register", f"{len(shown)}条"), ("dispatch-register", f"{len(numbered(answered))}条")
    ]  # fmt: skip


def test_no_cell_of_a_workbook_is_a_formula(clock: MovableClock) -> None:
    """trust 1.10: what begins like a formula is text; equal tables are equal files."""
    table = Table("登记簿", ["甲"], [["=1+1"], ["@SUM(A1)"], ["+86"]], comes_back=True)
    made = workbook_of("登记簿", (table,), clock())
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "=1+1" in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count('t="s"') == 4
    assert made == workbook_of("登记簿", (table,), clock())


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from_on=2026-13-01", "日期不存在或者格式不对"),
        ("from_on=2026-09-02&until_on=2026-09-01", "起始日期晚于截止日期"),
    ],
)
def test_a_wrong_period_is_said_and_stays_typed(app: Flask, world: World, query: str, words: str) -> None:
    answer = client_of(app, "officer").get(f"/register?{query}")
    assert answer.status_code == 422
    assert words in answer.text
    assert query.split("&")[0].split("=")[1] in answer.text


def test_strange_addresses_are_answered(app: Flask, world: World) -> None:
    officer = client_of(app, "officer")
    beyond = f"after=示〔9999〕{10**30}号"
    for query in ("year=x", "year=99999", "status=x", "after=x", beyond, "organ=x", "word=x", "words=%25_%5C%27"):
        assert officer.get(f"/register?{query}").status_code == 200, query

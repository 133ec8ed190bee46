"""What goes out: lists with the reader's sight only, no formulas, logged, capped with a word; and what comes back."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.models.history import AccessLog
from app.services.imports.layout import recognise
from app.services.imports.records import record_layout
from app.services.reading import exporting
from app.services.reading import search as searching
from app.services.reading.desk import listing
from app.services.reading.oversight import duties
from app.web.spreadsheet import Table, csv_of, workbook_of
from app.workbooks import worker
from app.workbooks.reading import Sheet, _of_csv
from tests.support.application_fixtures import NOW
from tests.support.exported import rows_in, sheets_in
from tests.support.importing import HEADINGS
from tests.support.web_world import client_of, text_of
from tests.support.world import World
from workflows.rules.loader import load_locality

LIMITS = {"rows": 50, "columns": 80, "unpacked": 2**24, "ratio": 100}
LAYOUT = record_layout(load_locality("demo"))


def rows_of(answer: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.decode("utf-8-sig"))))


def test_the_list_goes_out_with_the_sight_of_its_reader_and_is_logged(app: Flask, site: World) -> None:
    """T12, trust 1.10: a foreign unit's case is in no export; filters hold; who took it out stands in the log."""
    record = site.record_in("screening")
    number = site.case(record).number
    head, *lines = rows_of(client_of(app, "officer").post("/cases/export", data={"form": "csv"}).data)
    assert [line[head.index("文号")] for line in lines] == [number]
    assert rows_of(client_of(app, "other_clerk").post("/cases/export").data)[1:] == []
    filtered = client_of(app, "officer").post("/cases/export", data={"kind": "objection"})
    assert rows_of(filtered.data)[1:] == []
    book = client_of(app, "officer").post("/cases/export", data={"form": "xlsx"})
    (sheet,) = sheets_in(book.data)
    (row,) = rows_in(sheet)
    assert row["文号"] == number
    assert row["期限届满日"].date() == next(term.due_on for term in site.terms(record).values() if term.due_on)
    assert sheet["A1"].value == "事项清单"
    assert sheet["A2"].value.startswith("导出单位：示范区信用管理办公室　　导出人：孙测试　　导出时间：2026年9月")
    exports = [(row.target, row.purpose) for row in site.rows(AccessLog) if row.act == "exported"]
    assert exports == [("cases", "1条"), ("cases", "0条"), ("cases", "0条"), ("cases", "1条")]


def test_a_case_without_a_number_says_so_as_on_the_desk(app: Flask, site: World) -> None:
    site.record_in("draft")
    (row,) = sheet_of(client_of(app, "clerk").post("/cases/export", data={"form": "xlsx"}))
    assert (row["文号"], row["事项"]) == ("尚无文号", "政务失信记录")


def test_a_list_that_is_cut_off_says_so(app: Flask, site: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_EXPORTED", 2)
    for _ in range(3):
        site.record_in("draft")
    lines = rows_of(client_of(app, "clerk").post("/cases/export").data)
    assert len(lines) == 4
    assert lines[-1] == ["以上为前2件，其余未导出；请缩小查询范围后分次导出。"]


def sheet_of(answer: TestResponse) -> list[dict[str, str]]:
    """The rows of a workbook by their headings."""
    assert answer.status_code == 200
    (sheet,) = sheets_in(answer.data)
    return [{name: str(value or "") for name, value in row.items()} for row in rows_in(sheet)]


def test_a_box_of_the_desk_goes_out_as_it_is_listed(app: Flask, site: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R145, trust 1.10: every row under the filters and in the order of the page, whatever a page holds; logged."""
    records = [site.record_in("screening", behaviour="B30", facts="=1+1") for _ in range(3)]
    site.objection_in("submitted")
    monkeypatch.setattr(listing, "AT_ONCE", 2)
    officer = client_of(app, "officer")
    numbers = [site.case(uid).number for uid in records]
    out = sheet_of(officer.post("/desk/export", data={"box": "held", "kind": "record", "order": "newest"}))
    assert [row["文号"] for row in out] == numbers[::-1]
    assert {row["当事人"] for row in out} == {"王测试"}
    whole = officer.get("/desk").text.count('class="doc-number"')
    assert len(sheet_of(officer.post("/desk/export"))) == whole == 6  # 3 records, the objection, 2 sync items
    assert sheet_of(officer.post("/desk/export", data={"party": "无此人"})) == []
    assert sheet_of(client_of(app, "other_clerk").post("/desk/export", data={"box": "done"})) == []
    assert officer.post("/desk/export", data={"box": "drafts"}).status_code == 404
    targets = [(row.target, row.purpose) for row in site.rows(AccessLog) if row.act == "exported"]
    assert targets == [("desk-held", "3条"), ("desk-held", "6条"), ("desk-held", "0条"), ("desk-done", "0条")]
    monkeypatch.setattr(exporting, "MOST_EXPORTED", 3)
    cut = sheet_of(officer.post("/desk/export"))
    assert (len(cut), cut[-1]["文号"]) == (4, "以上为前3件，其余未导出；请缩小查询范围后分次导出。")


def test_the_duties_behind_a_number_go_out_with_the_same_count(
    app: Flask, site: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R145: as many rows as the page counts, the first page's in front; only what one is in charge of."""
    made = [site.objection_in("submitted") for _ in range(3)]
    monkeypatch.setattr(duties, "AT_ONCE", 2)
    officer = client_of(app, "officer")
    page = text_of(officer.get("/oversight/duties?kind=objection").text)
    out = sheet_of(officer.post("/oversight/duties/export", data={"kind": "objection"}))
    assert f"（{len(out)}项）" in page
    assert {site.case(uid).number or "" for uid in made} <= {row["文号"] for row in out}
    assert all(row["期限"] and row["承办单位"] and row["办理情况"] in {"正常", "临期", "暂停", "逾期"} for row in out)
    late = sheet_of(officer.post("/oversight/duties/export", data={"kind": "objection", "standing": "late"}))
    assert late == [row for row in out if row["办理情况"] == "逾期"]
    wrong = officer.post("/oversight/duties/export", data={"from_on": "2026-02-30"}, follow_redirects=True)
    assert wrong.status_code == 422
    assert client_of(app, "subject").post("/oversight/duties/export").status_code == 404


def test_the_records_of_a_unit_go_out_as_the_table_that_comes_in(app: Flask, site: World) -> None:
    """Issue, Excel in and out: the export of the list is read by the import without a fault, and says the same."""
    said: dict[str, Any] = {"facts": "@未按期支付", "responsible_persons": ["赵测试", "钱测试"], "loss": "+3万元"}
    person = site.record_in("draft", **said)
    about_unit = site.record_in("listed", "unit", behaviour="B30")
    clerk = client_of(app, "clerk")
    assert "按导入模板导出" in clerk.get("/cases?kind=record").text
    answer = clerk.post("/cases/export/records")
    rows = sheet_of(answer)
    assert [row["主体名称"] for row in rows] == ["示例丙局", "王测试"]
    assert rows[1]["主体代码"] == ""
    (sheet,) = sheets_in(answer.data)
    assert sheet.freeze_panes == "A2", "the head of a table that comes back is its first row"
    assert rows_in(sheet)[0]["文书日期"].date() == site.case(about_unit).source_on
    (found,) = worker.tables(answer.data, LIMITS)
    table = recognise([Sheet(found["name"], tuple((n, tuple(cells)) for n, cells in found["rows"]))], LAYOUT)
    assert table.unknown == ()
    for row, uid in zip(table.rows, (about_unit, person), strict=True):
        record = site.case(uid)
        assert row.problems == []
        for name in ("source_number", "source_on", "behaviour", "facts", "loss", "responsible_persons", "severity"):
            assert row.values.get(name, "") == (getattr(record, name) or row.values.get(name, "")), name
    assert sheet_of(client_of(app, "other_clerk").post("/cases/export/records")) == []
    for who in ("officer", "subject", "unit_head"):
        client = client_of(app, who)
        assert client.post("/cases/export/records").status_code == 404
        assert "按导入模板导出" not in client.get("/cases?kind=record").text


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x85\u2028\u2029") | st.sampled_from("=+-@'＝"),
    min_size=1, max_size=12,
).map(str.strip).filter(bool)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=TEXTS, organ=TEXTS, as_csv=st.booleans())
def test_what_goes_out_comes_back_as_it_was(facts: str, organ: str, as_csv: bool) -> None:
    """Round trip: whatever a text begins with, it is no formula on its way out and the same text on its way in.

    Only what begins with = is not taken in at all, since it may be the text of a formula that was refused.
    """
    cells = {"主体名称": "王测试", "来源文书类型": "行政处罚", "事实": facts, "作出机关": organ}
    row = [cells.get(heading, "") for heading in HEADINGS]
    table = Table("记录", HEADINGS, [row], comes_back=True)
    content = csv_of(HEADINGS, [row]) if as_csv else workbook_of("记录", (table,), NOW)
    (found,) = worker.tables(content, LIMITS)
    rows = tuple((n, tuple(map(_of_csv, cells)) if as_csv else tuple(cells)) for n, cells in found["rows"])
    (read,) = recognise([Sheet(found["name"], rows)], LAYOUT).rows
    refused = {HEADINGS.index(name) for name in ("事实", "作出机关") if cells[name].startswith(("=", "＝"))}
    assert {problem.column for problem in read.problems} == refused
    assert all("以“=”开头" in problem.reason for problem in read.problems)
    for name, key in (("事实", "facts"), ("作出机关", "source_organ")):
        assert read.values.get(key) == (None if HEADINGS.index(name) in refused else cells[name])

"""What goes out: lists with the reader's sight only, no formulas, logged, capped with a word; and what comes back."""

import csv
import io

import openpyxl
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models.history import AccessLog
from app.services.imports.layout import recognise
from app.services.imports.records import record_layout
from app.services.reading import search as searching
from app.web import search as pages
from app.web.spreadsheet import csv_of, xlsx_of
from app.workbooks import worker
from app.workbooks.reading import Sheet, _of_csv
from tests.support.application_fixtures import NOW
from tests.support.importing import HEADINGS
from tests.support.web_world import client_of
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
    (sheet,) = openpyxl.load_workbook(io.BytesIO(book.data)).worksheets
    assert sheet["A2"].value == number
    exports = [(row.target, row.purpose) for row in site.rows(AccessLog) if row.act == "exported"]
    assert exports == [("cases", "1条"), ("cases", "0条"), ("cases", "0条"), ("cases", "1条")]


def test_a_list_that_is_cut_off_says_so(app: Flask, site: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_EXPORTED", 2)
    monkeypatch.setattr(pages, "MOST_EXPORTED", 2)
    for _ in range(3):
        site.record_in("draft")
    lines = rows_of(client_of(app, "clerk").post("/cases/export").data)
    assert len(lines) == 4
    assert lines[-1] == ["以上为前2件，其余未导出；请缩小查询范围后分次导出。"]


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x85\u2028\u2029") | st.sampled_from("=+-@'＝"),
    min_size=1, max_size=12,
).map(str.strip).filter(bool)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=TEXTS, organ=TEXTS, as_csv=st.booleans())
def test_what_goes_out_comes_back_as_it_was(facts: str, organ: str, as_csv: bool) -> None:
    """Round trip: whatever a text begins with, it is no formula on its way out and the same text on its way in."""
    cells = {"主体名称": "王测试", "来源文书类型": "行政处罚", "事实": facts, "作出机关": organ}
    row = [cells.get(heading, "") for heading in HEADINGS]
    content = csv_of(HEADINGS, [row]) if as_csv else xlsx_of("记录", HEADINGS, [row], NOW)
    (found,) = worker.tables(content, LIMITS)
    rows = tuple((n, tuple(map(_of_csv, cells)) if as_csv else tuple(cells)) for n, cells in found["rows"])
    (read,) = recognise([Sheet(found["name"], rows)], LAYOUT).rows
    assert read.problems == []
    assert (read.values["facts"], read.values["source_organ"]) == (facts, organ)

"""Lists as workbooks: values that can be counted with, text that is never calculated, a sheet that can be printed."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import openpyxl

from app.web.spreadsheet import Table, csv_of, workbook_of
from app.workbooks.values import Rate, Value

NOW = datetime(2026, 11, 30, 11, 30, tzinfo=UTC)
DAY, MOMENT = 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"d"日" hh:mm'
HEAD = ("文号", "期限届满日", "时间", "次数", "办结率", "统一社会信用代码")
ROWS = (
    ("示信用记〔2026〕7号", date(2026, 12, 1), NOW, 68, Rate(878), "911100000000000001"),
    ("", None, None, 0, None, None),
    ("=1+1", date(2026, 3, 9), NOW, 1, Rate(1000), "0012"),
)
FACTS = ("导出单位：示例乙局", "导出人：赵测试", "导出时间：2026年11月30日 19:30")


def sheet_of(content: bytes) -> Any:
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    return sheet


def listed(**more: Any) -> Any:
    return sheet_of(workbook_of("清单", (Table("清单", HEAD, ROWS, **more),), NOW, FACTS))


def bare(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> Any:
    """A sheet whose head is its first row."""
    return sheet_of(workbook_of("清单", (Table("清单", head, rows, comes_back=True),), NOW))


def test_days_counts_and_rates_can_be_sorted_and_summed() -> None:
    """R145: a day is a date, a count a number, a rate a percentage; a code and a number of a document stay text."""
    first, blank, _ = bare(HEAD, ROWS).iter_rows(min_row=2)
    number, day, moment, *rest = (cell.value for cell in first)
    assert (number, day.date(), moment.isoformat()) == (ROWS[0][0], date(2026, 12, 1), "2026-11-30T19:30:00")
    assert rest == [68, 0.878, "911100000000000001"]
    assert [cell.data_type for cell in first] == ["s", "d", "d", "n", "n", "s"]
    assert [cell.number_format for cell in first] == ["@", DAY, MOMENT, "0", "0.0%", "@"]
    assert [cell.value for cell in blank] == [None, None, None, 0, None, None]


def test_a_text_is_never_a_formula() -> None:
    """trust 1.10: nor does it become one when somebody edits the cell, whose format is text."""
    sheet = listed()
    cell = sheet["A6"]
    assert (cell.value, cell.data_type, cell.number_format) == ("=1+1", "s", "@")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_a_list_is_printed_as_an_office_prints_it() -> None:
    """Title, whose list and as of when, a head that is seen on every page, A4 across, all columns on one page."""
    sheet = listed(note="以上为前3件。", foot=("合计", None, None, 69, Rate(900), None))
    assert sheet["A1"].value == "清单"
    assert sheet["A2"].value == "　　".join(FACTS)
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:F1", "A2:F2", "A8:F8"}
    assert sheet["A1"].alignment.horizontal == "center"
    head = sheet[3]
    assert [cell.value for cell in head] == list(HEAD)
    assert all(cell.font.bold and cell.fill.fgColor.rgb != "00000000" and cell.border.top.style for cell in head)
    assert all(cell.border.bottom.style and cell.alignment.wrap_text for row in sheet["A4:F7"] for cell in row)
    assert sheet.freeze_panes == "A4"
    assert (sheet["A7"].value, sheet["D7"].value, sheet["A7"].font.bold) == ("合计", 69, True)
    assert sheet["A8"].value == "以上为前3件。"
    # Neither the sum nor the remark is sorted among the rows.
    assert sheet.auto_filter.ref == "A3:F6"
    page = sheet.page_setup
    # One page across is what a workbook means that names no number.
    assert (page.paperSize, page.orientation, page.fitToWidth or 1, page.fitToHeight) == (9, "landscape", 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"
    assert "&P" in sheet.oddFooter.center.text
    assert "&N" in sheet.oddFooter.center.text


def test_a_list_of_nothing_is_still_a_sheet() -> None:
    sheet = sheet_of(workbook_of("清单", (Table("清单", HEAD, ()),), NOW, FACTS))
    assert sheet.auto_filter.ref == "A3:F3"
    assert sheet.max_row == 3


def test_columns_are_as_wide_as_what_is_in_them_and_fit_on_a_page() -> None:
    long = "未按公开承诺的期限办结，" * 40
    sheet = bare(("事实", "日期", "序号"), [[long, date(2026, 12, 31), 1]] * 2)
    facts, day, count = (sheet.column_dimensions[letter].width for letter in "ABC")
    assert 30 < facts <= 70
    assert 14 < day < 20
    assert 6 <= count < 12
    wide = bare(["列"] * 16, [["很长的一段话" * 9] * 16])
    assert sum(column.width for column in wide.column_dimensions.values()) < 400


def test_a_list_that_comes_back_has_its_head_in_the_first_row() -> None:
    """Excel in and out: nothing stands above the head, and no cells are merged; the name is printed all the same."""
    sheet = listed(comes_back=True, note="以上为前3件。")
    assert [cell.value for cell in sheet[1]] == list(HEAD)
    assert sheet.freeze_panes == "A2"
    assert not sheet.merged_cells.ranges
    assert sheet.oddHeader.center.text == "清单"


def test_a_csv_says_the_same_in_words() -> None:
    rows = list(csv.reader(io.StringIO(csv_of(HEAD, ROWS).decode("utf-8-sig"))))
    assert rows[1] == [
        "示信用记〔2026〕7号", "2026年12月1日", "2026年11月30日 19:30", "68", "87.8%", "911100000000000001"
    ]  # fmt: skip
    assert rows[2] == ["", "", "", "0", "", ""]
    assert rows[3][0] == "'=1+1"

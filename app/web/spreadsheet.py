"""Lists for spreadsheets, as CSV and XLSX: days are dates, counts numbers, and no text is taken for a formula.

A workbook is laid out as an office prints it: title, whose list and as of when, head, rows, A4 across.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range

from app.clock import SHANGHAI
from app.web.column_widths import lines_of, widths_of
from app.workbooks.formulas import safe_cell
from app.workbooks.values import Rate, Value, words_of

_A4 = 9
_LINE = 18
_BETWEEN_FACTS = "　　"
_SONG, _HEI = "宋体", "黑体"


@dataclass(frozen=True)
class Table:
    """One list, and one sheet of a workbook.

    Args:
        title: name of the sheet, of the list and of its file.
        foot: the sums, which are not sorted among the rows.
        note: what has to be known of the whole, below it.
        heading: the name that is printed above it, where it differs from that of the sheet.
        comes_back: the import reads it again: its head is the first row, and no cells are merged.
    """

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Value]]
    foot: Sequence[Value] = ()
    note: str = ""
    heading: str = ""
    comes_back: bool = False


def csv_of(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A table as CSV in UTF-8 with a mark, by which Excel knows the encoding."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe_cell(words_of(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def workbook_of(
    title: str, tables: Iterable[Table], made_at: datetime, facts: Sequence[str] = (), *, english: bool = False
) -> bytes:
    """Tables as the sheets of an Excel workbook; every text is written as text, so that none is calculated.

    Args:
        made_at: entered as the time of making, so that equal tables of one moment are equal files.
        facts: whose list it is, as of when, who took it out; below the title of each sheet.
        english: days and pages are counted in English: 21 Nov 2026.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
        formats = _Formats(book, english=english)
        for table in tables:
            sheet = book.add_worksheet(table.title[:31])
            _write(sheet, table, facts, formats)
            sheet.set_footer("&CPage &P of &N" if english else "&C第 &P 页，共 &N 页")
    return content.getvalue()


class _Formats:
    """The looks of cells, by what is in them."""

    def __init__(self, book: Any, *, english: bool) -> None:
        looks = _looks(english=english)
        cell = {"font_name": _SONG, "font_size": 11, "valign": "vcenter", "text_wrap": True, "num_format": "@"}
        framed = {**cell, "border": 1}
        self.title = book.add_format({**cell, "font_name": _HEI, "font_size": 16, "align": "center"})
        self.plain = book.add_format(cell)
        self.head = book.add_format({**framed, "bold": True, "align": "center", "bg_color": "#E8EDF3"})
        self._body = {kind: book.add_format({**framed, **look}) for kind, look in looks.items()}
        self._foot = {kind: book.add_format({**framed, **look, "bold": True}) for kind, look in looks.items()}

    def of(self, value: Value, *, in_foot: bool) -> Any:
        known = self._foot if in_foot else self._body
        return known.get(type(value), known[str])


def _looks(*, english: bool) -> dict[type, dict[str, Any]]:
    day = "d mmm yyyy" if english else 'yyyy"年"m"月"d"日"'
    numbers = {int: "0", date: day, datetime: f"{day} hh:mm", Rate: "0.0%"}
    return {str: {}, **{kind: {"num_format": look, "align": "center"} for kind, look in numbers.items()}}


def _write(sheet: Any, table: Table, facts: Sequence[str], formats: _Formats) -> None:
    rows, last_column = list(table.rows), len(table.head) - 1
    widths = widths_of(table.head, [*rows, table.foot])
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    name = table.heading or table.title
    head = 0
    if table.comes_back:
        sheet.set_header(f"&C{name.replace('&', '&&')}")
    else:
        told = _BETWEEN_FACTS.join(facts)
        _across(sheet, 0, last_column, name, formats.title, 30 * lines_of(name, sum(widths) * 11 / 16))
        _across(sheet, 1, last_column, told, formats.plain, _LINE * lines_of(told, sum(widths)))
        head = 2
    for column, text in enumerate(table.head):
        sheet.write_string(head, column, text, formats.head)
    line = head
    for line, row in enumerate(rows, head + 1):
        _fill(sheet, line, row, formats)
    sheet.autofilter(head, 0, line, last_column)
    # A code of digits is text on purpose: no green corner asks to make a number of it.
    sheet.ignore_errors({"number_stored_as_text": xl_range(0, 0, max(line, 1), last_column)})
    if table.foot:
        line += 1
        _fill(sheet, line, table.foot, formats, in_foot=True)
    if table.note and table.comes_back:
        sheet.write_string(line + 1, 0, table.note)
    elif table.note:
        _across(sheet, line + 1, last_column, table.note, formats.plain, _LINE * lines_of(table.note, sum(widths)))
    sheet.freeze_panes(head + 1, 0)
    _lay_out(sheet, head)


def _fill(sheet: Any, line: int, row: Sequence[Value], formats: _Formats, *, in_foot: bool = False) -> None:
    for column, value in enumerate(row):
        look = formats.of(value, in_foot=in_foot)
        if value is None or value == "":
            sheet.write_blank(line, column, None, look)
        elif isinstance(value, datetime):
            # A spreadsheet knows no time zones.
            sheet.write_datetime(line, column, value.astimezone(SHANGHAI).replace(tzinfo=None), look)
        elif isinstance(value, date):
            sheet.write_datetime(line, column, value, look)
        elif isinstance(value, Rate):
            sheet.write_number(line, column, value.per_mille / 1000, look)
        elif isinstance(value, int):
            sheet.write_number(line, column, value, look)
        else:
            sheet.write_string(line, column, value, look)


def _across(sheet: Any, line: int, last_column: int, text: str, look: Any, height: float) -> None:
    """A text over all columns. Merged cells do not grow with their text, so that the height is given."""
    sheet.set_row(line, height)
    if last_column:
        # `merge_range` would take a text that begins with = for a formula.
        sheet.merge_range(line, 0, line, last_column, "", look)
    sheet.write_string(line, 0, text, look)


def _lay_out(sheet: Any, head: int) -> None:
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.repeat_rows(head)

"""Tables for spreadsheets, as CSV and XLSX: every cell is text, none is taken for a formula (trust 1.10)."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from app.workbooks.formulas import safe_cell


@dataclass(frozen=True)
class Table:
    """One sheet of a workbook: its name, its first row, and the rows below."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[str]]


def csv_of(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as CSV in UTF-8 with a mark, by which Excel knows the encoding."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], made_at: datetime) -> bytes:
    """A table as an Excel workbook; see `workbook_of`."""
    return workbook_of(title, (Table(title, head, rows),), made_at)


def workbook_of(title: str, tables: Iterable[Table], made_at: datetime) -> bytes:
    """Tables as the sheets of an Excel workbook; every cell is written as text, so that none is calculated.

    Args:
        made_at: entered as the time of making, so that equal tables of one moment are equal files.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "bottom": 1})
        for table in tables:
            _write(book.add_worksheet(table.title[:31]), table, bold)
    return content.getvalue()


def _write(sheet: Any, table: Table, bold: Any) -> None:
    widths = [len(name) for name in table.head]
    for column, name in enumerate(table.head):
        sheet.write_string(0, column, name, bold)
    for line, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            sheet.write_string(line, column, cell)
            widths[column] = max(widths[column], len(cell))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(2 * width + 2, 60))
    sheet.freeze_panes(1, 0)

"""Workbooks that the system hands out, read back as whoever opens them sees them."""

import io
import re
from typing import Any

import openpyxl

_DAYS, _NUMBERS = re.compile(r"日期$|届满日$|^时间$"), re.compile(r"次数$|工作日$|^序号$|办结$|^未到期$|率$|月数$")


def sheets_in(content: bytes) -> list[Any]:
    """The sheets of a workbook, each with a head that stays in sight."""
    sheets = list(openpyxl.load_workbook(io.BytesIO(content)).worksheets)
    assert all(sheet.freeze_panes for sheet in sheets)
    return sheets


def head_of(sheet: Any) -> int:
    """The number of the row that stays in sight."""
    return int(re.sub(r"\D", "", sheet.freeze_panes)) - 1


def rows_in(sheet: Any) -> list[dict[str, Any]]:
    """The rows below the head, by their headings; a day is a date, a count a number, and everything else text."""
    place = head_of(sheet)
    head = [str(cell.value) for cell in sheet[place]]
    rows = [row[: len(head)] for row in sheet.iter_rows(min_row=place + 1)]
    for row in rows:
        for name, cell in zip(head, row, strict=True):
            kind = "d" if _DAYS.search(name) else "n" if _NUMBERS.search(name) else "s"
            assert cell.value is None or cell.data_type == kind, (name, cell.value, cell.data_type)
    return [dict(zip(head, (cell.value for cell in row), strict=True)) for row in rows]

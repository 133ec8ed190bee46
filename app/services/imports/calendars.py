"""The yearly arrangement of holidays from a workbook: brought into the form of the calendar file, row by row."""

import csv
import io

from app.services.imports import cells
from app.services.imports.layout import Column, Layout, recognise
from app.workbooks.reading import TableRefused, read_sheets

_KINDS = {"off": "放假", "work": "上班"}
CALENDAR_LAYOUT = Layout("calendar", "节假日安排", (
    Column("date", "日期", cells.day, required=True, as_text=False, sample="2027-01-01", advice="年-月-日"),
    Column("kind", "类别", cells.choice(_KINDS), required=True, choices=("放假", "上班"),
           sample="放假", advice="放假，或者调休后的上班"),
    Column("name", "名称", cells.words(40), required=True, sample="元旦（示例）", advice="节日名称"),
    Column("source", "来源", cells.words(200), width=48, sample="放假安排通知的名称和文号",
           advice="与页面上填写的通知相同的，不填"),
), ("每行一天，只写与平常不同的日子：工作日放假的、周末调休上班的。",))  # fmt: skip


def calendar_text(content: bytes) -> str:
    """The text of a calendar file, read from a workbook or CSV; the lines keep the numbers of the rows.

    Raises:
        TableRefused: it is no such table, or a cell cannot be read; every such cell is named.
    """
    table = recognise(read_sheets(content), CALENDAR_LAYOUT)
    wrong = [
        f"第{row.number}行{table.headings[problem.column] if problem.column is not None else ''}：{problem.reason}。"
        for row in table.rows
        for problem in row.problems
    ]
    if wrong:
        raise TableRefused("\n".join(wrong))
    text = io.StringIO()
    writer, line = csv.writer(text, lineterminator="\n"), 1
    writer.writerow([column.heading for column in CALENDAR_LAYOUT.columns])
    for row in table.rows:
        text.write("\n" * (row.number - line - 1))
        # In the words of the form, where the days are read and mended.
        said = {**row.values, "kind": _KINDS[row.values["kind"]]}
        writer.writerow([said.get(column.key, "") for column in CALENDAR_LAYOUT.columns])
        line = max(row.number, line + 1)
    return text.getvalue()

"""Workbooks that belong to an import: the template to be filled in, and the rows that go back to be mended."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from app.services.imports.layout import REASONS, Column, Layout, columns_of, letters
from app.services.reading.imports import RowToMend
from app.workbooks.reading import MOST_ROWS

_CHOICES = "选项"
_ADVICE = "填写说明"
#: Of a longer list the code alone may be typed as well, so that other entries are only warned of.
_SHORT_LIST = 20
#: Each note is a drawing of its own, which spreadsheets open slowly; beyond these the colour and the column say it.
_MOST_NOTES = 1_000
_NOTE = {"author": "", "x_scale": 2, "font_name": "宋体", "font_size": 10}
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255


def template_xlsx(layout: Layout, made_at: datetime) -> bytes:
    """The template of a kind: headings, drop-down lists, one make-believe example, and a sheet of explanations."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        forms = _formats(book)
        sheet = _begin(book, layout, forms, [(_heading(column), column) for column in layout.columns], made_at)
        for place, column in enumerate(layout.columns):
            if column.sample:
                sheet.write_string(1, place, column.sample, forms["sample"])
        _explain(book, layout, forms, "第2行是示例，导入时自动略过；填写时请覆盖或者删去。")
    return content.getvalue()


def rows_to_mend_xlsx(layout: Layout, headings: Sequence[str], rows: Iterable[RowToMend], made_at: datetime) -> bytes:
    """Rows as they came, laid out like the template; mended, the file is uploaded again.

    A wrong cell is coloured and bears its reason as a note; all reasons of a row stand in a column of their own.
    """
    content, known = io.BytesIO(), columns_of(headings, layout)
    kept = [place for place, name in enumerate(headings) if name != REASONS]
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        forms, notes = _formats(book), 0
        sheet = _begin(book, layout, forms, [(headings[place], known.get(place)) for place in kept], made_at)
        sheet.set_column(len(kept), len(kept), 60, forms["text"])
        sheet.write_string(0, len(kept), REASONS, forms["wrong"])
        for line, row in enumerate(rows, 1):
            for place, source in enumerate(kept):
                text = row.cells[source] if source < len(row.cells) else ""
                reasons = [reason for at, reason in row.problems if at == source]
                if reasons:
                    sheet.write_string(line, place, text, forms["bad"])
                elif text:
                    sheet.write_string(line, place, text)
                if reasons and notes < _MOST_NOTES:
                    sheet.write_comment(line, place, "；".join(reasons), _NOTE)
                    notes += 1
            sheet.write_string(line, len(kept), "；".join(_told(row, headings)), forms["wrong"])
        _explain(book, layout, forms, "红底的单元格有误，原因见该单元格的批注和最后一列；改正后直接上传本文件。")
    return content.getvalue()


def _told(row: RowToMend, headings: Sequence[str]) -> Iterator[str]:
    for column, reason in row.problems:
        heading = headings[column] if column is not None and column < len(headings) else ""
        yield f"{heading}：{reason}" if heading else reason


def _begin(
    book: Any, layout: Layout, forms: dict[str, Any], head: Sequence[tuple[str, Column | None]], made_at: datetime
) -> Any:
    """The sheet that is filled in, with headings and guides, before the sheets of explanations and of choices."""
    book.set_properties({"title": layout.title, "created": made_at.replace(tzinfo=None)})
    sheet, _advice, choices = (book.add_worksheet(name) for name in (layout.title[:31], _ADVICE, _CHOICES))
    choices.hide()
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    for place, (heading, column) in enumerate(head):
        is_day = column is not None and not column.as_text
        sheet.set_column(place, place, column.width if column else 20, forms["day" if is_day else "text"])
        sheet.write_string(0, place, heading, forms["needed" if column and column.required else "head"])
        if column is not None:
            for line, choice in enumerate(column.choices):
                choices.write_string(line, place, choice)
            _guide(sheet, place, column)
    sheet.activate()
    return sheet


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "num_format": "@"}
    return {
        "head": book.add_format({**head, "bg_color": "#E8EDF3"}),
        "needed": book.add_format({**head, "bg_color": "#FCE9E8"}),
        "sample": book.add_format({"italic": True, "font_color": "#6B7885", "num_format": "@"}),
        "wrong": book.add_format({"font_color": "#B3261E", "text_wrap": True, "num_format": "@"}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "bad": book.add_format({"bg_color": "#F9D0CC", "font_color": "#7A1610", "num_format": "@"}),
        "plain": book.add_format({"text_wrap": False}),
        "bold": book.add_format({"bold": True}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _heading(column: Column) -> str:
    return f"{column.heading}*" if column.required else column.heading


def _guide(sheet: Any, place: int, column: Column) -> None:
    """The drop-down list of a column, and its advice beside the cell that is being filled in."""
    told: dict[str, Any] = {}
    if column.advice:
        told = {"input_title": column.heading[:_LONGEST_TITLE], "input_message": column.advice[:_LONGEST_MESSAGE]}
    if column.choices:
        letter = letters(place)
        told |= {
            "validate": "list",
            "source": f"={_CHOICES}!${letter}$1:${letter}${len(column.choices)}",
            "error_type": "stop" if len(column.choices) <= _SHORT_LIST else "warning",
            "error_title": "不是可选项",
            "error_message": "请从下拉选项中选择。",
        }
    elif told:
        told["validate"] = "any"
    if told:
        sheet.data_validation(1, place, MOST_ROWS, place, told)


def _explain(book: Any, layout: Layout, forms: dict[str, Any], first: str) -> None:
    sheet = book.get_worksheet_by_name(_ADVICE)
    for place, (name, width) in enumerate((("列名", 28), ("是否必填", 10), ("怎样填写", 56), ("示例", 40))):
        sheet.set_column(place, place, width, forms["wrapped"])
        sheet.write_string(0, place, name, forms["head"])
    line = 0
    for line, column in enumerate(layout.columns, 1):
        sheet.write_string(line, 0, column.heading, forms["bold"])
        sheet.write_string(line, 1, "必填" if column.required else "选填")
        sheet.write_string(line, 2, column.advice)
        sheet.write_string(line, 3, column.sample)
    for below, remark in enumerate((first, *layout.remarks), line + 2):
        sheet.write_string(below, 0, remark, forms["plain"])

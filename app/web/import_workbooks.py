"""Workbooks that belong to an import: the template to be filled in, and the rows that go back to be mended."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from app.services.imports.layout import REASONS, Column, Layout, letters
from app.workbooks.reading import MOST_ROWS

_CHOICES = "选项"
_ADVICE = "填写说明"
#: Of a longer list the code alone may be typed as well, so that other entries are only warned of.
_SHORT_LIST = 20
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255


def template_xlsx(layout: Layout, made_at: datetime) -> bytes:
    """The template of a kind: headings, drop-down lists, one make-believe example, and a sheet of explanations."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": layout.title, "created": made_at.replace(tzinfo=None)})
        forms = _formats(book)
        sheet, advice, choices = (book.add_worksheet(name) for name in (layout.title[:31], _ADVICE, _CHOICES))
        choices.hide()
        sheet.freeze_panes(1, 1)
        sheet.set_row(0, 32)
        for place, column in enumerate(layout.columns):
            sheet.set_column(place, place, column.width, forms["text" if column.as_text else "day"])
            sheet.write_string(0, place, _heading(column), forms["needed" if column.required else "head"])
            if column.sample:
                sheet.write_string(1, place, column.sample, forms["sample"])
            if column.choices:
                for line, choice in enumerate(column.choices):
                    choices.write_string(line, place, choice)
            _guide(sheet, place, column)
        _explain(advice, layout, forms)
        sheet.activate()
    return content.getvalue()


def rows_to_mend_xlsx(
    title: str, headings: Sequence[str], rows: Iterable[tuple[Sequence[str], str]], made_at: datetime
) -> bytes:
    """Rows as they came, with what is wrong with each in a column of its own; mended, the file is uploaded again."""
    content, kept = io.BytesIO(), [place for place, name in enumerate(headings) if name != REASONS]
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
        forms = _formats(book)
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        for place, name in enumerate([*(headings[place] for place in kept), REASONS]):
            sheet.set_column(place, place, 60 if name == REASONS else 20, forms["text"])
            sheet.write_string(0, place, name, forms["wrong" if name == REASONS else "head"])
        for line, (cells, reason) in enumerate(rows, 1):
            for place, source in enumerate(kept):
                if source < len(cells) and cells[source]:
                    sheet.write_string(line, place, cells[source])
            sheet.write_string(line, len(kept), reason, forms["wrong"])
    return content.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "num_format": "@"}
    return {
        "head": book.add_format({**head, "bg_color": "#E8EDF3"}),
        "needed": book.add_format({**head, "bg_color": "#FCE9E8"}),
        "sample": book.add_format({"italic": True, "font_color": "#6B7885", "num_format": "@"}),
        "wrong": book.add_format({"font_color": "#B3261E", "text_wrap": True, "num_format": "@"}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
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


def _explain(sheet: Any, layout: Layout, forms: dict[str, Any]) -> None:
    for place, (name, width) in enumerate((("列名", 28), ("是否必填", 10), ("怎样填写", 56), ("示例", 40))):
        sheet.set_column(place, place, width, forms["wrapped"])
        sheet.write_string(0, place, name, forms["head"])
    line = 0
    for line, column in enumerate(layout.columns, 1):
        sheet.write_string(line, 0, column.heading, forms["bold"])
        sheet.write_string(line, 1, "必填" if column.required else "选填")
        sheet.write_string(line, 2, column.advice)
        sheet.write_string(line, 3, column.sample)
    remarks = ("第2行是示例，导入时自动略过；填写时请覆盖或者删去。", *layout.remarks)
    for below, remark in enumerate(remarks, line + 2):
        sheet.write_string(below, 0, remark)

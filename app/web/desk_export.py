"""A box of the desk as a file: the rows that its pages list, under the same filters and in the same order."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.services.reading.desk.boxes import Box, boxes_of
from app.services.reading.desk.listing import export_box
from app.services.reading.desk.marks import Mark
from app.services.reading.lines import CaseLine
from app.web.handing_out import table_file
from app.web.line_cells import LINE_HEAD, cut_off, line_cells
from app.web.reading import current_reader
from app.web.sifting import wish_of
from app.web.spreadsheet import Table
from app.workbooks.values import Content, Value
from workflows.kit.errors import NotFound

_HEAD = (*LINE_HEAD, "所涉记录", "承办单位", "说明")


def export_page() -> ResponseReturnValue:
    """The whole box that the address names, not one page of it; that it was taken out is logged."""
    with current_reader() as reader:
        wish = wish_of(request.values, boxes_of(reader))
        if wish.box is Box.DRAFTS:
            raise NotFound("草稿不导出。")
        rows, is_cut = export_box(reader, wish.box, wish.sieve, wish.order)
    cells = [_cells(line, mark) for line, mark in rows]
    table = Table(f"工作台（{wish.box.label}）", _HEAD, cells, note=cut_off(is_cut, len(rows)))
    return table_file(table, f"desk-{wish.box.value}", "xlsx")


def _cells(line: CaseLine, mark: Mark) -> tuple[Value, ...]:
    told = Content(gettext("代%(name)s办理", name=mark.for_whom)) if mark.for_whom else mark.vacancy
    return (*line_cells(line), Content(line.about), Content(line.holder_unit), told)

"""送达台账: what has to be served, by how far it has come, with the next act in the row."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.services.reading.lines import NO_NUMBER
from app.services.reading.service_board import Board, Group, Row, Wanted, export_board, read_board
from app.web.case_forms import new_key
from app.web.case_views import light_of
from app.web.handing_out import table_file
from app.web.reading import current_reader
from app.web.spreadsheet import Table
from app.workbooks.values import Content, Value
from workflows.forms.notice import ServiceMethod

blueprint = Blueprint("service_board", __name__, url_prefix="/service")

_HEAD = ("发文字号", "标题", "受送达人", "送达方式", "送出日期", "送达期限届满日", "公告届满日", "送达日期", "送达回证")


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """One group of the board; every choice stands in the address."""
    group, wanted = _group(), _wanted()
    after = request.args.get("after", 0, type=int)
    with current_reader() as reader:
        board = read_board(reader, group, wanted, after)
        today = reader.today
    return render_template(
        "registers/service.html",
        board=board,
        rows=[(row, light_of(row.term, today)) for row in board.rows],
        wanted=wanted,
        kept={name: request.args[name] for name in ("method", "words", "late", "no_receipt") if request.args.get(name)},
        methods=tuple(ServiceMethod),
        empty=_empty(board, wanted),
        new_key=new_key,
    )


@blueprint.post("/export")
@login_required
def export() -> ResponseReturnValue:
    """The rows of a group that were looked for, as CSV or XLSX."""
    with current_reader() as reader:
        rows = export_board(reader, _group(), _wanted())
    table = Table(f"送达台账（{_group().label}）", _HEAD, [_cells(row) for row in rows])
    return table_file(table, "service-board", request.form.get("form", ""))


def _cells(row: Row) -> tuple[Value, ...]:
    return (
        Content(row.number) or NO_NUMBER,
        row.title,
        Content(row.recipient),
        row.method.label if row.method else "",
        row.sent_on,
        row.term.due_on if row.term is not None else None,
        row.announced_until,
        row.served_on,
        "待补交" if row.receipt_missing else "",
    )


def _group() -> Group:
    return next((group for group in Group if group == request.values.get("group")), Group.TO_SEND)


def _wanted() -> Wanted:
    given = request.values
    return Wanted(
        method=next((method for method in ServiceMethod if method.value == given.get("method")), None),
        words=given.get("words", "").strip()[:80],
        late=given.get("late") == "1",
        no_receipt=given.get("no_receipt") == "1",
    )


def _empty(board: Board, wanted: Wanted) -> bool:
    """Whether the group is empty, not only what was looked for in it."""
    return wanted == Wanted() and not board.rows

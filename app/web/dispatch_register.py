"""发文登记簿: the numbered notices, filtered, checked for gaps, and taken out as a table."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.services.notice_numbers import NumberParts, parts_of
from app.services.reading.dispatch_register import Entry, Status, Wanted, export_register, read_register
from app.services.reading.lines import NO_NUMBER
from app.web.filters import period_given
from app.web.forms import SummaryLine
from app.web.handing_out import table_file
from app.web.reading import current_reader
from app.web.spreadsheet import Table
from app.workbooks.values import Content, Value

blueprint = Blueprint("dispatch_register", __name__, url_prefix="/register")

_FIELDS = ("organ", "word", "year", "status", "from_on", "until_on", "words")
_HEAD = (
    "发文字号", "签发日期", "标题", "发文机关", "受送达人", "签发人", "所涉事项", "所涉事项文号", "状态", "送达日期",
    "核验码",
)  # fmt: skip


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """One page of the register; every choice stands in the address."""
    wanted, errors = _wanted()
    with current_reader() as reader:
        register = read_register(reader, Wanted() if errors else wanted, _after())
        today = reader.today
    page = render_template(
        "registers/dispatch.html",
        register=register,
        wanted=wanted,
        given=request.args,
        kept={name: request.args[name] for name in _FIELDS if request.args.get(name)},
        statuses=tuple(Status),
        errors=errors,
        failed=bool(errors),
        today=today,
    )
    return page, 422 if errors else 200


@blueprint.post("/export")
@login_required
def export() -> ResponseReturnValue:
    """What was looked for, as CSV or XLSX."""
    wanted, errors = _wanted()
    if errors:
        return show()
    with current_reader() as reader:
        entries = export_register(reader, wanted)
    table = Table("发文登记簿", _HEAD, [_cells(entry) for entry in entries])
    return table_file(table, "dispatch-register", request.form.get("form", ""))


def _cells(entry: Entry) -> tuple[Value, ...]:
    status = entry.status.label if entry.status in (Status.VOIDED, Status.REPLACED) else entry.state_label
    return (
        Content(entry.number),
        entry.signed_on,
        entry.title,
        Content(entry.organ),
        Content(entry.recipient),
        entry.signer,
        entry.case_label,
        Content(entry.case) or NO_NUMBER,
        status,
        entry.served_on,
        Content(entry.code),
    )


def _wanted() -> tuple[Wanted, list[SummaryLine]]:
    errors: list[SummaryLine] = []
    begins, ends = period_given(_given, errors)
    year = _given("year")
    return (
        Wanted(
            organ=_given("organ"),
            word=_given("word"),
            year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
            status=next((status for status in Status if status == _given("status")), None),
            from_on=begins,
            until_on=ends,
            words=_given("words").strip()[:80],
        ),
        errors,
    )


def _given(name: str) -> str:
    return request.values.get(name, "")


def _after() -> NumberParts | None:
    try:
        return parts_of(request.args.get("after", ""))
    except ValueError:
        return None

"""审计: search events, verify the chains, export. An auditor sees steps and people, never what a case says."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.access_log import Act
from app.services.reading.access_trail import export_access, read_access
from app.services.reading.audit_trail import TrailLine, Wanted, demand_auditor, export_trail, read_trail
from app.services.reading.verifications import read_verification
from app.services.verifying import begin_verification, verify_at_once
from app.web.forms import SummaryLine
from app.web.handing_out import table_file
from app.web.reading import current_reader, signed_in
from app.web.spreadsheet import Table
from app.workbooks.values import Content, Value

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

#: So long the page waits for its answer; what takes longer goes on after it.
_PATIENCE_SECONDS = 2.0
_ACCESS_HEAD = ("时间", "事项", "人员", "对象", "事由", "来源地址")
_HEAD = ("时间", "事项编号", "事项类别", "序号", "办理步骤", "办理人", "校验值")


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """The events that fit, newest first."""
    wanted, errors = _wanted()
    before = request.args.get("before", "")
    with current_reader() as reader:
        trail = read_trail(reader, wanted, int(before) if before.isdecimal() and len(before) < 18 else None)
        found = read_verification(reader)
    page = render_template(
        "audit/show.html",
        trail=trail,
        given=request.args,
        errors=errors,
        failed=bool(errors),
        verification=found,
    )
    return page, 422 if errors else 200


@blueprint.post("/verify")
@login_required
def verify() -> ResponseReturnValue:
    """Recompute every chain; what takes long goes on in the background, and the page shows how far it has come."""
    own = installation()
    with current_reader() as reader:
        demand_auditor(reader)
    begin_verification(own.backend, signed_in().user_id, own.clock())
    verify_at_once(own.backend, own.settings.anchor_file, own.clock, _PATIENCE_SECONDS)
    return redirect(url_for("audit.show", _anchor="verification"), 303)


@blueprint.get("/verification")
@login_required
def verification() -> ResponseReturnValue:
    """The part of the page that follows a verification, looking again by itself while it runs."""
    with current_reader() as reader:
        found = read_verification(reader)
    return render_template("audit/_verification.html", verification=found)


@blueprint.post("/export")
@login_required
def export() -> ResponseReturnValue:
    """What was searched, as CSV; that it was taken out is itself logged."""
    wanted, errors = _wanted()
    if errors:
        return show()
    with current_reader() as reader:
        lines = export_trail(reader, wanted)
    table = Table("审计（办理记录）", _HEAD, [_cells(line) for line in lines])
    return table_file(table, "audit", request.form.get("format", ""))


@blueprint.get("/access")
@login_required
def access() -> ResponseReturnValue:
    """访问日志: sign-ins, looking, exports and every act of the administrators."""
    wanted, errors = _wanted()
    before, act = request.args.get("before", ""), request.args.get("act", "")
    with current_reader() as reader:
        key = int(before) if before.isdecimal() and len(before) < 18 else None
        lines, next_before = read_access(reader, wanted, act, key)
    page = render_template(
        "audit/access.html",
        lines=lines,
        next_before=next_before,
        given=request.args,
        acts=tuple(Act),
        errors=errors,
        failed=bool(errors),
    )
    return page, 422 if errors else 200


@blueprint.post("/access/export")
@login_required
def export_log() -> ResponseReturnValue:
    """What was found in the access log, as a table; that it was taken out is logged too."""
    wanted, errors = _wanted()
    with current_reader() as reader:
        lines = export_access(reader, wanted if not errors else Wanted(), request.form.get("act", ""))
    cells = [(one.at, one.act, one.actor, one.target, one.purpose, Content(one.address)) for one in lines]
    return table_file(Table("访问日志", _ACCESS_HEAD, cells), "access", request.form.get("format", ""))


def _cells(line: TrailLine) -> tuple[Value, ...]:
    return (
        line.at,
        Content(line.number or line.case),
        line.kind_label,
        line.seq,
        line.act,
        line.actor,
        Content(line.mac),
    )


def _wanted() -> tuple[Wanted, list[SummaryLine]]:
    given = request.values
    errors: list[SummaryLine] = []
    days = {name: _day(given.get(name, ""), name, errors) for name in ("from_on", "until_on")}
    if days["from_on"] and days["until_on"] and days["from_on"] > days["until_on"]:
        errors.append(SummaryLine(gettext("起始日期晚于截止日期，请核对。"), "f-from_on"))
    number, actor, act = (given.get(name, "").strip()[:100] for name in ("number", "actor", "act"))
    return Wanted(number, actor, **days, act=act), errors


def _day(text: str, name: str, errors: list[SummaryLine]) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        errors.append(SummaryLine(gettext("日期不存在或者格式不对，请按“2026-11-21”填写。"), f"f-{name}"))
        return None

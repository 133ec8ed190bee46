"""月度通报: one month as a page, as an Excel workbook and as a sheet to be printed."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.documents.bulletin import BULLETIN
from app.documents.render import RenderError
from app.extensions import installation
from app.services.access_log import Act, record
from app.services.reading.oversight.bulletin import Bulletin, read_bulletin
from app.services.reading.oversight.bulletin_sheet import (
    LATE_HEAD,
    UNIT_HEAD,
    download_of,
    late_cells,
    sheet_of,
    unit_cells,
)
from app.services.reading.oversight.duties import Duty
from app.services.reading.oversight.scope import Outcome
from app.web.handing_out import who_and_when, workbook_file
from app.web.lights import NEAR_WORKING_DAYS
from app.web.oversight import blueprint
from app.web.oversight.filters import month_given, months_offered
from app.web.reading import current_reader, signed_in
from app.web.spreadsheet import Table
from workflows.kit.storable import in_words

#: Late duties that are listed: on the page, on the sheet, in the workbook.
_SHOWN, _PRINTED, _EXPORTED = 100, 100, 10_000


@blueprint.get("/bulletin")
@login_required
def bulletin() -> ResponseReturnValue:
    """What would be circulated, to be looked through first."""
    with current_reader() as reader:
        found = read_bulletin(reader, month_given(reader), NEAR_WORKING_DAYS, _SHOWN)
        months = months_offered(reader)
    return render_template("oversight/bulletin.html", bulletin=found, months=months, outcomes=tuple(Outcome))


@blueprint.post("/bulletin/export")
@login_required
def export_bulletin() -> ResponseReturnValue:
    """The same as an Excel workbook, with every late duty."""
    found, demo = _read(_EXPORTED), installation().backend.demo
    title = f"{BULLETIN}（{found.month.label}）"
    units = [unit_cells(row.holder.name, row.met) for row in found.units]
    tables = (
        Table("各单位办理情况", UNIT_HEAD, units, foot=unit_cells("合计", found.whole)),
        _late("本月逾期事项", found.late, found.late_count),
        _late("以前月份未办结事项", found.carried, found.carried_count),
    )
    facts = [f"通报单位：{found.organ}", f"截至日期：{in_words(found.as_of)}", *who_and_when(), "内部工作材料"]
    if demo:
        facts.append("演示材料，不具有法律效力")
    named = [replace(table, heading=f"{title}：{table.title}") for table in tables]
    return workbook_file(title, f"bulletin-{found.month.key}", named, facts)


def _late(title: str, duties: Sequence[Duty], count: int) -> Table:
    left = f"另有{count - len(duties)}项未列出。" if count > len(duties) else ""
    return Table(title, LATE_HEAD, [late_cells(duty) for duty in duties], note=left)


@blueprint.get("/bulletin.pdf")
@login_required
def bulletin_sheet() -> ResponseReturnValue:
    """The same as a sheet."""
    own, found = installation(), _read(_PRINTED)
    try:
        made = download_of(sheet_of(found, demo=own.backend.demo), as_pdf=own.settings.renderer == "pdf")
    except RenderError as error:
        flash(str(error), "error")
        return redirect(url_for("oversight.bulletin", month=found.month.key), 303)
    target = f"bulletin-{found.month.key}"
    record(own.database, own.keys, Act.DOWNLOADED, signed_in().user_id, own.clock(), target=target)
    answer = send_file(BytesIO(made.content), mimetype=made.media_type, download_name=made.name, max_age=0)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _read(most: int) -> Bulletin:
    with current_reader() as reader:
        return read_bulletin(reader, month_given(reader), NEAR_WORKING_DAYS, most)

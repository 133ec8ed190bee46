"""The board and the lists behind its numbers."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.services.reading.oversight.board import read_board
from app.services.reading.oversight.duties import DutyPage, Wanted, export_duties, read_duties
from app.services.reading.oversight.scope import HEADS, PERSONS, Outcome, is_office
from app.services.reading.shade import Shade
from app.web.case_forms import new_key
from app.web.case_views import light_of
from app.web.handing_out import table_file
from app.web.lights import NEAR_WORKING_DAYS
from app.web.line_cells import cut_off
from app.web.oversight import blueprint
from app.web.oversight.duty_cells import DUTY_HEAD, duty_cells
from app.web.oversight.filters import chips, duties_asked, kept
from app.web.reading import current_reader, signed_in
from app.web.spreadsheet import Table
from workflows.registry import WORKFLOWS

_LATE = Wanted(standing=Shade.LATE)


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """Units by how their duties stand, and the late duties to be called to."""
    with current_reader() as reader:
        board = read_board(reader, NEAR_WORKING_DAYS)
        late = read_duties(reader, _LATE, NEAR_WORKING_DAYS)
        today, office = reader.today, is_office(reader)
    return render_template(
        "oversight/board.html",
        board=board,
        standings=tuple(Shade),
        page=late,
        asked=kept(_LATE),
        next_page=_next(_LATE, late),
        light=lambda term: light_of(term, today),
        today=today,
        office=office,
        key=new_key(),
    )


@blueprint.get("/duties")
@login_required
def duties() -> ResponseReturnValue:
    """The duties behind one number; every choice stands in the address."""
    asked = duties_asked()
    wanted = Wanted() if asked.errors else asked.wanted
    with current_reader() as reader:
        page = read_duties(reader, wanted, NEAR_WORKING_DAYS, request.args.get("after", ""))
        today, office = reader.today, is_office(reader)
    unit = _unit_name(wanted, page)
    answer = render_template(
        "oversight/duties.html",
        page=page,
        wanted=wanted,
        asked=kept(wanted),
        heading=_heading(wanted, unit or _all_units(office=office)),
        chips=chips(wanted, unit),
        next_page=_next(wanted, page),
        given=request.args,
        kinds=[(known, flow.label) for known, flow in WORKFLOWS.items()],
        standings=tuple(Shade),
        outcomes=tuple(Outcome),
        errors=asked.errors,
        failed=bool(asked.errors),
        light=lambda term: light_of(term, today),
        today=today,
        office=office,
        key=new_key(),
    )
    return answer, 422 if asked.errors else 200


@blueprint.post("/duties/export")
@login_required
def export_list() -> ResponseReturnValue:
    """The same duties as an Excel workbook, all of them; that they were taken out is logged."""
    asked = duties_asked()
    if asked.errors:
        given: dict[str, Any] = {name: value for name, value in request.form.items() if name != "csrf_token"}
        return redirect(url_for("oversight.duties", **given), 303)
    with current_reader() as reader:
        found, is_cut = export_duties(reader, asked.wanted, NEAR_WORKING_DAYS)
    table = Table("期限清单", DUTY_HEAD, [*map(duty_cells, found)], note=cut_off(is_cut, len(found), "项"))
    return table_file(table, "duties", "xlsx")


def _next(wanted: Wanted, page: DutyPage) -> str:
    return url_for("oversight.duties", **kept(wanted), after=page.next_after) if page.next_after else ""


def _unit_name(wanted: Wanted, page: DutyPage) -> str:
    """The name of the chosen unit, out of what the reader may see of it."""
    if not wanted.unit:
        return ""
    if wanted.unit == PERSONS:
        return gettext("个人当事人")
    return page.duties[0].holder.name if page.duties else gettext("所选单位")


def _heading(wanted: Wanted, unit: str) -> str:
    chosen = wanted.standing or wanted.outcome
    if chosen is not None:
        what = gettext(chosen.label)
    elif wanted.ended is not None:
        what = gettext("已办结")
    else:
        what = gettext("全部期限") if wanted.within is None else gettext("到期的期限")
    return gettext("%(unit)s：%(what)s", unit=unit, what=what)


def _all_units(*, office: bool) -> str:
    """Whose duties are listed where no unit is chosen: an office oversees all units, a head answers for his own."""
    if office:
        return gettext("全部单位")
    return "、".join(dict.fromkeys(post.unit_name for post in signed_in().posts if post.post in HEADS))

"""统计: the trend, the slowest terms and the workload, and the lists behind their numbers."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.services.reading.oversight.acts import read_acts
from app.services.reading.oversight.pace import read_pace
from app.services.reading.oversight.periods import months_until, weeks_until
from app.services.reading.oversight.scope import Outcome, demand_board, is_office
from app.services.reading.oversight.trend import read_trend, total_of
from app.services.reading.oversight.workload import read_cases, read_workload
from app.web.case_views import light_of
from app.web.oversight import blueprint
from app.web.oversight.filters import month_given, months_offered
from app.web.reading import current_reader

_PERIODS = 12
#: The slowest ones are enough to act on; a chart of more cannot be read.
_CHARTED = 12


@blueprint.get("/statistics")
@login_required
def statistics() -> ResponseReturnValue:
    """One month: what fell due in it and in the eleven before, what was slow, and who did how much."""
    by_week = request.args.get("by") == "week"
    with current_reader() as reader:
        demand_board(reader)
        month, today = month_given(reader), reader.today
        until = min(month.last, today)
        periods = weeks_until(until, _PERIODS) if by_week else months_until(month, _PERIODS)
        trend, pace, workload = read_trend(reader, periods), read_pace(reader, month), read_workload(reader, month)
        months, office = months_offered(reader), is_office(reader)
    return render_template(
        "oversight/statistics.html",
        month=month,
        months=months,
        by_week=by_week,
        trend=trend,
        whole=total_of([row.met for row in trend]),
        outcomes=tuple(Outcome),
        pace=pace,
        workload=workload,
        charted=_CHARTED,
        office=office,
    )


@blueprint.get("/acts")
@login_required
def acts() -> ResponseReturnValue:
    """The acts behind a number of the workload: of a unit, or of somebody of the own office."""
    unit, person = request.args.get("unit", ""), request.args.get("person", "")
    with current_reader() as reader:
        month = month_given(reader)
        page = read_acts(reader, month, unit, person, request.args.get("before", type=int))
        office = is_office(reader)
    chosen: dict[str, Any] = {name: value for name, value in (("unit", unit), ("person", person)) if value}
    more = page.next_before
    return render_template(
        "oversight/acts.html",
        page=page,
        month=month,
        of=_named(person, page.lines[0].author, page.lines[0].holder.name) if page.lines and chosen else "",
        next_page=url_for("oversight.acts", month=month.key, **chosen, before=more) if more else "",
        office=office,
    )


@blueprint.get("/cases")
@login_required
def cases() -> ResponseReturnValue:
    """The open cases that lie with a unit."""
    unit = request.args.get("unit", "")
    with current_reader() as reader:
        page = read_cases(reader, unit, request.args.get("after", type=int))
        today, office = reader.today, is_office(reader)
    return render_template(
        "oversight/cases.html",
        page=page,
        rows=[(line, light_of(line.term, today)) for line in page.lines],
        next_page=url_for("oversight.cases", unit=unit, after=page.next_after) if page.next_after else "",
        office=office,
    )


def _named(person: str, author: str, unit: str) -> str:
    return author if person else unit

"""督办: units by how their duties stand, each number with its list, and 催办 in one act."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.reading.oversight import Duty, Standing, read_oversight
from app.services.steps import TakeStep, take_step
from app.web.case_views import light_of
from app.web.lights import NEAR_WORKING_DAYS
from app.web.reading import current_reader, signed_in
from workflows.kit.errors import Refusal

blueprint = Blueprint("oversight", __name__, url_prefix="/oversight")


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """The board; `unit` and `standing` choose the duties behind one number."""
    unit, standing = request.args.get("unit", ""), request.args.get("standing", "")
    with current_reader() as reader:
        board = read_oversight(reader, NEAR_WORKING_DAYS)
        today = reader.today
    return render_template(
        "oversight/board.html",
        board=board,
        standings=tuple(Standing),
        unit=unit,
        standing=standing,
        duties=board.of(unit, standing or (Standing.LATE if not unit else "")),
        late=Standing.LATE,
        light=lambda term: light_of(term, today),
        key=secrets.token_hex(12),
    )


@blueprint.post("/remind")
@login_required
def remind() -> ResponseReturnValue:
    """Call to the late duties that were chosen, one step for each case; says which could not be called to, and why."""
    chosen = set(request.form.getlist("case"))
    with current_reader() as reader:
        board = read_oversight(reader, NEAR_WORKING_DAYS)
    late = {duty.case: duty for duty in board.of("", Standing.LATE) if duty.act and duty.case in chosen}
    refused = [text for duty in late.values() if (text := _call(duty))]
    done = len(late) - len(refused)
    if done:
        flash(gettext("已催办%(number)s件，催办文书自动送至承办单位。", number=done), "done")
    if not late:
        flash(gettext("没有选定可以催办的事项。请先勾选逾期的事项。"), "error")
    for text in refused:
        flash(text, "error")
    return redirect(url_for("oversight.show"), 303)


def _call(duty: Duty) -> str:
    """Take the step on one case; returns why it was refused, empty if it was not."""
    own, key = installation(), request.form.get("key", "")
    version = request.form.get(f"version-{duty.case}", "")
    command = TakeStep(
        duty.act,
        signed_in().actor,
        {"target": f"{duty.unit}：{duty.term_label}"},
        case=duty.case,
        expected_version=int(version) if version.isdecimal() else None,
        key=f"{key}-{duty.case}" if key else None,
    )
    try:
        take_step(own.backend, command, own.clock())
    except Refusal as refusal:
        return f"{duty.name}：{refusal.message}"
    return ""

"""催办, 督办: the duties that were chosen, or all late ones, called to in one act, with a result for each."""

import re
from dataclasses import replace

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.calling import Call, put_calls, work_at_once
from app.services.reading.lines import within_keys
from app.services.reading.oversight.called import Result, calls_to_all, calls_to_chosen, read_calls
from app.web.case_forms import new_key
from app.web.lights import NEAR_WORKING_DAYS
from app.web.oversight import blueprint
from app.web.oversight.filters import duties_asked
from app.web.reading import current_reader, signed_in

#: So long the page waits for its answer; what takes longer goes on after it.
_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 2
#: Done ones that are listed one by one; the rest are counted.
_LISTED = 200
_NAME = re.compile(r"[A-Za-z0-9-]{1,40}")


@blueprint.post("/remind")
@login_required
def remind() -> ResponseReturnValue:
    """Call to the chosen late duties, or with `all` to all of the list; a repeated submission calls to nobody twice."""
    wanted, name = duties_asked().wanted, request.form.get("key", "")
    name = name if _NAME.fullmatch(name) else new_key()
    with current_reader() as reader:
        if request.form.get("all"):
            calls = calls_to_all(reader, wanted, NEAR_WORKING_DAYS)
        else:
            calls = _as_seen(calls_to_chosen(reader, _chosen()))
    if not calls:
        flash(gettext("没有选定可以催办的事项。请先勾选逾期的事项。"), "error")
        return redirect(url_for("oversight.show"), 303)
    own, actor = installation(), signed_in().actor
    put_calls(own.backend, actor, name, calls, own.clock())
    work_at_once(own.backend, actor, name, own.clock, _SECONDS)
    return redirect(url_for("oversight.called", name=name), 303)


@blueprint.get("/calls/<name>")
@login_required
def called(name: str) -> ResponseReturnValue:
    """What came of a batch; it looks again by itself while some are waiting."""
    with current_reader() as reader:
        report = read_calls(reader, name, NEAR_WORKING_DAYS)
    done = [line for line in report.lines if line.result is Result.DONE]
    answer = make_response(
        render_template(
            "oversight/calls.html",
            report=report,
            result=Result,
            lines=[line for line in report.lines if line.result is not Result.DONE] + done[:_LISTED],
            unlisted=max(0, len(done) - _LISTED),
        )
    )
    if not report.is_over and not report.stopped:
        answer.headers["Refresh"] = str(_LOOK_AGAIN_SECONDS)
    return answer


def _chosen() -> set[int]:
    return {within_keys(int(text)) for text in request.form.getlist("duty") if text.isascii() and text.isdecimal()}


def _as_seen(calls: tuple[Call, ...]) -> tuple[Call, ...]:
    """With the versions of the page that was looked at: what was moved since is refused."""
    return tuple(
        replace(call, version=request.form.get(f"version-{call.term}", default=-1, type=int)) for call in calls
    )

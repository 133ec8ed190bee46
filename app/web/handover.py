"""移交: who left the units for which the reader answers, what lay with him, and handing his drafts over."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.services.handing_over import hand_over_drafts
from app.services.reading.left_behind import leavers_of, left_behind
from app.web.case_views import light_of
from app.web.forms import SummaryLine
from app.web.reading import current_reader
from workflows.kit.errors import FieldError, FormIncomplete

blueprint = Blueprint("handover", __name__, url_prefix="/handover")

#: Where on the page a field stands that is wrong.
_ANCHORS = {"draft": "drafts", "taker": "taker"}


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """Everybody who lost a post in one of the reader's units within a year."""
    with current_reader() as reader:
        leavers = leavers_of(reader)
    return render_template("handover/list.html", leavers=leavers)


@blueprint.get("/<uid>")
@login_required
def person(uid: str) -> ResponseReturnValue:
    """What lay with one of them."""
    return _page(uid)


@blueprint.post("/<uid>")
@login_required
def give(uid: str) -> ResponseReturnValue:
    """Give the ticked drafts to whoever goes on with them; what came of each."""
    drafts, taker = request.form.getlist("draft"), request.form.get("taker", "")
    try:
        with current_reader() as reader:
            behind = left_behind(reader, uid)
            results = hand_over_drafts(reader, uid, drafts, taker)
    except FormIncomplete as refusal:
        return _page(uid, refusal.errors), 422
    name = dict(behind.takers)[taker]
    return render_template("handover/results.html", leaver=behind.leaver, results=results, taker=name)


def _page(uid: str, errors: tuple[FieldError, ...] = ()) -> str:
    """The drafts with ticks: all of them, or those that were ticked when the form comes back."""
    with current_reader() as reader:
        behind, today = left_behind(reader, uid), reader.today
    ticked = set(request.form.getlist("draft")) if errors else {draft.uid for draft in behind.drafts if draft.takers}
    return render_template(
        "handover/person.html",
        behind=behind,
        ticked=ticked,
        taker=request.form.get("taker", ""),
        lines=[SummaryLine(f"{error.label}：{error.message}", _ANCHORS[error.field]) for error in errors],
        wrong={error.field: error.message for error in errors},
        failed=bool(errors),
        light=lambda term: light_of(term, today),
    )

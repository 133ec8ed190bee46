"""批量审批: the proposals that wait for the reader, and agreeing at once to the simple ones that he has opened."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.agreeing import agree_together
from app.services.reading.waiting import waiting_for
from app.web.case_forms import new_key
from app.web.case_views import light_of
from app.web.reading import current_reader, signed_in

blueprint = Blueprint("approvals", __name__, url_prefix="/approvals")


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """What waits; with `all` those that may be agreed to together are ticked, none otherwise."""
    with current_reader() as reader:
        found = waiting_for(reader)
        today = reader.today
    return render_template(
        "approvals/show.html",
        rows=[(item, light_of(item.line.term, today)) for item in found],
        ready=sum(item.ready for item in found),
        ticked=bool(request.args.get("all")),
        key=new_key(),
    )


@blueprint.post("")
@login_required
def agree() -> ResponseReturnValue:
    """Agree to those that were ticked, and say what came of each."""
    own = installation()
    results = agree_together(
        own.backend,
        own.database,
        signed_in().actor,
        request.form.getlist("case"),
        request.form.get("key", ""),
        own.clock,
    )
    if not results:
        flash(gettext("没有选定可以办理的事项：可能没有勾选，或者已经办理。"), "error")
        return redirect(url_for("approvals.show"), 303)
    return render_template(
        "approvals/results.html", results=results, done=sum(not result.refused for result in results)
    )

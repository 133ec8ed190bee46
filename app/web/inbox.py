"""工作台: what lies with the reader, what is due first, and the way to the next case."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.services.reading.inbox import COUNTED, Box, boxes_of, count_box, dues_of_the_week, next_held, read_box
from app.services.reading.quick import quick_step
from app.web.case_forms import new_key
from app.web.case_views import light_of
from app.web.reading import current_reader
from workflows.registry import WORKFLOWS

blueprint = Blueprint("inbox", __name__)


@blueprint.get("/desk")
@login_required
def show() -> ResponseReturnValue:
    """A box of the desk, by default 待办; `kind` filters, `after` is the key of a further page."""
    kind = request.args.get("kind", "")
    kind = kind if kind in WORKFLOWS else ""
    after = request.args.get("after", type=int)
    with current_reader() as reader:
        boxes = boxes_of(reader)
        box = next((known for known in boxes if known == request.args.get("box", "")), Box.HELD)
        content = read_box(reader, box, kind, after)
        counts = [(known, count_box(reader, known)) for known in boxes]
        dues = dues_of_the_week(reader)
        today = reader.today
    rows = [(line, light_of(line.term, today), quick_step(line) if box is Box.HELD else None) for line in content.lines]
    return render_template(
        "inbox/desk.html",
        box=box,
        boxes=[(known, f"{number}+" if number >= COUNTED else str(number)) for known, number in counts],
        rows=rows,
        next_after=content.next_after,
        kind=kind,
        kinds=[(key, flow.label) for key, flow in WORKFLOWS.items()],
        dues=dues,
        new_key=new_key,
    )


@blueprint.get("/desk/next")
@login_required
def following() -> ResponseReturnValue:
    """办理下一件: the case that is due first, other than the one just handled."""
    with current_reader() as reader:
        uid = next_held(reader, request.args.get("after", ""))
    if uid is None:
        flash(gettext("待办事项已全部办理。"), "done")
        return redirect(url_for("inbox.show"))
    return redirect(url_for("cases.show", uid=uid))

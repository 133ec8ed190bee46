"""工作台: what lies with the reader, what is due first, and the way to the next case."""

import time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.datastructures import MultiDict

from app.extensions import installation
from app.services.delegations import delegations_of
from app.services.designation import designate_superior
from app.services.drafts import drafts_of
from app.services.reading.desk.boxes import COUNTED, Box, boxes_of, count_of, held_parts, late_in_charge, unassigned
from app.services.reading.desk.listing import BoxPage, Order, next_held, orders_of, read_box, read_designated
from app.services.reading.desk.week import dues_of_the_week
from app.services.reading.desk.worked import COUNTED_WORKED, count_worked
from app.services.reading.draft_list import draft_lines
from app.services.reading.left_behind import count_left_drafts
from app.services.reading.quick import quick_step, ticked_rows
from app.services.reading.reader import Reader
from app.services.reading.shade import Shade
from app.services.saved_views import LONGEST_NAME, keep_view, remove_view, views_of
from app.services.several import MOST, take_several
from app.web.case_forms import new_key
from app.web.case_views import light_of
from app.web.desk_export import export_page
from app.web.desk_rows import page_of, words_of
from app.web.reading import current_reader, signed_in
from app.web.sifting import Wish, wish_of
from workflows.kit.errors import FormIncomplete, NotFound
from workflows.registry import WORKFLOWS
from workflows.roles import Post

blueprint = Blueprint("inbox", __name__)
blueprint.add_url_rule("/desk/export", "export", login_required(export_page), methods=["POST"])

#: Seconds after which a batch shows how far it has come, and goes on.
_PATIENCE = 1.5


@blueprint.get("/desk")
@login_required
def show() -> ResponseReturnValue:
    """A box of the desk, by default 待办, sifted and in the order that the address asks for."""
    return _desk()


def _desk(view_error: str = "", view_name: str = "") -> ResponseReturnValue:
    with current_reader() as reader:
        boxes = boxes_of(reader)
        wish = wish_of(request.args, boxes)
        content = read_box(reader, wish.box, wish.sieve, wish.order, wish.after)
        above = read_designated(reader) if wish.box is Box.UNASSIGNED else BoxPage([], None)
        # What takes long to count is asked for once the page is there; without JavaScript its box has no number.
        counts = [(box, _count(reader, box) if box is not Box.UNASSIGNED else None) for box in boxes]
        drafts = draft_lines(reader) if wish.box is Box.DRAFTS else ()
        dues = dues_of_the_week(reader)
        delegations = delegations_of(reader.session, signed_in().user_id, reader.today)
        left_drafts = count_left_drafts(reader)
        to_sign = _written_for(reader) if wish.box is Box.HELD else 0
        today = reader.today
    quick = {line.uid: quick_step(line) for line in content.lines} if wish.box is Box.HELD else {}
    acts = {step.key: step for step in quick.values() if step is not None}
    return render_template(
        "inbox/desk.html",
        wish=wish,
        box=wish.box,
        boxes=counts,
        rows=[(line, light_of(line.term, today)) for line in content.lines],
        quick=quick,
        acts=list(acts.values()),
        marks=content.marks,
        above=[(line, light_of(line.term, today)) for line in above.lines],
        above_marks=above.marks,
        next_page=wish.address(after=content.next_key) if content.next_key else "",
        sorted_by=_sort_links(wish),
        orders=[(order, _ORDERS[order]) for order in orders_of(wish.box)],
        kinds=[(key, flow.label) for key, flow in WORKFLOWS.items()],
        states=WORKFLOWS[wish.sieve.kind].states if wish.sieve.kind else (),
        shades=tuple(Shade),
        drafts=drafts,
        dues=dues,
        views=views_of(installation().database, signed_in().user_id),
        view_error=view_error,
        view_name=view_name,
        longest_name=LONGEST_NAME,
        left_drafts=left_drafts,
        to_sign=to_sign,
        standing_in=[line for line in delegations if line.in_force],
        key=new_key(),
        page=page_of(wish.box, ticks=bool(acts)),
        failed=bool(wish.errors or view_error),
    ), (422 if wish.errors or view_error else 200)


_ORDERS = {
    Order.DUE: "期限最近的在前",
    Order.DUE_LAST: "期限最远的在前",
    Order.NEWEST: "最新的在前",
    Order.OLDEST: "最早的在前",
}


def _written_for(reader: Reader) -> int:
    """Applications that his people wrote for the head of a unit: no case yet, so that no box of cases has them."""
    if not reader.standing.units(frozenset({Post.HEAD, Post.DEPUTY})):
        return 0
    return sum(draft.author_uid != reader.actor.uid for draft in drafts_of(reader))


def _count(reader: Reader, box: Box) -> str:
    number, most = _number(reader, box)
    return f"{most}+" if number > most else str(number)


def _number(reader: Reader, box: Box) -> tuple[int, int]:
    """How many lie in a box, and where its counting stops."""
    if box is Box.HELD:
        return count_of(reader, held_parts(reader)), COUNTED
    if box is Box.UNASSIGNED:
        return count_of(reader, unassigned(reader)), COUNTED
    if box is Box.LATE:
        return count_of(reader, [late_in_charge(reader)]), COUNTED
    if box is Box.DRAFTS:
        return len(drafts_of(reader)), COUNTED
    return count_worked(reader, begun=box is Box.STARTED), COUNTED_WORKED


@blueprint.get("/desk/count/<box>")
@login_required
def count(box: str) -> ResponseReturnValue:
    """How much lies in a box, for the page that was shown without it."""
    with current_reader() as reader:
        known = next((one for one in boxes_of(reader) if one == box), None)
        if known is None:
            raise NotFound
        return _count(reader, known)


def _sort_links(wish: Wish) -> dict[str, tuple[str, str]]:
    """For a column that can be sorted by: what `aria-sort` says, and the address of the other direction."""
    columns = {"due": (Order.DUE, Order.DUE_LAST), "number": (Order.OLDEST, Order.NEWEST)}
    found = {}
    for column, (up, down) in columns.items():
        if up in orders_of(wish.box):
            said = {up: "ascending", down: "descending"}.get(wish.order, "none")
            other = down if wish.order is up else up
            if column == "number" and said == "none":
                other = Order.NEWEST
            found[column] = (said, wish.address(order=other))
    return found


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


@blueprint.post("/desk/batch")
@login_required
def batch() -> ResponseReturnValue:
    """One act on the rows that were ticked; what came of each. What takes long goes on by itself."""
    own, step = installation(), request.form.get("step", "")
    uids = request.form.getlist("case")[:MOST]
    with current_reader() as reader:
        rows = ticked_rows(reader, uids)
    if not rows:
        flash(gettext("没有勾选事项。请先勾选要一并办理的事项。"), "error")
        return redirect(url_for("inbox.show"), 303)
    versions = {uid: request.form.get(f"version-{uid}", default=-1, type=int) for uid in uids}
    until = time.monotonic() + _PATIENCE
    came = take_several(
        own.backend, signed_in().actor, step, rows, versions, request.form.get("key", ""), own.clock,
        lambda: time.monotonic() < until,
    )  # fmt: skip
    acts = {row.step.key: row.step.label for row in rows if row.step is not None}
    return render_template(
        "inbox/batch.html",
        came=came,
        step=step,
        act=acts.get(step, ""),
        rows=rows,
        versions=versions,
        key=request.form.get("key", ""),
        words=words_of(None),
    )


@blueprint.post("/desk/cases/<uid>/designation")
@login_required
def designate(uid: str) -> ResponseReturnValue:
    """指定办理: nobody in the handling office can act, so the superior office is to."""
    own = installation()
    designate_superior(own.backend, signed_in().actor, uid, own.clock())
    flash(gettext("已指定上级信用管理部门办理。"), "done")
    return redirect(url_for("inbox.show", box=Box.UNASSIGNED.value), 303)


@blueprint.post("/desk/views")
@login_required
def save_view() -> ResponseReturnValue:
    """Keep the filters of the present address under a name."""
    own, name = installation(), request.form.get("name", "")
    with current_reader() as reader:
        wish = wish_of(MultiDict(request.args), boxes_of(reader))
    try:
        keep_view(own.database, signed_in().user_id, name, wish.query, own.clock())
    except FormIncomplete as refusal:
        return _desk(view_error=refusal.errors[0].message, view_name=name)
    flash(gettext("已存为常用筛选“%(name)s”。", name=" ".join(name.split())), "done")
    return redirect(wish.address(), 303)


@blueprint.post("/desk/views/<uid>/remove")
@login_required
def drop_view(uid: str) -> ResponseReturnValue:
    """Throw a saved filter away."""
    remove_view(installation().database, signed_in().user_id, uid)
    flash(gettext("已删除常用筛选。"), "done")
    return redirect(url_for("inbox.show"), 303)

"""文书成文: drafts signed together, and how the sheets of signed notices come along."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.reading.sheet_queue import Draft, Making, demand_board, read_board, read_drafts
from app.services.steps import TakeStep, take_step
from app.services.stuck import retry_sheets
from app.web import previewing
from app.web.case_forms import new_key
from app.web.reading import current_reader, signed_in
from workflows.kit.errors import Refusal

blueprint = Blueprint("sheets", __name__, url_prefix="/sheets")

_LOOK_AGAIN_SECONDS = 4


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """The board; it looks again by itself as long as sheets are being made."""
    with current_reader() as reader:
        board = read_board(reader)
    answer = make_response(render_template("sheets/board.html", board=board, making=Making))
    if board.moving:
        answer.headers["Refresh"] = str(_LOOK_AGAIN_SECONDS)
    return answer


@blueprint.post("/retry")
@login_required
def retry() -> ResponseReturnValue:
    """重试: one notice, or all that failed."""
    own = installation()
    with current_reader() as reader:
        demand_board(reader)
    count = retry_sheets(own.database, signed_in().actor, request.form.getlist("notice"), own.clock())
    if count:
        own.wake()
        flash(gettext("已重新生成%(number)s件文书，文号不变。", number=count), "done")
    else:
        flash(gettext("没有需要重试的文书：可能已经生成，或者正在生成。"), "error")
    return redirect(url_for("sheets.show"), 303)


@blueprint.get("/signing")
@login_required
def drafts() -> ResponseReturnValue:
    """待签发: every draft with its text, to be ticked after it was read."""
    with current_reader() as reader:
        found = read_drafts(reader)
    return make_response(render_template("sheets/signing.html", drafts=found, key=new_key()))


@blueprint.post("/signing")
@login_required
def sign() -> ResponseReturnValue:
    """Sign the drafts that were ticked, one step each; says which were refused, and why."""
    chosen = set(request.form.getlist("notice"))
    with current_reader() as reader:
        offered = [draft for draft in read_drafts(reader) if draft.uid in chosen and not draft.edited]
    refused = [text for draft in offered if (text := _sign(draft))]
    done = len(offered) - len(refused)
    if done:
        flash(gettext("已签发%(number)s件，正在编号、生成文书。", number=done), "done")
    if not offered:
        flash(gettext("没有选定可以签发的文书。请先逐件阅看正文，再勾选。"), "error")
    for text in refused:
        flash(text, "error")
    return redirect(url_for("sheets.show" if done else "sheets.drafts"), 303)


def _sign(draft: Draft) -> str:
    """Sign one; returns why it was refused, empty if it was not."""
    own, key = installation(), request.form.get("key", "")
    command = TakeStep(
        "sign",
        signed_in().actor,
        {},
        case=draft.uid,
        # The version that was read: a draft that was edited meanwhile is refused.
        expected_version=request.form.get(f"version-{draft.uid}", default=-1, type=int),
        key=f"{key}-{draft.uid}" if key else None,
        # The text that was read: it comes from the case too. A form without it never fits.
        shown=request.form.get(f"text-{draft.uid}") or previewing.NOTHING,
    )
    try:
        take_step(own.backend, command, own.clock())
    except Refusal as refusal:
        return f"《{draft.title}》（{draft.recipient}）：{refusal.message}"
    return ""

"""合并与撤销 of units: a dry run, a proposal by one administrator, the confirmation by another, progress."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import installation
from app.services.administration.forms import MergerForm, ReasonedForm
from app.services.administration.units import read_merger, read_unit, unit_choices
from app.services.units.mergers import Foreseen, Mergers, foresee
from app.services.units.succession import carry_on
from app.web.forms import Attempt, Option, SummaryLine, parsed, small_form, typed_into
from app.web.reading import current_reader, for_posts, signed_in
from workflows.kit.errors import NotFound, Refusal
from workflows.roles import Post

blueprint = Blueprint("mergers", __name__, url_prefix="/units")

_OURS = for_posts(Post.SYSADMIN)
#: A small merger is done with the confirmation; what takes longer is carried on by the background job.
_PATIENCE_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 4


@blueprint.get("/<uid>/merger")
@_OURS
def new(uid: str) -> ResponseReturnValue:
    """Choose who takes over."""
    return _form_page(uid)


@blueprint.post("/<uid>/merger")
@_OURS
def propose(uid: str) -> ResponseReturnValue:
    """试算 shows what would move; 提交 proposes it, for another to confirm."""
    typed, own = typed_into(MergerForm, "merger", request.form), installation()
    try:
        form = parsed(MergerForm, typed)
        if request.form.get("act") != "propose":
            with own.database.read() as session:
                found = foresee(session, uid, form.successor, own.clock())
            return _form_page(uid, Attempt("merger", typed), found, moves_posts=form.moves_posts)
        made = Mergers(own.database, own.keys).propose(
            uid,
            form.successor,
            form.manner,
            form.basis,
            own.clock(),
            signed_in().user_id,
            moves_posts=form.moves_posts,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _form_page(uid, Attempt("merger", typed, refusal)), 422
    flash(gettext("已提出，尚未生效。请由另一名系统管理员确认。"), "done")
    return redirect(url_for("mergers.show", uid=made), 303)


@blueprint.get("/mergers/<uid>")
@_OURS
def show(uid: str) -> ResponseReturnValue:
    """One merger: what it moves, who proposed and confirmed it, how far it has come."""
    return _merger_page(uid)


@blueprint.post("/mergers/<uid>/confirm")
@_OURS
def confirm(uid: str) -> ResponseReturnValue:
    """确认 by the second person; the cases begin to pass at once."""
    own = installation()
    try:
        Mergers(own.database, own.keys).confirm(uid, own.clock(), signed_in().user_id)
    except NotFound:
        raise
    except Refusal as refusal:
        return _merger_page(uid, Attempt("confirm", {}, refusal)), 422
    left = carry_on(own.backend, uid, own.clock, _PATIENCE_SECONDS)
    with current_reader() as reader:
        merger = read_merger(reader, uid)
    if left:
        flash(gettext("已确认，正在移交未办结的事项，尚余%(number)s件；可以离开本页。", number=merger.left), "done")
    else:
        flash(gettext("已确认，未办结的事项%(number)s件已全部移交。", number=merger.moved), "done")
    return redirect(url_for("mergers.show", uid=uid), 303)


@blueprint.post("/mergers/<uid>/reject")
@_OURS
def reject(uid: str) -> ResponseReturnValue:
    """退回; whoever proposed it may take it back himself."""
    typed, own = typed_into(ReasonedForm, "reject", request.form), installation()
    try:
        form = parsed(ReasonedForm, typed)
        Mergers(own.database, own.keys).reject(uid, form.reason, own.clock(), signed_in().user_id)
    except NotFound:
        raise
    except Refusal as refusal:
        return _merger_page(uid, Attempt("reject", typed, refusal)), 422
    flash(gettext("已退回，未作任何变更。"), "done")
    return redirect(url_for("units.show"), 303)


def _form_page(
    uid: str, attempt: Attempt | None = None, found: Foreseen | None = None, *, moves_posts: bool = True
) -> str:
    with current_reader() as reader:
        page = read_unit(reader, uid)
        units = unit_choices(reader, besides=(uid,))
    if page.line.ended_on is not None:
        raise NotFound("该单位已不再存续。")
    choices = {"successor": [Option(one, name) for one, name in units]}
    form = small_form(MergerForm, "merger", attempt, choices=choices)
    return render_template(
        "administration/merger_new.html",
        page=page,
        form_of=form,
        found=found,
        moves_posts=moves_posts,
        failed=bool(form.lines),
    )


def _merger_page(uid: str, attempt: Attempt | None = None) -> Response:
    found, lines = None, []
    with current_reader() as reader:
        merger = read_merger(reader, uid)
        if merger.status == "proposed":
            try:
                found = foresee(reader.session, merger.predecessor_uid, merger.successor_uid, reader.now)
            except Refusal as refusal:
                # One of the two has ended since: it can only be rejected.
                lines = [SummaryLine(refusal.message)]
    rejecting = small_form(ReasonedForm, "reject", attempt)
    lines += rejecting.lines
    if attempt is not None and attempt.name == "confirm":
        lines += small_form(ReasonedForm, "confirm", attempt).lines
    page = render_template(
        "administration/merger.html", merger=merger, found=found, rejecting=rejecting, lines=lines, failed=bool(lines)
    )
    answer = make_response(page)
    if merger.status == "running":
        answer.headers["Refresh"] = str(_LOOK_AGAIN_SECONDS)
    return answer

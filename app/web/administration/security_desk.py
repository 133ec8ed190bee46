"""安全保密: the security administrator unlocks accounts, ends sessions and reads the log of sign-ins."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import installation
from app.services.accounts import AccountRefused
from app.services.administration.security import SIGNING_IN, end_sessions, read_desk
from app.services.administration.security import unlock as unlock_account
from app.services.own_account import reset_second_factor
from app.web.forms import SummaryLine
from app.web.reading import current_reader, for_posts, signed_in
from workflows.roles import Post

blueprint = Blueprint("security_desk", __name__, url_prefix="/security")

_OURS = for_posts(Post.SECADMIN)
_LONGEST_REASON = 100


@blueprint.get("")
@_OURS
def show() -> ResponseReturnValue:
    """Accounts that want attention, and who signed in or failed to."""
    return _page()


@blueprint.post("/second-factor")
@_OURS
def reset() -> ResponseReturnValue:
    """重置动态码 of somebody who has lost his device; all his sessions end."""
    own = installation()
    login, reason = request.form.get("login", "").strip(), request.form.get("reason", "").strip()
    given = ((login, gettext("账号：尚未填写"), "f-login"), (reason, gettext("理由：尚未填写"), "f-reason"))
    errors = [SummaryLine(words, anchor) for typed, words, anchor in given if not typed]
    if len(reason) > _LONGEST_REASON:
        errors.append(SummaryLine(gettext("理由：最多%(number)s字", number=_LONGEST_REASON), "f-reason"))
    if not errors:
        try:
            reset_second_factor(own.database, own.keys, login, own.clock(), by=signed_in().user_id, reason=reason)
        except AccountRefused as refusal:
            errors = [SummaryLine(refusal.message, "f-login")]
    if errors:
        return _page(login, reason, errors), 422
    flash(gettext("已重置账号“%(login)s”的动态码，其会话已全部退出。", login=login), "done")
    return redirect(url_for("security_desk.show"), 303)


def _page(login: str = "", reason: str = "", errors: list[SummaryLine] | None = None) -> str:
    words, act, before = (request.args.get(name, "").strip()[:100] for name in ("q", "act", "before"))
    with current_reader() as reader:
        desk = read_desk(reader, words, act, int(before) if before.isdecimal() and len(before) < 18 else None)
    return render_template(
        "administration/security.html",
        desk=desk,
        words=words,
        act=act,
        acts=SIGNING_IN,
        login=login,
        reason=reason,
        errors=errors or [],
        failed=bool(errors),
    )


@blueprint.post("/<uid>/unlock")
@_OURS
def unlock(uid: str) -> ResponseReturnValue:
    """解除锁定."""
    own = installation()
    unlock_account(own.database, own.keys, uid, own.clock(), signed_in().user_id)
    flash(gettext("已解除锁定。"), "done")
    return redirect(url_for("security_desk.show"), 303)


@blueprint.post("/<login>/reset-code")
@_OURS
def reset_code(login: str) -> ResponseReturnValue:
    """重置动态码 of somebody who lost his device; all his sessions end."""
    own = installation()
    try:
        reset_second_factor(
            own.database, own.keys, login, own.clock(), by=signed_in().user_id, reason="设备遗失或者更换"
        )
    except AccountRefused as refusal:
        flash(refusal.message, "error")
    else:
        flash(gettext("已重置动态码，其会话已经结束。"), "done")
    return redirect(url_for("security_desk.show", q=login), 303)


@blueprint.post("/<uid>/end-sessions")
@_OURS
def end(uid: str) -> ResponseReturnValue:
    """结束会话."""
    own = installation()
    count = end_sessions(own.database, own.keys, uid, own.clock(), signed_in().user_id)
    flash(gettext("已结束%(number)s个会话。", number=count), "done")
    return redirect(url_for("security_desk.show"), 303)

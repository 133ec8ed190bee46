"""安全保密: the security administrator unlocks accounts, ends sessions and reads the log of sign-ins."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import installation
from app.services.administration.security import SIGNING_IN, end_sessions, read_desk
from app.services.administration.security import unlock as unlock_account
from app.web.reading import current_reader, for_posts, signed_in
from workflows.roles import Post

blueprint = Blueprint("security_desk", __name__, url_prefix="/security")

_OURS = for_posts(Post.SECADMIN)


@blueprint.get("")
@_OURS
def show() -> ResponseReturnValue:
    """Accounts that want attention, and who signed in or failed to."""
    words, act, before = (request.args.get(name, "").strip()[:100] for name in ("q", "act", "before"))
    with current_reader() as reader:
        desk = read_desk(reader, words, act, int(before) if before.isdecimal() and len(before) < 18 else None)
    return render_template("administration/security.html", desk=desk, words=words, act=act, acts=SIGNING_IN)


@blueprint.post("/<uid>/unlock")
@_OURS
def unlock(uid: str) -> ResponseReturnValue:
    """解除锁定."""
    own = installation()
    unlock_account(own.database, own.keys, uid, own.clock(), signed_in().user_id)
    flash(gettext("已解除锁定。"), "done")
    return redirect(url_for("security_desk.show"), 303)


@blueprint.post("/<uid>/end-sessions")
@_OURS
def end(uid: str) -> ResponseReturnValue:
    """结束会话."""
    own = installation()
    count = end_sessions(own.database, own.keys, uid, own.clock(), signed_in().user_id)
    flash(gettext("已结束%(number)s个会话。", number=count), "done")
    return redirect(url_for("security_desk.show"), 303)

"""安全保密: the security administrator resets the second factor of whoever has lost his device."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import installation
from app.services.accounts import AccountRefused
from app.services.own_account import reset_second_factor
from app.web.forms import SummaryLine
from app.web.reading import for_posts, signed_in
from workflows.roles import Post

blueprint = Blueprint("security_desk", __name__, url_prefix="/security")

_OURS = for_posts(Post.SECADMIN)
_LONGEST_REASON = 100


@blueprint.get("")
@_OURS
def show() -> ResponseReturnValue:
    """The form."""
    return _page()


@blueprint.post("/second-factor")
@_OURS
def reset() -> ResponseReturnValue:
    """Reset the second factor of an account; all its sessions end."""
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
    posts = sorted(installation().settings.second_factor_posts, key=list(Post).index)
    return render_template(
        "account/security.html", login=login, reason=reason, posts=posts, errors=errors or [], failed=bool(errors)
    )

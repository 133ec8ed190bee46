"""本人账号: password, sessions, second factor and language of whoever is signed in."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user, login_required

from app.extensions import installation
from app.services.accounts import AccountRefused, Accounts
from app.services.half_sign_ins import CodeRefused, HalfGone
from app.services.own_account import OwnAccounts
from app.services.passwords import PasswordRefused
from app.signing_in import leave
from app.web.account import offer
from app.web.forms import SummaryLine
from app.web.reading import signed_in
from workflows.kit.errors import Refusal

blueprint = Blueprint("own_account", __name__, url_prefix="/account")

LANGUAGES = {"zh": "中文", "en": "English"}
#: What browsers call themselves → what people call them; the first that fits: many pretend to be others.
_BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "Mac OS": "macOS", "Linux": "Linux"}


#: What is open to whoever has still to change his first password.
_OPEN_BEFORE = frozenset({"own_account", "account", "language", "guides", "health"})


@blueprint.before_app_request
def demand_own_password() -> ResponseReturnValue | None:
    """A first password opens nothing but its change."""
    if not current_user.is_authenticated or not current_user.first_password:
        return None
    endpoint = request.endpoint or ""
    if endpoint == "static" or endpoint.partition(".")[0] in _OPEN_BEFORE:
        return None
    flash(gettext("这是初始密码，请先修改密码。"), "error")
    return redirect(url_for("own_account.show"), 303)


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """Sessions, second factor, password and language."""
    return _page()


@blueprint.post("/password")
@login_required
def change_password() -> ResponseReturnValue:
    """Change the password; all sessions end, this one too."""
    own, new = installation(), request.form.get("new_password", "")
    if new != request.form.get("new_password_again", ""):
        return _page([SummaryLine(gettext("两次输入的新密码不一致，请重新输入。"), "f-new_password_again")]), 422
    try:
        _demand_password()
        Accounts(own.database, own.keys, own.passwords).change_password(
            signed_in().user_id, request.form.get("password", ""), new, own.clock()
        )
    except (AccountRefused, PasswordRefused) as refusal:
        return _page([SummaryLine(refusal.message, "f-new_password")]), 422
    leave()
    flash(gettext("密码已修改，请用新密码重新登录。"), "done")
    return redirect(url_for("account.sign_in"), 303)


@blueprint.post("/sessions/end")
@login_required
def end_others() -> ResponseReturnValue:
    """退出其他会话."""
    _own().end_other_sessions(signed_in(), installation().clock())
    flash(gettext("其他会话已全部退出。"), "done")
    return redirect(url_for("own_account.show"), 303)


@blueprint.post("/language")
@login_required
def choose_language() -> ResponseReturnValue:
    """The language in which one's pages begin."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        _own().choose_language(signed_in(), chosen)
        session["language"] = chosen
    return redirect(url_for("own_account.show"), 303)


@blueprint.get("/second-factor")
@login_required
def second_factor() -> ResponseReturnValue:
    """The page on which the second factor is set up, or moved to another device."""
    return _set_up_page()


@blueprint.post("/second-factor")
@login_required
def set_up() -> ResponseReturnValue:
    """Take the offered seed into use."""
    try:
        _demand_password()
        codes = _own().set_up(
            signed_in(), request.form.get("offered", ""), request.form.get("code", ""), installation().clock()
        )
    except HalfGone:
        flash(gettext("页面已过期，请扫描新的二维码。"), "error")
        return redirect(url_for("own_account.second_factor"), 303)
    except (AccountRefused, CodeRefused) as refusal:
        return _set_up_page(refusal), 422
    return render_template("account/spare_codes.html", codes=codes, next=url_for("own_account.show"))


@blueprint.post("/second-factor/codes")
@login_required
def renew_codes() -> ResponseReturnValue:
    """New spare codes; the earlier ones are void."""
    try:
        _demand_password()
        codes = _own().renew_spare_codes(signed_in(), installation().clock())
    except AccountRefused as refusal:
        return _page([SummaryLine(refusal.message, "f-factor_password")]), 422
    return render_template("account/spare_codes.html", codes=codes, next=url_for("own_account.show"))


@blueprint.post("/second-factor/end")
@login_required
def end_second_factor() -> ResponseReturnValue:
    """停用动态码."""
    own = installation()
    try:
        _demand_password()
        _own().end_second_factor(signed_in(), own.settings.second_factor_posts, own.clock())
    except AccountRefused as refusal:
        return _page([SummaryLine(refusal.message, "f-factor_password")]), 422
    flash(gettext("动态码已停用，备用码一并失效。"), "done")
    return redirect(url_for("own_account.show"), 303)


def _own() -> OwnAccounts:
    own = installation()
    return OwnAccounts(own.database, own.keys, own.passwords)


def _demand_password() -> None:
    own = installation()
    _own().demand_password(signed_in(), request.form.get("password", ""), own.clock(), request.remote_addr or "")


def _page(errors: list[SummaryLine] | None = None) -> str:
    own = installation()
    limits, person = own.settings, signed_in()
    return render_template(
        "account/own.html",
        own=_own().read(person, own.clock(), limits.sign_in_idle, limits.sign_in_longest),
        required=person.holds(*limits.second_factor_posts),
        first=person.first_password,
        advice=own.passwords.advice,
        languages=LANGUAGES,
        browser=browser_of,
        errors=errors or [],
        failed=bool(errors),
    )


def _set_up_page(refusal: Refusal | None = None) -> str:
    problem = refusal.message if refusal else ""
    anchor = "f-code" if isinstance(refusal, CodeRefused) else "f-password"
    try:
        offered = offer(signed_in().token, signed_in().login, problem)
    except HalfGone:
        offered = offer(signed_in().token, signed_in().login)
    return render_template(
        "account/own_set_up.html",
        **offered,
        errors=[SummaryLine(problem, anchor)] if problem else [],
        failed=bool(problem),
    )


def browser_of(agent: str) -> str:
    """Edge · Windows: what a browser says of itself, as people know it."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part)

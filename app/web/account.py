"""Signing in and out."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.services.sign_ins import SignedIn, SignInRefused
from app.signing_in import enter, leave
from app.web.forms import SummaryLine
from app.web.presentation import moment
from app.web.refusals import own_path

blueprint = Blueprint("account", __name__)


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The form; who is signed in already goes on."""
    goal = own_path(request.args.get("next", ""), url_for("home.show"))
    return redirect(goal) if current_user.is_authenticated else _form(goal)


@blueprint.post("/sign-in")
def check() -> ResponseReturnValue:
    """Sign in and go where one wanted to; the last sign-in is shown once, so that misuse is noticed."""
    goal = own_path(request.form.get("next", ""), url_for("home.show"))
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    errors = [
        SummaryLine(words, anchor)
        for typed, words, anchor in (
            (login, gettext("账号：尚未填写"), "f-login"),
            (password, gettext("密码：尚未填写"), "f-password"),
        )
        if not typed
    ]
    if not errors:
        try:
            person = enter(login, password)
        except SignInRefused as refusal:
            errors = [SummaryLine(refusal.message, "f-login")]
        else:
            flash(_last_sign_in(person), "done")
            return redirect(goal)
    return _form(goal, login, errors), 422


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, in the database and in the browser."""
    leave()
    flash(gettext("您已退出。"), "done")
    return redirect(url_for("account.sign_in"))


def _form(goal: str, login: str = "", errors: list[SummaryLine] | None = None) -> str:
    return render_template("account/sign_in.html", next=goal, login=login, errors=errors or [], failed=bool(errors))


def _last_sign_in(person: SignedIn) -> str:
    if person.previous_sign_in_at is None:
        return gettext("这是您首次登录。")
    words = gettext("上次登录：%(moment)s。", moment=moment(person.previous_sign_in_at))
    if person.failures_since:
        words += gettext(
            "此后有%(number)s次密码错误的登录尝试；不是本人操作的，请联系系统管理员。", number=person.failures_since
        )
    return words

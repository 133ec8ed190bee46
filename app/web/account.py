"""Signing in and out."""

from datetime import date

import segno
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.clock import legal_day
from app.extensions import installation
from app.services.half_sign_ins import (
    CodeRefused,
    Half,
    HalfGone,
    finish,
    finish_setting_up,
    half_of,
    offer_seed,
    opened_offer,
)
from app.services.people import offices_of_administrators
from app.services.rate_limit import TooManyTries
from app.services.second_factor import address_of_seed
from app.services.sign_ins import SignedIn, SignInRefused
from app.signing_in import caller, enter, half_token, leave, let_in
from app.web.forms import SummaryLine
from app.web.presentation import moment
from app.web.refusals import own_path

blueprint = Blueprint("account", __name__)
#: How the button of single sign-on is called, on whichever page shows the door; empty without a provider.
blueprint.app_template_global("single_sign_on")(lambda: installation().settings.oidc.button_if_any)
#: Where the system administrators work, for whoever cannot come in and so cannot look it up.
blueprint.app_template_global("whom_to_ask")(lambda: offices_of_administrators(installation().database, _today()))


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
        except TooManyTries as refusal:
            return _later(_form(goal, login, [SummaryLine(refusal.message)]), refusal)
        else:
            if person is None:
                return redirect(url_for("account.second_factor", next=goal), 303)
            flash(last_sign_in(person), "done")
            return redirect(goal)
    return _form(goal, login, errors), 422


@blueprint.get("/sign-in/code")
def second_factor() -> ResponseReturnValue:
    """The second factor: its code, or setting it up where the post asks for one."""
    goal = own_path(request.args.get("next", ""), url_for("home.show"))
    half = _half()
    return _second_page(half, goal) if half is not None else _begin_again(goal)


@blueprint.post("/sign-in/code")
def check_code() -> ResponseReturnValue:
    """Check the code, or take the offered seed into use, and begin the session."""
    own, goal = installation(), own_path(request.form.get("next", ""), url_for("home.show"))
    half, token, typed = _half(), half_token(), request.form.get("code", "")
    codes: tuple[str, ...] = ()
    if half is None:
        return _begin_again(goal)
    try:
        if half.sets_up:
            offered = request.form.get("offered", "")
            person, codes = finish_setting_up(own.database, own.keys, token, offered, typed, own.clock(), caller())
        else:
            person = finish(own.database, own.keys, token, typed, own.clock(), caller())
    except HalfGone as refusal:
        return _begin_again(goal, refusal.message)
    except CodeRefused as refusal:
        return _second_page(half, goal, refusal.message), 422
    let_in(person)
    if codes:
        return render_template("account/spare_codes.html", codes=codes, next=goal)
    flash(last_sign_in(person), "done")
    return redirect(goal, 303)


def _today() -> date:
    return legal_day(installation().clock())


def _later(page: str, refusal: TooManyTries) -> Response:
    answer = make_response(page, refusal.status)
    answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _half() -> Half | None:
    own = installation()
    return half_of(own.database, half_token(), own.clock())


def _second_page(half: Half, goal: str, problem: str = "") -> str:
    lines = [SummaryLine(problem, "f-code")] if problem else []
    page = {"next": goal, "errors": lines, "failed": bool(problem), "half": half}
    if not half.sets_up:
        return render_template("account/code.html", **page)
    return render_template("account/set_up.html", **page, **offer(half_token(), half.login, problem))


def offer(token: str, login: str, problem: str = "") -> dict[str, str]:
    """A seed to be set up: sealed, in words, and as a picture; after a wrong code the same one again."""
    own = installation()
    offered = request.form.get("offered", "") if problem else ""
    if offered:
        seed = opened_offer(own.keys, token, offered)
    else:
        seed, offered = offer_seed(own.keys, token)
    picture = segno.make(address_of_seed(seed, login), error="m").svg_data_uri(scale=5, dark="#1b1b1b")
    return {"offered": offered, "seed": " ".join(seed[n : n + 4] for n in range(0, len(seed), 4)), "picture": picture}


def _begin_again(goal: str, problem: str = "") -> ResponseReturnValue:
    flash(problem or gettext("本次登录已经失效，请重新输入账号和密码。"), "error")
    return redirect(url_for("account.sign_in", next=goal), 303)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, in the database and in the browser."""
    leave()
    flash(gettext("您已退出。"), "done")
    return redirect(url_for("account.sign_in"))


def _form(goal: str, login: str = "", errors: list[SummaryLine] | None = None) -> str:
    return render_template("account/sign_in.html", next=goal, login=login, errors=errors or [], failed=bool(errors))


def last_sign_in(person: SignedIn) -> str:
    """When and from where the account was used last, and what failed since: shown once, so that misuse is noticed."""
    if person.previous_sign_in_at is None:
        return gettext("这是您首次登录。")
    when = moment(person.previous_sign_in_at)
    if person.previous_address:
        words = gettext("上次登录：%(moment)s，来自%(address)s。", moment=when, address=person.previous_address)
    else:
        words = gettext("上次登录：%(moment)s。", moment=when)
    if person.failures_since:
        words += gettext(
            "此后有%(number)s次失败的登录尝试；不是本人操作的，请联系系统管理员。", number=person.failures_since
        )
    return words

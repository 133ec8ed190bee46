"""统一身份认证: the way to the provider and back."""

from datetime import UTC, datetime
from hmac import compare_digest

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import installation
from app.services.rate_limit import TooManyTries
from app.services.sign_ins import HALF_LASTS, HalfWay, SignedIn
from app.services.single_sign_on.entering import enter_as
from app.services.single_sign_on.identity import Identity
from app.services.single_sign_on.provider import Errand, NotAdmitted, Provider, ProviderUnavailable
from app.signing_in import caller, counted_try, go_on
from app.web.account import last_sign_in
from app.web.forms import SummaryLine
from app.web.refusals import own_path
from workflows.kit.errors import NotFound, Refusal

blueprint = Blueprint("sign_on", __name__, url_prefix="/sign-in/oidc")

#: Where the browser keeps what has to come back, with where it wanted to go and since when; used once.
_ERRAND = "errand"


@blueprint.get("")
def start() -> ResponseReturnValue:
    """Send the browser to the provider. A link, no form: the policy lets no form lead to another host."""
    errand, goal = Errand.new(), own_path(request.args.get("next", ""), url_for("home.show"))
    try:
        address = _provider().way_there(errand)
    except ProviderUnavailable as refusal:
        return _door(refusal, goal)
    session[_ERRAND] = {**errand.kept(), "next": goal, "at": int(installation().clock().timestamp())}
    return redirect(address, 303)


@blueprint.get("/back")
def back() -> ResponseReturnValue:
    """What the provider sends back: a code, that is redeemed once, or a refusal."""
    provider, kept = _provider(), session.pop(_ERRAND, None)
    goal = own_path(str(kept["next"]) if kept else "", url_for("home.show"))
    try:
        errand = _errand_of(kept)
        with counted_try():
            begun = _begin(_identity(provider, errand))
    except (NotAdmitted, ProviderUnavailable, TooManyTries) as refusal:
        return _door(refusal, goal)
    person = go_on(begun)
    if person is None:
        return redirect(url_for("account.second_factor", next=goal), 303)
    flash(last_sign_in(person), "done")
    return redirect(goal, 303)


def _provider() -> Provider:
    settings = installation().settings
    if not settings.oidc.issuer:
        raise NotFound(gettext("本系统没有启用统一身份认证。请用账号和密码登录。"))
    return Provider(settings.oidc, f"{settings.base_url}{url_for('sign_on.back')}")


def _errand_of(kept: dict[str, str] | None) -> Errand:
    """The errand on which this browser was sent; a state that was used, is old or is another's brings nobody in."""
    given = request.args.get("state", "")
    if kept is None or not compare_digest(kept["state"].encode(), given.encode()):
        raise NotAdmitted(gettext("本次登录已经失效，或者不是由本页面发起的。请重新登录。"))
    if installation().clock() - datetime.fromtimestamp(int(kept["at"]), UTC) > HALF_LASTS:
        raise NotAdmitted(gettext("本次登录用时过长，已经失效。请重新登录。"))
    return Errand(kept["state"], kept["nonce"], kept["verifier"])


def _identity(provider: Provider, errand: Errand) -> Identity:
    code = request.args.get("code", "")
    if not code:
        raise NotAdmitted(gettext("统一身份认证没有完成。请重新登录，或者用账号和密码登录。"))
    return provider.redeem(code, errand, installation().clock())


def _begin(identity: Identity) -> SignedIn | HalfWay:
    own = installation()
    return enter_as(
        own.database,
        own.keys,
        identity,
        own.clock(),
        caller(),
        needing=own.settings.second_factor_posts,
        trust_its_second_factor=own.settings.oidc.trusts_second_factor,
    )


def _door(refusal: Refusal, goal: str) -> ResponseReturnValue:
    """The sign-in page, which says why nobody was let in."""
    errors = [SummaryLine(refusal.message)]
    page = render_template("account/sign_in.html", next=goal, login="", errors=errors, failed=True)
    answer = make_response(page, refusal.status)
    if isinstance(refusal, TooManyTries):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer

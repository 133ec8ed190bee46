"""Signing in from a request: Flask-Login carries the token, the database decides whether it still holds."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, request, session
from flask_login import current_user, login_user, logout_user

from app.extensions import installation, login_manager
from app.services import sign_ins
from app.services.access_log import Act, record
from app.services.rate_limit import TooManyTries, begin_try, forget_try
from app.services.sign_ins import HalfWay, SignedIn

#: What a browser keeps when somebody signs in: the language of the pages.
_LANGUAGE = "language"
#: Where it keeps the token of a sign-in that lacks its second factor.
_HALF = "half"
#: Marks of those who signed in with this browser before; a mark tells nobody whose it is.
_KNOWN, _MOST_KNOWN = "known", 5
#: What an open page asks from time to time without anybody doing anything.
_BY_ITSELF = frozenset({"cases.moved"})


def register(app: Flask) -> None:
    """Let Flask-Login find people by the token in their cookie."""
    # The row in the database is the session; Flask-Login's guess from address and browser would end it at random.
    login_manager.session_protection = None
    login_manager.user_loader(_find)
    login_manager.init_app(app)


def enter(login: str, password: str) -> SignedIn | None:
    """Sign in the sender of this request; None while the second factor is outstanding. An earlier session ends.

    Raises:
        SignInRefused: login and password were not accepted.
        TooManyTries: too many were not, from this address within this minute.
    """
    own = installation()
    with counted_try(login):
        begun = sign_ins.sign_in(
            own.database,
            own.keys,
            own.passwords,
            login,
            password,
            own.clock(),
            request.remote_addr or "",
            agent=request.user_agent.string,
            needing=own.settings.second_factor_posts,
        )
    return go_on(begun)


def go_on(begun: SignedIn | HalfWay) -> SignedIn | None:
    """After the first factor: give the browser its session, or what it needs for the second one, and then None."""
    if isinstance(begun, SignedIn):
        return let_in(begun)
    _begin_anew()
    session[_HALF] = begun.token
    return None


@contextmanager
def counted_try(login: str = "") -> Iterator[None]:
    """Count what fails within as a failure of the address this request comes from.

    A browser in which `login` signed in before is let try whatever its neighbours do: whoever guesses behind the same
    address must not keep an office out. The lock of the account counts its failures all the same.

    Raises:
        TooManyTries: before anything is tried.
    """
    own, address = installation(), request.remote_addr or ""
    now = own.clock()
    if login and _mark_of(login) in session.get(_KNOWN, ()):
        yield
        return
    try:
        begin_try(own.database, own.keys, address, now, own.settings.sign_in_failures_a_minute)
    except TooManyTries as refusal:
        if refusal.first:
            record(own.database, own.keys, Act.SIGN_IN_REFUSED, None, now, purpose="同一地址失败过多", address=address)
        raise
    yield
    forget_try(own.database, own.keys, address, now)


def _mark_of(login: str) -> str:
    return installation().keys.blind_index(f"known:{login}")[:16]


def half_token() -> str:
    """What the browser holds of a sign-in that lacks its second factor; empty if there is none."""
    return str(session.get(_HALF, ""))


def caller() -> sign_ins.Caller:
    """Where this request comes from."""
    return sign_ins.Caller(request.remote_addr or "", request.user_agent.string)


def let_in(person: SignedIn) -> SignedIn:
    """Give the browser its session, under a token that nobody knew before."""
    chosen = session.get(_LANGUAGE)
    _begin_anew()
    session[_LANGUAGE] = chosen or person.language
    mark = _mark_of(person.login)
    session[_KNOWN] = [mark, *(other for other in session.get(_KNOWN, ()) if other != mark)][:_MOST_KNOWN]
    login_user(person)
    return person


def _begin_anew() -> None:
    leave()
    kept = {name: session[name] for name in (_LANGUAGE, _KNOWN) if session.get(name) is not None}
    session.clear()
    session.update(kept)


def leave() -> None:
    """End the session of this request's sender, in the database and in the cookie."""
    if current_user.is_authenticated:
        own = installation()
        sign_ins.sign_out(own.database, own.keys, current_user.get_id(), own.clock(), request.remote_addr or "")
    logout_user()


def _find(token: str) -> SignedIn | None:
    own = installation()
    limits = own.settings
    return sign_ins.find(
        own.database,
        token,
        own.clock(),
        limits.sign_in_idle,
        limits.sign_in_longest,
        by_itself=request.endpoint in _BY_ITSELF,
    )

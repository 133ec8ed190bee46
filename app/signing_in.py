"""Signing in from a request: Flask-Login carries the token, the database decides whether it still holds."""

from flask import Flask, request, session
from flask_login import current_user, login_user, logout_user

from app.extensions import installation, login_manager
from app.services import sign_ins
from app.services.sign_ins import SignedIn

#: What a browser keeps when somebody signs in: the language of the pages.
_LANGUAGE = "language"


def register(app: Flask) -> None:
    """Let Flask-Login find people by the token in their cookie."""
    # The row in the database is the session; Flask-Login's guess from address and browser would end it at random.
    login_manager.session_protection = None
    login_manager.user_loader(_find)
    login_manager.init_app(app)


def enter(login: str, password: str) -> SignedIn:
    """Sign in the sender of this request; an earlier session of the same browser ends.

    Raises:
        SignInRefused: login and password were not accepted.
    """
    own = installation()
    person = sign_ins.sign_in(
        own.database, own.keys, own.passwords, login, password, own.clock(), request.remote_addr or ""
    )
    leave()
    language = session.get(_LANGUAGE)
    session.clear()
    if language is not None:
        session[_LANGUAGE] = language
    login_user(person)
    return person


def leave() -> None:
    """End the session of this request's sender, in the database and in the cookie."""
    if current_user.is_authenticated:
        own = installation()
        sign_ins.sign_out(own.database, own.keys, current_user.get_id(), own.clock(), request.remote_addr or "")
    logout_user()


def _find(token: str) -> SignedIn | None:
    own = installation()
    limits = own.settings
    return sign_ins.find(own.database, token, own.clock(), limits.sign_in_idle, limits.sign_in_longest)

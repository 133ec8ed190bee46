"""政诚: case management for government integrity (政务诚信). This module builds the Flask application."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask, session
from flask_babel import get_locale

from app import health, logs, security, signing_in
from app.clock import Clock
from app.crypto import KeyRing
from app.database import engine_options, prepare, write_sessions
from app.extensions import Installation, babel, csrf, migrations
from app.models.base import db
from app.services.passwords import Passwords
from app.settings import ROOT, Settings

LANGUAGES = ("zh", "en")
_LARGEST_REQUEST = 64 * 1024 * 1024
#: Areas that add their own routes or commands; each offers `register(app)`.
_AREAS = ("app.web", "app.api", "app.cli")


def create_app(settings: Settings, clock: Clock) -> Flask:
    """Build an application. May be called several times in a process: a rehearsal runs beside the real one.

    Raises:
        SettingsRefused: the settings are not safe in production.
        CryptoUnavailable, KeyFileRefused: the keys cannot be used.
    """
    settings.check()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    logs.set_up(clock)
    app = Flask(
        __name__, static_folder="web/static", static_url_path="/static", template_folder=str(ROOT / "templates")
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        DEBUG=settings.debug,
        PROPAGATE_EXCEPTIONS=False,
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        WTF_CSRF_TIME_LIMIT=None,
        **security.cookie_settings(settings),
    )
    db.init_app(app)
    with app.app_context():
        engine = prepare(db.engine)
    Installation(
        settings=settings,
        clock=clock,
        keys=KeyRing.load_or_create(settings.key_file),
        passwords=Passwords.of(settings),
        engine=engine,
        sessions=write_sessions(engine),
    ).install(app)
    migrations.init_app(app, db, directory=str(ROOT / "migrations"))
    babel.init_app(app, locale_selector=_language)
    csrf.init_app(app)
    signing_in.register(app)
    security.register(app, settings)
    logs.register(app)
    health.register(app)
    for area in _AREAS:
        if _exists(area):
            import_module(area).register(app)
    app.jinja_env.globals["current_language"] = lambda: str(get_locale() or LANGUAGES[0])
    return app


def _language() -> str:
    """The language of the shell; notices and stored text are Chinese only."""
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def _exists(area: str) -> bool:
    """Whether the area is part of this installation (the API may be left out)."""
    found = find_spec(area)
    return found is not None and found.origin is not None

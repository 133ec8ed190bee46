"""Flask extensions, and what one running installation consists of.

The extensions are shared by all applications of a process; everything that differs between two of them (a rehearsal
runs beside the real one) is in `Installation`.
"""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from app.clock import Clock
from app.crypto import KeyRing
from app.database import Database, WriteSessions
from app.services.passwords import Passwords
from app.settings import Settings

babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()
migrations = Migrate()

_KEY = "zhengcheng"


@dataclass(frozen=True)
class Installation:
    """What the edge hands to services: settings, clock, keys, password policy, and how to write.

    Reading goes through `db.session`.
    """

    settings: Settings
    clock: Clock
    keys: KeyRing
    passwords: Passwords
    engine: Engine
    sessions: WriteSessions

    @property
    def database(self) -> Database:
        """Reading and small writing transactions, for services that are no steps of a case."""
        return Database(self.engine, self.sessions)

    def install(self, app: Flask) -> None:
        app.extensions[_KEY] = self


def installation() -> Installation:
    """The installation that the current application serves."""
    return cast(Installation, current_app.extensions[_KEY])

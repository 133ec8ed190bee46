"""Flask extensions, and what one running installation consists of.

The extensions are shared by all applications of a process; everything that differs between two of them (a rehearsal
runs beside the real one) is in `Installation`.
"""

from dataclasses import dataclass, field
from functools import cached_property
from threading import Event
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
from app.seals.setup import SealSetup
from app.services.backend import Backend
from app.services.database_purpose import purpose_of
from app.services.passwords import Passwords
from app.services.waking import notify
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
    #: Set after each commit that brought work for the outbox; the drain of this process waits for it.
    outbox_grew: Event = field(default_factory=Event, repr=False)

    @property
    def database(self) -> Database:
        """Reading and small writing transactions, for services that are no steps of a case."""
        return Database(self.engine, self.sessions)

    @cached_property
    def backend(self) -> Backend:
        """What services need to take steps. Asks the migrated database once whether it is a demo."""
        return Backend(
            engine=self.engine,
            sessions=self.sessions,
            keys=self.keys,
            base_url=self.settings.base_url,
            demo=purpose_of(self.database) == "demo",
            wake=self.wake,
        )

    @cached_property
    def seals(self) -> SealSetup:
        """Who seals notices here, and whose seals are believed."""
        return SealSetup(self.settings.seal, self.settings.seals_dir, self.keys)

    def wake(self) -> None:
        """Tell the drain that the outbox grew: the one of this process, and on PostgreSQL those of all workers."""
        self.outbox_grew.set()
        notify(self.engine)

    def install(self, app: Flask) -> None:
        app.extensions[_KEY] = self


def installation() -> Installation:
    """The installation that the current application serves."""
    return cast(Installation, current_app.extensions[_KEY])

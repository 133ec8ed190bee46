"""Fixtures that give a test an application on a migrated database of its own. Loaded by tests/conftest.py."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine

from app import create_app
from app.clock import MovableClock
from app.crypto import KeyRing
from app.database import WriteSessions, make_engine, write_sessions
from app.database import migrate as migrate_database
from app.models.base import db
from app.settings import Settings
from tests.support.application import settings_for
from tests.support.databases import Migrate
from tests.support.reached import same_keys

#: A Friday, 10:00 in Shanghai, in the published part of the calendar.
NOW = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def migrate() -> Migrate:
    """How the tests' databases get their tables: by the migrations that an installation runs."""
    return migrate_database


class _Templates(BytecodeCache):
    """Templates as one application of this process compiled them: each test has an application of its own."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_TEMPLATES = _Templates()


def create_for_test(settings: Settings, clock: MovableClock) -> Flask:
    """An application that shares with those of earlier tests what does not differ: keys and compiled templates."""
    same_keys(settings.key_file)
    made = create_app(settings, clock)
    made.jinja_env.bytecode_cache = _TEMPLATES
    return made


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands at NOW until the test sets it forward."""
    return MovableClock(NOW)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, tmp_path / "kept")


@pytest.fixture
def app(settings: Settings, clock: MovableClock) -> Iterator[Flask]:
    """An application on a migrated, empty database; the test runs on both databases."""
    made = create_for_test(settings, clock)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def sqlite_app(sqlite_url: str, tmp_path: Path, clock: MovableClock) -> Iterator[Flask]:
    """The same on SQLite only, for what is no question of the database."""
    made = create_for_test(settings_for(sqlite_url, tmp_path / "kept"), clock)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated, empty database, without an application."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def sessions(engine: Engine) -> WriteSessions:
    """Writing sessions on `engine`."""
    return write_sessions(engine)


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing.load_or_create(same_keys(tmp_path / "keys.json"))

"""The world as a fixture. Loaded by tests/conftest.py."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.crypto import KeyRing
from app.database import make_engine
from tests.support.world import World, found_world


@pytest.fixture
def world(engine: Engine, keys: KeyRing) -> World:
    """A founded district on each of the two databases."""
    return found_world(engine, keys)


@pytest.fixture
def sqlite_world(sqlite_url: str, keys: KeyRing) -> Iterator[World]:
    """The same on SQLite only, for what is no question of the database."""
    engine = make_engine(sqlite_url)
    yield found_world(engine, keys)
    engine.dispose()

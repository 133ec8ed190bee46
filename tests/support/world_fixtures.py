"""The world as a fixture. Loaded by tests/conftest.py."""

import pytest
from sqlalchemy import Engine

from app.crypto import KeyRing
from tests.support.world import World, found_world


@pytest.fixture
def world(engine: Engine, keys: KeyRing) -> World:
    """A founded district on each of the two databases."""
    return found_world(engine, keys)

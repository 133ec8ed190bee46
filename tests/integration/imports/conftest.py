"""Imports are tested on SQLite; what the databases could do differently stands in tests/integration/test_imports.py."""

import pytest
from flask import Flask

from app.clock import MovableClock
from tests.support.web_world import world_on
from tests.support.world import World


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def site(app: Flask, clock: MovableClock) -> World:
    """A world on the database of an application: its people can sign in."""
    return world_on(app, clock)

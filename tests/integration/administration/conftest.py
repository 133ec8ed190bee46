"""The pages of the administration on SQLite, with one person for every post that administrates."""

from pathlib import Path

import pytest
from flask import Flask

from app.clock import MovableClock
from app.settings import Settings
from tests.support.administrators import add_administrators
from tests.support.application import settings_for
from tests.support.web_world import world_on
from tests.support.world import World


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return settings_for(sqlite_url, tmp_path / "kept")


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    made = world_on(app, clock)
    add_administrators(app, made)
    return made

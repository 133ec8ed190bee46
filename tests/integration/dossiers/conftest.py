"""Installations between which dossiers travel, as fixtures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database import make_engine
from tests.support.dossiers import NOW, FilingWorld, Place, filing_world


@pytest.fixture
def places(sqlite_url: str, postgresql_url: str, tmp_path: Path) -> Iterator[dict[str, Place]]:
    """An installation on each database."""
    made = {
        name: Place(make_engine(url), tmp_path / name, NOW)
        for name, url in (("sqlite", sqlite_url), ("postgresql", postgresql_url))
    }
    yield made
    for place in made.values():
        place.engine.dispose()


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path) -> Iterator[Place]:
    """Where the dossiers come from, in tests that need no other database."""
    place = Place(make_engine(sqlite_url), tmp_path / "home", NOW)
    yield place
    place.engine.dispose()


@pytest.fixture
def archive(postgresql_url: str, tmp_path: Path) -> Iterator[Place]:
    """An empty system."""
    place = Place(make_engine(postgresql_url), tmp_path / "archive", NOW)
    yield place
    place.engine.dispose()


@pytest.fixture
def world(home: Place) -> FilingWorld:
    return filing_world(home)

"""A database of its own for each play: a copy of one migrated file, thrown away afterwards."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event

from app.crypto import KeyRing
from app.database import Database, make_engine, migrate
from app.services.backend import Backend
from app.services.database_purpose import ensure_marked


@cache
def _template() -> Path:
    """One migrated file for all plays of this process."""
    folder = Path(tempfile.mkdtemp(prefix="tuiyan-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "migrated.sqlite"
    migrate(f"sqlite:///{file}")
    return file


@contextmanager
def scratch_database() -> Iterator[str]:
    """Address of a migrated, empty database file that goes with the context."""
    folder = Path(tempfile.mkdtemp(prefix="tuiyan-"))
    try:
        shutil.copyfile(_template(), folder / "play.sqlite")
        yield f"sqlite:///{folder / 'play.sqlite'}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_world() -> Iterator[tuple[Backend, Path]]:
    """A backend on a database file of its own, and a folder for its files."""
    with (
        scratch_database() as url,
        tempfile.TemporaryDirectory(prefix="tuiyan-") as folder,
        scratch_backend(url, Path(folder)) as backend,
    ):
        yield backend, Path(folder) / "files"


@contextmanager
def scratch_backend(url: str, folder: Path) -> Iterator[Backend]:
    """A backend on a migrated, empty database, marked for rehearsal so that its clock may be moved."""
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _hurry)
    try:
        database = Database.on(engine)
        ensure_marked(database, "rehearsal")
        keys = KeyRing.load_or_create(folder / "keys.json")
        yield Backend(engine, database.sessions, keys, demo=True)
    finally:
        engine.dispose()


def _hurry(connection: Any, _record: object) -> None:
    """Nothing of a play survives it, so it need not wait for the disk."""
    connection.execute("PRAGMA synchronous = OFF")

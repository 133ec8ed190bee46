"""A database of its own for each play: a copy of one migrated file, thrown away afterwards."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

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
    try:
        with hurrying(engine):
            database = Database.on(engine)
            ensure_marked(database, "rehearsal")
            keys = KeyRing.load_or_create(folder / "keys.json")
            yield Backend(engine, database.sessions, keys, demo=True)
    finally:
        engine.dispose()


@contextmanager
def hurrying(engine: Engine) -> Iterator[None]:
    """Do not wait for the disk with each commit: what is played can be played again. Later connections wait."""
    hurries = True

    def set_up(connection: Any, _record: object) -> None:
        if hurries:
            connection.execute("PRAGMA synchronous = OFF")

    if engine.dialect.name == "sqlite":
        engine.dispose()
        event.listen(engine, "connect", set_up)
    try:
        yield
    finally:
        hurries = False
        if engine.dialect.name == "sqlite":
            engine.dispose()
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

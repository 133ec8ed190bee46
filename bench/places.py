"""Databases to measure on, with every commit forced to disk: SQLite with synchronous FULL, PostgreSQL with fsync."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from app.crypto import KeyRing
from app.database import make_engine, migrate, write_sessions
from app.services.backend import Backend
from tests.support.cluster import Cluster, new_cluster_folder
from tests.support.databases import DatabaseSource, PostgresSource, SqliteSource
from tests.support.world import World, found_world

DATABASES = ("sqlite", "postgresql")


@contextmanager
def places(kept: Path | None = None) -> Iterator["Places"]:
    """Start what is needed, and stop it again.

    Args:
        kept: a folder in which filled worlds stay, to be measured again without filling them again.
    """
    with tempfile.TemporaryDirectory() as folder:
        if kept is not None:
            kept.mkdir(parents=True, exist_ok=True)
        cluster = Cluster(new_cluster_folder(), durable=True)
        lasting = Cluster(kept / "postgresql", durable=True) if kept is not None else None
        try:
            yield Places(Path(folder), cluster, kept, lasting)
        finally:
            cluster.stop()
            if lasting is not None:
                lasting.rest()


class Places:
    """Gives out worlds on fresh databases."""

    def __init__(self, folder: Path, cluster: Cluster, kept: Path | None, lasting: Cluster | None) -> None:
        self._folder, self._kept, self._lasting = folder, kept, lasting
        self._sources: dict[str, DatabaseSource] = {
            "sqlite": SqliteSource(folder, migrate),
            "postgresql": PostgresSource(cluster, migrate),
        }

    @contextmanager
    def world(self, database: str) -> Iterator[World]:
        """A founded world on an empty database of this kind."""
        with self._sources[database].database() as url:
            engine: Engine = make_engine(url)
            try:
                yield found_world(engine, self._keys(self._folder))
            finally:
                engine.dispose()

    @contextmanager
    def filled(
        self, database: str, size: int, fill: Callable[[World], None], name: str = "filled"
    ) -> Iterator[tuple[Backend, float]]:
        """A world that takes long to fill, and the seconds it took; 0 where one of this name and size was kept."""
        if self._kept is None:
            with self.world(database) as world:
                began = time.perf_counter()
                fill(world)
                yield world.backend, time.perf_counter() - began
            return
        url, is_new = self._lasting_database(database, f"{name}_{size}")
        migrate(url)
        engine = make_engine(url)
        try:
            began = time.perf_counter()
            if is_new:
                fill(found_world(engine, self._keys(self._kept)))
                (self._kept / f"{database}_{name}_{size}.complete").touch()
            took = time.perf_counter() - began if is_new else 0.0
            yield Backend(engine, write_sessions(engine), self._keys(self._kept)), took
        finally:
            engine.dispose()

    def _lasting_database(self, database: str, name: str) -> tuple[str, bool]:
        """The address of a database that stays, empty unless it was filled to the end before."""
        assert self._kept is not None
        assert self._lasting is not None
        is_new = not (self._kept / f"{database}_{name}.complete").exists()
        if database == "sqlite":
            file = self._kept / f"{name}.sqlite"
            if is_new:
                for part in self._kept.glob(f"{file.name}*"):
                    part.unlink()
            return f"sqlite:///{file}", is_new
        self._lasting.folder.mkdir(exist_ok=True)
        self._lasting.ensure_started()
        if is_new:
            with self._lasting.connect() as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {name}")
        return self._lasting.url(name), is_new

    def _keys(self, folder: Path) -> KeyRing:
        return KeyRing.load_or_create(folder / "keys.json")

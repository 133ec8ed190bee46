"""Databases to measure on, with every commit forced to disk: SQLite with synchronous FULL, PostgreSQL with fsync."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from app.crypto import KeyRing
from app.database import make_engine, migrate
from tests.support.cluster import Cluster, new_cluster_folder
from tests.support.databases import DatabaseSource, PostgresSource, SqliteSource
from tests.support.world import World, found_world

DATABASES = ("sqlite", "postgresql")


@contextmanager
def places() -> Iterator["Places"]:
    """Start what is needed, and stop it again."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(new_cluster_folder(), durable=True)
        try:
            yield Places(Path(folder), cluster)
        finally:
            cluster.stop()


class Places:
    """Gives out worlds on fresh databases."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self._folder = folder
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
                yield found_world(engine, KeyRing.load_or_create(self._folder / "keys.json"))
            finally:
                engine.dispose()

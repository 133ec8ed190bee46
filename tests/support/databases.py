"""Fresh, migrated databases for tests: migrated once per run, then copied for each test.

The workers of a run share the templates. A template is known by name, so that tests may use a schema of their own.
"""

import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from tests.support import reached
from tests.support.cluster import Cluster, locked
from tests.support.emptying import Look, emptied, look_of

Migrate = Callable[[str], None]
"""Brings the empty database at the given address to the newest schema and leaves no connection to it open."""


class DatabaseSource(Protocol):
    """Hands out databases for single tests."""

    def database(self) -> AbstractContextManager[str]:
        """Context with the address of a migrated database without rows; afterwards the database is gone."""
        ...


@dataclass(frozen=True)
class SqliteSource:
    """Copies of one migrated file, kept in `folder`, which all workers of the run share."""

    folder: Path
    migrate: Migrate
    name: str = "migrated"

    @contextmanager
    def database(self) -> Iterator[str]:
        """See DatabaseSource."""
        template = self._template()
        folder = self.folder / uuid.uuid4().hex
        folder.mkdir()
        copy = folder / "zhengcheng.sqlite"
        shutil.copyfile(template, copy)
        try:
            yield f"sqlite:///{copy}"
        finally:
            shutil.rmtree(folder)

    def _template(self) -> Path:
        template = self.folder / f"{self.name}.sqlite"
        with locked(self.folder / f"{self.name}.lock"):
            if not template.exists():
                unfinished = template.with_suffix(".unfinished")
                unfinished.unlink(missing_ok=True)
                self.migrate(f"sqlite:///{unfinished}")
                _fold_in_write_ahead_log(unfinished)
                unfinished.rename(template)
        return template


#: By cluster and template: what a new copy looks like, and the copies of this process that look so, with their time.
_NEW: dict[tuple[Path, str], Look] = {}
_RESTED: dict[tuple[Path, str], list[tuple[str, int]]] = {}


@dataclass(frozen=True)
class PostgresSource:
    """Copies of one migrated database on `cluster`, made by CREATE DATABASE … TEMPLATE.

    A copy of which only rows were changed is emptied and given out again by this process, unless `times` is one.
    """

    cluster: Cluster
    migrate: Migrate
    name: str = "migrated"
    #: So often a copy is given out: rows that are gone still lie in its files.
    times: int = 20

    @contextmanager
    def database(self) -> Iterator[str]:
        """See DatabaseSource. Connections that the test left open are closed by force."""
        self.cluster.ensure_started()
        self._ensure_template()
        rested = _RESTED.setdefault((self.cluster.folder, self.name), [])
        copy, time = rested.pop() if rested and self.times > 1 else (self._new(), 1)
        reached.begin(self.cluster.url(copy))
        try:
            yield self.cluster.url(copy)
        finally:
            if time < self.times and self._emptied(copy):
                rested.append((copy, time + 1))
            else:
                self._execute("DROP DATABASE {} WITH (FORCE)", copy)

    def _new(self) -> str:
        copy = f"t_{uuid.uuid4().hex}"
        # With fsync off, copying the files takes a sixth of the time of the default, which logs each page.
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", copy, self.name)
        return copy

    def _emptied(self, copy: str) -> bool:
        """Whether a database could be made as a new one is; what that looks like is asked of the first copy."""
        place = (self.cluster.folder, self.name)
        if place not in _NEW:
            fresh = self._new()
            with self.cluster.connect(fresh) as connection:
                _NEW[place] = look_of(connection)
            self._execute("DROP DATABASE {} WITH (FORCE)", fresh)
        try:
            with self.cluster.connect(copy) as connection:
                return emptied(connection, _NEW[place])
        except psycopg.Error:
            return False

    def _ensure_template(self) -> None:
        with locked(self.cluster.folder / f"{self.name}.lock"):
            if self._exists(self.name):
                return
            unfinished = f"{self.name}_unfinished"
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", unfinished)
            self._execute("CREATE DATABASE {}", unfinished)
            self.migrate(self.cluster.url(unfinished))
            self._execute("ALTER DATABASE {} RENAME TO {}", unfinished, self.name)

    def _exists(self, database: str) -> bool:
        with self.cluster.connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        return found is not None

    def _execute(self, statement: str, *databases: str) -> None:
        with self.cluster.connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, databases)))


def _fold_in_write_ahead_log(file: Path) -> None:
    """Make `file` complete in itself, so that copying it alone is enough."""
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()

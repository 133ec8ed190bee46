"""Engines, writing sessions and migrations, alike on SQLite and PostgreSQL.

`db.session` only reads. Whoever writes opens a session of `write_sessions(engine)`: on SQLite its transaction begins
with BEGIN IMMEDIATE, so that it waits for its turn instead of failing as "locked" after having read.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from app.settings import ROOT

MIGRATIONS = ROOT / "migrations"
_BUSY_TIMEOUT_MS = 30_000
#: Held while a database is migrated, so that of several starting processes one migrates and the others wait.
_MIGRATION_LOCK = 0x5A43_4D49

WriteSessions = sessionmaker[Session]


def engine_options(url: str) -> dict[str, Any]:
    """Options for `create_engine`. Values of statements never reach a log or an error text."""
    # Eight threads of a process may each hold a reading and a writing connection at once.
    options: dict[str, Any] = {"hide_parameters": True, "pool_size": 16, "max_overflow": 8}
    if not url.startswith("sqlite"):
        options["pool_pre_ping"] = True
    return options


def make_engine(url: str) -> Engine:
    """An engine of its own, for commands and tests; pages use the one that `create_app` made."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return prepare(create_engine(url, **engine_options(url)))


def prepare(engine: Engine) -> Engine:
    """Give an engine the connection set-up and the kinds of BEGIN that SQLite needs; nothing to do elsewhere."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_connection)
        event.listen(engine, "begin", _begin)
    return engine


def _set_up_connection(connection: Any, _record: object) -> None:
    # The driver's own transaction handling begins too late (after reads) and lets DDL escape: we send BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    # The waiting time comes first: switching to WAL needs a lock itself.
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def write_sessions(engine: Engine) -> WriteSessions:
    """Makes the sessions of writing transactions; used by the unit of work and by `write_transaction`."""
    return sessionmaker(engine.execution_options(write=True), autoflush=False, expire_on_commit=False)


def insert_into(session: Session, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT, in the language of the session's database."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgresql else sqlite.insert(table)


@contextmanager
def write_transaction(sessions: WriteSessions) -> Iterator[Session]:
    """One small writing transaction outside any case: committed at the end, rolled back if anything is raised.

    Steps of a case never use it; they go through the unit of work, which locks the dossier.
    """
    with sessions() as session, session.begin():
        yield session


@dataclass(frozen=True)
class Database:
    """Reading and small writing transactions on one engine, for services that are no steps of a case."""

    engine: Engine
    sessions: WriteSessions

    @classmethod
    def on(cls, engine: Engine) -> "Database":
        return cls(engine, write_sessions(engine))

    def read(self) -> AbstractContextManager[Session]:
        """See `read_transaction`."""
        return read_transaction(self.engine)

    def write(self) -> AbstractContextManager[Session]:
        """See `write_transaction`."""
        return write_transaction(self.sessions)


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Session]:
    """A reading session for commands and jobs, which have no `db.session` of a request."""
    with Session(engine, autoflush=False) as session:
        yield session


def alembic_config(connection: Connection | None = None) -> Config:
    """Configuration of Alembic for our folder of migrations, on an open connection if one is given."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to the newest schema, in one transaction; leaves no connection open.

    Of several processes that start together one migrates and the others wait for it.
    """
    engine = make_engine(url)
    try:
        with engine.execution_options(write=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            command.upgrade(alembic_config(connection), revision)
    finally:
        engine.dispose()


def rebuild(url: str) -> None:
    """Remove everything the database holds and make its tables anew, in one transaction. For demos only."""
    engine = make_engine(url)
    try:
        with engine.execution_options(write=True).begin() as connection:
            config = alembic_config(connection)
            config.attributes["discard_cases"] = True
            command.downgrade(config, "base")
            command.upgrade(alembic_config(connection), "head")
    finally:
        engine.dispose()


def version_of(engine: Engine) -> str:
    """The version of the database itself, and of the schema that it holds: 15.4，结构版本0026."""
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    server = ".".join(str(part) for part in engine.dialect.server_version_info or ())
    return f"{server}，结构版本{'、'.join(sorted(present))}"


def is_at_head(engine: Engine) -> bool:
    """Whether the schema is the one this program was written for."""
    wanted = set(ScriptDirectory.from_config(alembic_config()).get_heads())
    with engine.connect() as connection:
        present = set(MigrationContext.configure(connection).get_current_heads())
    return wanted == present

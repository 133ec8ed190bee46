"""The tests' own databases, shown on a schema of one table (issue 2, item 5: both databases, a real PostgreSQL)."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.crypto import KeyRing
from app.database import make_engine
from tests.support.cluster import FOLDER_PREFIX, Cluster, stop_orphans
from tests.support.databases import DatabaseSource, Migrate, PostgresSource, SqliteSource
from tests.support.emptying import Look, look_of
from tests.support.waiting import eventually
from tests.support.world import found_world

SourceOf = Callable[[str], DatabaseSource]


class CountedMigration:
    """Makes one table and notes each use, across workers of the run, as a line in a file."""

    def __init__(self, uses: Path) -> None:
        self.uses = uses

    def __call__(self, url: str) -> None:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE letter (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL)"))
        engine.dispose()
        with self.uses.open("a", encoding="utf-8") as uses:
            uses.write(f"{url}\n")

    def count(self) -> int:
        """How many databases were migrated."""
        return len(self.uses.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def migration(tmp_path: Path) -> CountedMigration:
    return CountedMigration(tmp_path / "uses")


@pytest.fixture(params=["sqlite", "postgresql"])
def source(request: pytest.FixtureRequest, migration: CountedMigration, tmp_path: Path) -> DatabaseSource:
    if request.param == "sqlite":
        return SqliteSource(tmp_path, migration, name="letters")
    return PostgresSource(request.getfixturevalue("postgres_cluster"), migration, name=f"letters_{tmp_path.name}")


def titles(url: str, *added: str) -> list[str]:
    """Add letters, then read all titles, through an engine that is closed again."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for title in added:
            connection.execute(text("INSERT INTO letter (id, title) VALUES (:id, :title)"), {"id": 1, "title": title})
        read = connection.execute(text("SELECT title FROM letter ORDER BY id")).scalars().all()
    engine.dispose()
    return list(read)


def test_a_database_keeps_chinese_and_the_next_one_is_empty(source: DatabaseSource) -> None:
    with source.database() as first, source.database() as second:
        assert titles(first, "异议受理通知书") == ["异议受理通知书"]
        assert titles(first) == ["异议受理通知书"]
        assert titles(second) == []


def test_migrations_run_once_for_many_databases(source: DatabaseSource, migration: CountedMigration) -> None:
    for _ in range(3):
        with source.database() as url:
            assert titles(url) == []
    assert migration.count() == 1


def test_a_migration_that_failed_half_way_is_begun_again(
    source: DatabaseSource, migration: CountedMigration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def migrate_and_fail(url: str) -> None:
        migration(url)
        raise OSError("disk full")

    class_of_source = type(source)
    broken = class_of_source(**{**vars(source), "migrate": migrate_and_fail})
    with pytest.raises(OSError, match="disk full"), broken.database():
        pass
    with source.database() as url:
        assert titles(url) == []


def test_postgresql_databases_are_removed_even_when_a_connection_is_left_open(
    postgres_cluster: Cluster, migration: CountedMigration, tmp_path: Path
) -> None:
    with PostgresSource(postgres_cluster, migration, name=f"left_open_{tmp_path.name}", times=1).database() as url:
        engine = create_engine(url)
        connection = engine.connect()
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    with postgres_cluster.connect() as administration:
        found = administration.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    assert found is None
    connection.invalidate()
    engine.dispose()


def name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def test_a_postgresql_database_is_given_out_again_as_new(
    postgres_cluster: Cluster, migrate: Migrate, keys: KeyRing, tmp_path: Path
) -> None:
    """Rows, numbers and connections of the test before are gone, also what the history does not let anybody remove."""
    # A template of its own: a copy of the common one may be at its last time.
    source = PostgresSource(postgres_cluster, migrate, name=f"again_{tmp_path.name}")
    with source.database() as url:
        left = make_engine(url)
        first = found_world(left, keys).record_in("listed")
        held = left.connect()
        held.execute(text("ANALYZE"))
        held.commit()
    with source.database() as again:
        assert again == url
        with postgres_cluster.connect(name_of(again)) as connection:
            assert look_of(connection)[1:] == look_of_template(postgres_cluster, source.name)[1:]
            figures = "SELECT count(*) FROM pg_stats WHERE tablename = 'cases'"
            assert connection.execute(figures).fetchone() == (0,)
        engine = make_engine(again)
        assert found_world(engine, keys).record_in("listed") == first, "the way was walked anew"
        engine.dispose()
    held.invalidate()
    left.dispose()


def look_of_template(cluster: Cluster, name: str) -> Look:
    with cluster.connect(name) as connection:
        return look_of(connection)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE outbox ADD COLUMN remark TEXT",
        "DROP TRIGGER search_case_insert ON cases",
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "DELETE FROM case_state",
        "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE letter (id INTEGER)",
        "DROP INDEX ix_cases_due",
    ],
)
def test_a_postgresql_database_whose_schema_was_changed_is_not_given_out_again(
    postgres_cluster: Cluster, migrate: Migrate, change: str
) -> None:
    source = PostgresSource(postgres_cluster, migrate)
    with source.database() as url, postgres_cluster.connect(name_of(url)) as connection:
        connection.execute(change)
    with postgres_cluster.connect() as administration:
        found = administration.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name_of(url),)).fetchone()
    assert found is None


def test_the_server_is_reached_by_its_socket_only(postgres_cluster: Cluster) -> None:
    with postgres_cluster.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


def is_running(pid: int) -> bool:
    """Whether the process works; one that ended and waits to be noticed by its parent does not."""
    try:
        status = Path("/proc", str(pid), "status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return "State:\tZ" not in status


def orphan() -> tuple[Path, int]:
    """Folder and process of a server whose run is over: a child starts it and leaves without stopping it."""
    script = (
        "from tests.support.cluster import Cluster, new_cluster_folder\n"
        "cluster = Cluster(new_cluster_folder())\n"
        "cluster.ensure_started()\n"
        "print(cluster.folder)\n"
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    folder = Path(child.stdout.strip())
    assert folder.name.startswith(FOLDER_PREFIX)
    server = int((folder / "files" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    assert is_running(server)
    return folder, server


def test_a_server_whose_run_was_killed_is_stopped_by_the_next_run() -> None:
    folder, server = orphan()
    assert folder in stop_orphans()
    assert not folder.exists()
    assert not is_running(server)


def test_a_server_that_was_killed_with_its_run_does_not_keep_the_next_run_from_starting() -> None:
    """A machine that lost its power, or a container that ended, leaves files that name a process long gone."""
    folder, server = orphan()
    os.kill(server, signal.SIGKILL)
    eventually(lambda: not is_running(server))
    assert (folder / "files" / "postmaster.pid").exists()
    assert folder in stop_orphans()
    assert not folder.exists()

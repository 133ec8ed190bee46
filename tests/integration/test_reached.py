"""A way that was gone before leads where walking leads, on both databases (tests.support.reached)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, inspect, select

from app.clock import MovableClock
from app.crypto import KeyRing
from app.database import make_engine, write_transaction
from app.models.people import User
from tests.support import reached
from tests.support.cluster import Cluster
from tests.support.databases import Migrate, PostgresSource, SqliteSource
from tests.support.world import World, found_world

Fresh = Callable[[], AbstractContextManager[str]]
WAYS = {
    "record": "repaired",
    "objection": "closed",
    "rectification": "failed",
    "repair": "revoked",
    "exemption": "correcting",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, migrate: Migrate) -> Fresh:
    """Contexts with the address of a new database each."""
    if request.param == "sqlite":
        folder: Path = request.getfixturevalue("sqlite_folder")
        return SqliteSource(folder, migrate).database
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return PostgresSource(cluster, migrate).database


def rows_of(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    known = MetaData()
    known.reflect(engine, only=[name for name in inspect(engine).get_table_names() if "search" not in name])
    with engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in known.tables.items()
        }


def numbers_of(engine: Engine) -> list[tuple[object, ...]]:
    """The next number of every table, where the database counts on its own."""
    if engine.dialect.name == "sqlite":
        return []
    with engine.connect() as connection:
        statement = "SELECT sequencename, last_value FROM pg_sequences ORDER BY sequencename"
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def take_back(world: World) -> None:
    """Write a row and change one's mind."""
    with world.backend.sessions() as session:
        session.get_one(User, world["subject"].user_id).name = "赵测试"
        session.flush()
        session.rollback()


@pytest.mark.parametrize("kind", WAYS)
def test_what_is_written_again_is_what_was_walked(
    kind: str, fresh: Fresh, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reached, "_WAYS", type(reached._WAYS)())

    def go(engine: Engine) -> tuple[World, str]:
        world = found_world(engine, keys)
        uid: str = getattr(world, f"{kind}_in")(WAYS[kind])
        return world, uid

    with fresh() as one, fresh() as other:
        walked, again = make_engine(one), make_engine(other)
        first, case = go(walked)
        ways = len(reached._WAYS)
        # From here on nothing may walk.
        monkeypatch.setattr(reached, "_recorded", None)
        second, same = go(again)
        assert ways > 3
        assert case == same
        assert first.clock() == second.clock()
        assert first.people == second.people
        assert rows_of(walked) == rows_of(again)
        assert numbers_of(walked) == numbers_of(again)
        monkeypatch.undo()
        # The way goes on from there.
        assert [world.record_in("head_review") != case for world in (first, second)] == [True, True]
        walked.dispose()
        again.dispose()


def test_after_another_way_it_is_walked_anew(fresh: Fresh, keys: KeyRing) -> None:
    """A row more, another time, a row that was taken back (PostgreSQL keeps its number): no way is the same."""

    def rename(world: World) -> None:
        with write_transaction(world.backend.sessions) as session:
            session.get_one(User, world["subject"].user_id).name = "赵测试"

    def wait(world: World) -> None:
        later = world.clock()
        world.clock.set(later.replace(hour=later.hour + 1))

    uids = set()
    for happened in (lambda world: None, rename, take_back, wait):
        with fresh() as url:
            engine = make_engine(url)
            world = found_world(engine, keys)
            happened(world)
            uids.add(world.record_in("head_review"))
            engine.dispose()
    assert len(uids) == 4


def test_other_keys_other_ways(fresh: Fresh, keys: KeyRing, tmp_path: Path) -> None:
    """Under another key the chain of a case has other MACs."""
    uids = set()
    for ring in (keys, KeyRing.load_or_create(tmp_path / "others.json")):
        with fresh() as url:
            engine = make_engine(url)
            uids.add(found_world(engine, ring).record_in("head_review"))
            engine.dispose()
    assert len(uids) == 2


def test_a_way_that_takes_a_row_back_is_not_kept(fresh: Fresh, keys: KeyRing) -> None:
    """Its statements written again would give the next rows other numbers."""
    seen: list[int] = []
    for _ in range(2):
        with fresh() as url:
            engine = make_engine(url)
            world = found_world(engine, keys)

            def walk(world: World = world) -> None:
                seen.append(len(seen))
                take_back(world)

            world.remembered(("taken back",), walk)
            engine.dispose()
    assert seen == [0, 1]


def test_the_clock_moves_as_on_the_way(fresh: Fresh, keys: KeyRing) -> None:
    for _ in range(2):
        with fresh() as url:
            engine = make_engine(url)
            world = found_world(engine, keys)
            before = world.clock()
            world.record_in("deciding")
            assert isinstance(world.clock, MovableClock)
            assert (world.clock() - before).days > 3
            engine.dispose()

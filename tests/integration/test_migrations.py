"""The schema: made by migrations alone, equal to the models, append-only where promised (T16, trust 1.8)."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import create_app
from app.clock import MovableClock
from app.database import alembic_config, is_at_head, make_engine, migrate, rebuild
from app.models.base import Base
from app.models.cases import Case
from app.models.search import INDEX, is_source
from tests.support.application import settings_for
from tests.support.world import World


def test_a_migrated_database_is_at_head_and_migrating_again_changes_nothing(database_url: str, engine: Engine) -> None:
    assert is_at_head(engine)
    migrate(database_url)
    assert is_at_head(engine)


def test_the_models_say_what_the_migrations_made(engine: Engine) -> None:
    """A column added to a model without a migration shows here. Needs env.py to have loaded every model."""
    with engine.connect() as connection:
        compared = MigrationContext.configure(connection, opts={"include_object": is_source})
        difference = compare_metadata(compared, Base.metadata)
    assert difference == []


def test_the_tables_of_the_search_index_have_the_columns_that_are_written(engine: Engine) -> None:
    """They stand beside the models, since no model says the same on both databases."""
    found = inspect(engine)
    for table in INDEX.sorted_tables:
        columns = {column["name"] for column in found.get_columns(table.name)}
        assert set(table.columns.keys()) <= columns
    grams = {column["name"] for column in found.get_columns("search_entry")} - {"case_id", "words"}
    assert grams == {"grams"}


def test_checks_and_partial_indexes_are_as_the_models_say(engine: Engine, tmp_path: Path) -> None:
    """What Alembic's own comparison does not look at: checks, and the conditions of unique indexes."""
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            conditional = connection.execute(
                text("SELECT count(*) FROM pg_index WHERE indpred IS NOT NULL")
            ).scalar_one()
        wanted = [
            index
            for table in Base.metadata.tables.values()
            for index in table.indexes
            if index.dialect_options["postgresql"]["where"] is not None
        ]
        assert conditional == len(wanted)
        return
    modelled = make_engine(f"sqlite:///{tmp_path}/modelled.sqlite")
    with modelled.begin() as connection:
        Base.metadata.create_all(connection)
    assert _conditions(engine) == _conditions(modelled)
    assert len(_conditions(engine)) > len(Base.metadata.tables)
    modelled.dispose()


def _conditions(engine: Engine) -> list[str]:
    """Checks of every table and the text of every index of an SQLite database."""
    found = inspect(engine)
    checks = [
        f"{table} {check['name']} {check['sqltext']}"
        for table in found.get_table_names()
        for check in found.get_check_constraints(table)
    ]
    with engine.connect() as connection:
        indexes = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
        return sorted(checks + [" ".join(sql.split()) for sql in indexes.scalars()])


def test_down_to_nothing_and_up_again(database_url: str, engine: Engine) -> None:
    """T16: the way back is open while there is nothing to lose."""
    with engine.execution_options(write=True).begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert not is_at_head(engine)
    migrate(database_url)
    assert is_at_head(engine)


def test_a_demo_with_cases_is_made_anew(database_url: str, world: World) -> None:
    """`flask demo reset`, and a demo whose making was interrupted: what was played goes with its tables."""
    world.objection_in("decided")
    with (
        pytest.raises(IntegrityError),
        world.backend.engine.execution_options(write=True).begin() as connection,
    ):
        command.downgrade(alembic_config(connection), "base")
    assert world.rows(Case), "nobody gives cases up by the way"
    rebuild(database_url)
    assert world.rows(Case) == []
    assert is_at_head(world.backend.engine)


def test_a_migration_that_fails_half_way_leaves_nothing(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T16: one run is one transaction on both databases; what fails here is the last migration, the triggers."""
    with engine.execution_options(write=True).begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    monkeypatch.setattr("alembic.op.execute", _fail)
    with pytest.raises(OSError, match="disk full"):
        migrate(database_url)
    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_a_command_that_fails_half_way_leaves_nothing(
    tmp_path: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T16, by the way of `flask db upgrade`."""
    url = f"sqlite:///{tmp_path}/new.sqlite"
    app = create_app(settings_for(url, tmp_path), clock)
    monkeypatch.setattr("alembic.op.execute", _fail)
    assert isinstance(app.test_cli_runner().invoke(args=["db", "upgrade"]).exception, OSError)
    engine = make_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def _fail(*_args: object, **_options: object) -> None:
    raise OSError("disk full")


def test_of_processes_that_start_together_one_migrates_and_the_others_wait(database_url: str, engine: Engine) -> None:
    """T16: several web processes find one schema, and none fails."""
    with engine.execution_options(write=True).begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as starting:
        for started in [starting.submit(migrate, database_url) for _ in range(2)]:
            started.result(timeout=60)
    assert is_at_head(engine)


def test_the_command_does_what_the_function_does(tmp_path: Path, clock: MovableClock) -> None:
    """`flask db upgrade` goes another way into env.py, and commits as well."""
    app = create_app(settings_for(f"sqlite:///{tmp_path}/new.sqlite", tmp_path), clock)
    result = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert result.exit_code == 0, result.output
    engine = make_engine(f"sqlite:///{tmp_path}/new.sqlite")
    assert is_at_head(engine)
    engine.dispose()


@pytest.mark.parametrize("statement", ["UPDATE access_log SET act = 'x'", "DELETE FROM access_log"])
def test_the_access_log_can_only_grow(engine: Engine, statement: str) -> None:
    row = "INSERT INTO access_log (at, act, target, purpose, address, mac) VALUES ('2026-09-18', 'a', '', '', '', '')"
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text(row))
    with pytest.raises(DBAPIError, match="append-only"), engine.execution_options(write=True).begin() as connection:
        connection.execute(text(statement))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT act FROM access_log")).scalars().all() == ["a"]

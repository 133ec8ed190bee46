"""The schema: made by migrations alone, equal to the models, append-only where promised (T16, trust 1.8)."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.clock import MovableClock
from app.database import alembic_config, is_at_head, make_engine, migrate
from app.models.base import Base
from tests.support.application import settings_for


def test_a_migrated_database_is_at_head_and_migrating_again_changes_nothing(database_url: str, engine: Engine) -> None:
    assert is_at_head(engine)
    migrate(database_url)
    assert is_at_head(engine)


def test_the_models_say_what_the_migrations_made(engine: Engine) -> None:
    """A column added to a model without a migration shows here. Needs env.py to have loaded every model."""
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert difference == []


def test_down_to_nothing_and_up_again(database_url: str, engine: Engine) -> None:
    """T16: the way back is open while there is nothing to lose."""
    with engine.execution_options(write=True).begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert not is_at_head(engine)
    migrate(database_url)
    assert is_at_head(engine)


def test_a_migration_that_fails_half_way_leaves_nothing(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T16: one migration is one transaction on both databases, SQLite included."""
    with engine.execution_options(write=True).begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    monkeypatch.setattr("alembic.op.create_index", _fail)
    with pytest.raises(OSError, match="disk full"):
        migrate(database_url)
    assert inspect(engine).get_table_names() == ["alembic_version"]


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

"""Faults on purpose: the n-th call of a writing transaction to the database fails, and what the database holds."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import OperationalError

from app.models.base import Base

#: Loaded once when a world is founded and never touched by a step.
_FOUNDING = {"calendar_version", "rule_set", "case_state", "unit", "user_account", "post_holding", "locality"}


@dataclass
class Faults:
    """Counts the calls of writing transactions and lets one of them fail."""

    calls: int = 0
    fail_at: int = 0

    def count(self) -> None:
        self.calls += 1
        if self.calls == self.fail_at:
            raise OperationalError("-", {}, OSError("the connection was lost"))


@contextmanager
def faults(engine: Engine, fail_at: int = 0) -> Iterator[Faults]:
    """While open, call number `fail_at` (statements and commits of writing transactions) raises OperationalError."""
    kept = Faults(fail_at=fail_at)

    def on_statement(conn: Connection, *_rest: Any) -> None:
        if conn.get_execution_options().get("write"):
            kept.count()

    def on_commit(conn: Connection) -> None:
        if conn.get_execution_options().get("write"):
            kept.count()

    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "commit", on_commit)
    try:
        yield kept
    finally:
        event.remove(engine, "before_cursor_execute", on_statement)
        event.remove(engine, "commit", on_commit)


def contents(engine: Engine) -> str:
    """Fingerprint of every row that steps can touch."""
    digest = hashlib.sha256()
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in _FOUNDING:
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
                    digest.update(repr((table.name, *row)).encode())
    return digest.hexdigest()


def fails_at_every_point(engine: Engine, act: Callable[[], object]) -> int:
    """Let `act` fail at its first call, its second, … until it succeeds; nothing may change before that.

    Returns:
        How many points there were.
    """
    before = contents(engine)
    point = 1
    while True:
        with faults(engine, point) as kept:
            try:
                act()
            except OperationalError:
                assert contents(engine) == before, f"a fault at call {point} left something behind"
                point += 1
                continue
        assert kept.calls == point - 1, "a fault was swallowed"
        assert contents(engine) != before
        return point - 1

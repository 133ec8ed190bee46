"""Counting the statements that a request sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

#: What is no question: the bounds of a transaction, which SQLite sends as statements.
_BOUNDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Collects the statements of the block, without those that only begin or end a transaction."""
    found: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(_BOUNDS):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", keep)

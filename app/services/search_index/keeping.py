"""Keeping the index: triggers mark each changed case, a round makes the entries of the marked ones anew.

The step itself only adds one row by trigger; cutting, reading and writing happen after its commit, in a transaction
of their own. One round at a time: on PostgreSQL a lock says so, SQLite has one writer anyway.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, TextClause, delete, func, literal_column, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.database import Database
from app.models.cases import Case
from app.models.search import ENTRIES, MARKS
from app.services.search_index.said import Said, said_by
from app.services.search_index.tokens import as_words, grams_of, place_tokens

LOGGER = logging.getLogger("zhengcheng.jobs")
#: Entries made in one transaction: it holds SQLite's only place to write for some milliseconds.
ROUND = 200
_ALONE = 0x5A43_5345
_WRITE_SQLITE = text(
    "INSERT INTO search_entry (case_id, words, grams) VALUES (:case_id, :words, :grams) "
    "ON CONFLICT (case_id) DO UPDATE SET words = excluded.words, grams = excluded.grams "
    "WHERE words <> excluded.words"
)
_WRITE_POSTGRESQL = text(
    "INSERT INTO search_entry (case_id, words, grams) VALUES (:case_id, :words, array_to_tsvector(:grams)) "
    "ON CONFLICT (case_id) DO UPDATE SET words = excluded.words, grams = excluded.grams "
    "WHERE search_entry.words <> excluded.words"
)
#: Seconds since 1970, by the clock of the database.
_NOW: dict[str, ColumnElement[int]] = {
    "sqlite": literal_column("CAST(strftime('%s', 'now') AS INTEGER)", Integer),
    "postgresql": literal_column("extract(epoch FROM clock_timestamp())::integer", Integer),
}


@dataclass(frozen=True)
class Lag:
    """How far the index is behind: marks (counted up to a limit), and seconds since the oldest of them."""

    marks: int
    seconds: int


def refresh(database: Database, most: int = ROUND) -> int:
    """Bring the entries of marked cases up to date; how many marks were worked, 0 when there is nothing to do.

    Somebody else who is at it is left alone: his round counts as nothing to do.
    """
    with database.read() as session:
        if session.execute(select(MARKS.c.id).limit(1)).first() is None:
            return 0
    with database.write() as session:
        if not _alone(session):
            return 0
        marks = session.execute(select(MARKS.c.id, MARKS.c.case_id).order_by(MARKS.c.id).limit(most)).all()
        # Read after the marks: at least as new as they are. A change during this leaves a mark of its own.
        _write(session, _said(session, sorted({mark.case_id for mark in marks})))
        session.execute(delete(MARKS).where(MARKS.c.id.in_([mark.id for mark in marks])))
    return len(marks)


def refresh_all(database: Database) -> int:
    """Work every mark; how many there were."""
    done = 0
    while worked := refresh(database):
        done += worked
    return done


def rebuild(database: Database, tell: Callable[[int, int], None]) -> int:
    """Make every entry anew while people work and search; how many. Marks that came meanwhile stay for the rounds.

    Args:
        tell: called after each batch with how many cases are done, and how many there are.
    """
    with database.read() as session:
        total = session.execute(select(func.count()).select_from(Case)).scalar_one()
    done, last = 0, 0
    while True:
        with database.write() as session:
            _wait_alone(session)
            ids = session.execute(select(Case.id).where(Case.id > last).order_by(Case.id).limit(ROUND)).scalars().all()
            _write(session, _said(session, ids))
        if not ids:
            _tidy(database)
            return done
        done, last = done + len(ids), ids[-1]
        tell(done, max(total, done))


def lag_of(session: Session, most: int = 1_000) -> Lag:
    """How far the index is behind the cases."""
    counted = select(MARKS.c.id).limit(most).subquery()
    marks = session.execute(select(func.count()).select_from(counted)).scalar_one()
    return Lag(marks, seconds_behind(session) if marks else 0)


def seconds_behind(session: Session) -> int:
    """For how long the oldest mark has been waiting; 0 where none does."""
    waited = _NOW[session.get_bind().dialect.name] - MARKS.c.marked_at
    found: int | None = session.execute(select(waited).order_by(MARKS.c.id).limit(1)).scalar()
    return max(0, found or 0)


def missing(session: Session) -> int:
    """How many cases have no entry; reads the keys of both tables. Those that are marked will get theirs."""
    statement = (
        select(func.count())
        .select_from(Case)
        .where(~select(ENTRIES.c.case_id).where(ENTRIES.c.case_id == Case.id).exists())
    )
    return session.execute(statement).scalar_one()


def entry_rows(entries: Sequence[Said], *, postgresql: bool) -> list[dict[str, Any]]:
    """The rows of entries, as their statement takes them."""
    rows: list[dict[str, Any]] = []
    for entry in entries:
        tokens = entry.row()
        grams = grams_of([*tokens, *place_tokens(entry.case_id)]) if postgresql else " ".join(grams_of(tokens))
        rows.append({"case_id": entry.case_id, "words": as_words(tokens), "grams": grams})
    return rows


def _said(session: Session, ids: Sequence[int]) -> list[Said]:
    """What the cases say. One that cannot be read is left out and logged, so that it does not hold up all others."""
    try:
        return said_by(session, ids)
    except SQLAlchemyError:
        raise
    except Exception:
        if len(ids) > 1:
            return [entry for one in ids for entry in _said(session, [one])]
        LOGGER.exception("not indexed", extra={"job": "index", "case": str(ids[0])})
        return []


def _write(session: Session, entries: Sequence[Said]) -> None:
    if entries:
        postgresql = session.get_bind().dialect.name == "postgresql"
        session.execute(_statement(postgresql=postgresql), entry_rows(entries, postgresql=postgresql))


def _statement(*, postgresql: bool) -> TextClause:
    return _WRITE_POSTGRESQL if postgresql else _WRITE_SQLITE


def _alone(session: Session) -> bool:
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.execute(select(func.pg_try_advisory_xact_lock(_ALONE))).scalar_one())


def _wait_alone(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_ALONE)))


def _tidy(database: Database) -> None:
    """After a rebuild: one segment of FTS5 instead of many; figures for PostgreSQL's planner."""
    with database.write() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("INSERT INTO search_words (search_words) VALUES ('optimize')"))
        else:
            session.execute(text("ANALYZE search_entry"))

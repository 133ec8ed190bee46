"""Asking the index: the newest cases that hold every term and that somebody may see, and how many up to a limit.

The filter on what may be seen stands in the same statement and reads the case itself, never the index. The index also
knows by which relations a case can be seen at all; that only narrows what is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, column, literal_column, select, table, text, true
from sqlalchemy.orm import Session

from app.models.cases import Case
from app.models.search import ENTRIES
from app.services.among import among
from app.services.search_index.by_relation import Wanted, earliest_due, few
from app.services.search_index.newest_first import by_index, handles_nearly_all, newest_on_postgresql
from app.services.search_index.query import Term
from app.services.search_index.standing_in import stands_in, to_be_read, ways_of
from app.services.search_index.tokens import relation_token, span_tokens

_WORDS = table("search_words", column("rowid", Integer))
_MATCH = text("search_words MATCH :match")
#: With a sign before it, the row is looked up in `cases` for each hit, never the hit for each case.
_LEADING: ColumnElement[int] = literal_column("+search_words.rowid", Integer)


@dataclass(frozen=True)
class Hits:
    """The newest ids in descending order, and how many there are in all, counted up to the limit."""

    ids: list[int]
    count: int


def find(
    session: Session, terms: Sequence[Term], wanted: Wanted, *, before: int | None, page: int, counted: int
) -> Hits:
    """The newest `page` cases below the key `before` that hold every term; their number counts up to `counted`."""
    if not wanted.relations or not wanted.kinds or not all(term.phrases or term.marks for term in terms):
        return Hits([], 0)
    by_index(session)
    near = few(session, wanted)
    if near is not None:
        ids = _among(session, near, terms, wanted)
        return Hits([one for one in ids if before is None or one < before][:page], min(len(ids), counted))
    marks = _marks(session, wanted)
    if marks is None:
        return Hits([], 0)
    if session.get_bind().dialect.name == "postgresql":
        found = newest_on_postgresql(session, terms, wanted.seen, marks, before=before, page=page, counted=counted)
        return Hits(*found)
    most = max(page, counted) if before is None else counted
    first = _on_sqlite(session, terms, wanted, marks, before=None, most=most)
    if before is None:
        return Hits(first[:page], min(len(first), counted))
    return Hits(_on_sqlite(session, terms, wanted, marks, before=before, most=page), len(first))


def _marks(session: Session, wanted: Wanted) -> list[list[str]] | None:
    """What else the index knows of every wanted case: one mark of each group. It narrows, and never admits a hit.

    None: no case of these relations has a last day, so that none is wanted.
    """
    related = [relation_token(name, value) for name, value in wanted.relations]
    groups = [] if handles_nearly_all(session, wanted.relations) else [related]
    if wanted.due is not None:
        first, last = wanted.due
        first = first or earliest_due(session, wanted)
        if first is None or first > last:
            return None
        groups += [days] if (days := span_tokens(first, last)) else []
    return groups


def _among(session: Session, near: Sequence[int], terms: Sequence[Term], wanted: Wanted) -> list[int]:
    """Every hit among a few cases, by reading what each is found by."""
    statement = (
        select(Case.id)
        .join_from(Case, ENTRIES, ENTRIES.c.case_id == Case.id)
        .where(among(session, Case.id, near), wanted.seen.is_(true()))
        .where(*(stands_in(term, ENTRIES.c.words, session.get_bind().dialect.name) for term in terms))
        .order_by(Case.id.desc())
    )
    return list(session.execute(statement).scalars().all())


def _on_sqlite(
    session: Session,
    terms: Sequence[Term],
    wanted: Wanted,
    marks: Sequence[Sequence[str]],
    *,
    before: int | None,
    most: int,
) -> list[int]:
    """FTS5 walks its lists of rows from the newest down and stops when it has enough."""
    statement = select(Case.id).join_from(_WORDS, Case, Case.id == _LEADING).where(_MATCH, wanted.seen)
    if read := to_be_read(terms):
        statement = statement.join(ENTRIES, ENTRIES.c.case_id == _LEADING)
        statement = statement.where(*(stands_in(term, ENTRIES.c.words, "sqlite") for term in read))
    if before is not None:
        statement = statement.where(_WORDS.c.rowid < before)
    statement = statement.order_by(_WORDS.c.rowid.desc()).limit(most)
    return list(session.execute(statement, {"match": _match(terms, marks)}).scalars().all())


def _match(terms: Sequence[Term], marks: Sequence[Sequence[str]]) -> str:
    """The question in the language of FTS5. Tokens hold letters, digits and private signs only, so quoting is safe."""
    wanted = [ways_of(term) for term in terms] + [[[mark] for mark in group] for group in marks]
    return " AND ".join(f"({' OR '.join(_all(words) for words in ways)})" for ways in wanted)


def _all(words: Sequence[str]) -> str:
    quoted = [f'"{word}"' for word in words]
    return f"({' AND '.join(quoted)})"

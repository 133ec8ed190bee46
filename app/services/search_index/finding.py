"""Asking the index: the newest cases that hold every term and that somebody may see, and how many up to a limit.

The filter on what may be seen stands in the same statement and reads the case itself, never the index. The index also
knows by which relations a case can be seen at all; that only narrows what is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, column, literal_column, select, table, text
from sqlalchemy.orm import Session

from app.access.capacities import Standing
from app.models.cases import Case
from app.services.search_index.newest_first import newest_on_postgresql
from app.services.search_index.query import Term
from app.services.search_index.tokens import relation_token
from workflows.roles import RELATIONS

_WORDS = table("search_words", column("rowid", Integer))
_MATCH = text("search_words MATCH :match")
#: With a sign before it, the row is looked up in `cases` for each hit, never the hit for each case.
_LEADING: ColumnElement[int] = literal_column("+search_words.rowid", Integer)


@dataclass(frozen=True)
class Hits:
    """The newest ids in descending order, and how many there are in all, counted up to the limit."""

    ids: list[int]
    count: int


def relations_of(standing: Standing) -> list[str]:
    """The relations by which this person may see a case at all, as the index knows them."""
    found: set[str] = set()
    for held in RELATIONS.values():
        for relation in held:
            if relation.posts:
                found.update(relation_token(relation.column, unit) for unit in standing.units(relation.posts))
            else:
                found.add(relation_token(relation.column, standing.user_id))
    return sorted(found)


def find(
    session: Session,
    terms: Sequence[Term],
    seen: ColumnElement[bool],
    relations: Sequence[str],
    *,
    before: int | None,
    page: int,
    counted: int,
) -> Hits:
    """The newest `page` cases below the key `before` that hold every term; their number counts up to `counted`.

    Args:
        seen: the condition on `Case` that says what may be seen and is wanted.
        relations: as `relations_of` gives them.
    """
    if not relations or not all(term.phrases or term.marks for term in terms):
        return Hits([], 0)
    if session.get_bind().dialect.name == "postgresql":
        return Hits(*newest_on_postgresql(session, terms, seen, relations, before=before, page=page, counted=counted))
    first = _on_sqlite(session, terms, seen, relations, before=None, most=counted)
    if before is None:
        return Hits(first[:page], len(first))
    return Hits(_on_sqlite(session, terms, seen, relations, before=before, most=page), len(first))


def _on_sqlite(
    session: Session,
    terms: Sequence[Term],
    seen: ColumnElement[bool],
    relations: Sequence[str],
    *,
    before: int | None,
    most: int,
) -> list[int]:
    """FTS5 walks its lists of rows from the newest down and stops when it has enough."""
    statement = select(Case.id).join_from(_WORDS, Case, Case.id == _LEADING).where(_MATCH, seen)
    if before is not None:
        statement = statement.where(_WORDS.c.rowid < before)
    statement = statement.order_by(_WORDS.c.rowid.desc()).limit(most)
    return list(session.execute(statement, {"match": _match(terms, relations)}).scalars())


def _match(terms: Sequence[Term], relations: Sequence[str]) -> str:
    """The question in the language of FTS5. Tokens hold letters, digits and private signs only, so quoting is safe."""
    wanted = [[*(" ".join(phrase) for phrase in term.phrases), *term.marks] for term in terms]
    return " AND ".join("(" + " OR ".join(f'"{one}"' for one in one_of) + ")" for one_of in [*wanted, relations])

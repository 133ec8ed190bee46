"""The search index: derived from the cases, made anew by `search rebuild`, never a source of anything.

Its tables stand in a metadata of their own: on SQLite a virtual FTS5 table hangs on `search_entry`, on PostgreSQL a
column of the type tsvector, and neither can be said in a model that is the same on both. `migrations` makes them;
nothing else of the product reads or writes them than `app.services.search_index` and the triggers.
"""

from sqlalchemy import Column, Integer, MetaData, Table, Text

from app.models.base import BigKey

#: Every table of the index begins with this word, also those that FTS5 keeps for itself.
PREFIX = "search_"

INDEX = MetaData()


def is_source(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Whether Alembic compares this object of the database with the models: everything but the tables of the index."""
    return not (kind == "table" and name is not None and name.startswith(PREFIX))


#: What a case is found by: its tokens, each between blanks, so that a phrase is a part of the text.
ENTRIES = Table(
    "search_entry",
    INDEX,
    Column("case_id", BigKey, primary_key=True),
    Column("words", Text, nullable=False),
)


#: Cases whose entry is older than they are. Triggers write these rows, within the transaction that changes a case.
MARKS = Table(
    "search_mark",
    INDEX,
    Column("id", BigKey, primary_key=True),
    Column("case_id", BigKey, nullable=False),
    #: Seconds since 1970 by the clock of the database, which is also asked for the age.
    Column("marked_at", Integer, nullable=False),
)

"""From each relation by which somebody may see cases to these cases, the newest first; the word index by pairs

A page of the list of all cases takes the ids out of these indexes, whatever a million cases are like. SQLite's word
index holds pairs of neighbours as PostgreSQL's does, without places, on small pages: where words are frequent, it skips
through a tenth of what it read before. Every case is indexed anew by the jobs.

Revision: 0025; after: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_WIDE = ("handling", "provider", "finder")
_NARROW = ("review", "tolerance", "implementer")
_MARK_ALL = {
    "sqlite": """INSERT INTO search_mark (case_id, marked_at)
        SELECT id, CAST(strftime('%s', 'now') AS INTEGER) FROM cases""",
    "postgresql": """INSERT INTO search_mark (case_id, marked_at)
        SELECT id, extract(epoch FROM clock_timestamp())::integer FROM cases""",
}
_TRIGGERS = ("search_entry_insert", "search_entry_delete", "search_entry_update")


def upgrade() -> None:
    for unit in _WIDE:
        column = f"{unit}_unit_id"
        op.create_index(f"ix_cases_{unit}_kind", "cases", [column, "kind", "id"])
        op.create_index(f"ix_cases_{unit}_state", "cases", [column, "kind", "state", "id"])
        _create_where(f"ix_cases_{unit}_due", "due_on IS NOT NULL", [column, "due_on", "id"])
    for unit in _NARROW:
        _create_where(f"ix_cases_{unit}", f"{unit}_unit_id IS NOT NULL", [f"{unit}_unit_id", "id"])
    # The new ones begin with the same column.
    op.drop_index("ix_cases_handling_unit_id", "cases")
    op.drop_index("ix_cases_provider_unit_id", "cases")
    _empty()
    if _on_sqlite():
        op.execute("ALTER TABLE search_entry ADD COLUMN grams TEXT NOT NULL DEFAULT ''")
        _create_words("grams", ", detail=none")
        op.execute("INSERT INTO search_words (search_words, rank) VALUES ('pgsz', 1000)")
    _mark_all()


def downgrade() -> None:
    _empty()
    if _on_sqlite():
        op.execute("ALTER TABLE search_entry DROP COLUMN grams")
        _create_words("words", "")
    _mark_all()
    op.create_index("ix_cases_provider_unit_id", "cases", ["provider_unit_id"])
    op.create_index("ix_cases_handling_unit_id", "cases", ["handling_unit_id"])
    for unit in _NARROW:
        op.drop_index(f"ix_cases_{unit}", "cases")
    for unit in _WIDE:
        for name in ("due", "state", "kind"):
            op.drop_index(f"ix_cases_{unit}_{name}", "cases")


def _create_where(name: str, condition: str, columns: list[str]) -> None:
    op.create_index(name, "cases", columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))


def _empty() -> None:
    """Take the word index of SQLite away and every entry; they are derived, and made anew."""
    if _on_sqlite():
        for name in _TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE search_words")
    op.execute("DELETE FROM search_entry")


def _create_words(column: str, more: str) -> None:
    """The word index of SQLite over one column of the entries, and what keeps it equal to them."""
    # Every character above ASCII belongs to a token of this tokenizer, also those that no later Unicode knows.
    op.execute(
        f"CREATE VIRTUAL TABLE search_words USING fts5({column}, content='search_entry', content_rowid='case_id', "
        f"tokenize='ascii', columnsize=0{more})"
    )
    add = f"INSERT INTO search_words (rowid, {column}) VALUES (new.case_id, new.{column});"
    remove = f"INSERT INTO search_words (search_words, rowid, {column}) VALUES ('delete', old.case_id, old.{column});"
    op.execute(f"CREATE TRIGGER search_entry_insert AFTER INSERT ON search_entry BEGIN {add} END")
    op.execute(f"CREATE TRIGGER search_entry_delete AFTER DELETE ON search_entry BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER search_entry_update AFTER UPDATE OF {column} ON search_entry BEGIN {remove} {add} END")


def _mark_all() -> None:
    op.execute("DELETE FROM search_mark")
    op.execute(_MARK_ALL[op.get_bind().dialect.name])


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"

"""From each relation by which somebody may see cases to these cases, the newest first; smaller pages of the word index

A page of the list of all cases takes the ids out of these indexes, whatever a million cases are like. SQLite skips
through the word index by its pages: a quarter of the size is a third of the time where words are frequent. On
PostgreSQL entries have new tokens, so every case is indexed anew by the jobs.

Revision: 0023; after: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_WIDE = ("handling", "provider", "finder")
_NARROW = ("review", "tolerance", "implementer")


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
    if op.get_bind().dialect.name == "sqlite":
        _page_size(1000)
    else:
        op.execute(
            "INSERT INTO search_mark (case_id, marked_at) "
            "SELECT id, extract(epoch FROM clock_timestamp())::integer FROM cases"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _page_size(4050)
    op.create_index("ix_cases_provider_unit_id", "cases", ["provider_unit_id"])
    op.create_index("ix_cases_handling_unit_id", "cases", ["handling_unit_id"])
    for unit in _NARROW:
        op.drop_index(f"ix_cases_{unit}", "cases")
    for unit in _WIDE:
        for name in ("due", "state", "kind"):
            op.drop_index(f"ix_cases_{unit}_{name}", "cases")


def _create_where(name: str, condition: str, columns: list[str]) -> None:
    op.create_index(name, "cases", columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))


def _page_size(size: int) -> None:
    op.execute(f"INSERT INTO search_words (search_words, rank) VALUES ('pgsz', {size})")
    # What is there already gets its new pages only by being made anew, from `search_entry`.
    op.execute("INSERT INTO search_words (search_words) VALUES ('rebuild')")

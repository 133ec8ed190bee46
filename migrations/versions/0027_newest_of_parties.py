"""From a party to his cases, the newest first, and to those of some last days

PostgreSQL had to fetch and sort all cases of a party for a page of them; SQLite's indexes end with the key anyway.

Revision: 0027; after: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

#: Each column, with the name of its index before.
_PARTIES = {
    "subject_person_id": "ix_cases_subject_person",
    "subject_unit_id": "ix_cases_subject_unit",
    "recipient_person_id": "ix_cases_recipient_person_id",
    "recipient_unit_id": "ix_cases_recipient_unit_id",
}
_WITH_DAYS = ("subject_person", "subject_unit")


def upgrade() -> None:
    for column, before in _PARTIES.items():
        op.drop_index(before, table_name="cases")
        op.create_index(f"ix_cases_{column.removesuffix('_id')}", "cases", [column, "id"])
    for party in _WITH_DAYS:
        where = sa.text(f"{party}_id IS NOT NULL AND due_on IS NOT NULL")
        columns = [f"{party}_id", "due_on", "id"]
        op.create_index(f"ix_cases_{party}_due", "cases", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for party in _WITH_DAYS:
        op.drop_index(f"ix_cases_{party}_due", table_name="cases")
    for column, before in _PARTIES.items():
        op.drop_index(f"ix_cases_{column.removesuffix('_id')}", table_name="cases")
        op.create_index(before, "cases", [column])

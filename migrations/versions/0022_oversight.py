"""Indexes of the board: duties by their last day and by their end, acts by their instant

Revision: 0022; after: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_term_open_duty", "term", ["due_on", "id"], "nature = 'duty' AND status IN ('running', 'paused')"),
    ("ix_term_duty_due", "term", ["due_on"], "nature = 'duty'"),
    ("ix_term_duty_ended", "term", ["ended_on"], "nature = 'duty' AND ended_on IS NOT NULL"),
    ("ix_event_act", "event", ["at"], "sort = 'step'"),
)


def upgrade() -> None:
    for name, table, columns, where in INDEXES:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table)

"""Drafts of the forms of a case page: which form, and what it is called

Revision: 0016; after: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("act", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("draft", sa.Column("title", sa.String(length=80), nullable=False, server_default=""))


def downgrade() -> None:
    # Without their name they would pass for applications, which the head of the author's unit reads.
    op.execute("DELETE FROM attachment WHERE draft_id IN (SELECT id FROM draft WHERE act <> '')")
    op.execute("DELETE FROM draft WHERE act <> ''")
    op.drop_column("draft", "title")
    op.drop_column("draft", "act")

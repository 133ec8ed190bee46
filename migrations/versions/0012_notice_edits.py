"""What was written into the allowed places of a drafted notice

Revision: 0012; after: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("edits", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("notice", "edits")

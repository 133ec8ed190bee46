"""Where a person gets his reminders by mail; sealed like every identifier

Revision: 0007; after: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("mail_sealed", sa.String(length=600), nullable=True))


def downgrade() -> None:
    op.drop_column("user_account", "mail_sealed")

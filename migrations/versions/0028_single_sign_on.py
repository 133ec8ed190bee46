"""Single sign-on: what the provider calls the person of an account

Revision: 0028; after: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("external_id", sa.String(length=255), nullable=True))
    op.create_index("ix_user_account_external_id", "user_account", ["external_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_user_account_external_id", table_name="user_account")
    op.drop_column("user_account", "external_id")

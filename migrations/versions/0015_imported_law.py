"""Imported dossiers keep the law as it came along, and whether they came from a demo

Revision: 0015; after: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("dossier_import") as table:
        table.add_column(sa.Column("law", sa.Text(), nullable=True))
        table.add_column(sa.Column("make_believe", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("dossier_import") as table:
        table.drop_column("make_believe")
        table.drop_column("law")

"""Imported dossiers: marked on the row that every step locks, and the signature that came with the bundle

Revision: 0011; after: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("imported_at", sa.DateTime(), nullable=True))
    op.add_column("dossier_import", sa.Column("signature", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("dossier_import", "signature")
    op.drop_column("dossier", "imported_at")

"""Counters for the public check of notices; where an imported dossier came from

Revision: 0008; after: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate_window",
        sa.Column("bucket", sa.String(length=100), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_rate_window")),
    )
    op.create_index(op.f("ix_rate_window_began_at"), "rate_window", ["began_at"], unique=False)
    op.create_table(
        "dossier_import",
        sa.Column("dossier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("imported_by", sa.String(length=80), nullable=False),
        sa.Column("chains", sa.Text(), nullable=False),
        sa.Column("anchors", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_import_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_dossier_import")),
        sa.UniqueConstraint("manifest_sha256", name=op.f("uq_dossier_import_manifest_sha256")),
    )


def downgrade() -> None:
    op.drop_table("dossier_import")
    op.drop_index(op.f("ix_rate_window_began_at"), table_name="rate_window")
    op.drop_table("rate_window")

"""The seal of each notice: what was sent, and what came back sealed

Revision: 0010; after: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_seal",
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("sent_sha256", sa.String(length=64), nullable=True),
        sa.Column("sealed_sha256", sa.String(length=64), nullable=True),
        sa.Column("sealed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_seal_notice_id_notice")),
        sa.ForeignKeyConstraint(
            ["sent_sha256"], ["stored_file.sha256"], name=op.f("fk_notice_seal_sent_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["sealed_sha256"], ["stored_file.sha256"], name=op.f("fk_notice_seal_sealed_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice_seal")),
    )


def downgrade() -> None:
    op.drop_table("notice_seal")

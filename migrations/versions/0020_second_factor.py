"""Second factor, spare codes, and where sessions began

Revision: 0020; after: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ACCOUNT = ("totp_sealed", "totp_step", "totp_since")


def upgrade() -> None:
    op.add_column(
        "user_account", sa.Column("last_sign_in_address", sa.String(length=64), nullable=False, server_default="")
    )
    op.add_column("user_account", sa.Column("totp_sealed", sa.String(length=200), nullable=True))
    op.add_column("user_account", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.add_column("user_account", sa.Column("totp_since", sa.DateTime(), nullable=True))
    for name, length, default in (("address", 64, ""), ("agent", 200, ""), ("method", 20, "password")):
        op.add_column("sign_in", sa.Column(name, sa.String(length=length), nullable=False, server_default=default))
    op.create_table(
        "half_sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", _KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_half_sign_in_user_id_user_account")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_half_sign_in")),
    )
    op.create_index(op.f("ix_half_sign_in_user_id"), "half_sign_in", ["user_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("user_id", _KEY, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)


def downgrade() -> None:
    for table in ("recovery_code", "half_sign_in"):
        op.drop_table(table)
    for name in ("method", "agent", "address"):
        op.drop_column("sign_in", name)
    for name in reversed(_ACCOUNT):
        op.drop_column("user_account", name)
    op.drop_column("user_account", "last_sign_in_address")

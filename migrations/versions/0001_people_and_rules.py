"""Units, people, posts, sign-ins; rule sets, calendars, number series, marks

Revision: 0001; after: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
        sa.UniqueConstraint("version", name=op.f("uq_calendar_version_version")),
    )
    op.create_table(
        "number_series",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_number_series")),
    )
    op.create_table(
        "rule_set",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("locality", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=80), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set")),
    )
    op.create_index("uq_rule_set_locality_number", "rule_set", ["locality", "number"], unique=True)
    op.create_table(
        "system_mark",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_system_mark")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=True),
        sa.Column("code_word", sa.String(length=40), nullable=False),
        sa.Column("locality", sa.String(length=40), nullable=False),
        sa.Column("superior_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("on_system", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["superior_id"], ["unit.id"], name=op.f("fk_unit_superior_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        sa.UniqueConstraint("name", name=op.f("uq_unit_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_unit_uid")),
    )
    op.create_index(op.f("ix_unit_locality"), "unit", ["locality"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_pinyin", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("identity_sealed", sa.String(length=200), nullable=True),
        sa.Column("identity_index", sa.String(length=64), nullable=True),
        sa.Column("electronic_service_on", sa.Date(), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("identity_index", name=op.f("uq_user_account_identity_index")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
        sa.UniqueConstraint("uid", name=op.f("uq_user_account_uid")),
    )
    op.create_table(
        "locality",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("office_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("superior_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("review_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tolerance_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("discipline_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("audit_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["audit_unit_id"], ["unit.id"], name=op.f("fk_locality_audit_unit_id_unit")),
        sa.ForeignKeyConstraint(["discipline_unit_id"], ["unit.id"], name=op.f("fk_locality_discipline_unit_id_unit")),
        sa.ForeignKeyConstraint(["office_unit_id"], ["unit.id"], name=op.f("fk_locality_office_unit_id_unit")),
        sa.ForeignKeyConstraint(["review_unit_id"], ["unit.id"], name=op.f("fk_locality_review_unit_id_unit")),
        sa.ForeignKeyConstraint(["superior_unit_id"], ["unit.id"], name=op.f("fk_locality_superior_unit_id_unit")),
        sa.ForeignKeyConstraint(["tolerance_unit_id"], ["unit.id"], name=op.f("fk_locality_tolerance_unit_id_unit")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_locality")),
    )
    op.create_table(
        "post_holding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_post_holding_unit_id_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_post_holding_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_holding")),
    )
    op.create_index("ix_post_holding_unit_post", "post_holding", ["unit_id", "post"], unique=False)
    op.create_index(op.f("ix_post_holding_user_id"), "post_holding", ["user_id"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_sign_in_user_id_user_account")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_user_id"), "sign_in", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_user_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_post_holding_user_id"), table_name="post_holding")
    op.drop_index("ix_post_holding_unit_post", table_name="post_holding")
    op.drop_table("post_holding")
    op.drop_table("locality")
    op.drop_table("user_account")
    op.drop_index(op.f("ix_unit_locality"), table_name="unit")
    op.drop_table("unit")
    op.drop_table("system_mark")
    op.drop_index("uq_rule_set_locality_number", table_name="rule_set")
    op.drop_table("rule_set")
    op.drop_table("number_series")
    op.drop_table("calendar_version")

"""常用语 of units; what deciders have opened

Revision: 0024; after: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "stock_phrases",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("unit_id", _KEY, nullable=False),
        sa.Column("use", sa.String(30), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("changed_by", _KEY, nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_stock_phrases_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user_account.id"], name=op.f("fk_stock_phrases_changed_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_phrases")),
        sa.UniqueConstraint("unit_id", "use", name=op.f("uq_stock_phrases_unit_id")),
    )
    op.create_table(
        "opened_case",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("user_id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_opened_case_user_id_user_account")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_opened_case_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opened_case")),
        sa.UniqueConstraint("user_id", "case_id", name=op.f("uq_opened_case_user_id")),
    )


def downgrade() -> None:
    op.drop_table("opened_case")
    op.drop_table("stock_phrases")

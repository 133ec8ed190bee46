"""Kinds, names and mergers of units; how rule sets came about

Revision: 0017; after: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("unit", sa.Column("kind", sa.String(length=20), nullable=False, server_default=""))
    op.add_column("unit", sa.Column("responsibilities", sa.String(length=400), nullable=False, server_default=""))
    op.add_column("unit", sa.Column("ended_on", sa.Date(), nullable=True))
    op.create_table(
        "unit_name",
        sa.Column("id", _key(), nullable=False),
        sa.Column("unit_id", _key(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("entered_by", _key(), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_name_unit_id_unit")),
        sa.ForeignKeyConstraint(["entered_by"], ["user_account.id"], name=op.f("fk_unit_name_entered_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_name")),
        sa.UniqueConstraint("unit_id", "from_on", name="uq_unit_name_from"),
    )
    op.create_table(
        "unit_merger",
        sa.Column("id", _key(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("predecessor_id", _key(), nullable=False),
        sa.Column("successor_id", _key(), nullable=False),
        sa.Column("manner", sa.String(length=10), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("moves_posts", sa.Boolean(), nullable=False),
        sa.Column("proposed_by", _key(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_by", _key(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("remark", sa.String(length=400), nullable=False),
        sa.Column("moved_cases", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["predecessor_id"], ["unit.id"], name=op.f("fk_unit_merger_predecessor_id_unit")),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"], name=op.f("fk_unit_merger_successor_id_unit")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["user_account.id"], name=op.f("fk_unit_merger_proposed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["user_account.id"], name=op.f("fk_unit_merger_confirmed_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_merger")),
        sa.UniqueConstraint("uid", name=op.f("uq_unit_merger_uid")),
    )
    op.create_index(op.f("ix_unit_merger_predecessor_id"), "unit_merger", ["predecessor_id"])
    op.create_table(
        "rule_proposal",
        sa.Column("rule_set_id", _key(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("rejected_by", sa.String(length=80), nullable=True),
        sa.Column("rejected_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"], name=op.f("fk_rule_proposal_rule_set_id_rule_set")),
        sa.PrimaryKeyConstraint("rule_set_id", name=op.f("pk_rule_proposal")),
    )


def downgrade() -> None:
    op.drop_table("rule_proposal")
    op.drop_table("unit_merger")
    op.drop_table("unit_name")
    op.drop_column("unit", "ended_on")
    op.drop_column("unit", "responsibilities")
    op.drop_column("unit", "kind")

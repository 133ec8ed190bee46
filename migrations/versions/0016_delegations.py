"""委托代办: delegations, for whom a step was taken and a proposal made, and whose cases somebody has worked on

Revision: 0016; after: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_event_actor": ("actor_id", "sort = 'step' AND actor_id IS NOT NULL"),
    "ix_event_begun": ("actor_id", "sort = 'step' AND seq = 1 AND actor_id IS NOT NULL"),
    "ix_event_principal": ("principal_id", "principal_id IS NOT NULL"),
}


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    people = ("principal_id", "delegate_id", "made_by", "ended_by")
    op.create_table(
        "delegation",
        sa.Column("id", _key(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("principal_id", _key(), nullable=False),
        sa.Column("delegate_id", _key(), nullable=False),
        sa.Column("unit_id", _key(), nullable=False),
        sa.Column("post", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_by", _key(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ended_by", _key(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_delegation_days_in_order")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_delegation_unit_id_unit")),
        *(
            sa.ForeignKeyConstraint([name], ["user_account.id"], name=op.f(f"fk_delegation_{name}_user_account"))
            for name in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint("uid", name=op.f("uq_delegation_uid")),
    )
    op.create_index(op.f("ix_delegation_principal_id"), "delegation", ["principal_id"])
    op.create_index(op.f("ix_delegation_delegate_id"), "delegation", ["delegate_id"])
    for table in ("event", "proposal"):
        op.add_column(table, sa.Column("principal_id", _key(), nullable=True))
    for name, (column, condition) in _INDEXES.items():
        where = sa.text(condition)
        op.create_index(name, "event", [column, "case_id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, table_name="event")
    for table in ("event", "proposal"):
        op.drop_column(table, "principal_id")
    op.drop_table("delegation")

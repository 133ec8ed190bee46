"""The desk: saved filters, and indexes in whose order its boxes are listed

Revision: 0026; after: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

#: Of the history: an index on the actor needs no other condition than that there is one.
_BY_ACTOR = {
    "ix_event_actor": ("actor_id IS NOT NULL", "sort = 'step' AND actor_id IS NOT NULL"),
    "ix_event_begun": ("seq = 1 AND actor_id IS NOT NULL", "sort = 'step' AND seq = 1 AND actor_id IS NOT NULL"),
}


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", _key(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("user_id", _key(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("query", sa.String(length=600), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_saved_view_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("uid", name=op.f("uq_saved_view_uid")),
        sa.UniqueConstraint("user_id", "name", name="uq_saved_view_name"),
    )
    op.drop_index("ix_cases_holder", table_name="cases")
    op.create_index("ix_cases_holder", "cases", ["holder_unit_id", "holder", "due_on", "id"])
    own = "holder_unit_id IS NOT NULL AND subject_unit_id IS NOT NULL"
    _index("ix_cases_own_matter", "cases", ["subject_unit_id", "holder_unit_id"], own)
    for name, (condition, _before) in _BY_ACTOR.items():
        op.drop_index(name, table_name="event")
        _index(name, "event", ["actor_id", "case_id"], condition)


def downgrade() -> None:
    for name, (_condition, before) in _BY_ACTOR.items():
        op.drop_index(name, table_name="event")
        _index(name, "event", ["actor_id", "case_id"], before)
    op.drop_index("ix_cases_own_matter", table_name="cases")
    op.drop_index("ix_cases_holder", table_name="cases")
    op.create_index("ix_cases_holder", "cases", ["holder_unit_id", "holder", "due_on"])
    op.drop_table("saved_view")

"""Parts of the numbers of notices, by which the register is kept; addresses that were confirmed for service

Revision: 0009; after: 0008
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBER = re.compile(r"(.*)〔(\d{4})〕([1-9]\d*)号")
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("notice", sa.Column("number_word", sa.String(length=60), nullable=True))
    op.add_column("notice", sa.Column("number_year", sa.Integer(), nullable=True))
    op.add_column("notice", sa.Column("number_serial", sa.Integer(), nullable=True))
    _fill()
    op.create_index("uq_notice_number", "notice", ["number_word", "number_year", "number_serial"], unique=True)
    op.create_index("ix_notice_organ_unit_id", "notice", ["organ_unit_id"], unique=False)
    op.create_table(
        "service_address",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("person_id", _KEY, nullable=True),
        sa.Column("unit_id", _KEY, nullable=True),
        sa.Column("electronic", sa.Boolean(), nullable=False),
        sa.Column("preferred", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("entered_by", _KEY, nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("scan_sha256", sa.String(length=64), nullable=True),
        sa.Column("scan_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["user_account.id"], name=op.f("fk_service_address_entered_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["user_account.id"], name=op.f("fk_service_address_person_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["scan_sha256"], ["stored_file.sha256"], name=op.f("fk_service_address_scan_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_service_address_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_address")),
        sa.UniqueConstraint("uid", name=op.f("uq_service_address_uid")),
    )
    op.create_index(op.f("ix_service_address_person_id"), "service_address", ["person_id"], unique=False)
    op.create_index(op.f("ix_service_address_unit_id"), "service_address", ["unit_id"], unique=False)


def _fill() -> None:
    """Take apart the numbers that are drawn already."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text(
            "SELECT notice.id, cases.number FROM notice JOIN cases ON cases.id = notice.id WHERE number IS NOT NULL"
        )
    ).all()
    for notice_id, number in rows:
        match = _NUMBER.fullmatch(number)
        if match is not None:
            bind.execute(
                sa.text("UPDATE notice SET number_word = :w, number_year = :y, number_serial = :s WHERE id = :id"),
                {"w": match[1], "y": int(match[2]), "s": int(match[3]), "id": notice_id},
            )


def downgrade() -> None:
    op.drop_table("service_address")
    op.drop_index("ix_notice_organ_unit_id", table_name="notice")
    op.drop_index("uq_notice_number", table_name="notice")
    for column in ("number_serial", "number_year", "number_word"):
        op.drop_column("notice", column)

"""Dossiers and cases, the vocabulary of states, proposals, recusals, terms and rungs

Revision: 0002; after: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_state",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("kind", "state", "phase", name=op.f("pk_case_state")),
    )
    op.create_table(
        "dossier",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("locality", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("last_event_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("uid", name=op.f("uq_dossier_uid")),
    )
    op.create_index(op.f("ix_dossier_locality"), "dossier", ["locality"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("dossier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("filed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("locality", sa.String(length=40), nullable=False),
        sa.Column("rule_set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("provider_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("finder_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("handling_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("review_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tolerance_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("implementer_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recipient_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recipient_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject_sees", sa.Boolean(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=True),
        sa.Column("holder_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("holder_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("complete_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("(phase = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_cases_closed_has_day")),
        sa.CheckConstraint("phase <> 'decided' OR decided_on IS NOT NULL", name=op.f("ck_cases_decided_has_day")),
        sa.CheckConstraint(
            "filed = 0 OR (number IS NOT NULL AND opened_on IS NOT NULL AND rule_set_id IS NOT NULL)",
            name=op.f("ck_cases_filed_is_complete"),
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_cases_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["finder_unit_id"], ["unit.id"], name=op.f("fk_cases_finder_unit_id_unit")),
        sa.ForeignKeyConstraint(["handling_unit_id"], ["unit.id"], name=op.f("fk_cases_handling_unit_id_unit")),
        sa.ForeignKeyConstraint(["implementer_unit_id"], ["unit.id"], name=op.f("fk_cases_implementer_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["kind", "state", "phase"],
            ["case_state.kind", "case_state.state", "case_state.phase"],
            name="fk_cases_state",
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["cases.id"], name=op.f("fk_cases_parent_id_cases")),
        sa.ForeignKeyConstraint(["provider_unit_id"], ["unit.id"], name=op.f("fk_cases_provider_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["recipient_person_id"], ["user_account.id"], name=op.f("fk_cases_recipient_person_id_user_account")
        ),
        sa.ForeignKeyConstraint(["recipient_unit_id"], ["unit.id"], name=op.f("fk_cases_recipient_unit_id_unit")),
        sa.ForeignKeyConstraint(["review_unit_id"], ["unit.id"], name=op.f("fk_cases_review_unit_id_unit")),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"], name=op.f("fk_cases_rule_set_id_rule_set")),
        sa.ForeignKeyConstraint(
            ["subject_person_id"], ["user_account.id"], name=op.f("fk_cases_subject_person_id_user_account")
        ),
        sa.ForeignKeyConstraint(["subject_unit_id"], ["unit.id"], name=op.f("fk_cases_subject_unit_id_unit")),
        sa.ForeignKeyConstraint(["tolerance_unit_id"], ["unit.id"], name=op.f("fk_cases_tolerance_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_cases_uid")),
    )
    op.create_index("ix_cases_dossier", "cases", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_cases_handling_unit_id"), "cases", ["handling_unit_id"], unique=False)
    op.create_index("ix_cases_holder", "cases", ["holder_unit_id", "holder", "due_on"], unique=False)
    op.create_index("ix_cases_holder_person", "cases", ["holder_person_id"], unique=False)
    op.create_index(op.f("ix_cases_locality"), "cases", ["locality"], unique=False)
    op.create_index(op.f("ix_cases_parent_id"), "cases", ["parent_id"], unique=False)
    op.create_index(op.f("ix_cases_provider_unit_id"), "cases", ["provider_unit_id"], unique=False)
    op.create_index(op.f("ix_cases_recipient_person_id"), "cases", ["recipient_person_id"], unique=False)
    op.create_index(op.f("ix_cases_recipient_unit_id"), "cases", ["recipient_unit_id"], unique=False)
    op.create_index("ix_cases_subject_person", "cases", ["subject_person_id"], unique=False)
    op.create_index("ix_cases_subject_unit", "cases", ["subject_unit_id"], unique=False)
    op.create_table(
        "recusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dossier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("declared_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_recusal_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recusal_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    op.create_index(op.f("ix_recusal_dossier_id"), "recusal", ["dossier_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_proposal_author_id_user_account")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_proposal_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(
        "uq_proposal_live",
        "proposal",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("status = 'live'"),
        postgresql_where=sa.text("status = 'live'"),
    )
    op.create_table(
        "term",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dossier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("arming", sa.Integer(), nullable=False),
        sa.Column("nature", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=4), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=True),
        sa.Column("anchor", sa.String(length=40), nullable=False),
        sa.Column("awaits", sa.String(length=40), nullable=False),
        sa.Column("pauses", sa.Text(), nullable=False),
        sa.Column("extensions", sa.Text(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=400), nullable=False),
        sa.Column("grade", sa.String(length=2), nullable=False),
        sa.Column("calendar_version", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("wakes_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("expiry_refused", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_term_case_id_cases")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_term_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("case_id", "key", "arming", name="uq_term_arming"),
    )
    op.create_index("ix_term_case", "term", ["case_id"], unique=False)
    op.create_index("ix_term_wakes", "term", ["status", "wakes_on", "id"], unique=False)
    op.create_index(
        "uq_term_live",
        "term",
        ["case_id", "key"],
        unique=True,
        sqlite_where=sa.text("status IN ('running', 'paused', 'awaiting')"),
        postgresql_where=sa.text("status IN ('running', 'paused', 'awaiting')"),
    )
    op.create_table(
        "rung",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("term_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rung", sa.String(length=6), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("fired_at", sa.DateTime(), nullable=False),
        sa.Column("overtaken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_rung_case_id_cases")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_rung_term_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rung")),
        sa.UniqueConstraint("term_id", "rung", name="uq_rung_term"),
    )
    op.create_index(op.f("ix_rung_case_id"), "rung", ["case_id"], unique=False)
    op.create_table(
        "stuck_claim",
        sa.Column("term_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(), nullable=True),
        sa.Column("error", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_stuck_claim_term_id_term")),
        sa.PrimaryKeyConstraint("term_id", name=op.f("pk_stuck_claim")),
    )


def downgrade() -> None:
    op.drop_table("stuck_claim")
    op.drop_index(op.f("ix_rung_case_id"), table_name="rung")
    op.drop_table("rung")
    op.drop_index(
        "uq_term_live",
        table_name="term",
        sqlite_where=sa.text("status IN ('running', 'paused', 'awaiting')"),
        postgresql_where=sa.text("status IN ('running', 'paused', 'awaiting')"),
    )
    op.drop_index("ix_term_wakes", table_name="term")
    op.drop_index("ix_term_case", table_name="term")
    op.drop_table("term")
    op.drop_index(
        "uq_proposal_live",
        table_name="proposal",
        sqlite_where=sa.text("status = 'live'"),
        postgresql_where=sa.text("status = 'live'"),
    )
    op.drop_table("proposal")
    op.drop_index(op.f("ix_recusal_dossier_id"), table_name="recusal")
    op.drop_table("recusal")
    op.drop_index("ix_cases_subject_unit", table_name="cases")
    op.drop_index("ix_cases_subject_person", table_name="cases")
    op.drop_index(op.f("ix_cases_recipient_unit_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_recipient_person_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_provider_unit_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_parent_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_locality"), table_name="cases")
    op.drop_index("ix_cases_holder_person", table_name="cases")
    op.drop_index("ix_cases_holder", table_name="cases")
    op.drop_index(op.f("ix_cases_handling_unit_id"), table_name="cases")
    op.drop_index("ix_cases_dossier", table_name="cases")
    op.drop_table("cases")
    op.drop_index(op.f("ix_dossier_locality"), table_name="dossier")
    op.drop_table("dossier")
    op.drop_table("case_state")

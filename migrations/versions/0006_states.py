"""The states that cases can be in; a new state is one row more

Revision: 0006; after: 0005
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = (
    ("record", "draft", "open"),
    ("record", "head_review", "open"),
    ("record", "screening", "open"),
    ("record", "returned", "open"),
    ("record", "noticing", "open"),
    ("record", "statement_open", "open"),
    ("record", "deciding", "open"),
    ("record", "listed", "decided"),
    ("record", "repaired", "decided"),
    ("record", "exempted", "closed"),
    ("record", "declined", "closed"),
    ("record", "annulled", "closed"),
    ("record", "expired", "closed"),
    ("record", "discarded", "closed"),
    ("notice", "drafted", "open"),
    ("notice", "sealing", "open"),
    ("notice", "issued", "open"),
    ("notice", "dispatched", "open"),
    ("notice", "undeliverable", "open"),
    ("notice", "announced", "open"),
    ("notice", "served", "closed"),
    ("notice", "voided", "closed"),
    ("objection", "submitted", "open"),
    ("objection", "incomplete", "open"),
    ("objection", "verifying", "open"),
    ("objection", "signing", "open"),
    ("objection", "answered", "open"),
    ("objection", "decided", "decided"),
    ("objection", "refused", "decided"),
    ("objection", "review_submitted", "open"),
    ("objection", "reviewing", "open"),
    ("objection", "closed", "closed"),
    ("objection", "lapsed", "closed"),
    ("objection", "withdrawn", "closed"),
    ("objection", "terminated", "closed"),
    ("rectification", "ordered", "open"),
    ("rectification", "explaining", "open"),
    ("rectification", "plan_review", "open"),
    ("rectification", "rectifying", "open"),
    ("rectification", "reported", "open"),
    ("rectification", "failed", "decided"),
    ("rectification", "passed", "closed"),
    ("rectification", "terminated", "closed"),
    ("repair", "submitted", "open"),
    ("repair", "incomplete", "open"),
    ("repair", "verifying", "open"),
    ("repair", "signing", "open"),
    ("repair", "proposed", "open"),
    ("repair", "executing", "open"),
    ("repair", "refused", "decided"),
    ("repair", "denied", "decided"),
    ("repair", "review_submitted", "open"),
    ("repair", "reviewing", "open"),
    ("repair", "completed", "decided"),
    ("repair", "closed", "closed"),
    ("repair", "lapsed", "closed"),
    ("repair", "withdrawn", "closed"),
    ("repair", "revoked", "closed"),
    ("repair", "terminated", "closed"),
    ("sync", "pending", "open"),
    ("sync", "confirmed", "closed"),
    ("sync", "dropped", "closed"),
    ("exemption", "submitted", "open"),
    ("exemption", "examining", "open"),
    ("exemption", "signing", "open"),
    ("exemption", "correcting", "decided"),
    ("exemption", "closed", "closed"),
    ("exemption", "refused", "closed"),
    ("exemption", "withdrawn", "closed"),
    ("exemption", "terminated", "closed"),
)


def upgrade() -> None:
    names = ("kind", "state", "phase")
    table = sa.table("case_state", *(sa.column(name, sa.String) for name in names))
    op.bulk_insert(table, [dict(zip(names, row, strict=True)) for row in STATES])


def downgrade() -> None:
    # A demo that is made anew gives its cases up with their tables (0002); where cases are kept, this is refused.
    if not context.config.attributes.get("discard_cases"):
        op.execute("DELETE FROM case_state")

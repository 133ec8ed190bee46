"""A body of review and an organ of tolerance have to do with what came before them only

Every case named both from its opening on, and both could read the notices of cases that were never put to them. Records
go on naming them: from there a claim of exemption and a request for review take them over. Copies of the dossiers of
another installation stay as they came, or the signature that came with them would not fit any more.

Revision: 0029; after: 0028
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_OWN = "dossier_id NOT IN (SELECT i.dossier_id FROM dossier_import i)"
_ASKED = "SELECT e.case_id FROM event e WHERE e.sort = 'step' AND e.step = 'request_review'"
_CLAIMS = "SELECT c.id FROM cases c WHERE c.kind = 'exemption'"


def upgrade() -> None:
    op.execute(
        f"UPDATE cases SET review_unit_id = NULL WHERE review_unit_id IS NOT NULL AND {_OWN} AND kind <> 'record' "
        f"AND id NOT IN ({_ASKED}) AND NOT (kind = 'notice' AND parent_id IN ({_ASKED}))"
    )
    op.execute(
        f"UPDATE cases SET tolerance_unit_id = NULL WHERE tolerance_unit_id IS NOT NULL AND {_OWN} "
        f"AND kind NOT IN ('record', 'exemption') AND NOT (kind = 'notice' AND parent_id IN ({_CLAIMS}))"
    )


def downgrade() -> None:
    for column in ("review_unit_id", "tolerance_unit_id"):
        op.execute(
            f"UPDATE cases SET {column} = (SELECT r.{column} FROM cases r WHERE r.kind = 'record' "
            f"AND r.dossier_id = cases.dossier_id) WHERE kind <> 'record' AND {column} IS NULL AND {_OWN}"
        )

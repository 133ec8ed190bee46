"""What failed so often that the machine gave it up: put back into the queue after the cause was removed."""

from datetime import datetime

from sqlalchemy import delete, update

from app.database import Database
from app.models.history import OutboxRow
from app.models.terms import StuckClaim


def retry_stuck(database: Database, now: datetime) -> int:
    """Let everything stuck be tried again at once; returns how many."""
    with database.write() as session:
        works = session.execute(
            update(OutboxRow)
            .where(OutboxRow.status == "stuck")
            .values(status="open", attempts=0, not_before=now, claimed_until=None)
        )
        terms = session.execute(delete(StuckClaim).where(StuckClaim.retry_at.is_(None)))
    return int(works.rowcount) + int(terms.rowcount)  # type: ignore[attr-defined]

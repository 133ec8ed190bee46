"""What failed so often that the machine gave it up: put back into the queue after the cause was removed."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update

from app.access.capacities import standing_of, visible_filter
from app.clock import legal_day
from app.database import Database
from app.models.cases import Case
from app.models.history import OutboxRow
from app.models.terms import StuckClaim
from workflows.kit.context import Actor
from workflows.notice import NOTICE, SEALING


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


def retry_sheets(database: Database, actor: Actor, uids: Collection[str], now: datetime) -> int:
    """重试: let the sheets of these notices be made again at once, those that were given up and those that wait.

    Only notices that the actor may see count, and a number once drawn is kept. Returns how many were put back.
    """
    assert actor.user_id is not None
    with database.write() as session:
        seen = visible_filter(NOTICE, standing_of(session, actor.user_id, legal_day(now)))
        own = select(Case.id).where(Case.uid.in_(sorted(uids)), Case.state == SEALING.key, seen)
        failed = or_(
            OutboxRow.status == "stuck",
            and_(OutboxRow.status == "open", OutboxRow.error != "", OutboxRow.claimed_until.is_(None)),
        )
        works = session.execute(
            update(OutboxRow)
            .where(OutboxRow.work == "seal", OutboxRow.case_id.in_(own), failed)
            .values(status="open", attempts=0, error="", not_before=now, claimed_until=None)
        )
    return int(works.rowcount)  # type: ignore[attr-defined]

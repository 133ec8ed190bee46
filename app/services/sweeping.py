"""The sweep: a loop that claims one due term after the other, each in its own transaction.

It needs no memory: all truth is in rows, so after any downtime it goes on where it stopped and fires each rung once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from app.clock import legal_day
from app.database import write_transaction
from app.models.cases import Dossier
from app.models.terms import StuckClaim, TermRow
from app.services.backend import Backend
from app.services.clockwork import fire_term
from app.services.settling import settle_pauses
from app.services.unit_of_work import UnitOfWork, unit_of_work
from workflows.kit.errors import Refusal

#: Waiting times after a claim that failed; after the last one it is stuck and waits for a person.
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4))


@dataclass
class SweepReport:
    """What one sweep did."""

    fired: int = 0
    failed: list[str] = field(default_factory=list)


def sweep(backend: Backend, clock: Callable[[], datetime], limit: int | None = None) -> SweepReport:
    """Handle every term that is due now, oldest first.

    Args:
        clock: read anew for each term, so that midnight passing during a long sweep is noticed.
        limit: at most so many terms.
    """
    report = SweepReport()
    while limit is None or report.fired < limit:
        now = clock()
        claimed: int | None = None
        try:
            with unit_of_work(backend, now) as work:
                found = _claim(work)
                if found is None:
                    return report
                claimed, dossier_id = found
                work.lock(dossier_id)
                fire_term(work, claimed)
                settle_pauses(work)
        except (Refusal, SQLAlchemyError, AssertionError, KeyError) as error:
            if claimed is None:
                raise
            report.failed.append(f"{claimed}: {error}")
            _count_failure(backend, claimed, now, str(error))
            continue
        report.fired += 1
    return report


def _claim(work: UnitOfWork) -> tuple[int, int] | None:
    """The oldest due term and its dossier, whose row is locked now."""
    statement = (
        select(TermRow.id, TermRow.dossier_id)
        .join(Dossier, Dossier.id == TermRow.dossier_id)
        .outerjoin(StuckClaim, StuckClaim.term_id == TermRow.id)
        .where(
            TermRow.status == "running",
            TermRow.wakes_on <= work.today,
            or_(StuckClaim.term_id.is_(None), StuckClaim.retry_at <= work.now),
        )
        .order_by(TermRow.wakes_on, TermRow.id)
        .limit(1)
        .with_for_update(of=Dossier, key_share=True, skip_locked=True)
    )
    found = work.session.execute(statement).one_or_none()
    return None if found is None else (found.id, found.dossier_id)


def _count_failure(backend: Backend, term_id: int, now: datetime, error: str) -> None:
    with write_transaction(backend.sessions) as session:
        row = session.get(StuckClaim, term_id)
        if row is None:
            row = StuckClaim(term_id=term_id, attempts=0)
            session.add(row)
        row.attempts += 1
        row.error = error[:400]
        row.retry_at = now + RETRIES[row.attempts - 1] if row.attempts <= len(RETRIES) else None


def due_terms(backend: Backend, as_of: datetime) -> list[tuple[str, int]]:
    """What a sweep at that moment would wake: (term key, how many). The dry run of `sweep --as-of`."""
    with backend.sessions() as session:
        rows = session.execute(
            select(TermRow.key, func.count())
            .where(TermRow.status == "running", TermRow.wakes_on <= legal_day(as_of))
            .group_by(TermRow.key)
            .order_by(TermRow.key)
        )
        return [(key, count) for key, count in rows]

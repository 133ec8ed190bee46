"""The sweep: a loop that claims one due term after the other, each in its own transaction.

It needs no memory: all truth is in rows, so after any downtime it goes on where it stopped and fires each rung once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from app.clock import legal_day
from app.database import read_transaction, write_transaction
from app.models.terms import StuckClaim, TermRow
from app.services.backend import Backend
from app.services.clockwork import fire_term
from app.services.settling import settle_pauses
from app.services.unit_of_work import unit_of_work
from workflows.kit.errors import Refusal

#: Waiting times after a claim that failed; after the last one it is stuck and waits for a person.
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4))
#: So many due terms are looked up at once, and then claimed one by one.
_AT_ONCE = 200
_DUE = (
    select(TermRow.id)
    .outerjoin(StuckClaim, StuckClaim.term_id == TermRow.id)
    .where(
        TermRow.status == "running",
        TermRow.wakes_on <= bindparam("today"),
        or_(StuckClaim.term_id.is_(None), StuckClaim.retry_at <= bindparam("now")),
    )
    .order_by(TermRow.wakes_on, TermRow.id)
    .limit(bindparam("count"))
)


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
    while found := _look(backend, clock(), _AT_ONCE if limit is None else min(_AT_ONCE, limit - report.fired)):
        before = report.fired + len(report.failed)
        for term_id in found:
            _fire(backend, term_id, clock(), report)
        if report.fired + len(report.failed) == before:
            break  # other processes hold, or have already done, all of it
    return report


def _look(backend: Backend, now: datetime, count: int) -> list[int]:
    """The oldest due terms, without claiming any: one look serves many claims."""
    if count < 1:
        return []
    with read_transaction(backend.engine) as session:
        return list(session.execute(_DUE, {"today": legal_day(now), "now": now, "count": count}).scalars())


def _fire(backend: Backend, term_id: int, now: datetime, report: SweepReport) -> None:
    """Claim one term and do what is due on it, in one transaction; nothing where somebody else was faster."""
    try:
        with unit_of_work(backend, now) as work:
            claimed = work.try_lock_dossier_of_term(term_id)
            if claimed is None or not fire_term(work, term_id, claimed[1]):
                return
            settle_pauses(work)
    except (Refusal, SQLAlchemyError, AssertionError, KeyError) as error:
        report.failed.append(f"{term_id}: {error}")
        _count_failure(backend, term_id, now, str(error))
    else:
        report.fired += 1


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

"""校验审计链 on request of an auditor: work in the outbox, so that it goes on when the page is left.

There is one verification at a time, in one row of the outbox: how far it has come, and what it has found. It is done
range by range, each in a reading transaction of its own, so a large installation is verified beside its daily work.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.database import read_transaction, write_transaction
from app.models.cases import Case
from app.models.history import OutboxRow
from app.services.access_log import Act, write_entry
from app.services.anchors import missing_anchors
from app.services.audit import AuditReport, Fault, SealedHeads, read_anchors, verify_presence, verify_range
from app.services.backend import Backend
from app.services.outbox import Claim, NotYet, claim_next, put_once, settle

WORK = "verify"
_KEY = f"{WORK}:chains"
#: So many cases are verified in one reading transaction.
_RANGE = 2_000
#: With more cases than this, reading the anchors alone takes longer than a page may wait.
_AT_ONCE = 20_000
#: How long the drain stays with it before others have their turn; what the anchors sealed is read anew with each.
_TURN_SECONDS = 10.0


@dataclass
class Verification:
    """How far a verification has come. `last`: the newest case when it began, `after`: the one verified last.

    `outside` are anchors written outside the data folder that are gone or different inside; `by` is the key of whoever
    asked for it, instants are ISO.
    """

    by: int
    begun_at: str
    last: int
    after: int = 0
    ended_at: str = ""
    report: AuditReport = field(default_factory=AuditReport)
    outside: list[str] = field(default_factory=list)

    @classmethod
    def from_json(cls, text: str) -> "Verification":
        """Rebuild one from `to_json`."""
        kept = json.loads(text)
        report = kept.pop("report")
        faults = [Fault(**fault) for fault in report.pop("faults")]
        return cls(**kept, report=AuditReport(**report, faults=faults))

    def to_json(self) -> str:
        """The body of the row; it holds no name and nothing of a case but its uid."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def holds(self) -> bool:
        return self.report.holds and not self.outside

    @property
    def wrong(self) -> int:
        """How many things do not hold."""
        return self.report.fault_count + len(self.outside)


def begin_verification(backend: Backend, by: int, now: datetime) -> None:
    """Ask for a verification of every chain; where one is under way already, it is that one."""
    with write_transaction(backend.sessions) as session:
        last = session.scalar(select(func.max(Case.id))) or 0
        body = Verification(by, now.isoformat(), last).to_json()
        if not put_once(session, _KEY, WORK, body, now):
            row = session.execute(select(OutboxRow).where(OutboxRow.key == _KEY).with_for_update()).scalar_one()
            if row.status == "open":
                return
            row.body, row.status, row.not_before, row.claimed_until, row.error = body, "open", now, None, ""
        write_entry(session, backend.keys, Act.CHAINS_VERIFIED, by, now)


def verify_at_once(backend: Backend, outside: Path, clock: Callable[[], datetime], seconds: float) -> None:
    """Work on the verification of a small installation here and now, for so many seconds; the drain does the rest."""
    with read_transaction(backend.engine) as session:
        latest = latest_verification(session)
    if latest is None or latest[0].last > _AT_ONCE:
        backend.wake()
        return
    claim = claim_next(backend, clock(), _KEY)
    if claim is None:
        return
    try:
        carry_on(backend, outside, claim, clock, seconds)
    except NotYet as waiting:
        settle(backend, claim, clock(), str(waiting), again=timedelta(0))
        backend.wake()
    else:
        settle(backend, claim, clock())


def carry_on(
    backend: Backend, outside: Path, claim: Claim, clock: Callable[[], datetime], seconds: float = _TURN_SECONDS
) -> None:
    """Verify the cases that have not been verified yet.

    Args:
        outside: the file of anchors outside the data folder.

    Raises:
        NotYet: the time is over and some are left.
    """
    until = time.monotonic() + seconds
    with read_transaction(backend.engine) as session:
        done = Verification.from_json(
            session.execute(select(OutboxRow.body).where(OutboxRow.id == claim.id)).scalar_one()
        )
    if done.ended_at:
        return
    anchored = _anchors(backend, done)
    while not _next_range(backend, done, anchored):
        if time.monotonic() > until:
            _keep(backend, claim, done)
            raise NotYet("正在逐案校验", timedelta(0))
    done.outside = missing_anchors(backend, outside)
    done.ended_at = clock().isoformat()
    _keep(backend, claim, done)


def latest_verification(session: Session) -> tuple[Verification, str] | None:
    """The verification that runs or ran last, with the state of its row: open, done or stuck."""
    row = session.execute(select(OutboxRow.body, OutboxRow.status).where(OutboxRow.key == _KEY)).one_or_none()
    return (Verification.from_json(row.body), row.status) if row is not None else None


def _anchors(backend: Backend, done: Verification) -> SealedHeads:
    """What the anchors sealed; they are verified themselves when the verification begins."""
    report = AuditReport()
    with read_transaction(backend.engine) as session:
        sealed = read_anchors(session, backend.keys, report)
    if not done.after:
        done.report = report
    return sealed


def _next_range(backend: Backend, done: Verification, anchored: SealedHeads) -> bool:
    """Verify the next cases; whether they were the last ones. What is opened meanwhile is verified with the last."""
    with read_transaction(backend.engine) as session:
        ids = select(Case.id).where(Case.id > done.after).order_by(Case.id).limit(_RANGE).subquery()
        through = session.scalar(select(func.max(ids.c.id))) or done.last
        is_last = through >= done.last
        verify_range(session, backend.keys, done.report, anchored, done.after or None, None if is_last else through)
        done.after = through
        if is_last:
            verify_presence(session, done.report, anchored)
        return is_last


def _keep(backend: Backend, claim: Claim, done: Verification) -> None:
    """Write down how far it has come, unless somebody else has taken it over since."""
    with write_transaction(backend.sessions) as session:
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == claim.id, OutboxRow.attempts == claim.attempt)
            .values(body=done.to_json())
        )

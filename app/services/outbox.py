"""The outbox: work outside the database, claimed by a lease, done outside any transaction, then recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, true, update
from sqlalchemy.orm import Session

from app.database import insert_into, read_transaction, write_transaction
from app.models.history import OutboxRow
from app.services.backend import Backend

LEASE = timedelta(minutes=2)
#: Waiting times after a failure; then the row is stuck and lies in a person's queue.
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
#: While somebody outside is waited for, the waiting times grow from the first to the second.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=10), timedelta(minutes=10)


@dataclass(frozen=True)
class Claim:
    """One outbox row that is ours until the lease ends. `attempt` tells whether it still is."""

    id: int
    key: str
    work: str
    case_id: int | None
    attempt: int


class Failed(RuntimeError):
    """Work that could not be done, said in Chinese for the person in whose queue it ends.

    Args:
        hopeless: trying again cannot help before somebody has done something, so the row goes to him at once.
    """

    def __init__(self, message: str, *, hopeless: bool = False) -> None:
        super().__init__(message)
        self.hopeless = hopeless


class NotYet(RuntimeError):
    """Nothing failed, but somebody outside is not done: the row stays open however long that takes.

    Args:
        reason: in Chinese, shown meanwhile.
        after: when to look again; None: after a time that grows with the attempts.
    """

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


Handler = Callable[[Claim], None]


def put_once(session: Session, key: str, work: str, body: str, now: datetime) -> bool:
    """Put work into the outbox, to be done at once; False if its key is there, even if it came there this moment."""
    row = {"key": key, "work": work, "body": body, "status": "open", "attempts": 0, "not_before": now, "error": ""}
    statement = insert_into(session, OutboxRow).values(row).on_conflict_do_nothing(index_elements=["key"])
    return session.execute(statement.returning(OutboxRow.id)).first() is not None


def claim_next(backend: Backend, now: datetime, key: str = "") -> Claim | None:
    """Take the oldest open row whose time has come and that nobody holds; with `key` that row and no other."""
    with write_transaction(backend.sessions) as session:
        row = session.execute(
            select(OutboxRow)
            .where(
                OutboxRow.key == key if key else true(),
                OutboxRow.status == "open",
                OutboxRow.not_before <= now,
                or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until <= now),
            )
            .order_by(OutboxRow.not_before, OutboxRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).scalar_one_or_none()
        if row is None:
            return None
        row.attempts += 1
        row.claimed_until = now + LEASE
        return Claim(row.id, row.key, row.work, row.case_id, row.attempts)


def due_count(backend: Backend, now: datetime, work: str, most: int) -> int:
    """How many rows of one kind of work wait to be done now; stops counting at `most`."""
    waiting = select(OutboxRow.id).where(
        OutboxRow.status == "open", OutboxRow.not_before <= now, OutboxRow.work == work
    )
    with read_transaction(backend.engine) as session:
        return session.execute(select(func.count()).select_from(waiting.limit(most).subquery())).scalar_one()


def settle(
    backend: Backend,
    claim: Claim,
    now: datetime,
    error: str = "",
    *,
    hopeless: bool = False,
    again: timedelta | None = None,
) -> None:
    """Record how a claim ended; refused silently if somebody else has taken it over since.

    Args:
        error: why it is not done; empty: it is done.
        hopeless: a person is needed before another attempt.
        again: nothing failed, look again after this time.
    """
    failed = bool(error) and again is None
    stuck = failed and (hopeless or claim.attempt > len(RETRIES))
    values: dict[str, Any] = {
        "status": "stuck" if stuck else ("open" if error else "done"),
        "claimed_until": None,
        "error": error[:400],
    }
    if again is not None:
        values["not_before"] = now + again
    elif failed and not stuck:
        values["not_before"] = now + RETRIES[claim.attempt - 1]
    with write_transaction(backend.sessions) as session:
        session.execute(
            update(OutboxRow).where(OutboxRow.id == claim.id, OutboxRow.attempts == claim.attempt).values(**values)
        )


def drain(
    backend: Backend, clock: Callable[[], datetime], handlers: dict[str, Handler], limit: int | None = None
) -> int:
    """Work the outbox to rest; returns how many rows were done. A failing row is counted and comes back later."""
    done = 0
    while limit is None or done < limit:
        claim = claim_next(backend, clock())
        if claim is None:
            return done
        try:
            handlers[claim.work](claim)
        except NotYet as waiting:
            growing = _FIRST_WAIT * 2 ** min(claim.attempt - 1, 10)
            settle(backend, claim, clock(), str(waiting), again=waiting.after or min(growing, _LONGEST_WAIT))
            continue
        except Failed as failure:
            settle(backend, claim, clock(), str(failure), hopeless=failure.hopeless)
            continue
        except Exception as error:  # noqa: BLE001 - outside any transaction: whatever fails is counted and shown
            settle(backend, claim, clock(), f"{type(error).__name__}: {error}")
            continue
        settle(backend, claim, clock())
        done += 1
    return done

"""The unit of work: one transaction on one dossier. The only place that commits steps.

It locks the dossier first, collects what the steps bring (events, notices, numbers, outbox rows), and at the end
draws numbers in the order of their series, writes the events into their chains, and commits once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.models.cases import Case, Dossier
from app.models.history import OutboxRow
from app.services.backend import Backend
from app.services.events import PendingEvent, write_events
from app.services.numbers import NumberRequest, draw_numbers
from workflows.kit.errors import ClockWentBack, Refusal

_TOLERATED_DRIFT = timedelta(minutes=5)


@dataclass
class UnitOfWork:
    """One open writing transaction. `now` never lies before the last event of the dossier."""

    backend: Backend
    session: Session
    now: datetime
    dossier: Dossier | None = None
    events: list[PendingEvent] = field(default_factory=list)
    numbers: list[NumberRequest] = field(default_factory=list)
    #: Called after the numbers are drawn and before the events are written, in order.
    before_commit: list[Callable[[], None]] = field(default_factory=list)
    #: Cases that steps of this transaction touched, by id: their pauses are settled at the end.
    touched: dict[int, Case] = field(default_factory=dict)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    signed_notices: set[int] = field(default_factory=set)

    @property
    def today(self) -> date:
        return legal_day(self.now)

    def lock(self, dossier_id: int) -> Dossier:
        """Lock the dossier before anything of it is read; the second call for the same one does nothing.

        Raises:
            ClockWentBack: the clock is more than five minutes behind the dossier's last event.
            AssertionError: another dossier is locked already; no transaction holds two.
        """
        if self.dossier is not None:
            if self.dossier.id != dossier_id:
                raise AssertionError("a transaction locks exactly one dossier")
            return self.dossier
        statement = select(Dossier).where(Dossier.id == dossier_id).with_for_update(key_share=True)
        self.dossier = self.session.execute(statement).scalar_one()
        self._keep_time_running(self.dossier)
        return self.dossier

    def take_turns(self, word: str) -> None:
        """Wait for whoever does the same thing at this moment (opening a case with one key); before any other lock.

        There is no row to lock yet. SQLite has one writer at a time anyway.
        """
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(word, 0))))

    def found(self, dossier: Dossier) -> Dossier:
        """Begin a dossier in this transaction; nobody else can know it, so there is nothing to lock."""
        self.session.add(dossier)
        self.session.flush()
        self.dossier = dossier
        return dossier

    def _keep_time_running(self, dossier: Dossier) -> None:
        behind = dossier.last_event_at - self.now
        if behind > _TOLERATED_DRIFT:
            raise ClockWentBack
        self.now = max(self.now, dossier.last_event_at)

    def put_out(self, key: str, work: str, case_id: int | None, body: str = "{}") -> None:
        """Write an outbox row with the step; the key makes it unique whatever happens."""
        self.outbox.append(
            {"key": key, "work": work, "case_id": case_id, "body": body, "not_before": self.now, "status": "open"}
        )

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of the transaction that may be refused: what it wrote and collected is then taken back."""
        events, outbox, calls = len(self.events), len(self.outbox), len(self.before_commit)
        numbers = len(self.numbers)
        try:
            with self.session.begin_nested():
                yield
        except Refusal:
            del self.events[events:], self.outbox[outbox:], self.before_commit[calls:], self.numbers[numbers:]
            raise

    def finish(self) -> None:
        """Everything that belongs to the end of the transaction, in this order: numbers, texts, outbox, chains."""
        self.session.flush()
        draw_numbers(self.session, self.numbers)
        for call in self.before_commit:
            call()
        self.session.flush()
        if self.outbox:
            self.session.execute(insert(OutboxRow), _with_defaults(self.outbox))
        write_events(self.session, self.backend.keys, self.events)
        if self.dossier is not None and self.events:
            self.dossier.last_event_at = self.now


def _with_defaults(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"attempts": 0, "claimed_until": None, "error": "", **row} for row in rows]


@contextmanager
def unit_of_work(backend: Backend, now: datetime) -> Iterator[UnitOfWork]:
    """Open a writing transaction; commit at the end, roll everything back if anything is raised."""
    session = backend.sessions()
    try:
        work = UnitOfWork(backend, session, now)
        yield work
        work.finish()
        session.commit()
        wake = bool(work.outbox)
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
    if wake:
        backend.wake()

"""The unit of work: one transaction on one dossier. The only place that commits steps.

It locks the dossier first, collects what the steps bring (events, notices, numbers, outbox rows), and at the end
draws numbers in the order of their series, writes the events into their chains, and commits once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import Table, bindparam, event, func, insert, select
from sqlalchemy.orm import Session

from app.access.capacities import Standing, standing_of
from app.clock import legal_day
from app.models.cases import Case, Dossier, ProposalRow
from app.models.history import OutboxRow
from app.models.terms import TermRow
from app.services.announcing import WORK, announcements
from app.services.backend import Backend
from app.services.events import PendingEvent, chain_events, write_events
from app.services.lawbook import current_calendar, current_law, rule_set
from app.services.numbers import NumberRequest, draw_numbers
from workflows.kit.calendar import Calendar
from workflows.kit.errors import ClockWentBack, DossierIsACopy, Refusal
from workflows.rules.model import RuleSet

Read = TypeVar("Read")
_TOLERATED_DRIFT = timedelta(minutes=5)
_ONE_DOSSIER = "a transaction locks exactly one dossier"
_LOCK_BY_CASE = (
    select(Dossier, Case.id, Case.kind)
    .join(Case, Case.dossier_id == Dossier.id)
    .where(Case.uid == bindparam("uid"))
    .with_for_update(of=Dossier, key_share=True)
)
_TRY_LOCK_BY_TERM = (
    select(Dossier, Case.id, Case.kind)
    .join(TermRow, TermRow.dossier_id == Dossier.id)
    .join(Case, Case.id == TermRow.case_id)
    .where(TermRow.id == bindparam("term"))
    .with_for_update(of=Dossier, key_share=True, skip_locked=True)
)
_OUTBOX = insert(cast(Table, OutboxRow.__table__))


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
    #: Cases that steps of this transaction touched, by id, and the state each was in before.
    touched: dict[int, tuple[Case, str]] = field(default_factory=dict)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    #: While the transaction ends nothing of its cases changes any more: what several notices read is read once.
    readings: dict[tuple[str, int], Any] | None = None
    signed_notices: set[int] = field(default_factory=set)
    #: Read once under the lock: the live proposal of a case (None: there is none), the posts of a person.
    proposals: dict[int, ProposalRow | None] = field(default_factory=dict)
    standings: dict[int, Standing] = field(default_factory=dict)
    #: What the session has loaded: held until the end, since a session alone forgets what nobody refers to.
    _calendar: Calendar | None = None
    _rules: dict[int, RuleSet] = field(default_factory=dict)
    _held: set[object] = field(default_factory=set)

    def __post_init__(self) -> None:
        # What a step wrote is seen by every later question of its transaction, and is sent only when one is asked.
        self.session.autoflush = True
        hold = self._held
        event.listen(self.session, "loaded_as_persistent", lambda _session, row: hold.add(row))

    @property
    def today(self) -> date:
        return legal_day(self.now)

    @property
    def calendar(self) -> Calendar:
        """The newest version of the calendar, as this transaction found it."""
        if self._calendar is None:
            self._calendar = current_calendar(self.session)
        return self._calendar

    def rules(self, rule_set_id: int) -> RuleSet:
        """The rule set of a case."""
        if rule_set_id not in self._rules:
            if self._calendar is None:
                self._calendar, found = current_law(self.session, rule_set_id)
            else:
                found = rule_set(self.session, rule_set_id)
            self._rules[rule_set_id] = found
        return self._rules[rule_set_id]

    def standing(self, user_id: int) -> Standing:
        """The posts that a person holds on the day of this transaction."""
        if user_id not in self.standings:
            self.standings[user_id] = standing_of(self.session, user_id, self.today)
        return self.standings[user_id]

    def lock(self, dossier_id: int) -> Dossier:
        """Lock the dossier before anything of it is read; the second call for the same one does nothing.

        Raises:
            ClockWentBack: the clock is more than five minutes behind the dossier's last event.
            DossierIsACopy: it was imported, and is read only.
            AssertionError: another dossier is locked already; no transaction holds two.
        """
        if self.dossier is not None:
            if self.dossier.id != dossier_id:
                raise AssertionError(_ONE_DOSSIER)
            return self.dossier
        statement = select(Dossier).where(Dossier.id == dossier_id).with_for_update(key_share=True)
        self.dossier = self.session.execute(statement).scalar_one()
        self._keep_time_running(self.dossier)
        return self.dossier

    def lock_dossier_of(
        self, uid: str, demand_sight: Callable[[int, str], None] = lambda _case_id, _kind: None
    ) -> tuple[int, str] | None:
        """Lock the dossier of a case known by its uid; its id and kind, None if there is no such case.

        Args:
            demand_sight: asked before it is said that the dossier is a copy, since that also says that it exists.

        Raises:
            ClockWentBack, DossierIsACopy, AssertionError: as `lock`.
        """
        found = self.session.execute(_LOCK_BY_CASE, {"uid": uid}).one_or_none()
        if found is not None and found.Dossier.imported_at is not None:
            demand_sight(found.id, found.kind)
        return self._locked(found)

    def try_lock_dossier_of_term(self, term_id: int) -> tuple[int, str] | None:
        """Lock the dossier of a term unless somebody holds it at this moment; id and kind of the case, else None.

        Raises:
            ClockWentBack, DossierIsACopy, AssertionError: as `lock`.
        """
        return self._locked(self.session.execute(_TRY_LOCK_BY_TERM, {"term": term_id}).one_or_none())

    def _locked(self, found: Any) -> tuple[int, str] | None:
        if found is None:
            return None
        if self.dossier is None:
            self.dossier = found.Dossier
            self._keep_time_running(found.Dossier)
        elif self.dossier is not found.Dossier:
            raise AssertionError(_ONE_DOSSIER)
        return found.id, found.kind

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
        if dossier.imported_at is not None:
            raise DossierIsACopy
        behind = dossier.last_event_at - self.now
        if behind > _TOLERATED_DRIFT:
            raise ClockWentBack
        self.now = max(self.now, dossier.last_event_at)

    def once(self, what: str, of: int, read: Callable[[], Read]) -> Read:
        """What `read` gives, asked for only once while the transaction ends and every time before that."""
        if self.readings is None:
            return read()
        key = (what, of)
        if key not in self.readings:
            self.readings[key] = read()
        found: Read = self.readings[key]
        return found

    def put_out(self, key: str, work: str, case_id: int | None, body: str = "{}") -> None:
        """Write an outbox row with the step; the key makes it unique whatever happens."""
        self.outbox.append(
            {"key": key, "work": work, "case_id": case_id, "body": body, "not_before": self.now, "status": "open"}
        )

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of the transaction that may be refused: what it wrote and collected is then taken back."""
        events, outbox, calls = len(self.events), len(self.outbox), len(self.before_commit)
        numbers, signed = len(self.numbers), set(self.signed_notices)
        try:
            with self.session.begin_nested():
                yield
        except Refusal:
            self.proposals.clear()
            self.signed_notices = signed
            del self.events[events:], self.outbox[outbox:], self.before_commit[calls:], self.numbers[numbers:]
            raise

    def finish(self) -> None:
        """Everything that belongs to the end of the transaction, in this order: numbers, texts, outbox, chains."""
        if self.numbers:
            # Whoever draws a number holds its series until the commit: everything slow comes before.
            self.session.flush()
            draw_numbers(self.session, self.numbers)
        self.readings = {}
        for call in self.before_commit:
            call()
        rows = chain_events(self.backend.keys, self.events)
        concerned = (event.case for event in self.events)
        for told, case_id in announcements(self.session, self.backend.engine, concerned, rows):
            self.put_out(str(told), WORK, case_id)
        if self.dossier is not None and rows:
            self.dossier.last_event_at = self.now
        self.session.flush()
        if self.outbox:
            self.session.execute(_OUTBOX, _with_defaults(self.outbox))
        write_events(self.session, rows)
        self.events.clear()


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

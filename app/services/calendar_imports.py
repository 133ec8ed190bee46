"""Importing a calendar: first a list of every case and day that would move, then a new version and the moves.

Rules of movement (procedures, section 0): a right, and any day already told to a subject, never moves earlier; a duty
moves both ways, but never to a day already past; ended terms are not touched.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.database import read_transaction, write_transaction
from app.models.cases import CalendarRow, Case
from app.models.imports import DossierImport
from app.models.kinds import Notice
from app.models.registry import MODELS
from app.models.terms import LIVE, RungRow, TermRow
from app.services import terms
from app.services.access_log import Act, write_entry
from app.services.backend import Backend
from app.services.contexts import context_of
from app.services.holding import settle_holder
from app.services.lawbook import current_calendar
from app.services.noticing import draft_notice
from app.services.recipients import holder_of
from app.services.settling import settle_pauses
from app.services.terms import counting_of
from app.services.unit_of_work import UnitOfWork, unit_of_work
from workflows.kit.calendar import Calendar
from workflows.kit.context import SYSTEM
from workflows.kit.counting import Due, Nature, due_on
from workflows.kit.errors import Refusal
from workflows.registry import workflow
from workflows.roles import Capacity

#: Imported dossiers are read only: their days stay as they came.
_COPIES = select(DossierImport.dossier_id)


class CalendarKnown(Refusal):
    """A calendar of this version was imported before."""

    code = "CalendarKnown"
    status = 409


@dataclass(frozen=True)
class Move:
    """One live term that another calendar moves; days are legal days."""

    case: str
    number: str
    kind_label: str
    term: str
    term_label: str
    before: date
    after: date
    was_provisional: bool
    is_provisional: bool
    tells_subject: bool


@dataclass
class ImportReport:
    """What an import moves, or moved. `checked` counts the live terms that were looked at."""

    version: str
    checked: int = 0
    moved: list[Move] = field(default_factory=list)
    left: int = 0


def preview_import(backend: Backend, calendar: Calendar, now: datetime) -> ImportReport:
    """The dry run: every case and day that would move; nothing is written."""
    report = ImportReport(calendar.version)
    with read_transaction(backend.engine) as session:
        for row, case in session.execute(_counted().order_by(TermRow.dossier_id, TermRow.id)).all():
            report.checked += 1
            due = moved_due(row, calendar, legal_day(now), told=_was_told(session, case, row))
            if due.on is not None and row.due_on is not None and due.on != row.due_on:
                report.moved.append(_move(row, case, due))
    return report


def import_calendar(
    backend: Backend,
    calendar: Calendar,
    source: str,
    clock: Callable[[], datetime],
    *,
    patience: float | None = None,
    by: int | None = None,
) -> ImportReport:
    """Store the version, then move what it moves; may be called again after an interruption and goes on.

    Args:
        patience: seconds after which the rest is left to `catch_up`; None: it goes on to the end.
        by: who imports it, for the access log; None at the command line.

    Raises:
        CalendarKnown: another calendar was imported under this version, or a newer one since.
    """
    _store(backend, calendar, source, clock(), by)
    return catch_up(backend, calendar, clock, patience=patience)


def catch_up(
    backend: Backend, calendar: Calendar, clock: Callable[[], datetime], *, patience: float | None = None
) -> ImportReport:
    """Reckon every live term of an older version anew, one dossier a transaction; `left`: dossiers still to do."""
    report, started = ImportReport(calendar.version), time.monotonic()
    behind = dossiers_behind(backend, calendar.version)
    for place, dossier_id in enumerate(behind):
        if patience is not None and time.monotonic() - started > patience:
            report.left = len(behind) - place
            break
        with unit_of_work(backend, clock()) as work:
            work.lock(dossier_id)
            _move_dossier(work, calendar, report)
            settle_pauses(work)
    return report


def catch_up_newest(backend: Backend, clock: Callable[[], datetime]) -> int:
    """Carry on the import of the newest calendar, if it was left under way; how many terms were looked at."""
    with read_transaction(backend.engine) as session:
        calendar = current_calendar(session)
    return catch_up(backend, calendar, clock).checked


def _store(backend: Backend, calendar: Calendar, source: str, now: datetime, by: int | None) -> None:
    body = calendar.to_json()
    with write_transaction(backend.sessions) as session:
        newest = session.execute(select(CalendarRow).order_by(CalendarRow.id.desc()).limit(1)).scalar_one_or_none()
        if newest is not None and newest.version == calendar.version and newest.body == body:
            return
        known = select(CalendarRow.id).where(CalendarRow.version == calendar.version)
        if session.execute(known).first() is not None:
            raise CalendarKnown(f"工作日历版本“{calendar.version}”已经导入过。内容有变的，请换一个版本号。")
        session.add(CalendarRow(version=calendar.version, body=body, source=source[:200], imported_at=now))
        write_entry(session, backend.keys, Act.CALENDAR_IMPORTED, by, now, target=calendar.version, purpose=source)


def dossiers_behind(backend: Backend, version: str) -> list[int]:
    """Dossiers with live terms that were not reckoned with this version yet: the loop is resumable."""
    with read_transaction(backend.engine) as session:
        statement = select(TermRow.dossier_id).where(
            TermRow.status.in_(LIVE), TermRow.calendar_version != version, TermRow.dossier_id.not_in(_COPIES)
        )
        return list(session.execute(statement.distinct().order_by(TermRow.dossier_id)).scalars())


def _counted() -> Select[TermRow, Case]:
    return (
        select(TermRow, Case)
        .join(Case, Case.id == TermRow.case_id)
        .where(TermRow.status.in_(LIVE), TermRow.anchor_on.is_not(None), TermRow.dossier_id.not_in(_COPIES))
    )


def moved_due(row: TermRow, calendar: Calendar, today: date, *, told: bool) -> Due:
    """The last day of a live term under another calendar, within the rules of movement.

    `told`: the present day was told to a subject (always so for a right).
    """
    due = due_on(counting_of(row), calendar)
    if due.on is None or row.due_on is None or due.on >= row.due_on:
        return due
    if row.due_on < today or told:
        return Due(row.due_on, due.provisional)
    if due.on < today:
        # A duty may become shorter, but nobody is late by an import.
        return Due(calendar.next_working_day(today), due.provisional)
    return due


def _move_dossier(work: UnitOfWork, calendar: Calendar, report: ImportReport) -> None:
    assert work.dossier is not None
    statement = select(TermRow).where(
        TermRow.dossier_id == work.dossier.id,
        TermRow.status.in_(LIVE),
        TermRow.calendar_version != calendar.version,
    )
    to_tell: dict[int, set[Capacity]] = {}
    for row in list(work.session.execute(statement.order_by(TermRow.case_id, TermRow.id)).scalars()):
        report.checked += 1
        if _move_term(work, row, calendar, report) and _tells_subject(row):
            to_tell.setdefault(row.case_id, set()).add(Capacity(row.holder))
    for case_id, holders in to_tell.items():
        case = _load(work.session, case_id)
        ctx = context_of(work, case, SYSTEM)
        for party in dict.fromkeys(party for holder in holders for party in holder_of(work, case, holder)):
            draft_notice(work, case, ctx, "term_change", party, Capacity.SYSTEM)


def _move_term(work: UnitOfWork, row: TermRow, calendar: Calendar, report: ImportReport) -> bool:
    """Reckon one term anew, with an event if its last day moved; whether it did."""
    case = _load(work.session, row.case_id)
    ctx = context_of(work, case, SYSTEM)
    before, was_provisional = row.due_on, row.provisional
    due = Due(None, False)
    if row.anchor_on is not None:
        due = moved_due(row, calendar, work.today, told=_was_told(work.session, case, row))
    if before is not None and due.on is not None and due_on(counting_of(row), calendar).on != due.on:
        # Held by a rule of movement: kept on the row, so that every later reckoning holds it as well.
        row.told_on = due.on
    fired = frozenset(work.session.execute(select(RungRow.rung).where(RungRow.term_id == row.id)).scalars())
    terms.reckon(row, calendar, ctx.rules, work.today, fired)
    if before == row.due_on or before is None or row.due_on is None:
        return False
    report.moved.append(_move(row, case, Due(row.due_on, row.provisional), before, was_provisional))
    content = {
        "terms": [terms.term_note("move", row)],
        "before": before,
        "moves": [{"term": row.key, "before": before, "after": row.due_on}],
        "calendar": calendar.version,
    }
    terms.note_on_case(work, case, "moved", row.key, content)
    work.session.flush()
    settle_holder(work, case, workflow(case.kind), terms.live_terms(work, case.id))
    return True


def _was_told(session: Session, case: Case, row: TermRow) -> bool:
    """Whether a notice to the subject of the case named this very day as the last day of this term."""
    if row.told_on is not None or row.nature == Nature.RIGHT or row.due_on is None:
        return row.told_on is not None or row.nature == Nature.RIGHT
    term = workflow(case.kind).term(row.key)
    statement = select(Notice.context).where(
        Notice.parent_id == case.id,
        Notice.context != "",
        Case.recipient_person_id == case.subject_person_id
        if case.subject_person_id is not None
        else Case.recipient_unit_id == case.subject_unit_id,
    )
    label, day = term.label if term else row.key, row.due_on.isoformat()
    told = (line for text in session.execute(statement).scalars() for line in json.loads(text)["terms"])
    return any(line["label"] == label and line["last_day"] == day for line in told)


def _tells_subject(row: TermRow) -> bool:
    """A day that moves is told to the subject if it is his: a right, or a duty of his own."""
    return row.status == "running" and Capacity(row.holder) in {Capacity.SUBJECT, Capacity.SUBJECT_HEAD}


def _load(session: Session, case_id: int) -> Case:
    kind = session.execute(select(Case.kind).where(Case.id == case_id)).scalar_one()
    case = session.get(MODELS[kind], case_id)
    assert case is not None
    return case


def _move(row: TermRow, case: Case, due: Due, before: date | None = None, was_provisional: bool | None = None) -> Move:
    flow = workflow(case.kind)
    term = flow.term(row.key)
    before = before or row.due_on
    assert before is not None
    assert due.on is not None
    return Move(
        case=case.uid,
        number=case.number or "",
        kind_label=flow.label,
        term=row.key,
        term_label=term.label if term else row.key,
        before=before,
        after=due.on,
        was_provisional=row.provisional if was_provisional is None else was_provisional,
        is_provisional=due.provisional,
        tells_subject=_tells_subject(row),
    )

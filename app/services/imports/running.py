"""The work on a batch, piece by piece: reading and dry run, then so many rows at a time, each in its own transaction.

Every piece may be done again after an interruption. What a row becomes bears a key of that row, so that it is made
once however often it is tried; the rows of a piece are marked together when all of them were tried.
"""

import base64
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.database import read_transaction, write_transaction
from app.models.batches import ImportBatch, ImportRow
from app.models.people import User
from app.services.backend import Backend
from app.services.imports.batches import RowStatus, Status, content_context, put_out, row_context
from app.services.imports.kinds import Kind, Made, Making, kind_of
from app.services.imports.layout import Checked, Table, recognise
from app.services.outbox import Claim
from app.services.passwords import Passwords
from app.services.reading.reader import reader_of
from app.workbooks.reading import read_sheets
from workflows.kit.context import Actor
from workflows.kit.errors import Refusal

_MOST_NAMED = 5


@dataclass(frozen=True)
class Kept:
    """The sealed content of a row: its cells, the form made of them, problems as (column or None, reason), notes."""

    cells: Sequence[str]
    form: Mapping[str, Any]
    problems: Sequence[tuple[int | None, str]]
    notes: Sequence[str]
    secret: str = ""


def seal_row(backend: Backend, uid: str, number: int, kept: Kept) -> str:
    """The content of a row as it is stored."""
    return backend.keys.seal(json.dumps(asdict(kept), ensure_ascii=False), row_context(uid, number))


def open_row(backend: Backend, uid: str, number: int, sealed: str) -> Kept:
    """The content of a row; without anything once it is no longer kept."""
    if not sealed:
        return Kept((), {}, (), ())
    found = json.loads(backend.keys.unseal(sealed, row_context(uid, number)))
    return Kept(**{**found, "problems": tuple((column, reason) for column, reason in found["problems"])})


def work_on_batch(backend: Backend, passwords: Passwords, claim: Claim, clock: Callable[[], datetime]) -> None:
    """Do one piece of work on the batch that the outbox row names."""
    uid = claim.key.split(":")[1]
    with read_transaction(backend.engine) as session:
        status = session.execute(select(ImportBatch.status).where(ImportBatch.uid == uid)).scalar_one_or_none()
    if status == Status.WAITING:
        _check(backend, uid, clock())
    elif status == Status.MAKING:
        _some_rows(backend, passwords, uid, clock, RowStatus.FINE, _make)
    elif status == Status.DISCARDING:
        _some_rows(backend, passwords, uid, clock, RowStatus.MADE, _undo)


# -- reading and dry run --------------------------------------------------------------------------------------------


def _check(backend: Backend, uid: str, now: datetime) -> None:
    with read_transaction(backend.engine) as session:
        batch = session.execute(select(ImportBatch).where(ImportBatch.uid == uid)).scalar_one()
        kind, content = kind_of(batch.kind), batch.content
        assert content is not None
        reader = reader_of(backend, session, _actor(session, batch.uploaded_by), now)
        try:
            sheets = read_sheets(base64.b64decode(backend.keys.unseal(content, content_context(uid))))
            table = recognise(sheets, kind.layout(reader, batch.unit_id))
            checked = kind.check(reader, batch.unit_id, table)
        except Refusal as refused:
            _end_check(backend, uid, now, refusal=refused.message)
            return
    rows = [_row(backend, uid, one) for one in checked]
    _end_check(backend, uid, now, summary=_summary(table, checked), rows=rows)


def _end_check(
    backend: Backend,
    uid: str,
    now: datetime,
    *,
    refusal: str = "",
    summary: str = "{}",
    rows: Sequence[dict[str, Any]] = (),
) -> None:
    with write_transaction(backend.sessions) as session:
        batch = _locked(session, uid)
        if batch.status != Status.WAITING:
            # Somebody else has done it meanwhile.
            return
        batch.status = Status.REFUSED if refusal else Status.CHECKED
        batch.refusal, batch.summary, batch.content = refusal, summary, None
        batch.finished_at = now if refusal else None
        if rows:
            session.execute(insert(ImportRow), [{**row, "batch_id": batch.id} for row in rows])


def _row(backend: Backend, uid: str, checked: Checked) -> dict[str, Any]:
    row = checked.row
    # From left to right, as whoever mends the row goes through it; what concerns no cell comes last.
    found = ((problem.column, problem.reason) for problem in row.problems)
    problems = tuple(sorted(found, key=lambda problem: (problem[0] is None, problem[0] or 0)))
    return {
        "number": row.number,
        "status": RowStatus.FINE if checked.is_fine else RowStatus.WRONG,
        "sealed": seal_row(backend, uid, row.number, Kept(row.cells, checked.form, problems, checked.notes)),
        "made_uid": None,
    }


def _summary(table: Table, checked: Sequence[Checked]) -> str:
    """What is told of the table as a whole: its headings, what is not taken from it, and each note with its rows."""
    rows: dict[str, list[int]] = {}
    counts: Counter[str] = Counter()
    for one in checked:
        for note in one.notes if one.is_fine else ():
            counts[note] += 1
            named = rows.setdefault(note, [])
            if len(named) < _MOST_NAMED:
                named.append(one.row.number)
    told = {
        "headings": table.headings,
        "subject": table.places.get("subject_name", table.places.get("name", 0)),
        "unknown": table.unknown,
        "examples": table.examples,
        "notes": [[note, number, rows[note]] for note, number in counts.most_common()],
    }
    return json.dumps(told, ensure_ascii=False)


# -- making, and taking back ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Outcome:
    status: RowStatus
    made: Made | None = None
    reason: str = ""


def _some_rows(
    backend: Backend,
    passwords: Passwords,
    uid: str,
    clock: Callable[[], datetime],
    wanted: RowStatus,
    act: Callable[[Kind, Making, Kept, str], _Outcome],
) -> None:
    """Do the next rows, then mark them together and put out the piece after them."""
    with read_transaction(backend.engine) as session:
        batch = session.execute(select(ImportBatch).where(ImportBatch.uid == uid)).scalar_one()
        kind, actor = kind_of(batch.kind), _actor(session, batch.acting_id)
        rows = session.execute(
            select(ImportRow.id, ImportRow.number, ImportRow.sealed, ImportRow.made_uid)
            .where(ImportRow.batch_id == batch.id, ImportRow.status == wanted)
            .order_by(ImportRow.number)
            .limit(kind.piece)
        ).all()
    marks = []
    for row in rows:
        key = f"import-{uid}-{row.number}"
        making = Making(backend, passwords, actor, batch.unit_id, batch.number, key, clock())
        kept = open_row(backend, uid, row.number, row.sealed)
        marks.append(_mark(backend, uid, row, kept, act(kind, making, kept, row.made_uid or "")))
    with write_transaction(backend.sessions) as session:
        batch = _locked(session, uid)
        if marks:
            session.execute(update(ImportRow), marks)
        if len(rows) == kind.piece:
            put_out(session, batch, clock())
        elif batch.status in _ENDS:
            batch.status, batch.finished_at = _ENDS[Status(batch.status)], clock()


_ENDS = {Status.MAKING: Status.MADE, Status.DISCARDING: Status.DISCARDED}


def _mark(backend: Backend, uid: str, row: Any, kept: Kept, outcome: _Outcome) -> dict[str, Any]:
    reasons = ((None, outcome.reason),) if outcome.reason else ()
    secret = outcome.made.secret if outcome.made else ""
    sealed = row.sealed
    if reasons or secret:
        problems = (*(tuple(problem) for problem in kept.problems), *reasons)
        sealed = seal_row(backend, uid, row.number, Kept(kept.cells, kept.form, problems, kept.notes, secret))
    made_uid = outcome.made.uid if outcome.made else row.made_uid
    return {"id": row.id, "status": outcome.status, "sealed": sealed, "made_uid": made_uid}


def _make(kind: Kind, making: Making, kept: Kept, _made_uid: str) -> _Outcome:
    try:
        return _Outcome(RowStatus.MADE, kind.make(making, kept.form))
    except Refusal as refusal:
        return _Outcome(RowStatus.REFUSED, reason=refusal.message)


def _undo(kind: Kind, making: Making, _kept: Kept, made_uid: str) -> _Outcome:
    assert kind.undo is not None
    try:
        kind.undo(making, made_uid)
    except Refusal as refusal:
        return _Outcome(RowStatus.KEPT, reason=refusal.message)
    return _Outcome(RowStatus.DISCARDED)


def _actor(session: Session, user_id: int | None) -> Actor:
    user = session.get_one(User, user_id)
    return Actor(user.id, user.name, user.uid)


def _locked(session: Session, uid: str) -> ImportBatch:
    return session.execute(select(ImportBatch).where(ImportBatch.uid == uid).with_for_update()).scalar_one()

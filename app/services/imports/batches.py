"""导入批次: uploading a table, confirming what the dry run found, taking it back. The work itself is in `running`."""

import base64
import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.crypto import FieldContext, KeyRing
from app.database import Database
from app.models.base import new_uid
from app.models.batches import ImportBatch, ImportRow
from app.models.history import OutboxRow
from app.models.people import Unit
from app.services.access_log import Act, write_entry
from app.services.files import clean_name
from app.services.imports.kinds import KINDS, Kind, kind_of
from app.services.numbers import NumberRequest, draw_numbers
from app.services.reading.reader import Reader
from app.workbooks.reading import demand_small
from workflows.kit.errors import NotFound, Refusal

#: What the outbox calls this work.
WORK = "import"
#: So long the rows of a finished batch can be looked at and taken out; then only its counts are kept.
KEPT = timedelta(days=90)


class Status(StrEnum):
    """Where a batch stands."""

    WAITING = "waiting"
    REFUSED = "refused"
    CHECKED = "checked"
    MAKING = "making"
    MADE = "made"
    DISCARDING = "discarding"
    DISCARDED = "discarded"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_working(self) -> bool:
        """Whether something goes on without anybody."""
        return self in (Status.WAITING, Status.MAKING, Status.DISCARDING)


_LABELS = {
    Status.WAITING: "正在校验",
    Status.REFUSED: "文件不能导入",
    Status.CHECKED: "已校验，待确认",
    Status.MAKING: "正在导入",
    Status.MADE: "已导入",
    Status.DISCARDING: "正在作废",
    Status.DISCARDED: "已作废",
    Status.DROPPED: "未导入",
}


class RowStatus(StrEnum):
    """What became of a row."""

    FINE = "fine"
    WRONG = "wrong"
    MADE = "made"
    #: Refused when it was to be made: something had changed since the dry run.
    REFUSED = "refused"
    DISCARDED = "discarded"
    #: Not taken back, since somebody had gone on with it.
    KEPT = "kept"


class ImportRefused(Refusal):
    """An act on a batch is not possible; the message says why and what to do."""

    code = "ImportRefused"


def upload(reader: Reader, kind_key: str, name: str, content: bytes, unit_id: int | None = None) -> str:
    """Keep an uploaded table, sealed, and put out its dry run; returns the uid of the batch.

    Raises:
        NotFound: no such kind, or not for the reader, or not for that unit.
        TableRefused: the file is empty or too large.
    """
    kind = kind_of(kind_key)
    units = reader.standing.units(frozenset({kind.post}))
    unit_id = (unit_id or min(units, default=None)) if kind.of_unit else None
    if not units or (kind.of_unit and unit_id not in units):
        raise NotFound
    demand_small(len(content))
    batch = ImportBatch(
        uid=new_uid(),
        kind=kind.key,
        unit_id=unit_id,
        uploaded_by=reader.standing.user_id,
        uploaded_at=reader.now,
        file_name=clean_name(name),
        sha256=hashlib.sha256(content).hexdigest(),
        status=Status.WAITING,
        mode="",
        refusal="",
        summary="{}",
        pieces=0,
    )
    keys = reader.backend.keys
    batch.content = keys.seal(base64.b64encode(content).decode(), content_context(batch.uid))
    with database(reader).write() as session:
        unit = session.get(Unit, unit_id) if unit_id is not None else None
        word = f"{unit.code_word if unit else '系统'}导"
        draw_numbers(session, [NumberRequest(word, reader.today.year, lambda number: setattr(batch, "number", number))])
        session.add(batch)
        put_out(session, batch, reader.now)
        _log(session, keys, batch, reader, "上传")
    reader.backend.wake()
    return batch.uid


def confirm(reader: Reader, uid: str, mode: str, *, again: bool = False) -> None:
    """Have the rows made: all of them or nothing (`all`), or the good ones only (`fine`).

    Args:
        again: the reader knows that the same file was imported before.

    Raises:
        NotFound: there is no such batch, or it is not the reader's to see.
        ImportRefused: it is not waiting for that, or the dry run forbids it.
    """
    with database(reader).write() as session:
        batch = locked(session, reader, uid)
        _demand(batch, Status.CHECKED)
        counts = counts_of(session, batch.id)
        if mode not in ("all", "fine"):
            raise ImportRefused("请选择“全部导入”或者“只导入无误的行”。")
        if mode == "all" and counts.get(RowStatus.WRONG):
            raise ImportRefused(
                f"有{counts[RowStatus.WRONG]}行有误，不能全部导入。请改正后重新上传，或者选择“只导入无误的行”。"
            )
        if not counts.get(RowStatus.FINE):
            raise ImportRefused("没有可以导入的行。请按所列问题改正后重新上传。")
        if not again and same_file(session, batch):
            raise ImportRefused("此前已导入过同一文件。确需再次导入的，请勾选“确认再次导入同一文件”。")
        batch.status, batch.mode, batch.acting_id = Status.MAKING, mode, reader.standing.user_id
        put_out(session, batch, reader.now)
        _log(session, reader.backend.keys, batch, reader, "导入", counts[RowStatus.FINE])
    reader.backend.wake()


def discard(reader: Reader, uid: str) -> None:
    """整批作废: take back every draft of the batch that is a draft still and that nobody has touched.

    Raises:
        NotFound: there is no such batch, or it is not the reader's to see.
        ImportRefused: nothing of it is there to be taken back.
    """
    with database(reader).write() as session:
        batch = locked(session, reader, uid)
        _demand(batch, Status.MADE)
        made = counts_of(session, batch.id).get(RowStatus.MADE, 0)
        if kind_of(batch.kind).undo is None or not made:
            raise ImportRefused("本批次没有可以作废的草稿。")
        batch.status, batch.acting_id = Status.DISCARDING, reader.standing.user_id
        put_out(session, batch, reader.now)
        _log(session, reader.backend.keys, batch, reader, "整批作废", made)
    reader.backend.wake()


def drop(reader: Reader, uid: str) -> None:
    """Give up a batch of which nothing was made; its rows are removed at once.

    Raises:
        NotFound: there is no such batch, or it is not the reader's to see.
        ImportRefused: something is being made of it.
    """
    with database(reader).write() as session:
        batch = locked(session, reader, uid)
        _demand(batch, Status.CHECKED, Status.REFUSED)
        session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
        batch.status, batch.content, batch.finished_at = Status.DROPPED, None, reader.now


def forget_old_rows(session: Session, now: datetime) -> int:
    """Empty the rows of batches that ended, or were not confirmed, 90 days ago; returns how many batches."""
    last = func.coalesce(ImportBatch.finished_at, ImportBatch.uploaded_at)
    kept = select(ImportRow.id).where(ImportRow.batch_id == ImportBatch.id, ImportRow.sealed != "").exists()
    old = session.scalars(select(ImportBatch).where(last < now - KEPT, kept)).all()
    session.execute(update(ImportRow).where(ImportRow.batch_id.in_([batch.id for batch in old])).values(sealed=""))
    for batch in old:
        if batch.status == Status.CHECKED:
            batch.status, batch.finished_at = Status.DROPPED, now
    session.flush()
    return len(old)


def put_out(session: Session, batch: ImportBatch, now: datetime) -> None:
    """Put out the next piece of work on a batch; what waits in the outbox already comes before it."""
    batch.pieces += 1
    session.add(OutboxRow(key=f"import:{batch.uid}:{batch.pieces}", work=WORK, body="{}", not_before=now))


def locked(session: Session, reader: Reader, uid: str) -> ImportBatch:
    """The batch, locked until the end of the transaction.

    Raises:
        NotFound: there is none, or it is not the reader's to see.
    """
    batch = session.execute(select(ImportBatch).where(ImportBatch.uid == uid).with_for_update()).scalar_one_or_none()
    if batch is None or not may_see(reader, batch):
        raise NotFound("没有这个导入批次，或者您无权查看。")
    return batch


def may_see(reader: Reader, batch: ImportBatch) -> bool:
    """Whether a batch is of a unit in which the reader holds the post that imports it."""
    kind: Kind | None = KINDS.get(batch.kind)
    if kind is None:
        return False
    units = reader.standing.units(frozenset({kind.post}))
    return batch.unit_id in units if kind.of_unit else bool(units)


def counts_of(session: Session, batch_id: int) -> dict[RowStatus, int]:
    """How many rows of a batch stand where."""
    rows = session.execute(
        select(ImportRow.status, func.count()).where(ImportRow.batch_id == batch_id).group_by(ImportRow.status)
    )
    return {RowStatus(status): number for status, number in rows}


def same_file(session: Session, batch: ImportBatch) -> ImportBatch | None:
    """An earlier batch of the same unit with the very same file, of which something was made."""
    return session.scalars(
        select(ImportBatch)
        .where(
            ImportBatch.sha256 == batch.sha256,
            ImportBatch.kind == batch.kind,
            ImportBatch.unit_id.is_not_distinct_from(batch.unit_id),
            ImportBatch.id < batch.id,
            ImportBatch.status.in_([Status.MAKING, Status.MADE]),
        )
        .order_by(ImportBatch.id.desc())
        .limit(1)
    ).first()


def content_context(uid: str) -> FieldContext:
    """Where the sealed file of a batch belongs."""
    return FieldContext("import_batch", "content", uid)


def row_context(uid: str, number: int) -> FieldContext:
    """Where the sealed content of a row belongs."""
    return FieldContext("import_row", "sealed", f"{uid}/{number}")


def database(reader: Reader) -> Database:
    """How the reader's installation is written to."""
    return Database(reader.backend.engine, reader.backend.sessions)


def _demand(batch: ImportBatch, *wanted: Status) -> None:
    if batch.status not in wanted:
        raise ImportRefused(f"本批次现为“{Status(batch.status).label}”，不能这样办理。请刷新页面查看最新进展。")


def _log(session: Session, keys: KeyRing, batch: ImportBatch, reader: Reader, act: str, rows: int = 0) -> None:
    told = f"{act}{kind_of(batch.kind).label} {batch.number}" + (f" {rows}行" if rows else "")
    write_entry(session, keys, Act.IMPORTED, reader.standing.user_id, reader.now, target=batch.uid, purpose=told)

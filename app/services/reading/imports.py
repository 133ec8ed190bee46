"""批量导入 as its pages show it: the batches of the reader's units, one with its report, and where a draft is from.

What a unit uploaded is seen by those who may import for it, and by nobody else.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.models.batches import ImportBatch, ImportRow
from app.models.history import OutboxRow
from app.models.people import Unit, User
from app.services.imports.batches import RowStatus, Status, counts_of, may_see, same_file
from app.services.imports.kinds import KINDS, Kind, kind_of
from app.services.imports.layout import Layout, letters
from app.services.imports.running import Kept, open_row
from app.services.reading.reader import Reader
from workflows.identity import mask_identity
from workflows.kit.errors import NotFound

PAGE = 50
_TOLD = (RowStatus.WRONG, RowStatus.REFUSED, RowStatus.KEPT)
_BACK = (RowStatus.WRONG, RowStatus.REFUSED)
_IDENTITY_LENGTH = 18
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class BatchLine:
    """One batch in the list."""

    uid: str
    number: str
    kind_label: str
    unit: str
    by: str
    at: datetime
    file_name: str
    status: Status
    rows: int
    made: int


@dataclass(frozen=True)
class Fault:
    """One thing wrong: the row, the column by its heading (empty: the row as a whole), what stands there, and why."""

    row: int
    column: str
    value: str
    reason: str
    made_uid: str


@dataclass(frozen=True)
class Draft:
    """A row that became a draft."""

    row: int
    subject: str
    uid: str
    discarded: bool


@dataclass(frozen=True)
class Origin:
    """Where a draft is from: batch, row, and what the dry run had to say about the row."""

    batch: str
    number: str
    row: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """Something that holds nothing back, with how many rows it is about and the first of them."""

    text: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Earlier:
    """A batch with the very same file."""

    uid: str
    number: str
    at: datetime


@dataclass(frozen=True)
class BatchPage:
    """One batch. `faults` and `drafts` are one page of them; `after` values lead to the next, None on the last."""

    line: BatchLine
    kind: str
    counts: dict[RowStatus, int]
    refusal: str
    unknown: tuple[str, ...]
    examples: tuple[int, ...]
    notes: tuple[Note, ...]
    faults: tuple[Fault, ...]
    faults_after: int | None
    drafts: tuple[Draft, ...]
    drafts_after: int | None
    earlier: Earlier | None
    can_undo: bool
    #: First passwords of accounts wait to be handed out.
    has_passwords: bool
    stuck: bool
    #: Whether the rows can still be looked at.
    rows_kept: bool
    finished_at: datetime | None

    @property
    def fine(self) -> int:
        return self.counts.get(RowStatus.FINE, 0)

    @property
    def wrong(self) -> int:
        return self.counts.get(RowStatus.WRONG, 0)

    @property
    def made(self) -> int:
        """Rows that became something, whatever happened to it since."""
        return sum(self.counts.get(status, 0) for status in (RowStatus.MADE, RowStatus.DISCARDED, RowStatus.KEPT))

    @property
    def tried(self) -> int:
        return self.made + self.counts.get(RowStatus.REFUSED, 0)

    @property
    def goes_back(self) -> int:
        """Rows that can be taken out, mended and uploaded again."""
        return sum(self.counts.get(status, 0) for status in _BACK)


def batches_of(reader: Reader, before: int | None = None) -> tuple[tuple[BatchLine, ...], int | None]:
    """One page of the batches the reader may see, the newest first, and the key after which the next begins."""
    statement = select(ImportBatch).where(_seen(reader)).order_by(ImportBatch.id.desc()).limit(PAGE + 1)
    if before is not None:
        statement = statement.where(ImportBatch.id < before)
    found = reader.session.scalars(statement).all()
    lines = tuple(_line(reader, batch, counts_of(reader.session, batch.id)) for batch in found[:PAGE])
    return lines, found[PAGE - 1].id if len(found) > PAGE else None


def read_batch(reader: Reader, uid: str, faults_after: int = 0, drafts_after: int = 0) -> BatchPage:
    """One batch with its report.

    Raises:
        NotFound: there is none, or it is not the reader's to see.
    """
    batch = _batch(reader, uid)
    kind, counts = kind_of(batch.kind), counts_of(reader.session, batch.id)
    told = {"unknown": [], "examples": [], "notes": [], **json.loads(batch.summary)}
    wrong = _rows(reader, batch, _TOLD, faults_after)
    made = _rows(reader, batch, (RowStatus.MADE, RowStatus.DISCARDED), drafts_after) if kind.undo else []
    earlier = same_file(reader.session, batch) if batch.status == Status.CHECKED else None
    return BatchPage(
        line=_line(reader, batch, counts),
        kind=batch.kind,
        counts=counts,
        refusal=batch.refusal,
        unknown=tuple(told["unknown"]),
        examples=tuple(told["examples"]),
        notes=tuple(Note(text, number, tuple(rows)) for text, number, rows in told["notes"]),
        faults=tuple(fault for row, kept in wrong[:PAGE] for fault in _faults(row, kept, told.get("headings", ()))),
        faults_after=wrong[PAGE - 1][0].number if len(wrong) > PAGE else None,
        drafts=tuple(_draft(row, kept, told.get("subject", 0)) for row, kept in made[:PAGE]),
        drafts_after=made[PAGE - 1][0].number if len(made) > PAGE else None,
        earlier=Earlier(earlier.uid, earlier.number, earlier.uploaded_at) if earlier else None,
        can_undo=kind.undo is not None and batch.status == Status.MADE and bool(counts.get(RowStatus.MADE)),
        has_passwords=batch.kind == "people"
        and batch.status == Status.MADE
        and bool(counts.get(RowStatus.MADE))
        and not told.get("passwords_taken"),
        stuck=Status(batch.status).is_working and _is_stuck(reader, batch),
        rows_kept=not any(row.sealed == "" for row, _kept in (*wrong[:1], *made[:1])),
        finished_at=batch.finished_at,
    )


class RowToMend(NamedTuple):
    """A row that was not made: its cells as they came, and what is wrong: the place of the column, and the reason."""

    cells: tuple[str, ...]
    problems: tuple[tuple[int | None, str], ...]


class ToMend(NamedTuple):
    """What goes back to be mended: the headings of the file, its rows that were not made, and what the table is."""

    headings: tuple[str, ...]
    rows: Iterator[RowToMend]
    layout: Layout


def rows_to_mend(reader: Reader, uid: str) -> ToMend:
    """The rows of a batch that were not made, to be mended and uploaded again.

    Raises:
        NotFound: there is no such batch, or it is not the reader's to see, or its rows are not kept any more.
    """
    batch = _batch(reader, uid)
    statement = (
        select(ImportRow)
        .where(ImportRow.batch_id == batch.id, ImportRow.status.in_(_BACK), ImportRow.sealed != "")
        .order_by(ImportRow.number)
    )
    rows = reader.session.scalars(statement.execution_options(yield_per=500))
    kept = (open_row(reader.backend, uid, row.number, row.sealed) for row in rows)
    return ToMend(
        tuple(json.loads(batch.summary).get("headings", ())),
        (RowToMend(tuple(row.cells), tuple((at, reason) for at, reason in row.problems)) for row in kept),
        kind_of(batch.kind).layout(reader, batch.unit_id),
    )


def origin_of(reader: Reader, case_uid: str) -> Origin | None:
    """The row from which a draft came that was imported; None for any other."""
    found = reader.session.execute(
        select(ImportRow, ImportBatch)
        .join(ImportBatch, ImportBatch.id == ImportRow.batch_id)
        .where(ImportRow.made_uid == case_uid)
    ).one_or_none()
    if found is None or not may_see(reader, found[1]):
        return None
    row, batch = found
    kept = open_row(reader.backend, batch.uid, row.number, row.sealed)
    return Origin(batch.uid, batch.number, row.number, tuple(kept.notes))


def _batch(reader: Reader, uid: str) -> ImportBatch:
    batch = reader.session.execute(select(ImportBatch).where(ImportBatch.uid == uid)).scalar_one_or_none()
    if batch is None or not may_see(reader, batch):
        raise NotFound("没有这个导入批次，或者您无权查看。")
    return batch


def _seen(reader: Reader) -> ColumnElement[bool]:
    parts = [_seen_kind(reader, kind) for kind in KINDS.values()]
    return or_(*parts) if parts else false()


def _seen_kind(reader: Reader, kind: Kind) -> ColumnElement[bool]:
    units = reader.standing.units(frozenset({kind.post}))
    if not units:
        return false()
    own = ImportBatch.kind == kind.key
    return and_(own, ImportBatch.unit_id.in_(sorted(units))) if kind.of_unit else own


def _line(reader: Reader, batch: ImportBatch, counts: dict[RowStatus, int]) -> BatchLine:
    unit = reader.session.get(Unit, batch.unit_id) if batch.unit_id is not None else None
    made = (RowStatus.MADE, RowStatus.DISCARDED, RowStatus.KEPT)
    return BatchLine(
        batch.uid,
        batch.number,
        kind_of(batch.kind).label,
        unit.name if unit else "",
        reader.session.get_one(User, batch.uploaded_by).name,
        batch.uploaded_at,
        batch.file_name,
        Status(batch.status),
        sum(counts.values()),
        sum(counts.get(status, 0) for status in made),
    )


def _rows(
    reader: Reader, batch: ImportBatch, statuses: Sequence[RowStatus], after: int
) -> list[tuple[ImportRow, Kept]]:
    rows = reader.session.scalars(
        select(ImportRow)
        .where(ImportRow.batch_id == batch.id, ImportRow.status.in_(statuses), ImportRow.number > after)
        .order_by(ImportRow.number)
        .limit(PAGE + 1)
    )
    return [(row, open_row(reader.backend, batch.uid, row.number, row.sealed)) for row in rows]


def _faults(row: ImportRow, kept: Kept, headings: Sequence[str]) -> Iterator[Fault]:
    for column, reason in kept.problems:
        heading = f"{letters(column)}列 {headings[column]}" if column is not None and column < len(headings) else ""
        value = kept.cells[column] if column is not None and column < len(kept.cells) else ""
        yield Fault(row.number, heading, _shown(value), reason, row.made_uid or "")


def _draft(row: ImportRow, kept: Kept, subject: int) -> Draft:
    name = kept.cells[subject] if subject < len(kept.cells) else ""
    return Draft(row.number, name, row.made_uid or "", row.status == RowStatus.DISCARDED)


def _shown(value: str) -> str:
    """A cell in a list: shortened, an identity number masked (trust 1.7)."""
    text = value.strip()
    if len(text) == _IDENTITY_LENGTH and text[:17].isdigit():
        return mask_identity(text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}……"


def _is_stuck(reader: Reader, batch: ImportBatch) -> bool:
    key = f"import:{batch.uid}:{batch.pieces}"
    found = select(OutboxRow.id).where(OutboxRow.key == key, OutboxRow.status == "stuck")
    return reader.session.execute(found).first() is not None

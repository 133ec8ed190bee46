"""材料: files that were handed in with the steps of a case, and their bytes for whoever may see them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, and_, or_, select

from app.models.cases import Case
from app.models.history import Attachment, StoredFile
from app.models.kinds import Record
from app.models.people import User
from app.services.files import read_bytes
from app.services.reading.history import audiences_of
from app.services.reading.reader import Reader, case_for
from app.services.reading.record_at_issue import handed_in_with, record_read_through
from app.services.reading.told import withheld_events
from workflows.kit.errors import NotFound

#: What a page shows without opening it; everything else is handed out to be saved (trust 1.10).
PICTURES = frozenset({"image/png", "image/jpeg"})


@dataclass(frozen=True)
class Material:
    """One file of a case."""

    uid: str
    name: str
    size: int
    by: str
    at: datetime
    #: A page may show it in its place.
    is_picture: bool = False
    #: The number (seq) of the event with which it came.
    event: int | None = None


@dataclass(frozen=True)
class Download:
    """A stored file with its name and type."""

    name: str
    media_type: str
    content: bytes


def materials_of(reader: Reader, case: Case) -> tuple[Material, ...]:
    """The files this reader may see, oldest first."""
    return _listed(reader, _readable(reader, case))


def materials_of_record(reader: Reader, record: Record) -> tuple[Material, ...]:
    """What was handed in with a record, for one who reads it through another case."""
    return _listed(reader, _with_record(reader, record))


def _listed(reader: Reader, readable: ColumnElement[bool]) -> tuple[Material, ...]:
    rows = reader.session.execute(
        select(Attachment, StoredFile.size, StoredFile.media_type, User.name)
        .join(StoredFile, StoredFile.sha256 == Attachment.sha256)
        .outerjoin(User, User.id == Attachment.uploaded_by)
        .where(readable)
        .order_by(Attachment.id)
    )
    return tuple(
        Material(row.uid, row.name, size, name or "", row.uploaded_at, media_type in PICTURES, row.event_seq)
        for row, size, media_type, name in rows
    )


def read_material(reader: Reader, case_uid: str, uid: str, folder: Path) -> Download:
    """The bytes of one file of a case, or of the record that the reader reads through it.

    Raises:
        NotFound: there is none, or the reader may not see it.
        FileDamaged: the stored bytes are missing or were changed.
    """
    case = case_for(reader, case_uid)
    through = record_read_through(reader, case)
    readable = _readable(reader, case)
    if through is not None:
        readable = or_(readable, _with_record(reader, through))
    row = reader.session.execute(
        select(Attachment.sha256, Attachment.name, StoredFile.media_type)
        .join(StoredFile, StoredFile.sha256 == Attachment.sha256)
        .where(Attachment.uid == uid, readable)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Download(row.name, row.media_type, read_bytes(folder, row.sha256))


def _readable(reader: Reader, case: Case) -> ColumnElement[bool]:
    """Files of the case for one of the reader's audiences; not those of a decision that he was not told yet."""
    found = [Attachment.case_id == case.id, Attachment.audience.in_(audiences_of(reader, case))]
    if untold := withheld_events(reader, case):
        found.append(or_(Attachment.event_seq.is_(None), Attachment.event_seq.not_in(untold)))
    return and_(*found)


def _with_record(reader: Reader, record: Record) -> ColumnElement[bool]:
    events = sorted(handed_in_with(reader, record))
    return and_(Attachment.case_id == record.id, Attachment.event_seq.in_(events))

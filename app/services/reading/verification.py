"""文书核验: what anybody may learn of a notice by the code printed on it, or by the file itself.

Organ, number, title, days, hash, whether it stands. Nothing about the person it concerns, and nothing that tells a
code that was never given from that of a notice which is not issued yet.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.models.history import StoredFile
from app.models.kinds import Notice
from app.models.people import Unit
from app.seals.validate import Root, SheetVerdict, check_sheet
from app.services.notice_content.parties import parent_of, serves_the_subject
from app.services.notice_content.record_facts import real_number
from app.services.notice_content.term_lines import armed_by
from app.services.reading.copies import not_a_copy
from app.services.reading.standing import Standing, standing_of_notice
from app.services.units.names import unit_names
from workflows.registry import workflow

#: Taking a PDF apart costs time that grows with it; sheets of ours are far smaller.
_LARGEST_TAKEN_APART = 3 * 1024 * 1024
#: The letters and digits of a code; what looks alike (0 and O, 1, I and L) is not among them.
_CODE = re.compile(r"[2-9A-HJKMNP-Z]{12}")


@dataclass(frozen=True)
class LastDay:
    """A term that the service of the notice began; `due_on` is None while it does not run."""

    label: str
    due_on: date | None
    provisional: bool


@dataclass(frozen=True)
class Verified:
    """A genuine notice. `sha256` and `size` (bytes) are those of the sheet as it was issued."""

    code: str
    title: str
    number: str
    organ: str
    signed_on: date | None
    issued_on: date | None
    served_on: date | None
    sha256: str
    size: int
    standing: Standing
    last_days: tuple[LastDay, ...]


@dataclass(frozen=True)
class Uploaded:
    """What came of an uploaded file: its hash, its signature, and the notice that has exactly these bytes.

    `seal` is None where nobody looked: a file that is larger than any sheet of ours is not taken apart.
    """

    sha256: str
    size: int
    notice: Verified | None
    seal: SheetVerdict | None


def normal_code(typed: str) -> str:
    """A code as it is kept: full-width and small letters, blanks and dashes are taken as typed by hand."""
    return re.sub(r"[\s\-‐-―_.·]+", "", unicodedata.normalize("NFKC", typed)).upper()


def could_be_a_code(typed: str) -> bool:
    """Whether it has the form of a code at all."""
    return _CODE.fullmatch(normal_code(typed)) is not None


def verify(session: Session, code: str) -> Verified | None:
    """The notice with this code; None if there is none or it has not been issued."""
    row = session.execute(_issued().where(Notice.code == normal_code(code))).one_or_none()
    return _verified(session, row[0], row[1], row[2]) if row is not None else None


def verify_bytes(session: Session, content: bytes, roots: Sequence[Root]) -> Uploaded:
    """The notice whose issued sheet has exactly these bytes, and what its signature says; nothing is kept.

    Args:
        roots: the authorities whose seals are believed (`SealSetup.roots`).
    """
    sha256 = hashlib.sha256(content).hexdigest()
    # Two notices have different sheets: each prints its own code.
    row = session.execute(_issued().where(Notice.sha256 == sha256).limit(1)).one_or_none()
    notice = _verified(session, row[0], row[1], row[2]) if row is not None else None
    seal = check_sheet(content, roots) if len(content) <= _LARGEST_TAKEN_APART else None
    return Uploaded(sha256, len(content), notice, seal)


def _issued() -> Select[Notice, str, int]:
    """Issued here: what was imported is vouched for by the system that issued it, which alone knows how it stands."""
    return (
        select(Notice, Unit.name, StoredFile.size)
        .join(Unit, Unit.id == Notice.organ_unit_id)
        .outerjoin(StoredFile, StoredFile.sha256 == Notice.sha256)
        .where(Notice.sha256.is_not(None), not_a_copy())
    )


def _verified(session: Session, notice: Notice, organ: str, size: int | None) -> Verified:
    assert notice.sha256 is not None
    parent = parent_of(session, notice)
    return Verified(
        code=notice.code,
        title=notice.title,
        number=real_number(notice.number, notice.uid),
        # As it is printed on the sheet, whatever the organ is called by now.
        organ=unit_names(session, (notice.organ_unit_id,)).on(notice.organ_unit_id, notice.signed_on) or organ,
        signed_on=notice.signed_on,
        issued_on=notice.issued_on,
        served_on=notice.served_on,
        sha256=notice.sha256,
        size=size or 0,
        standing=standing_of_notice(session, notice, parent),
        last_days=_last_days(session, notice),
    )


def _last_days(session: Session, notice: Notice) -> tuple[LastDay, ...]:
    """The binding last days: reckoned from the day of service, as corrected if it was corrected."""
    parent = parent_of(session, notice)
    if notice.served_on is None or notice.state == "voided" or not serves_the_subject(notice, parent):
        return ()
    flow = workflow(parent.kind)
    lines = []
    for row in armed_by(session, notice, parent, notice.served_on):
        term = flow.term(row.key)
        lines.append(LastDay(term.label if term else row.key, row.due_on, row.provisional))
    return tuple(lines)

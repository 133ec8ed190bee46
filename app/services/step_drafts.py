"""What is typed and uploaded into the forms of a case page before the step is taken.

It lies with a draft of its author (case and form), which nobody else sees; files are kept there before the form is
judged, so that a refusal loses none, and handed in once the step is taken.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, select

from app.database import Database
from app.models.cases import Case
from app.models.history import Attachment, DraftRow
from app.services.commands import Taken
from app.services.drafts import NO_TEXT, Draft, Form, Typed, event_of, give_to_case, keep_file, remove_drafts, save_form
from app.services.files import clean_name
from app.services.reading.reader import Reader, case_for
from workflows.kit.definition import Audience
from workflows.registry import workflow


def save_step_form(reader: Reader, case_uid: str, step: str, act: str, title: str, typed: Typed) -> Draft:
    """Keep what was typed into the form `act` of a case page.

    Raises:
        NotFound: the case is not the reader's to see.
    """
    case = case_for(reader, case_uid)
    return save_form(reader, Form(case.kind, step, case.uid, act, title), typed)


def keep_with_form(reader: Reader, folder: Path, draft: Draft, name: str, content: bytes) -> str:
    """Keep one file with the draft of a form; returns the uid under which the form carries it.

    Raises:
        FileRefused: the file is not of a kind that is taken; nothing is kept.
    """
    return keep_file(reader, folder, draft, name, content, _audience(draft.kind, draft.step)).uid


def handed_in(reader: Reader, taken: Taken, name: str, content: bytes) -> str:
    """The uid of a file that came with a step when it was taken; empty if this file did not."""
    case_id, seq = event_of(reader.session, taken)
    found = select(Attachment.uid).where(
        Attachment.case_id == case_id,
        Attachment.event_seq == seq,
        Attachment.sha256 == hashlib.sha256(content).hexdigest(),
        Attachment.name == clean_name(name),
    )
    return reader.session.execute(found.limit(1)).scalar_one_or_none() or ""


def _audience(kind: str, step: str) -> str:
    known = workflow(kind).step(step)
    return (known.audience if known else Audience.PARTIES).value


def names_of(reader: Reader, uids: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Uid and name of the reader's own files that are not handed in yet; others are left out."""
    rows = reader.session.execute(_own(reader.actor.user_id, uids)).scalars()
    return tuple((row.uid, row.name) for row in rows)


def hand_in(database: Database, author_id: int | None, uids: Iterable[str], taken: Taken, now: datetime) -> None:
    """Attach files to the case after its step was taken, with the event of that step, each of them once."""
    wanted = tuple(uids)
    if not wanted:
        return
    with database.write() as session:
        case_id, seq = event_of(session, taken)
        files = session.execute(_own(author_id, wanted)).scalars().all()
        drafts = {row.draft_id for row in files}
        for row in files:
            row.uploaded_at = now
        give_to_case(session, files, case_id, seq)
        left = select(Attachment.draft_id).where(Attachment.draft_id.is_not(None))
        emptied = select(DraftRow.id).where(
            DraftRow.id.in_(drafts - {None}), DraftRow.form == NO_TEXT, DraftRow.id.not_in(left)
        )
        remove_drafts(session, list(session.execute(emptied).scalars()))


def end_step_form(reader: Reader, case_uid: str, act: str) -> None:
    """The step of a form was taken: what was typed into it so far is done with, on the page that it was drawn on."""
    mine = (
        select(DraftRow.id)
        .join(Case, Case.id == DraftRow.case_id)
        .where(DraftRow.author_id == reader.actor.user_id, Case.uid == case_uid, DraftRow.act == act)
    )
    if reader.session.execute(mine.limit(1)).scalar_one_or_none() is None:
        return
    with Database(reader.backend.engine, reader.backend.sessions).write() as session:
        remove_drafts(session, list(session.execute(mine).scalars()))


def _own(author_id: int | None, uids: Iterable[str]) -> Select[Attachment]:
    return (
        select(Attachment)
        .where(Attachment.uid.in_(list(uids)), Attachment.uploaded_by == author_id, Attachment.case_id.is_(None))
        .order_by(Attachment.id)
    )

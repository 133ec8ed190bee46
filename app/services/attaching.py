"""Files uploaded with a step: kept before the step is judged, so that a refusal loses none; handed in once it is taken.

Until then they lie with a draft of their author (case and step), which nobody else sees.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.database import Database
from app.models.base import new_uid
from app.models.cases import Case
from app.models.history import Attachment, DraftRow, EventRow
from app.services.files import keep_upload
from app.services.reading.reader import Reader, case_for
from workflows.kit.definition import Audience
from workflows.registry import workflow

#: What a draft holds that is there for its files only.
_NO_TEXT = "{}"


def keep_for_step(
    database: Database, folder: Path, reader: Reader, case_uid: str, step: str, name: str, content: bytes
) -> str:
    """Keep one file for a step that is about to be taken; returns the uid under which the form carries it.

    Raises:
        NotFound: the case is not the reader's to see.
        FileRefused: the file is not of a kind that is taken; nothing is kept.
    """
    case = case_for(reader, case_uid)
    known = workflow(case.kind).step(step)
    audience = (known.audience if known else Audience.PARTIES).value
    with database.write() as session:
        draft = _draft(session, reader, case, step)
        row = keep_upload(session, folder, name, content, audience, reader.actor.user_id, reader.now, draft_id=draft.id)
        return row.uid


def _draft(session: Session, reader: Reader, case: Case, step: str) -> DraftRow:
    assert reader.actor.user_id is not None
    own = select(DraftRow).where(
        DraftRow.author_id == reader.actor.user_id, DraftRow.case_id == case.id, DraftRow.step == step
    )
    draft = session.execute(own.limit(1)).scalar_one_or_none()
    if draft is None:
        draft = DraftRow(
            uid=new_uid(),
            author_id=reader.actor.user_id,
            kind=case.kind,
            step=step,
            case_id=case.id,
            form=_NO_TEXT,
            saved_at=reader.now,
        )
        session.add(draft)
        session.flush()
    return draft


def names_of(reader: Reader, uids: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Uid and name of the reader's own files that are not handed in yet; others are left out."""
    rows = reader.session.execute(_own(reader.actor.user_id, uids)).scalars()
    return tuple((row.uid, row.name) for row in rows)


def hand_in(database: Database, author_id: int | None, uids: Iterable[str], case_uid: str, now: datetime) -> None:
    """Attach files to the case after its step was taken, with the event of that step; empty drafts are cleared away."""
    wanted = tuple(uids)
    if not wanted:
        return
    with database.write() as session:
        case = session.execute(select(Case).where(Case.uid == case_uid)).scalar_one()
        seq = session.execute(
            select(EventRow.seq)
            .where(EventRow.case_id == case.id, EventRow.sort == "step", EventRow.actor_id == author_id)
            .order_by(EventRow.seq.desc())
            .limit(1)
        ).scalar_one_or_none()
        drafts = set()
        for row in session.execute(_own(author_id, wanted)).scalars().all():
            drafts.add(row.draft_id)
            row.case_id, row.draft_id, row.event_seq, row.uploaded_at = case.id, None, seq, now
        session.flush()
        still_used = select(Attachment.draft_id).where(Attachment.draft_id.is_not(None))
        session.execute(
            delete(DraftRow).where(
                DraftRow.id.in_(drafts - {None}), DraftRow.form == _NO_TEXT, DraftRow.id.not_in(still_used)
            )
        )


def _own(author_id: int | None, uids: Iterable[str]):  # type: ignore[no-untyped-def]
    return (
        select(Attachment)
        .where(Attachment.uid.in_(list(uids)), Attachment.uploaded_by == author_id, Attachment.case_id.is_(None))
        .order_by(Attachment.id)
    )

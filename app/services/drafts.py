"""Drafts: what somebody is writing, kept before it is a step. One per author, matter and kind; gone after 90 days.

For a recorded unit its staff write the draft and its head sees it, changes it and files it (procedures, section 3).
Files are kept with the draft before the form is checked, so that a refused form loses none.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.models.base import new_uid
from app.models.cases import Case
from app.models.history import Attachment, DraftRow, EventRow
from app.models.people import PostHolding, User
from app.services.files import keep_upload
from app.services.reading.reader import Reader
from workflows.kit.errors import NotFound
from workflows.roles import Post

KEPT = timedelta(days=90)
_HEADS = frozenset({Post.HEAD, Post.DEPUTY})
#: Whose drafts for a recorded unit its head goes on with: those who speak for it today.
_WRITERS = (Post.STAFF.value, Post.HEAD.value, Post.DEPUTY.value)

#: What was typed: the posted values by the name of their field.
Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class DraftFile:
    """A file kept with a draft."""

    uid: str
    name: str


@dataclass(frozen=True)
class Draft:
    """A draft as its page shows it. `case` is the uid of the matter it hangs on; empty where there is none yet."""

    uid: str
    kind: str
    step: str
    case: str
    author: str
    typed: Typed
    saved_at: datetime
    files: tuple[DraftFile, ...] = ()


def find_draft(reader: Reader, kind: str, step: str, case: str) -> Draft | None:
    """The newest draft of this step that the reader may go on with: his own, or one of his unit's staff."""
    found = reader.session.execute(
        _readable(reader)
        .where(DraftRow.kind == kind, DraftRow.step == step, Case.uid == case if case else DraftRow.case_id.is_(None))
        .order_by(DraftRow.saved_at.desc(), DraftRow.id.desc())
        .limit(1)
    ).one_or_none()
    return _draft(reader.session, *found) if found else None


def drafts_of(reader: Reader) -> tuple[Draft, ...]:
    """Every draft the reader may go on with, the newest first."""
    rows = reader.session.execute(_readable(reader).order_by(DraftRow.saved_at.desc(), DraftRow.id.desc()))
    return tuple(_draft(reader.session, *row) for row in rows)


def save_draft(reader: Reader, kind: str, step: str, case: str, typed: Typed) -> Draft:
    """Keep what was typed, in the reader's draft of this step or in a new one.

    Raises:
        NotFound: there is no such matter. Whether the reader may see it, the page has asked before.
    """
    known = find_draft(reader, kind, step, case)
    text = json.dumps({name: list(values) for name, values in typed.items()}, ensure_ascii=False, sort_keys=True)
    with _writing(reader).write() as session:
        if known is not None:
            session.execute(update(DraftRow).where(DraftRow.uid == known.uid).values(form=text, saved_at=reader.now))
            uid = known.uid
        else:
            case_id = session.execute(select(Case.id).where(Case.uid == case)).scalar_one_or_none()
            if case and case_id is None:
                raise NotFound
            uid = new_uid()
            session.add(
                DraftRow(
                    uid=uid,
                    author_id=reader.standing.user_id,
                    kind=kind,
                    step=step,
                    case_id=case_id,
                    form=text,
                    saved_at=reader.now,
                )
            )
        session.flush()
        found = session.execute(
            select(DraftRow, Case.uid, User.name)
            .outerjoin(Case, Case.id == DraftRow.case_id)
            .join(User, User.id == DraftRow.author_id)
            .where(DraftRow.uid == uid)
        ).one()
        return _draft(session, *found)


def keep_file(
    reader: Reader, folder: Path, draft: Draft, name: str, content: bytes, audience: str = "parties"
) -> DraftFile:
    """Check an uploaded file and keep it with the draft; `audience` is who reads it once it belongs to a case.

    Raises:
        FileRefused: the file is not of a kind that is taken; nothing is kept.
    """
    with _writing(reader).write() as session:
        draft_id = session.execute(select(DraftRow.id).where(DraftRow.uid == draft.uid)).scalar_one()
        row = keep_upload(
            session, folder, name, content, audience, reader.standing.user_id, reader.now, draft_id=draft_id
        )
        return DraftFile(row.uid, row.name)


def keep_only_files(reader: Reader, draft: Draft, wanted: Sequence[str]) -> None:
    """Take out of the draft every file whose uid is not wanted any more."""
    with _writing(reader).write() as session:
        draft_id = session.execute(select(DraftRow.id).where(DraftRow.uid == draft.uid)).scalar_one()
        session.execute(delete(Attachment).where(Attachment.draft_id == draft_id, Attachment.uid.not_in(list(wanted))))


def hand_over(reader: Reader, draft: Draft, case: str) -> None:
    """The step was taken: its files belong to the case and to the event of that step; the draft is done with."""
    with _writing(reader).write() as session:
        case_id = session.execute(select(Case.id).where(Case.uid == case)).scalar_one()
        taken = select(func.max(EventRow.seq)).where(
            EventRow.case_id == case_id, EventRow.step == draft.step, EventRow.actor_id == reader.standing.user_id
        )
        draft_id = session.execute(select(DraftRow.id).where(DraftRow.uid == draft.uid)).scalar_one_or_none()
        if draft_id is None:
            # The same form was posted twice; the first time has done it.
            return
        session.execute(
            update(Attachment)
            .where(Attachment.draft_id == draft_id)
            .values(case_id=case_id, draft_id=None, event_seq=taken.scalar_subquery())
        )
        session.execute(delete(DraftRow).where(DraftRow.id == draft_id))


def discard_draft(reader: Reader, uid: str) -> None:
    """Throw a draft away with the files that only it holds.

    Raises:
        NotFound: there is none, or it is not the reader's.
    """
    if uid not in {draft.uid for draft in drafts_of(reader)}:
        raise NotFound
    with _writing(reader).write() as session:
        _remove(session, [session.execute(select(DraftRow.id).where(DraftRow.uid == uid)).scalar_one()])


def remove_old_drafts(session: Session, now: datetime) -> int:
    """Remove drafts that nobody has touched for 90 days, in the caller's writing transaction; returns how many."""
    old = list(session.execute(select(DraftRow.id).where(DraftRow.saved_at < now - KEPT)).scalars())
    _remove(session, old)
    return len(old)


def _remove(session: Session, ids: Sequence[int]) -> None:
    session.execute(delete(Attachment).where(Attachment.draft_id.in_(ids)))
    session.execute(delete(DraftRow).where(DraftRow.id.in_(ids)))


def _readable(reader: Reader):  # type: ignore[no-untyped-def]
    return (
        select(DraftRow, Case.uid, User.name)
        .outerjoin(Case, Case.id == DraftRow.case_id)
        .join(User, User.id == DraftRow.author_id)
        .where(DraftRow.saved_at >= reader.now - KEPT, _allowed(reader))
    )


def _allowed(reader: Reader) -> ColumnElement[bool]:
    own = DraftRow.author_id == reader.standing.user_id
    units = reader.standing.units(_HEADS)
    if not units:
        return own
    # A head sees what somebody of his own unit wrote for it, and only once the unit was told of the matter.
    colleagues = select(PostHolding.user_id).where(
        PostHolding.unit_id == Case.subject_unit_id,
        PostHolding.post.in_(_WRITERS),
        PostHolding.from_on <= reader.today,
        or_(PostHolding.until_on.is_(None), PostHolding.until_on >= reader.today),
    )
    of_the_unit = and_(Case.subject_unit_id.in_(sorted(units)), Case.subject_sees, DraftRow.author_id.in_(colleagues))
    return or_(own, of_the_unit)


def _draft(session: Session, row: DraftRow, case: str | None, author: str) -> Draft:
    files = session.execute(
        select(Attachment.uid, Attachment.name).where(Attachment.draft_id == row.id).order_by(Attachment.id)
    )
    return Draft(
        uid=row.uid,
        kind=row.kind,
        step=row.step,
        case=case or "",
        author=author,
        typed=json.loads(row.form),
        saved_at=row.saved_at,
        files=tuple(DraftFile(uid, name) for uid, name in files),
    )


def _writing(reader: Reader) -> Database:
    return Database(reader.backend.engine, reader.backend.sessions)

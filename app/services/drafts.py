"""Drafts: what somebody is writing, kept before it is a step. One per author, matter and form; gone after 90 days.

For a recorded unit its staff write an application and its head sees it, changes it and files it (procedures, section
3). What is typed into a form of a case page (`act`) is its author's alone. Files are kept with the draft before the
form is checked, so that a refused form loses none.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.models.base import new_uid
from app.models.cases import Case
from app.models.history import Attachment, DraftRow, EventRow
from app.models.people import PostHolding, User
from app.services.commands import Taken
from app.services.files import keep_upload
from app.services.reading.reader import Reader
from workflows.kit.errors import NotFound
from workflows.roles import Post

KEPT = timedelta(days=90)
_HEADS = frozenset({Post.HEAD, Post.DEPUTY})
#: Whose drafts for a recorded unit its head goes on with: those who speak for it today.
_WRITERS = (Post.STAFF.value, Post.HEAD.value, Post.DEPUTY.value)

#: How the forms begin (`act`) in which the office enters what came on paper, whoever the step is for.
FROM_PAPER = "paper-"
#: The form of a draft that holds files only.
NO_TEXT = "{}"

#: What was typed: the posted values by the name of their field.
Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class DraftFile:
    """A file kept with a draft."""

    uid: str
    name: str


@dataclass(frozen=True)
class Draft:
    """A draft as its page shows it. `case` is the uid of the matter it hangs on; empty where there is none yet.

    `act` names the form of a case page it belongs to, `title` is what that form is called; both are empty for a form
    with a page of its own.
    """

    uid: str
    kind: str
    step: str
    case: str
    author: str
    author_uid: str
    typed: Typed
    saved_at: datetime
    files: tuple[DraftFile, ...] = ()
    act: str = ""
    title: str = ""


@dataclass(frozen=True)
class Form:
    """Which form a draft is of: the step of a kind, on a matter; on a case page one step may have several forms."""

    kind: str
    step: str
    case: str = ""
    act: str = ""
    title: str = ""


def find_draft(reader: Reader, kind: str, step: str, case: str) -> Draft | None:
    """The newest draft of an application that the reader may go on with: his own, or one of his unit's staff."""
    return _newest(reader, reader.session, Form(kind, step, case))


def drafts_of(reader: Reader) -> tuple[Draft, ...]:
    """Every draft the reader may go on with, the newest first; not what a program keeps for a step of its own."""
    typed = or_(DraftRow.act != "", DraftRow.form != NO_TEXT)
    rows = reader.session.execute(_readable(reader).where(typed).order_by(DraftRow.saved_at.desc(), DraftRow.id.desc()))
    return tuple(_draft(reader.session, *row) for row in rows)


def draft_by_uid(reader: Reader, uid: str) -> Draft:
    """One draft that the reader may go on with.

    Raises:
        NotFound: there is none, or it is not the reader's.
    """
    found = reader.session.execute(_readable(reader).where(DraftRow.uid == uid)).one_or_none()
    if found is None:
        raise NotFound
    return _draft(reader.session, *found)


def drafts_on(reader: Reader, case: str) -> tuple[Draft, ...]:
    """What the reader has begun to type into forms of the page of a case."""
    rows = reader.session.execute(_readable(reader).where(Case.uid == case, DraftRow.act != "").order_by(DraftRow.id))
    return tuple(_draft(reader.session, *row) for row in rows)


def save_draft(reader: Reader, kind: str, step: str, case: str, typed: Typed) -> Draft:
    """Keep what was typed into an application; as `save_form`."""
    return save_form(reader, Form(kind, step, case), typed)


def save_form(reader: Reader, form: Form, typed: Typed) -> Draft:
    """Keep what was typed, in the reader's draft of this form or in a new one.

    Raises:
        NotFound: there is no such matter. Whether the reader may see it, the page has asked before.
    """
    text = json.dumps({name: list(values) for name, values in typed.items()}, ensure_ascii=False, sort_keys=True)
    with _writing(reader).write() as session:
        # Two windows, or one press too many, must not begin two drafts of one form.
        session.execute(select(User.id).where(User.id == reader.standing.user_id).with_for_update(key_share=True))
        known = _newest(reader, session, form)
        uid = known.uid if known is not None else _begun(reader, session, form)
        session.execute(
            update(DraftRow)
            .where(DraftRow.uid == uid)
            .values(form=text, saved_at=reader.now, title=form.title[:80])
            .execution_options(synchronize_session=False)
        )
        session.expire_all()
        return _draft(session, *session.execute(_with_names().where(DraftRow.uid == uid)).one())


def _begun(reader: Reader, session: Session, form: Form, uid: str = "") -> str:
    case_id = session.execute(select(Case.id).where(Case.uid == form.case)).scalar_one_or_none()
    if form.case and case_id is None:
        raise NotFound
    row = DraftRow(
        uid=uid or new_uid(),
        author_id=reader.standing.user_id,
        kind=form.kind,
        step=form.step,
        act=form.act,
        title=form.title[:80],
        case_id=case_id,
        form=NO_TEXT,
        saved_at=reader.now,
    )
    session.add(row)
    session.flush()
    return row.uid


def keep_file(
    reader: Reader, folder: Path, draft: Draft, name: str, content: bytes, audience: str = "parties"
) -> DraftFile:
    """Check an uploaded file and keep it with the draft; `audience` is who reads it once it belongs to a case.

    Raises:
        FileRefused: the file is not of a kind that is taken; nothing is kept.
    """
    with _writing(reader).write() as session:
        by_uid = select(DraftRow.id).where(DraftRow.uid == draft.uid)
        draft_id = session.execute(by_uid).scalar_one_or_none()
        if draft_id is None:
            # Another press of the same button was quicker and has handed the draft over.
            _begun(reader, session, Form(draft.kind, draft.step, draft.case, draft.act, draft.title), draft.uid)
            draft_id = session.execute(by_uid).scalar_one()
        row = keep_upload(
            session, folder, name, content, audience, reader.standing.user_id, reader.now, draft_id=draft_id
        )
        session.flush()
        kept = session.execute(
            select(Attachment)
            .where(Attachment.draft_id == draft_id, Attachment.sha256 == row.sha256, Attachment.name == row.name)
            .order_by(Attachment.id)
        ).scalars()
        first = next(kept, row)
        if first is not row:
            # The form came twice with the same file: it is kept once, under the uid it had.
            session.delete(row)
        return DraftFile(first.uid, first.name)


def keep_only_files(reader: Reader, draft: Draft, wanted: Sequence[str]) -> None:
    """Take out of the draft every file whose uid is not wanted any more."""
    of_draft = select(DraftRow.id).where(DraftRow.uid == draft.uid).scalar_subquery()
    with _writing(reader).write() as session:
        session.execute(delete(Attachment).where(Attachment.draft_id == of_draft, Attachment.uid.not_in(list(wanted))))


def hand_over(reader: Reader, draft: Draft, taken: Taken) -> None:
    """The step was taken: its files belong to the case and to the event of that step; the draft is done with.

    A file that the same step has handed in already (the form was posted twice) is not handed in again.
    """
    with _writing(reader).write() as session:
        draft_id = session.execute(select(DraftRow.id).where(DraftRow.uid == draft.uid)).scalar_one_or_none()
        if draft_id is None:
            # The same form was posted twice; the first time has done it.
            return
        kept = session.execute(select(Attachment).where(Attachment.draft_id == draft_id).order_by(Attachment.id))
        give_to_case(session, kept.scalars().all(), *event_of(session, taken))
        remove_drafts(session, [draft_id])


def event_of(session: Session, taken: Taken) -> tuple[int, int | None]:
    """The id of the case on which a step was taken, and the number of its event there."""
    case_id = session.execute(select(Case.id).where(Case.uid == taken.uid)).scalar_one()
    seq = select(EventRow.seq).where(
        EventRow.case_id == case_id, EventRow.version == taken.version, EventRow.sort == "step"
    )
    return case_id, session.execute(seq).scalar_one_or_none()


def give_to_case(session: Session, files: Sequence[Attachment], case_id: int, event_seq: int | None) -> None:
    """Let files belong to a case and to one event of it, in the caller's transaction; each of them once."""
    given = {
        (row.sha256, row.name)
        for row in session.execute(
            select(Attachment.sha256, Attachment.name).where(
                Attachment.case_id == case_id, Attachment.event_seq == event_seq
            )
        )
    }
    for row in files:
        if (row.sha256, row.name) not in given:
            given.add((row.sha256, row.name))
            row.case_id, row.draft_id, row.event_seq = case_id, None, event_seq
    session.flush()


def discard_draft(reader: Reader, uid: str) -> None:
    """Throw a draft away with the files that only it holds.

    Raises:
        NotFound: there is none, or it is not the reader's.
    """
    draft_by_uid(reader, uid)
    with _writing(reader).write() as session:
        remove_drafts(session, list(session.execute(select(DraftRow.id).where(DraftRow.uid == uid)).scalars()))


def remove_old_drafts(session: Session, now: datetime) -> int:
    """Remove drafts that nobody has touched for 90 days, in the caller's writing transaction; returns how many."""
    old = list(session.execute(select(DraftRow.id).where(DraftRow.saved_at < now - KEPT)).scalars())
    remove_drafts(session, old)
    return len(old)


def remove_drafts(session: Session, ids: Sequence[int]) -> None:
    """Remove drafts and the files that only they hold, in the caller's writing transaction."""
    session.execute(delete(Attachment).where(Attachment.draft_id.in_(ids)))
    session.execute(delete(DraftRow).where(DraftRow.id.in_(ids)))


def _newest(reader: Reader, session: Session, form: Form) -> Draft | None:
    found = session.execute(
        _readable(reader)
        .where(
            DraftRow.kind == form.kind,
            DraftRow.step == form.step,
            DraftRow.act == form.act,
            Case.uid == form.case if form.case else DraftRow.case_id.is_(None),
        )
        .order_by(DraftRow.saved_at.desc(), DraftRow.id.desc())
        .limit(1)
    ).one_or_none()
    return _draft(session, *found) if found else None


def _with_names() -> Select[DraftRow, str, str, str]:
    return (
        select(DraftRow, Case.uid, User.name, User.uid)
        .outerjoin(Case, Case.id == DraftRow.case_id)
        .join(User, User.id == DraftRow.author_id)
    )


def _readable(reader: Reader) -> Select[DraftRow, str, str, str]:
    return _with_names().where(DraftRow.saved_at >= reader.now - KEPT, _allowed(reader))


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
    of_the_unit = and_(
        DraftRow.act == "",
        Case.subject_unit_id.in_(sorted(units)),
        Case.subject_sees,
        DraftRow.author_id.in_(colleagues),
    )
    return or_(own, of_the_unit)


def _draft(session: Session, row: DraftRow, case: str | None, author: str, author_uid: str) -> Draft:
    files = session.execute(
        select(Attachment.uid, Attachment.name).where(Attachment.draft_id == row.id).order_by(Attachment.id)
    )
    return Draft(
        uid=row.uid,
        kind=row.kind,
        step=row.step,
        case=case or "",
        author=author,
        author_uid=author_uid,
        typed=json.loads(row.form),
        saved_at=row.saved_at,
        files=tuple(DraftFile(uid, name) for uid, name in files),
        act=row.act,
        title=row.title,
    )


def _writing(reader: Reader) -> Database:
    return Database(reader.backend.engine, reader.backend.sessions)

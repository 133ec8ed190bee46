"""Files of programs: uploaded for one step of one case, and handed in with that step, in its transaction.

Until then they lie with a draft of the program (case and step, no text), which nobody else sees. What is named with a
step and was not uploaded by this program for this case and step does not exist: it is never told whose it is.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.database import Database
from app.models.base import new_uid
from app.models.cases import Case
from app.models.history import Attachment, DraftRow
from app.models.people import User
from app.services.applying import StepRun
from app.services.commands import Taken
from app.services.drafts import NO_TEXT, event_of, give_to_case, remove_drafts
from app.services.events import number_to_be
from app.services.file_kinds import FileRefused
from app.services.files import keep_upload
from app.services.reading.reader import Reader, case_for
from app.services.unit_of_work import UnitOfWork
from workflows.kit.definition import Audience
from workflows.kit.errors import FieldError, FormIncomplete, KeyReused
from workflows.registry import workflow

#: The field by which a form names its files; with a step whose form has none they may be named beside the form.
FILES = "files"
#: So many files may go with one step.
MOST = 20
#: So many may lie waiting for one: a program that uploads and never takes the step does not fill the disk.
MOST_WAITING = 60


def keep_for_step(
    database: Database, folder: Path, reader: Reader, case_uid: str, step: str, name: str, content: bytes
) -> str:
    """Keep one file for a step that a program is about to take; returns the uid by which the step names it.

    The same bytes under the same name are kept once: sent again, they have the uid they had.

    Raises:
        NotFound: the case is not the reader's to see.
        FileRefused: the file is not of a kind that is taken, or too many wait already; nothing is kept.
    """
    case = case_for(reader, case_uid)
    known = workflow(case.kind).step(step)
    audience = (known.audience if known else Audience.PARTIES).value
    with database.write() as session:
        draft = _draft(session, reader, case, step)
        row = keep_upload(session, folder, name, content, audience, reader.actor.user_id, reader.now, draft_id=draft.id)
        session.flush()
        kept = session.execute(_waiting(draft.author_id, case.id, step)).scalars().all()
        first = next(one for one in kept if (one.sha256, one.name) == (row.sha256, row.name))
        if first is not row:
            session.delete(row)
        elif len(kept) > MOST_WAITING:
            raise FileRefused(f"为本步骤上传而未办理的文件已有{MOST_WAITING}件。请先办理本步骤，再上传其他文件。")
        return first.uid


def _draft(session: Session, reader: Reader, case: Case, step: str) -> DraftRow:
    """The program's draft of this step; young again, so that no file of it is removed as old on its way."""
    assert reader.actor.user_id is not None
    _one_at_a_time(session, reader.actor.user_id)
    own = select(DraftRow).where(*_is_of(reader.actor.user_id, case.id, step))
    draft = session.execute(own.order_by(DraftRow.id).limit(1)).scalar_one_or_none()
    if draft is None:
        draft = DraftRow(
            uid=new_uid(),
            author_id=reader.actor.user_id,
            kind=case.kind,
            step=step,
            case_id=case.id,
            form=NO_TEXT,
            saved_at=reader.now,
        )
        session.add(draft)
    draft.saved_at = reader.now
    session.flush()
    return draft


def _one_at_a_time(session: Session, author_id: int) -> None:
    """Two uploads at once must not begin two drafts, and none may come to a draft while a step empties it."""
    session.execute(select(User.id).where(User.id == author_id).with_for_update(key_share=True))


def hand_in(work: UnitOfWork, run: StepRun, author_id: int, beside: Iterable[str]) -> None:
    """Attach the files that a step names, in its form or `beside` it, to the case and to its event.

    Raises:
        FormIncomplete: one of them was not uploaded by this program for this case and step, or they are too many;
            the transaction must be given up then.
    """
    wanted = tuple(dict.fromkeys((*_named_in(run.ctx.form.model_dump()), *beside)))
    if not wanted:
        return
    if len(wanted) > MOST:
        raise FormIncomplete((FieldError(FILES, "附件", f"最多{MOST}件，请分次办理"),))
    _one_at_a_time(work.session, author_id)
    waiting = _waiting(author_id, run.case.id, run.event.step).where(Attachment.uid.in_(wanted))
    rows = work.session.execute(waiting).scalars().all()
    if missing := sorted(set(wanted) - {row.uid for row in rows}):
        message = f"没有为本步骤上传的文件“{missing[0][:40]}”，请先上传，再填写上传所得的编号"
        raise FormIncomplete((FieldError(FILES, "附件", message),))
    drafts = {row.draft_id for row in rows}
    for row in rows:
        row.uploaded_at = work.now
    give_to_case(work.session, rows, run.case.id, number_to_be(run.event, work.events))
    left = set(work.session.scalars(select(Attachment.draft_id).where(Attachment.draft_id.in_(drafts))))
    remove_drafts(work.session, [draft for draft in drafts - left if draft is not None])


def demand_same_files(session: Session, taken: Taken, form: Mapping[str, Any], beside: Iterable[str]) -> None:
    """A step that is said again names the files that it had: those in the form are of its content anyway.

    Raises:
        KeyReused: it names others beside the form.
    """
    case_id, seq = event_of(session, taken)
    came = set(
        session.scalars(select(Attachment.uid).where(Attachment.case_id == case_id, Attachment.event_seq == seq))
    )
    in_form = set(_named_in(form))
    if set(beside) - in_form != came - in_form:
        raise KeyReused


def _named_in(form: Mapping[str, Any]) -> list[str]:
    named = form.get(FILES)
    return [one for one in named if isinstance(one, str)] if isinstance(named, list) else []


def _waiting(author_id: int, case_id: int, step: str) -> Select[Attachment]:
    """What a program has uploaded for a step of a case and not handed in, oldest first."""
    return (
        select(Attachment)
        .join(DraftRow, DraftRow.id == Attachment.draft_id)
        .where(*_is_of(author_id, case_id, step), Attachment.case_id.is_(None))
        .order_by(Attachment.id)
    )


def _is_of(author_id: int, case_id: int, step: str):  # type: ignore[no-untyped-def]
    return (
        DraftRow.author_id == author_id,
        DraftRow.case_id == case_id,
        DraftRow.step == step,
        DraftRow.act == "",
        DraftRow.form == NO_TEXT,
    )

"""移交 of drafts: somebody else goes on with what a colleague who left had begun to write (R143)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session, aliased

from app.database import Database
from app.models.history import Attachment, DraftRow
from app.models.people import User
from app.services.access_log import Act, write_entry
from app.services.reading.drafts_left import DraftLeft
from app.services.reading.left_behind import Leaver, left_behind
from app.services.reading.reader import Reader
from workflows.kit.errors import FieldError, FormIncomplete


@dataclass(frozen=True)
class HandedOver:
    """What came of one draft; `refused` says why it stays where it is, empty: it lies with the taker now."""

    draft: DraftLeft
    refused: str = ""


def hand_over_drafts(reader: Reader, leaver: str, drafts: Sequence[str], taker: str) -> tuple[HandedOver, ...]:
    """Give drafts with their files to somebody who may go on with them, each with its result (all by uid).

    Raises:
        NotFound: he did not leave a unit for which the reader answers.
        FormIncomplete: no draft of his is ticked, or the taker may go on with none of what he left.
    """
    behind = left_behind(reader, leaver)
    wanted = [draft for draft in behind.drafts if draft.uid in set(drafts)]
    errors = []
    if not wanted:
        errors.append(FieldError("draft", "草稿", "请勾选要移交的草稿；已经移交的不再列出"))
    if taker not in {uid for uid, _ in behind.takers}:
        errors.append(FieldError("taker", "接手人", "请选择接手的人"))
    if errors:
        raise FormIncomplete(tuple(errors))
    with Database(reader.backend.engine, reader.backend.sessions).write() as session:
        # As in saving: nobody begins a second draft of one form meanwhile.
        to = session.execute(select(User).where(User.uid == taker).with_for_update(key_share=True)).scalar_one()
        return tuple(_hand_over(session, reader, behind.leaver, draft, to) for draft in wanted)


def _hand_over(session: Session, reader: Reader, leaver: Leaver, draft: DraftLeft, to: User) -> HandedOver:
    if to.uid not in {uid for uid, _ in draft.takers}:
        return HandedOver(draft, f"{to.name}不能办理这一步，请选择其他人接手")
    if _has_one_already(session, draft.id, to.id):
        return HandedOver(draft, f"{to.name}已有同一表单的草稿，请其提交或者删除后再移交")
    moved = session.execute(
        update(DraftRow).where(DraftRow.id == draft.id, DraftRow.author_id == leaver.id).values(author_id=to.id)
    )
    if not moved.rowcount:  # type: ignore[attr-defined]
        return HandedOver(draft, "草稿已经移交或者删除，请刷新页面核对")
    # A file of a draft can be handed in by its owner only.
    session.execute(update(Attachment).where(Attachment.draft_id == draft.id).values(uploaded_by=to.id))
    keys, by = reader.backend.keys, reader.standing.user_id
    told = f"{draft.number}“{draft.title}”，由{leaver.name}移交{to.name}"
    write_entry(session, keys, Act.DRAFT_HANDED_OVER, by, reader.now, target=draft.uid, purpose=told)
    return HandedOver(draft)


def _has_one_already(session: Session, draft: int, user: int) -> bool:
    left, own = aliased(DraftRow), aliased(DraftRow)
    same = and_(
        own.kind == left.kind,
        own.step == left.step,
        own.act == left.act,
        own.case_id.is_not_distinct_from(left.case_id),
    )
    found = select(own.id).join(left, same).where(left.id == draft, own.author_id == user)
    return session.execute(found.limit(1)).first() is not None

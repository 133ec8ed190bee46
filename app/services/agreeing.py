"""批量审批: agreeing to several proposals at once, each opened before, each a step of its own with its result."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.database import Database
from app.models.cases import Case
from app.models.deciding import OpenedCase
from app.services.backend import Backend
from app.services.commands import TakeStep
from app.services.reading.reader import reader_of
from app.services.reading.waiting import MOST, Opened, Waiting, waiting_for
from app.services.steps import take_step
from workflows.kit.context import Actor
from workflows.kit.errors import Refusal


@dataclass(frozen=True)
class Agreed:
    """What came of one case; `refused` says why nothing was done, empty: it was."""

    waiting: Waiting
    refused: str = ""


def note_opened(database: Database, user_id: int, case_uid: str, version: int, shown: str, now: datetime) -> None:
    """Keep that somebody has opened a case that waits for his decision, with the texts that he was shown."""
    with suppress(IntegrityError), database.write() as session:
        # Two windows may write the first row at once: either will do.
        case_id = session.execute(select(Case.id).where(Case.uid == case_uid)).scalar_one()
        known = select(OpenedCase).where(OpenedCase.user_id == user_id, OpenedCase.case_id == case_id)
        row = session.execute(known).scalar_one_or_none()
        row = row or OpenedCase(user_id=user_id, case_id=case_id)
        row.version, row.shown, row.at = version, shown, now
        session.add(row)


def agree_together(
    backend: Backend, database: Database, actor: Actor, uids: Sequence[str], key: str, clock: Callable[[], datetime]
) -> tuple[Agreed, ...]:
    """Agree to each of these proposals as it stands, one transaction each; what is not ready is refused with a reason.

    A case that is not among those that wait for the actor is passed over: it was decided meanwhile, or is not his.

    Raises:
        NotFound: he decides on no proposals.
    """
    with database.read() as session:
        waiting = waiting_for(reader_of(backend, session, actor, clock()))
    chosen = [item for item in waiting if item.line.uid in set(uids[:MOST])]
    return tuple(Agreed(item, _agree(backend, actor, item, key, clock())) for item in chosen)


def _agree(backend: Backend, actor: Actor, item: Waiting, key: str, now: datetime) -> str:
    """Agree to one; why not, empty if it was done."""
    if item.alone:
        return f"{item.alone}，请打开办理"
    if item.opened is Opened.NO:
        return "您还没有打开阅看，请先打开阅看"
    if item.opened is Opened.CHANGED:
        return "在您阅看之后有变化，请重新打开阅看"
    command = TakeStep(
        item.step,
        actor,
        item.form,
        case=item.line.uid,
        expected_version=item.version,
        key=f"{key}-{item.line.uid}" if key else None,
        shown=item.shown,
    )
    try:
        take_step(backend, command, now)
    except Refusal as refusal:
        return refusal.message
    return ""

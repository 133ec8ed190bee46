"""Whether a form that is sent was taken before: its act may not be offered any more, yet a second press is harmless."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.models.cases import Case
from app.models.history import EventRow
from app.services.commands import Taken
from app.services.reading.reader import Reader
from app.services.steps import opened_uid


def taken_before(reader: Reader, case_uid: str, step: str, key: str) -> Taken | None:
    """What came of this key when the same person took the same step in the dossier of the case."""
    asked = aliased(Case)
    statement = (
        select(Case)
        .join(EventRow, EventRow.case_id == Case.id)
        .join(asked, asked.dossier_id == Case.dossier_id)
        .where(
            asked.uid == case_uid,
            EventRow.idempotency_key == key,
            EventRow.step == step,
            EventRow.actor_id == reader.actor.user_id,
        )
    )
    case = reader.session.execute(statement).scalar_one_or_none()
    if case is None:
        return None
    return Taken(case.uid, case.kind, step, case.state, case.version, case.number, repeated=True)


def opened_before(reader: Reader, key: str) -> bool:
    """Whether the same person has opened a case with this key."""
    uid = opened_uid(reader.actor.uid, key)
    return bool(key) and reader.session.execute(select(Case.id).where(Case.uid == uid)).scalar_one_or_none() is not None

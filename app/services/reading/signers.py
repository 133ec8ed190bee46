"""Who signed a notice: whoever took the step 签发, else whoever signed it by the step that made it."""

import json
from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models.history import EventRow
from app.models.kinds import Notice
from app.models.people import User

#: Receipts, and what the clock or somebody else's step brought about under a standing authorisation (授权签发).
_SYSTEM = "系统"


def signers_of(session: Session, notices: Sequence[Notice]) -> dict[int, str]:
    """Names by the id of the notice, with two queries whatever their number."""
    ids = [notice.id for notice in notices]
    by_hand = session.execute(
        select(EventRow.case_id, User.name)
        .join(User, User.id == EventRow.actor_id)
        .where(EventRow.case_id.in_(ids), EventRow.step == "sign")
    )
    made_by = and_(EventRow.case_id == Notice.parent_id, EventRow.version == Notice.occasion, EventRow.sort == "step")
    with_step = session.execute(
        select(Notice.id, Notice.signer, EventRow.body, User.name)
        .select_from(Notice)
        .join(EventRow, made_by)
        .join(User, User.id == EventRow.actor_id)
        .where(Notice.id.in_(ids))
    )
    names = {case_id: name for case_id, signer, body, name in with_step if json.loads(body).get("as") == signer}
    names |= dict(by_hand.all())
    return {notice.id: names.get(notice.id, _SYSTEM) for notice in notices}

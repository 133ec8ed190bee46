"""Who signed a notice: whoever took the step 签发, else whoever signed it by the step that made it."""

import json
from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from app.models.history import EventRow
from app.models.kinds import Notice
from app.models.people import User
from app.services.acting_for import done_by
from app.workbooks.values import Content

#: Receipts, and what the clock or somebody else's step brought about under a standing authorisation (授权签发).
_SYSTEM = "系统"


def signers_of(session: Session, notices: Sequence[Notice]) -> dict[int, str]:
    """Names by the id of the notice, with two queries whatever their number."""
    ids = [notice.id for notice in notices]
    principal = aliased(User)
    by_hand = session.execute(
        select(EventRow.case_id, User.name, principal.name)
        .join(User, User.id == EventRow.actor_id)
        .outerjoin(principal, principal.id == EventRow.principal_id)
        .where(EventRow.case_id.in_(ids), EventRow.step == "sign")
    )
    made_by = and_(EventRow.case_id == Notice.parent_id, EventRow.version == Notice.occasion, EventRow.sort == "step")
    with_step = session.execute(
        select(Notice.id, Notice.signer, EventRow.body, User.name, principal.name)
        .select_from(Notice)
        .join(EventRow, made_by)
        .join(User, User.id == EventRow.actor_id)
        .outerjoin(principal, principal.id == EventRow.principal_id)
        .where(Notice.id.in_(ids))
    )
    names = {
        notice: done_by(Content(name), for_whom)
        for notice, signer, body, name, for_whom in with_step
        if json.loads(body).get("as") == signer
    }
    names |= {notice: done_by(Content(name), for_whom) for notice, name, for_whom in by_hand}
    return {notice.id: names.get(notice.id, _SYSTEM) for notice in notices}

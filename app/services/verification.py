"""文书核验: what anybody may learn of a notice by the code printed on it. Nothing about the person it concerns."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.kinds import Notice
from app.models.people import Unit


@dataclass(frozen=True)
class Verified:
    """A genuine notice."""

    title: str
    number: str
    organ: str
    signed_on: date | None
    in_force: bool


def verify(session: Session, code: str) -> Verified | None:
    """The notice with this code; None if there is none or it has not been issued.

    Blanks, hyphens and small letters are taken as typed by hand.
    """
    wanted = re.sub(r"[\s-]+", "", code).upper()
    row = session.execute(
        select(Notice, Unit.name)
        .join(Unit, Unit.id == Notice.organ_unit_id)
        .where(Notice.code == wanted, Notice.sha256.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    notice, organ = row
    return Verified(notice.title, notice.number or "", organ, notice.signed_on, notice.state != "voided")

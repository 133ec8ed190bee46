"""The installation's own authority for seals: made before anything was sealed, and never in place of a lost one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.models.kinds import Notice
from app.models.people import Locality, Unit
from app.models.seals import NoticeSeal
from app.seals.setup import SealSetup
from workflows.kit.errors import Refusal


class AuthorityLost(Refusal):
    """Notices were sealed with an authority whose files are gone; a new one must not take its place unnoticed."""

    code = "AuthorityLost"


def ensure_authority(database: Database, seals: SealSetup, now: datetime) -> bool:
    """Make the authority where this installation seals by itself and has none yet; returns whether it did.

    Raises:
        AuthorityLost: it had one.
    """
    if seals.name != "local" or seals.authority.exists:
        return False
    with database.read() as session:
        lost = has_sealed(session)
    if lost:
        raise AuthorityLost(
            f"签章证书目录 {seals.folder} 丢失：本系统此前已用其中的证书用印。请从备份恢复该目录，切勿重建；"
            "重建后，此前用印的文书将无法校验。"
        )
    return seals.authority.found(now)


def has_sealed(session: Session) -> bool:
    """Whether a notice was ever sealed with the own authority."""
    sealed = select(NoticeSeal.notice_id).where(NoticeSeal.provider == "local", NoticeSeal.sealed_sha256.is_not(None))
    return session.execute(sealed.limit(1)).first() is not None


def sealing_organs(session: Session) -> list[str]:
    """The names of the organs that seal: those of the localities, and whoever has signed a notice."""
    ids = {
        unit_id
        for place in session.execute(select(Locality)).scalars()
        for unit_id in (place.office_unit_id, place.superior_unit_id, place.review_unit_id, place.tolerance_unit_id)
    }
    ids |= set(session.execute(select(Notice.organ_unit_id).distinct()).scalars())
    return sorted(session.execute(select(Unit.name).where(Unit.id.in_(ids - {None}))).scalars())

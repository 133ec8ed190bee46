"""送达地址确认书: where and how a person or a unit wants to be served. Kept sealed; a later one takes its place.

A natural person is served electronically only while the newest confirmation agrees to it (民事诉讼法 art. 90); a unit
on the system always is. What is agreed to or revoked counts for every notice that has not been sent out yet.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.crypto import FieldContext, KeyRing
from app.models.base import new_uid
from app.models.cases import Case
from app.models.imports import DossierImport
from app.models.kinds import Notice
from app.models.people import ServiceAddress, User
from app.services import terms
from app.services.access_log import Act, write_entry
from app.services.backend import Backend
from app.services.file_kinds import examine
from app.services.files import clean_name, store_bytes
from app.services.unit_of_work import unit_of_work
from workflows.forms.notice import ServiceMethod

#: Notices that can still be sent out in another way.
_NOT_SENT = ("drafted", "sealing", "issued", "undeliverable")


@dataclass(frozen=True)
class Addressee:
    """A person or a unit that is served; exactly one of the two."""

    person_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class Confirmation:
    """What was confirmed: the method to be tried first, and where letters and messengers find the addressee."""

    preferred: ServiceMethod
    electronic: bool
    receiver: str
    address: str
    phone: str
    confirmed_on: date
    uid: str = ""
    scan_name: str = ""
    scan_sha256: str = ""

    @property
    def postal(self) -> str:
        """Address, receiver and telephone as they stand on an envelope; empty where none was given."""
        return "，".join(part for part in (self.address, self.receiver, self.phone) if part)


def confirmed_address(session: Session, keys: KeyRing, addressee: Addressee) -> Confirmation | None:
    """The newest confirmation of an addressee; None if there is none."""
    row = session.execute(_newest(addressee)).scalar_one_or_none()
    if row is None:
        return None
    content = json.loads(keys.unseal(row.sealed, _context(row.uid)))
    return Confirmation(
        ServiceMethod(row.preferred),
        row.electronic,
        content["receiver"],
        content["address"],
        content["phone"],
        row.confirmed_on,
        row.uid,
        row.scan_name,
        row.scan_sha256 or "",
    )


def keep_confirmation(
    backend: Backend,
    folder: Path,
    addressee: Addressee,
    confirmation: Confirmation,
    by: int,
    now: datetime,
    scan: tuple[str, bytes] | None = None,
) -> None:
    """Keep what was confirmed, end the one before, and let it count for what is not sent out yet.

    Args:
        by: who enters it: the addressee himself, or an official from paper.
        scan: name and bytes of the signed paper.

    Raises:
        FileRefused: the scan is not of a kind that is taken; nothing is kept.
    """
    kind = examine(clean_name(scan[0]), scan[1]) if scan else None
    with unit_of_work(backend, now) as work:
        session = work.session
        if addressee.person_id is not None:
            user = session.execute(select(User).where(User.id == addressee.person_id).with_for_update()).scalar_one()
            user.electronic_service_on = confirmation.confirmed_on if confirmation.electronic else None
        session.execute(
            update(ServiceAddress).where(_of(addressee), ServiceAddress.ended_at.is_(None)).values(ended_at=now)
        )
        uid = new_uid()
        content = {"receiver": confirmation.receiver, "address": confirmation.address, "phone": confirmation.phone}
        row = ServiceAddress(
            uid=uid,
            person_id=addressee.person_id,
            unit_id=addressee.unit_id,
            electronic=confirmation.electronic,
            preferred=confirmation.preferred.value,
            sealed=backend.keys.seal(json.dumps(content, ensure_ascii=False), _context(uid)),
            confirmed_on=confirmation.confirmed_on,
            entered_by=by,
            entered_at=now,
        )
        if scan is not None and kind is not None:
            row.scan_sha256 = store_bytes(session, folder, scan[1], kind.media_type, now)
            row.scan_name = clean_name(scan[0])
        session.add(row)
        write_entry(session, backend.keys, Act.SERVICE_CONFIRMED, by, now, target=uid)
    if addressee.person_id is not None:
        follow_consent(backend, addressee.person_id, confirmation.electronic, now)


def follow_consent(backend: Backend, person_id: int, agreed: bool, now: datetime) -> None:
    """Let consent, or its end, count for the notices to a person that are not sent out yet: one dossier at a time."""
    with backend.sessions() as session:
        waiting = select(Notice.uid).where(
            Notice.recipient_person_id == person_id,
            Notice.state.in_(_NOT_SENT),
            Notice.electronic.is_not(agreed),
            Notice.dossier_id.not_in(select(DossierImport.dossier_id)),
        )
        uids = session.execute(waiting).scalars().all()
    for uid in uids:
        with unit_of_work(backend, now) as work:
            found = work.lock_dossier_of(uid)
            notice = work.session.get(Notice, found[0]) if found else None
            if notice is None or notice.state not in _NOT_SENT or notice.electronic is agreed:
                continue
            notice.electronic = agreed
            words = "受送达人同意电子送达" if agreed else "受送达人不再同意电子送达"
            terms.note_on_case(work, notice, "noted", "service_consent", {"cause": words})


def addressee_of(case: Case) -> Addressee:
    """Whom a notice is served on."""
    if case.recipient_unit_id is not None:
        return Addressee(unit_id=case.recipient_unit_id)
    return Addressee(person_id=case.recipient_person_id)


def _of(addressee: Addressee):  # type: ignore[no-untyped-def]
    if addressee.unit_id is not None:
        return ServiceAddress.unit_id == addressee.unit_id
    return ServiceAddress.person_id == addressee.person_id


def _newest(addressee: Addressee):  # type: ignore[no-untyped-def]
    return (
        select(ServiceAddress)
        .where(_of(addressee), ServiceAddress.ended_at.is_(None))
        .order_by(ServiceAddress.id.desc())
        .limit(1)
    )


def _context(uid: str) -> FieldContext:
    return FieldContext("service_address", "sealed", uid)

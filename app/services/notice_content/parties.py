"""Who speaks and who is spoken to: organ, recipient, names."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from app.documents.context import Organ, Recipient
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.people import PostHolding, Unit, User
from app.models.registry import MODELS
from app.services.backend import Backend
from app.services.events import PendingEvent
from workflows.roles import Post


def parent_of(session: Session, notice: Notice) -> Case:
    """The case a notice belongs to, with the columns of its kind."""
    assert notice.parent_id is not None, "a notice hangs on a case"
    parent = session.identity_map.get(identity_key(Case, notice.parent_id))
    if parent is None:
        kind = session.execute(select(Case.kind).where(Case.id == notice.parent_id)).scalar_one()
        parent = session.get_one(MODELS[kind], notice.parent_id)
    assert isinstance(parent, Case)
    return parent


def serves_the_subject(notice: Notice, parent: Case) -> bool:
    """Whether the recipient is the recorded person or unit itself."""
    if parent.subject_unit_id is not None:
        return notice.recipient_unit_id == parent.subject_unit_id
    return parent.subject_person_id is not None and notice.recipient_person_id == parent.subject_person_id


def organ_of(session: Session, notice: Notice) -> Organ:
    """The unit whose mark stands at the head of the notice."""
    unit = session.get(Unit, notice.organ_unit_id)
    assert unit is not None
    return Organ(unit.name, unit.address, unit.phone)


def recipient_of(session: Session, notice: Notice) -> Recipient:
    """Whom the notice is addressed to; a civil servant is called 同志."""
    if notice.recipient_unit_id is not None:
        return Recipient(unit_name(session, notice.recipient_unit_id), "unit")
    person = session.get(User, notice.recipient_person_id)
    assert person is not None
    serves = session.execute(
        select(PostHolding.id).where(PostHolding.user_id == person.id, PostHolding.post == Post.CIVIL_SERVANT.value)
    ).first()
    return Recipient(person.name, "person", "同志" if serves else "")


def issuer_name(session: Session, notice: Notice, pending: list[PendingEvent]) -> str:
    """Who signs the notice in this transaction; empty while it is a draft."""
    signings = [event.actor_id for event in pending if event.step == "sign" and event.case is notice]
    person = session.get(User, signings[-1]) if signings else None
    return person.name if person is not None else ""


def unit_name(session: Session, unit_id: int | None) -> str:
    """The name of a unit; empty for none."""
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    return unit.name if unit is not None else ""


def subject_name(session: Session, case: Case) -> str:
    """The name of the recorded person or unit."""
    if case.subject_unit_id is not None:
        return unit_name(session, case.subject_unit_id)
    person = session.get(User, case.subject_person_id) if case.subject_person_id is not None else None
    return person.name if person is not None else ""


def verify_url(backend: Backend, notice: Notice) -> str:
    """Where the notice can be checked; empty in an installation that does not know its own address."""
    base = backend.base_url.rstrip("/")
    return f"{base}/verify/{notice.code}" if base else ""

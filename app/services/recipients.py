"""Who is served with a notice, and whether he takes it electronically."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from app.models.cases import Case
from app.models.kinds import Notice
from app.models.people import Locality, PostHolding, Unit, User
from app.services.unit_of_work import UnitOfWork
from workflows.kit.definition import Recipient
from workflows.roles import RELATIONS, Capacity, Post


@dataclass(frozen=True)
class Party:
    """A person or a unit that is served."""

    person_id: int | None
    unit_id: int | None
    electronic: bool


def recipients_of(work: UnitOfWork, case: Case, to: Recipient) -> list[Party]:
    """The recipients in relation to the case; a relation that this locality does not have yields none."""
    place = work.session.get(Locality, case.locality)
    assert place is not None
    units: dict[Recipient, int | None] = {
        Recipient.PROVIDER: case.provider_unit_id,
        Recipient.FINDER: case.finder_unit_id,
        Recipient.OFFICE: case.handling_unit_id,
        Recipient.TOLERANCE: case.tolerance_unit_id,
        Recipient.DISCIPLINE: place.discipline_unit_id,
        Recipient.AUDIT: place.audit_unit_id,
    }
    if to is Recipient.APPLICANT and getattr(case, "claimed_by", "") == "provider":
        to = Recipient.PROVIDER
    if to in (Recipient.SUBJECT, Recipient.APPLICANT):
        return [_subject(work, case)]
    if to is Recipient.EMPLOYER:
        return [_unit(work, unit_id) for unit_id in _employers(work, case, work.today)]
    if to is Recipient.PROVIDER_SUPERIOR:
        return _superior(work, case.provider_unit_id)
    if to is Recipient.SUPERIOR:
        return _superior(work, case.subject_unit_id)
    if to is Recipient.FORWARDED:
        return [_unit(work, unit_id) for unit_id in _forwarded_to(work, case)]
    unit_id = units[to]
    return [_unit(work, unit_id)] if unit_id is not None else []


def holder_of(work: UnitOfWork, case: Case, holder: Capacity) -> list[Party]:
    """Whoever must act in a capacity on this case: the party a reminder goes to."""
    if holder in (Capacity.SUBJECT, Capacity.SUBJECT_HEAD):
        return [_subject(work, case)]
    columns = [relation.column for relation in RELATIONS[holder]]
    units = [getattr(case, column) for column in columns if getattr(case, column) is not None]
    return [_unit(work, units[0])] if units else []


def _subject(work: UnitOfWork, case: Case) -> Party:
    if case.subject_unit_id is not None:
        return _unit(work, case.subject_unit_id)
    assert case.subject_person_id is not None
    person = work.session.get(User, case.subject_person_id)
    assert person is not None
    return Party(person.id, None, person.electronic_service_on is not None)


def _unit(work: UnitOfWork, unit_id: int) -> Party:
    unit = work.session.get(Unit, unit_id)
    assert unit is not None
    return Party(None, unit.id, unit.on_system)


def _superior(work: UnitOfWork, unit_id: int | None) -> list[Party]:
    unit = work.session.get(Unit, unit_id) if unit_id is not None else None
    return [_unit(work, unit.superior_id)] if unit is not None and unit.superior_id is not None else []


def _forwarded_to(work: UnitOfWork, case: Case) -> list[int]:
    rows = work.session.execute(
        select(Notice.recipient_unit_id).where(
            Notice.parent_id == case.id, Notice.key == "forward_letter", Case.state != "voided"
        )
    )
    return sorted({unit_id for unit_id in rows.scalars() if unit_id is not None})


def _employers(work: UnitOfWork, case: Case, today: date) -> list[int]:
    rows = work.session.execute(
        select(PostHolding.unit_id).where(
            PostHolding.user_id == case.subject_person_id,
            PostHolding.post == Post.CIVIL_SERVANT.value,
            PostHolding.from_on <= today,
            or_(PostHolding.until_on.is_(None), PostHolding.until_on >= today),
        )
    )
    return sorted(set(rows.scalars()))

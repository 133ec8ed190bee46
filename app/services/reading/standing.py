"""Whether a notice still stands: voided, replaced, its decision revoked or changed, or the credit repaired.

Read from the cases themselves, so that a withdrawal shows with the very next request.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.cases import Case
from app.models.history import EventRow
from app.models.kinds import Notice, Record
from app.services.notice_content.record_facts import real_number


class Effect(StrEnum):
    """How a genuine notice stands today."""

    IN_FORCE = "in_force"
    VOIDED = "voided"
    REPLACED = "replaced"
    REVOKED = "revoked"
    CHANGED = "changed"
    CORRECTED = "corrected"
    REPAIRED = "repaired"
    EXEMPTED = "exempted"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Effect.IN_FORCE: "现行有效",
    Effect.VOIDED: "已作废",
    Effect.REPLACED: "已作废，由新的文书代替",
    Effect.REVOKED: "已撤销",
    Effect.CHANGED: "已被复核决定变更",
    Effect.CORRECTED: "所载内容已更正",
    Effect.REPAIRED: "信用已修复",
    Effect.EXEMPTED: "已认定容错免责，不作为失信记录",
    Effect.EXPIRED: "记录保存期限已满，已归档",
}

#: What the state of a record means for the notices that say it is one.
_BY_RECORD_STATE = {
    "annulled": Effect.REVOKED,
    "declined": Effect.REVOKED,
    "exempted": Effect.EXEMPTED,
    "repaired": Effect.REPAIRED,
    "expired": Effect.EXPIRED,
}
_OF_THE_RECORD = frozenset({"record_notice", "record_decision"})
#: First decisions that a review may change.
_REVIEWABLE = frozenset({"objection_decision", "objection_refusal", "repair_refusal", "repair_denial"})
#: Which notice tells of it, where one does; it is named once it is issued.
_TELLS = {
    Effect.REVOKED: ("record_annulment", "record_declined", "repair_revocation"),
    Effect.CHANGED: ("review_decision",),
    Effect.CORRECTED: ("record_correction",),
    Effect.REPAIRED: ("repair_decision",),
    Effect.EXEMPTED: ("exemption_decision",),
}


@dataclass(frozen=True)
class Other:
    """Another notice that stands in the place of this one, or tells of the change; not whom it concerns."""

    title: str
    number: str


@dataclass(frozen=True)
class Standing:
    """How a notice stands, and the notice that says so."""

    effect: Effect
    by: Other | None = None

    @property
    def holds(self) -> bool:
        return self.effect is Effect.IN_FORCE


def standing_of_notice(session: Session, notice: Notice, parent: Case) -> Standing:
    """How an issued notice stands by what its case and its record are now."""
    if notice.state == "voided":
        successor = _successor(session, notice)
        return Standing(Effect.REPLACED, _named(successor)) if successor else Standing(Effect.VOIDED)
    effect = _effect(session, notice, parent)
    return Standing(effect, _teller(session, notice, effect))


def _effect(session: Session, notice: Notice, parent: Case) -> Effect:
    if isinstance(parent, Record) and notice.key in _OF_THE_RECORD:
        if parent.state in _BY_RECORD_STATE:
            return _BY_RECORD_STATE[parent.state]
        return Effect.CORRECTED if _corrected_since(session, notice, parent) else Effect.IN_FORCE
    if notice.key == "repair_decision" and parent.state == "revoked":
        return Effect.REVOKED
    if notice.key in _REVIEWABLE and getattr(parent, "review_result", None) == "changed":
        return Effect.CHANGED
    return Effect.IN_FORCE


def _corrected_since(session: Session, notice: Notice, record: Record) -> bool:
    """Whether the record was corrected after this notice was drafted; by the order of events, which has no ties."""
    if record.revision <= 1:
        return False
    corrected = select(func.max(EventRow.id)).where(EventRow.case_id == record.id, EventRow.step == "correct")
    drafted = select(EventRow.id).where(EventRow.case_id == notice.id, EventRow.seq == 1)
    last, first = session.scalar(corrected), session.scalar(drafted)
    return last is not None and first is not None and last > first


def _successor(session: Session, notice: Notice) -> Notice | None:
    """The notice drafted in the place of a voided one; one that is not issued yet is not spoken of."""
    return session.scalars(
        select(Notice)
        .where(
            Notice.parent_id == notice.parent_id,
            Notice.key == notice.key,
            Notice.id > notice.id,
            Notice.recipient_person_id.is_not_distinct_from(notice.recipient_person_id),
            Notice.recipient_unit_id.is_not_distinct_from(notice.recipient_unit_id),
            Notice.sha256.is_not(None),
            Notice.state != "voided",
        )
        .order_by(Notice.id)
        .limit(1)
    ).one_or_none()


def _teller(session: Session, notice: Notice, effect: Effect) -> Other | None:
    keys = _TELLS.get(effect, ())
    if not keys:
        return None
    found = session.scalars(
        select(Notice)
        .where(
            Notice.dossier_id == notice.dossier_id,
            Notice.key.in_(keys),
            Notice.id > notice.id,
            Notice.sha256.is_not(None),
            Notice.state != "voided",
        )
        .order_by(Notice.id.desc())
        .limit(1)
    ).one_or_none()
    return _named(found) if found is not None else None


def _named(notice: Notice) -> Other:
    return Other(notice.title, real_number(notice.number, notice.uid))

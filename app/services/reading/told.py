"""What a party may not read yet: findings nobody has signed, decisions whose notice has not been sent out to him."""

from enum import StrEnum

from sqlalchemy import select

from app.models.cases import Case
from app.models.history import EventRow
from app.models.kinds import Notice
from app.services.reading.history import audiences_of
from app.services.reading.reader import Reader
from workflows.kit.definition import Audience


class Part(StrEnum):
    """A part of a case that its party learns by a notice."""

    FINDINGS = "findings"
    DECISION = "decision"
    REVIEW = "review"


#: The notices by which a party learns of each part.
_BY_NOTICE = {
    Part.FINDINGS: frozenset({"verification_feedback", "repair_decision", "repair_denial", "repair_refusal"}),
    Part.DECISION: frozenset(
        {"objection_decision", "objection_refusal", "repair_decision", "repair_denial", "repair_refusal",
         "repair_revocation", "exemption_decision", "exemption_refusal"}
    ),
    Part.REVIEW: frozenset({"review_decision", "review_refusal"}),
}  # fmt: skip
#: Where a unit's finding is still a draft, or waits for the decision it belongs to.
_FINDING_IN_HAND = {"objection": ("verifying", "signing"), "repair": ("verifying", "signing", "proposed")}
_UNSENT = ("drafted", "sealing", "issued")


def withheld_parts(reader: Reader, case: Case) -> frozenset[Part]:
    """The parts of a case that are not this reader's to read yet; none for whoever handles it."""
    if Audience.PROVIDER.value in audiences_of(reader, case):
        return frozenset()
    waiting = _unsent(reader, case)
    found = {part for part, keys in _BY_NOTICE.items() if keys & waiting}
    if case.state in _FINDING_IN_HAND.get(case.kind, ()):
        found.add(Part.FINDINGS)
    return frozenset(found)


def withheld_events(reader: Reader, case: Case) -> frozenset[int]:
    """Numbers (seq) of the events whose files a party may not read yet."""
    if Audience.PROVIDER.value in audiences_of(reader, case):
        return frozenset()
    versions = select(Notice.occasion).where(Notice.parent_id == case.id, *_to_the_party(case))
    rows = reader.session.execute(
        select(EventRow.seq).where(EventRow.case_id == case.id, EventRow.version.in_(versions))
    )
    return frozenset(rows.scalars())


def _unsent(reader: Reader, case: Case) -> frozenset[str]:
    rows = reader.session.execute(select(Notice.key).where(Notice.parent_id == case.id, *_to_the_party(case)))
    return frozenset(rows.scalars())


def _to_the_party(case: Case):  # type: ignore[no-untyped-def]
    if case.subject_unit_id is not None:
        addressed = Notice.recipient_unit_id == case.subject_unit_id
    else:
        addressed = Notice.recipient_person_id == case.subject_person_id
    return addressed, Notice.state.in_(_UNSENT), Notice.subject_sees.is_(False)

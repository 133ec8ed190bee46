"""What a party may not read yet: findings nobody has signed, decisions whose notice has not been sent out to him."""

from enum import StrEnum

from app.models.cases import Case
from app.models.kinds import Notice
from app.services.notice_content.parties import serves_the_subject
from app.services.once_read import history_of, notices_of
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
    versions = {notice.occasion for notice in _to_the_party(reader, case)}
    return frozenset(row.seq for row in history_of(reader.view, case.id) if row.version in versions)


def _unsent(reader: Reader, case: Case) -> frozenset[str]:
    return frozenset(notice.key for notice in _to_the_party(reader, case))


def _to_the_party(reader: Reader, case: Case) -> list[Notice]:
    """Notices to the party that are not on their way yet."""
    return [
        notice
        for notice in notices_of(reader.view, case.id)
        if notice.state in _UNSENT and not notice.subject_sees and serves_the_subject(notice, case)
    ]

"""The record of the dossier as every notice states it."""

from app.documents.context import RecordFacts, Source
from app.models.kinds import Record
from app.services.notice_content.occasion import Occasion
from app.services.notice_content.parties import subject_name, unit_name
from app.services.notice_content.wording import DOCUMENTS, behaviour_words, key_field_words
from workflows.forms.record import Severity, SourceType


def record_facts(occasion: Occasion, facts: str = "") -> RecordFacts | None:
    """The record in its present revision, in the words of the rule set under which it was opened; None without one.

    Args:
        facts: words that take the place of the record's own facts.
    """
    record, session = occasion.record, occasion.work.session
    if record is None:
        return None
    rules = occasion.work.rules(record.rule_set_id) if record.rule_set_id is not None else occasion.rules
    retention = occasion.term_row("record.retention", record.id)
    return RecordFacts(
        subject_name=subject_name(session, record),
        behaviour_id=record.behaviour,
        behaviour=behaviour_words(rules, record.behaviour),
        key_field=key_field_words(rules, record.key_field, record.behaviour),
        facts=facts or record.facts,
        severity_label=Severity(record.severity).label,
        source=source_of(record),
        number=real_number(record.number, record.uid),
        effective_on=record.effective_on,
        conduct_ended_on=record.conduct_ended_on,
        provider=_provider(occasion, record),
        listed_on=record.listed_on,
        retention_until=retention.due_on if retention is not None else None,
    )


def _provider(occasion: Occasion, record: Record) -> str:
    """Who reported it, as the recipient is told: 你单位 to the provider itself."""
    if occasion.notice.recipient_unit_id is not None and occasion.notice.recipient_unit_id == record.provider_unit_id:
        return "你单位"
    return unit_name(occasion.work.session, record.provider_unit_id)


def source_of(record: Record) -> Source:
    """The source document the record rests on."""
    type_label = DOCUMENTS[SourceType(record.source_type)]
    return Source(type_label, record.source_number, record.source_on, record.source_organ)


def real_number(number: str | None, uid: str) -> str:
    """A case number, empty until it is drawn: until the end of the filing transaction the uid holds its place."""
    return number if number and number != uid else ""

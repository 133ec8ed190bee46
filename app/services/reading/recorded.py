"""What a record says in one of its fields, in words, and what it may say there instead."""

from datetime import date
from typing import Any

from app.services.notice_content.wording import field_words
from workflows.forms.record import Disclosure, RecordField, Severity
from workflows.rules.model import RuleSet

#: What a value can be chosen from, by code and in words; empty where it is written.
Choices = tuple[tuple[str, str], ...]
_DAYS = (RecordField.EFFECTIVE_ON, RecordField.CONDUCT_ENDED_ON)


def recorded_words(field: str, recorded: dict[str, Any], rules: RuleSet) -> str:
    """The record's words on one field."""
    value = recorded.get(field, "")
    if field == RecordField.RECORD:
        return "整条记录"
    if field == RecordField.BEHAVIOUR:
        return behaviour_line(str(value), rules)
    return field_words(RecordField(field), value, rules)


def behaviour_line(key: str, rules: RuleSet) -> str:
    """A behaviour by its number in the list and its words; by its number alone once it left the list."""
    known = next((item.label for item in rules.behaviours if item.id == key), "")
    return f"{key} {known}".strip()


def value_words(field: str, value: str, rules: RuleSet) -> str:
    """A corrected value in words; as it was written where it is no code or day."""
    try:
        day = date.fromisoformat(value) if field in _DAYS else value
        return recorded_words(field, {field: day}, rules)
    except ValueError:
        return value


def choices_of(field: str, recorded: dict[str, Any], rules: RuleSet, *, person: bool) -> Choices:
    """What the record may say instead: its subject's behaviours, a severity or a level that is no higher (不得加重).

    Args:
        person: whether its subject is a civil servant, and not a unit.
    """
    if field == RecordField.SEVERITY and recorded.get(field):
        return _up_to(Severity, recorded[field])
    if field == RecordField.DISCLOSURE_LEVEL and recorded.get(field):
        return _up_to(Disclosure, recorded[field])
    if field == RecordField.BEHAVIOUR:
        kind = "person" if person else "organ"
        fitting = (item for item in rules.behaviours if item.recordable and kind in item.subject_kinds)
        return tuple((item.id, f"{item.id} {item.label}") for item in fitting)
    return ()


def _up_to(scale: type[Severity] | type[Disclosure], present: str) -> Choices:
    """The members of a scale up to the one that stands."""
    members = list(scale)
    return tuple((member.value, member.label) for member in members[: members.index(scale(present)) + 1])

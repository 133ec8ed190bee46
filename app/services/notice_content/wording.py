"""Chinese words for what columns and forms hold: disputed fields, their values, days."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from workflows.forms.record import Disclosure, RecordField, Severity, SourceType
from workflows.rules.model import RuleSet

#: What a source document is called, by its sort.
DOCUMENTS = {
    SourceType.JUDGMENT: "裁判文书",
    SourceType.PENALTY: "行政处罚决定书",
    SourceType.SANCTION: "处分决定书",
    SourceType.ACCOUNTABILITY: "问责决定书",
    SourceType.FIELD_FINDING: "认定文书",
}
#: Behaviours of the general sources belong to no key field.
GENERAL_FIELD = "政务履职"


def day(value: date) -> str:
    """A day within a sentence: 2026年11月21日."""
    return f"{value.year}年{value.month}月{value.day}日"


def behaviour_words(rules: RuleSet, behaviour_id: str) -> str:
    """The words of the catalogue in force; a behaviour that left it keeps its id."""
    found = next((item for item in rules.behaviours if item.id == behaviour_id), None)
    return found.label if found else behaviour_id


def key_field_words(rules: RuleSet, key_field: str, behaviour_id: str) -> str:
    """The key field (重点领域) of a record, else that of its behaviour, else the general one."""
    behaviour = next((item for item in rules.behaviours if item.id == behaviour_id), None)
    key = key_field or (behaviour.field if behaviour else "")
    named = next((item.label for item in rules.key_fields if key in (item.key, item.label)), "")
    return named or (key if key and not key.isascii() else GENERAL_FIELD)


def field_words(field: RecordField, value: Any, rules: RuleSet) -> str:
    """A value of a contestable field as people read it."""
    if isinstance(value, list):
        return "、".join(str(item) for item in value) or "未记载"
    if field in (RecordField.EFFECTIVE_ON, RecordField.CONDUCT_ENDED_ON):
        return _day_words(field, value)
    if not value:
        return "未填写"
    if field is RecordField.SEVERITY:
        return _label(Severity, value)
    if field is RecordField.DISCLOSURE_LEVEL:
        return _label(Disclosure, value)
    if field is RecordField.BEHAVIOUR:
        return behaviour_words(rules, str(value))
    return str(value)


def _day_words(field: RecordField, value: Any) -> str:
    if not value:
        return "尚在持续" if field is RecordField.CONDUCT_ENDED_ON else "未填写"
    if isinstance(value, date):
        return day(value)
    try:
        return day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _label(values: type[StrEnum], value: Any) -> str:
    try:
        return str(getattr(values(value), "label", value))
    except ValueError:
        return str(value)


def listed(texts: Iterable[str]) -> str:
    """Several statements in one sentence part: （1）…；（2）…; one alone stands without a number."""
    parts = [text.strip().rstrip("。；;") for text in texts]
    if len(parts) == 1:
        return parts[0]
    return "；".join(f"（{number}）{part}" for number, part in enumerate(parts, start=1))

"""What a correction makes of a record, field by field, in the words of a notice."""

from collections.abc import Mapping
from typing import Any

from app.models.kinds import Record
from app.services.notice_content.occasion import Occasion
from app.services.notice_content.parties import subject_name
from app.services.notice_content.wording import field_words
from workflows.forms.record import RecordField
from workflows.rules.model import RuleSet

DELETED = "删除"


def changed_fields(
    occasion: Occasion, record: Record, changes: Mapping[str, Any], before: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Each field that becomes another, as it was and as it is now; all of them if none reads otherwise than before."""
    rules = occasion.work.rules(record.rule_set_id) if record.rule_set_id is not None else occasion.rules
    rows = []
    for name, value in changes.items():
        field = RecordField(name)
        was = "原记载的主体" if field is RecordField.SUBJECT else field_words(field, before.get(name), rules)
        rows.append({"label": field.label, "before": was, "after": _becomes(occasion, record, field, value, rules)})
    return [row for row in rows if row["before"] != row["after"]] or rows


def _becomes(occasion: Occasion, record: Record, field: RecordField, value: Any, rules: RuleSet) -> str:
    if field is RecordField.SUBJECT:
        return subject_name(occasion.work.session, record)
    if value in ("", None) and field is not RecordField.CONDUCT_ENDED_ON:
        return DELETED
    return field_words(field, value, rules)


def in_a_sentence(row: Mapping[str, str]) -> str:
    """失信程度由一般更正为轻微; what is deleted has no new value."""
    label, before, after = row["label"], row["before"].rstrip("。；"), row["after"].rstrip("。；")
    if after == DELETED:
        return f"删除{label}的记载（原记载为：{before}）"
    return f"{label}由{_quoted(before)}更正为{_quoted(after)}"


def _quoted(words: str) -> str:
    """What is itself a sentence stands in quotation marks: 由“…，…”更正为“…”."""
    return f"“{words}”" if any(stop in words for stop in "，；。") else words

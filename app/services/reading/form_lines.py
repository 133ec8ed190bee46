"""A form that was filled in, as labelled lines of Chinese text."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from pydantic import BaseModel, ValidationError

from workflows.forms.objection import FieldVerdict
from workflows.forms.record import Disclosure, RecordField, Severity
from workflows.kit.definition import Step, Workflow
from workflows.kit.forms import LabelledEnum, StepForm

#: How what is kept as text becomes a value, by field of a record.
_KEPT_AS: Mapping[RecordField, Callable[[str], Any]] = {
    RecordField.SEVERITY: Severity,
    RecordField.DISCLOSURE_LEVEL: Disclosure,
    RecordField.EFFECTIVE_ON: date.fromisoformat,
    RecordField.CONDUCT_ENDED_ON: date.fromisoformat,
}
#: Fields that hold a uid, a hash or the code of a list: the summary of the case says them in words.
_CODES = frozenset({"subject", "sha256", "key", "signed", "behaviour", "files"})


def form_lines(model: type[StepForm], given: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Label and text of each field that says something, in the order of the form."""
    try:
        form = model.model_validate(given)
    except ValidationError:
        return tuple((str(key), str(value)) for key, value in given.items() if value)
    return tuple(
        (info.title or name, text)
        for name, info in type(form).model_fields.items()
        if (text := in_words(getattr(form, name)))
    )


def event_lines(flow: Workflow, step: Step, given: Mapping[str, Any]) -> tuple[str, ...]:
    """What was filled in with a step, for the timeline; codes that only the system reads are left out."""
    if step.key == "propose":
        return _proposed(flow, given)
    unsaid = {info.title for key, info in step.form.model_fields.items() if key in _CODES}
    return tuple(f"{label}：{text}" for label, text in form_lines(step.form, given) if label not in unsaid)


def form_items(model: type[StepForm], given: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The same with each row of a list by itself, for whoever has to go through them one by one."""
    form = model.model_validate(given)
    found = []
    for name, info in type(form).model_fields.items():
        value = getattr(form, name)
        texts = tuple(filter(None, map(in_words, value if isinstance(value, (list, tuple)) else (value,))))
        if texts and name not in _CODES:
            found.append((info.title or name, texts))
    return tuple(found)


def _proposed(flow: Workflow, given: Mapping[str, Any]) -> tuple[str, ...]:
    wanted = flow.decidable(given["step"])
    if wanted is None:
        return (f"拟办意见：{given['opinion']}",)
    content = form_lines(wanted.form, given["form"])
    return (
        f"拟办事项：{wanted.label}",
        *(f"{label}：{text}" for label, text in content),
        f"拟办意见：{given['opinion']}",
    )


def in_words(value: Any) -> str:
    """One value as an office would write it; empty where there is nothing to say."""
    if value is None or value == "" or value is False:
        return ""
    if value is True:
        return "是"
    if isinstance(value, LabelledEnum):
        return value.label
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, BaseModel):
        parts = [in_words(getattr(value, name)) for name in type(value).model_fields]
        return "，".join(part for part in parts if part)
    if isinstance(value, Mapping):
        return "；".join(f"{in_words(key)}：{_entry(key, item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return "；".join(in_words(item) for item in value)
    return str(value)


def _entry(key: Any, item: Any) -> str:
    """One entry of a mapping. A correction keeps what a field of the record is to say by its code, a day as text."""
    if isinstance(item, FieldVerdict):
        return in_words(item.model_copy(update={"value": _entry(key, item.value)}))
    if not isinstance(item, str) or not isinstance(key, RecordField):
        return in_words(item)
    try:
        return in_words(_KEPT_AS[key](item) if key in _KEPT_AS else item)
    except ValueError:
        return item

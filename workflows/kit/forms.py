"""Base of all step forms: pydantic models whose fields carry Chinese labels and limits.

Page, API, scenario and importer parse into the same model; its field names are the public contract. Values of
an enumeration may be given as code or as Chinese label.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from workflows.kit.errors import FieldError, FormIncomplete
from workflows.kit.items import bare_item
from workflows.kit.storable import FIRST_DAY, LAST_DAY, Unstorable, demand_storable, in_words


class LabelledEnum(StrEnum):
    """An enumeration whose members carry their Chinese label: `MINOR = "minor", "轻微"`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "LabelledEnum":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def _missing_(cls, value: object) -> "LabelledEnum | None":
        return next((member for member in cls if member.label == value), None)


def _clean(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _bare(value: object) -> object:
    return bare_item(value) if isinstance(value, str) else value


#: A written reason or statement: required, kept as typed apart from outer blanks.
Text = Annotated[str, BeforeValidator(_clean), Field(min_length=1, max_length=4000)]
#: A code out of a list, such as B33.
Code = Annotated[str, BeforeValidator(_clean), Field(min_length=1, max_length=10)]
#: A short line such as a number or a title.
Line = Annotated[str, BeforeValidator(_clean), Field(min_length=1, max_length=200)]
#: One of a list that is typed one a line; whoever prints the list numbers it.
Item = Annotated[str, BeforeValidator(_bare), Field(min_length=1, max_length=200)]
#: The same, but may stay empty.
OptionalText = Annotated[str, BeforeValidator(_clean), Field(max_length=4000)]
OptionalCode = Annotated[str, BeforeValidator(_clean), Field(max_length=10)]
OptionalLine = Annotated[str, BeforeValidator(_clean), Field(max_length=200)]
#: The name of a category; may stay empty.
OptionalWord = Annotated[str, BeforeValidator(_clean), Field(max_length=40)]


class StepForm(BaseModel):
    """Base of all step forms; unknown fields are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="after")
    @classmethod
    def _day_can_be_counted(cls, value: Any) -> Any:
        if isinstance(value, date) and not FIRST_DAY <= value <= LAST_DAY:
            raise ValueError(f"日期应当在{in_words(FIRST_DAY)}至{in_words(LAST_DAY)}之间，请核对")
        return value


class NoForm(StepForm):
    """A step that needs nothing but the act."""


class ReasonForm(StepForm):
    """A step that needs a written reason (every refusal, return, denial, withdrawal …)."""

    reason: Text = Field(title="理由")


class DecisionForm(StepForm):
    """A decision on a proposal; whoever departs from the proposal says why."""

    departure_reason: OptionalText = Field(default="", title="与拟办意见不一致的理由")


class ReasonedDecision(DecisionForm):
    """A decision with reasons."""

    reason: Text = Field(title="理由")


_MESSAGES = {
    "missing": "尚未填写",
    "string_too_short": "尚未填写",
    "too_short": "至少填写一项",
    "enum": "请从列出的选项中选择",
    "literal_error": "请从列出的选项中选择",
    "date_from_datetime_parsing": "日期不存在或格式不对，请按“2026-11-21”填写",
    "date_parsing": "日期不存在或格式不对，请按“2026-11-21”填写",
    "date_type": "请填写日期，例如“2026-11-21”",
    "int_parsing": "请填写整数",
    "int_type": "请填写整数",
    "bool_parsing": "请选择“是”或者“否”",
    "bool_type": "请选择“是”或者“否”",
    "extra_forbidden": "不是本步骤的填写项，请删去",
    "string_type": "请填写文字",
    "list_type": "请至少填写一项",
    "dict_type": "填写内容的结构不对",
    "model_type": "填写内容的结构不对",
}


def _message(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx") or {}
    if kind in {"string_too_long", "too_long"} and isinstance(error.get("input"), str):
        return f"最多{context['max_length']}字，请精简"
    if kind == "too_long":
        return f"最多{context['max_length']}项，请精简"
    if kind == "too_short" and isinstance(error.get("input"), str):
        return "尚未填写"
    if kind in {"greater_than_equal", "greater_than"}:
        return f"不得小于{context.get('ge', context.get('gt'))}"
    if kind in {"less_than_equal", "less_than"}:
        return f"不得大于{context.get('le', context.get('lt'))}"
    if kind == "value_error":
        return str(context["error"])
    return _MESSAGES.get(kind, "填写有误，请检查")


def _label_of(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    name = location[0] if location else ""
    field = model.model_fields.get(str(name))
    return (field.title if field and field.title else str(name)) or "填写内容"


def parse_form(model: type[StepForm], given: Mapping[str, Any] | None) -> StepForm:
    """Read what was given into the step's form.

    Raises:
        FormIncomplete: with every field that is missing or wrong, in Chinese, in the order of the form.
    """
    try:
        demand_storable(given)
        return model.model_validate(dict(given or {}))
    except Unstorable as problem:
        label = _label_of(model, (problem.field,)) if problem.field in model.model_fields else "填写内容"
        raise FormIncomplete((FieldError(problem.field, label, problem.message),)) from None
    except ValidationError as error:
        problems = tuple(
            FieldError(".".join(str(part) for part in item["loc"]), _label_of(model, item["loc"]), _message(item))
            for item in error.errors()
        )
        raise FormIncomplete(problems) from None

"""Bases of the bodies that the API gives, and what several of them share."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Given(BaseModel):
    """Something that the API answers with; read from the attributes of what services hand out."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")


def _as_written(pattern: str, otherwise: str) -> BeforeValidator:
    """A value of an address in exactly one way of writing: a library would also take seconds since 1970 for a day."""

    def check(value: object) -> object:
        if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is None:
            raise ValueError(otherwise)
        return value

    return BeforeValidator(check)


_NUMBER = _as_written(r"[1-9]\d{0,15}", "请填写正整数")
#: A day, the key of a page, and other numbers as they stand in an address.
DayInAddress = Annotated[date, _as_written(r"\d{4}-\d{2}-\d{2}", "日期格式不对，请按“2026-11-21”填写")]
PageKey = Annotated[int, Field(ge=1, le=2**53 - 1), _NUMBER]
YearInAddress = Annotated[int, Field(ge=2004, le=2060), _NUMBER]
DaysInAddress = Annotated[int, Field(ge=1, le=1000), _NUMBER]


class Named(Given):
    """A code of the procedures with its Chinese label."""

    key: str = Field(description="代码")
    label: str = Field(description="名称")


class FieldProblem(Given):
    """One field that is wrong."""

    field: str
    label: str
    message: str


class UnmetCondition(Given):
    """One condition of a step that is not met; `possible_on` is the first day on which it will be."""

    guard: str
    label: str
    detail: str
    possible_on: date | None


class Problem(BaseModel):
    """A refusal as RFC 9457 has it: `detail` is Chinese and says how to mend it, `code` is for programs."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldProblem] = Field(default_factory=list)
    unmet: list[UnmetCondition] = Field(default_factory=list)
    incident: str = ""

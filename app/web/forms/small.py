"""A page with several small forms: each is drawn empty, or as it was typed with what is wrong beside the fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from app.web.forms.drawing import fields_of
from app.web.forms.fields import Field, Option, SummaryLine, summary_of
from app.web.forms.posted import Posted, parse_posted
from workflows.kit.errors import FormIncomplete, Refusal
from workflows.kit.forms import StepForm, parse_form

Form = TypeVar("Form", bound=StepForm)
Choices = Mapping[str, Sequence[Option]]


@dataclass(frozen=True)
class SmallForm:
    """One form: its fields by name, the summary of what is wrong, and whether it stands open."""

    name: str
    fields: tuple[Field, ...]
    lines: tuple[SummaryLine, ...] = ()
    opened: bool = False


@dataclass(frozen=True)
class Attempt:
    """A form of the page that was not taken: which one, what was typed, and why not."""

    name: str
    given: Mapping[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None


def typed_into(model: type[StepForm], name: str, posted: Posted) -> dict[str, Any]:
    """What was typed into the form of this name, ready for `parse_form`."""
    return parse_posted(model, posted, prefix=name)


def parsed(model: type[Form], typed: Mapping[str, Any]) -> Form:
    """The form as its model.

    Raises:
        FormIncomplete: with every field that is missing or wrong.
    """
    return cast(Form, parse_form(model, typed))


def small_form(
    model: type[StepForm],
    name: str,
    attempt: Attempt | None = None,
    *,
    given: Mapping[str, Any] | None = None,
    choices: Choices | None = None,
) -> SmallForm:
    """The form of this name; `given` are the values of one that nobody has typed into yet."""
    mine = attempt if attempt is not None and attempt.name == name else None
    errors = mine.refusal.errors if mine and isinstance(mine.refusal, FormIncomplete) else ()
    here = [replace(error, field=f"{name}.{error.field}") for error in errors]
    fields = fields_of(model, mine.given if mine else given or {}, errors, choices=choices or {}, prefix=name)
    lines = list(summary_of(fields, here))
    if mine and mine.refusal is not None and not errors:
        lines.append(SummaryLine(mine.refusal.message))
    return SmallForm(name, tuple(fields), tuple(lines), mine is not None)

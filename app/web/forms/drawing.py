"""Drawing: the fields of a form model with what was typed so far and what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.web.forms.fields import CONTAINERS, Field, Kind, Option, Row, path_to_name
from app.web.forms.shapes import Shape, settings_of, shape_of
from workflows.kit.errors import FieldError


def fields_of(
    model: type[BaseModel],
    given: Mapping[str, Any] | None = None,
    errors: Iterable[FieldError] = (),
    *,
    choices: Mapping[str, Sequence[Option]] | None = None,
    sub_forms: Mapping[str, type[BaseModel]] | None = None,
    prefix: str = "",
) -> list[Field]:
    """The fields of a form in the order of the model.

    Args:
        given: what was typed, stored or proposed; texts as well as typed values. Missing ones show the default.
        errors: of the last attempt; each is shown at its field, deeper ones at the field that holds them.
        choices: options known only to the page, by path without row numbers (`fields.target`); an empty code in
            them stands for “none”.
        sub_forms: the model to draw for a free mapping (`{"form": ReasonForm}` of a proposal).
        prefix: put before every name, to place two forms on one page.

    Raises:
        TypeError: when the model has a field that no page can draw.
    """
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(_joined(prefix, path_to_name(error.field)), []).append(error.message)
    return _Drawing(found, choices or {}, sub_forms or {}).fields(model, given or {}, prefix, "")


@dataclass(frozen=True)
class _Drawing:
    errors: Mapping[str, list[str]]
    choices: Mapping[str, Sequence[Option]]
    sub_forms: Mapping[str, type[BaseModel]]

    def fields(self, model: type[BaseModel], given: Mapping[str, Any], prefix: str, path: str) -> list[Field]:
        return [
            self.field(key, info, given, _joined(prefix, key), f"{path}.{key}".lstrip("."))
            for key, info in model.model_fields.items()
        ]

    def field(self, key: str, info: FieldInfo, given: Mapping[str, Any], name: str, path: str) -> Field:
        own = self.choices.get(path)
        shape = shape_of(info, tuple(own) if own is not None else None)
        value = given[key] if key in given else _default(info)
        if path in self.sub_forms:
            shape = Shape(Kind.GROUP, model=self.sub_forms[path])
        inner: dict[str, Any] = {}
        if shape.kind is Kind.GROUP and shape.model:
            inner["children"] = tuple(self.fields(shape.model, _mapping(value), name, path))
        elif shape.kind is Kind.ROWS and shape.model:
            inner["rows"] = self.rows(shape, value, name, path, required=info.is_required())
        elif shape.kind is Kind.PAIRS:
            inner["children"] = tuple(
                Field(Kind.LINE, f"{name}-{entry}", entry, value=shown(text), error=self.error(f"{name}-{entry}"))
                for entry, text in _mapping(value).items()
            )
        elif shape.kind in {Kind.MANY, Kind.LINES, Kind.FILES}:
            inner["values"] = tuple(_code(shown(item), shape.options) for item in _sequence(value))
        else:
            inner["value"] = _code(shown(value), shape.options)
        return Field(
            shape.kind,
            name,
            info.title or key,
            required=(info.is_required() and not shape.optional) or bool(settings_of(info).get("needed")),
            help=info.description or "",
            error=self.error(name, deep=shape.kind not in CONTAINERS),
            limit=shape.limit,
            minimum=shape.minimum,
            maximum=shape.maximum,
            options=shape.options,
            folded=bool(settings_of(info).get("folded")),
            **inner,
        )

    def rows(self, shape: Shape, value: Any, name: str, path: str, *, required: bool) -> tuple[Row, ...]:
        entries = _sequence(value)
        if not entries and (required or shape.at_least_one):
            entries = [{}]
        assert shape.model is not None
        return tuple(
            Row(index + 1, f"{name}-{index}", tuple(self.fields(shape.model, _mapping(entry), f"{name}-{index}", path)))
            for index, entry in enumerate(entries)
        )

    def error(self, name: str, *, deep: bool = True) -> str:
        messages = list(self.errors.get(name, ()))
        if deep:
            for other, found in self.errors.items():
                if other.startswith(f"{name}-"):
                    place = other[len(name) + 1 :]
                    messages += [f"第{int(place) + 1}项{text}" if place.isdigit() else text for text in found]
        return "；".join(dict.fromkeys(messages))


def shown(value: Any) -> str:
    """A value as its input holds it: codes of enumerations, `true` and `false`, 2026-11-21."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _code(value: str, options: tuple[Option, ...]) -> str:
    """A choice may be given by its label as well as by its code."""
    if any(option.value == value for option in options):
        return value
    return next((option.value for option in options if option.label == value), value)


def _default(info: FieldInfo) -> Any:
    return None if info.is_required() else info.get_default(call_default_factory=True, validated_data={})


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [value] if value else []
    return list(value) if isinstance(value, Iterable) else []


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}-{name}" if prefix else name

"""What kind of field a pydantic annotation asks for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import BaseMetadata, Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.web.forms.fields import Kind, Option

#: Up to this many choices are shown at once; more go into a list.
MOST_RADIOS = 7
#: Texts that may be longer than this get several lines.
LONGEST_LINE = 200

_YES_NO = (Option("true", "是"), Option("false", "否"))


@dataclass(frozen=True)
class Shape:
    """The kind of a field with what the annotation says about its content."""

    kind: Kind
    optional: bool = False
    model: type[BaseModel] | None = None
    options: tuple[Option, ...] = ()
    limit: int | None = None
    minimum: str = ""
    maximum: str = ""
    at_least_one: bool = False


def settings_of(info: FieldInfo) -> Mapping[str, Any]:
    """What a form says about its drawing: `Field(json_schema_extra={"as": "files"})`."""
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def shape_of(info: FieldInfo, choices: tuple[Option, ...] | None = None) -> Shape:
    """The shape of one field; `choices` are options that only the page knows.

    Raises:
        TypeError: for an annotation that no page can draw.
    """
    annotation, constraints, optional = _bare(info.annotation, list(info.metadata))
    wanted = settings_of(info).get("as")
    limits = _limits(constraints)
    if choices is not None:
        kind = Kind.MANY if _is_list(annotation) else _choice_kind(len(choices), optional or not info.is_required())
        return Shape(Kind(wanted) if wanted else kind, optional, options=choices, **limits)
    shape = _plain_shape(annotation, optional, info, limits)
    return Shape(**{**vars(shape), "kind": Kind(wanted)}) if wanted else shape


def _plain_shape(annotation: Any, optional: bool, info: FieldInfo, limits: dict[str, Any]) -> Shape:
    options = options_of(annotation)
    if options:
        return Shape(_choice_kind(len(options), optional), optional, options=options)
    if _is_list(annotation):
        return _list_shape(annotation, optional, limits)
    if get_origin(annotation) is dict or annotation is dict:
        return Shape(Kind.PAIRS, optional)
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return Shape(Kind.GROUP, optional, model=annotation)
        if annotation is bool:
            return (
                Shape(Kind.CHECK, optional) if info.default is False else Shape(Kind.YES_NO, optional, options=_YES_NO)
            )
        if issubclass(annotation, date):
            return Shape(Kind.DATE, optional, **limits)
        if issubclass(annotation, int | float | Decimal):
            return Shape(Kind.NUMBER, optional, **limits)
        if issubclass(annotation, str):
            long = (limits.get("limit") or 0) > LONGEST_LINE
            return Shape(Kind.TEXT if long else Kind.LINE, optional, **limits)
    raise TypeError(f"no field can be drawn for {annotation!r}")


def _list_shape(annotation: Any, optional: bool, limits: dict[str, Any]) -> Shape:
    item, _, _ = _bare(get_args(annotation)[0], [])
    limits = {"at_least_one": limits.get("at_least_one", False)}
    options = options_of(item)
    if options:
        return Shape(Kind.MANY, optional, options=options, **limits)
    if isinstance(item, type) and issubclass(item, BaseModel):
        return Shape(Kind.ROWS, optional, model=item, **limits)
    return Shape(Kind.LINES, optional, **limits)


def options_of(annotation: Any) -> tuple[Option, ...]:
    """The choices of an enumeration or Literal; a member's own label where it has one."""
    if get_origin(annotation) is Literal:
        return tuple(Option(str(value), str(value)) for value in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(Option(str(member.value), str(getattr(member, "label", member.value))) for member in annotation)
    return ()


def _choice_kind(number: int, optional: bool) -> Kind:
    return Kind.SELECT if optional or number > MOST_RADIOS else Kind.RADIO


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) in {list, tuple, set, frozenset}


def _bare(annotation: Any, constraints: list[Any]) -> tuple[Any, list[Any], bool]:
    """The annotation without Annotated and without None; its constraints; whether None is allowed."""
    if get_origin(annotation) is Annotated:
        inner, *own = get_args(annotation)
        return _bare(inner, [*constraints, *own])
    if get_origin(annotation) in {Union, UnionType}:
        members = [member for member in get_args(annotation) if member is not NoneType]
        if len(members) == 1:
            inner, found, _ = _bare(members[0], constraints)
            return inner, found, True
    return annotation, constraints, False


def _constraints(found: list[Any]) -> Iterator[BaseMetadata]:
    for item in found:
        if isinstance(item, BaseMetadata):
            yield item
        elif isinstance(item, FieldInfo):
            yield from _constraints(list(item.metadata))


def _limits(found: list[Any]) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    for item in _constraints(found):
        if isinstance(item, MaxLen):
            limits["limit"] = item.max_length
        elif isinstance(item, MinLen):
            limits["at_least_one"] = item.min_length > 0
        elif isinstance(item, Ge):
            limits["minimum"] = str(item.ge)
        elif isinstance(item, Gt):
            limits["minimum"] = str(item.gt)
        elif isinstance(item, Le):
            limits["maximum"] = str(item.le)
        elif isinstance(item, Lt):
            limits["maximum"] = str(item.lt)
    return limits

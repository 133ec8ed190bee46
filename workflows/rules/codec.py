"""Frozen dataclasses as canonical JSON text and back, driven by the types themselves."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType, NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from workflows.kit.counting import Span

T = TypeVar("T")


def dump(value: object) -> str:
    """Canonical text: sorted keys, no spaces, Chinese in clear."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(wanted: type[T], text: str) -> T:
    """Read what `dump` wrote for this type. Raises ValueError if it is not one or a field does not fit."""
    try:
        value: T = _typed(wanted, json.loads(text))
        return value
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"存储的规则集无法读取：{problem}") from problem


def _plain(value: Any) -> Any:
    if isinstance(value, Span):
        return f"{value.number} {value.unit.value}"
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return value


def _typed(wanted: Any, value: Any) -> Any:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        if value is None and NoneType in arguments:
            return None
        if isinstance(value, list):
            return tuple(value)
        return _typed(arguments[0], value) if NoneType in arguments else value
    if origin is tuple:
        return tuple(_typed(arguments[0], entry) for entry in value)
    if origin is Mapping:
        return MappingProxyType({key: _typed(arguments[1], entry) for key, entry in value.items()})
    if wanted is Span:
        return Span.parse(value)
    if wanted is date:
        return date.fromisoformat(value)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return wanted(value)
    if isinstance(wanted, type) and is_dataclass(wanted):
        hints = get_type_hints(wanted)
        if set(value) != set(hints):
            raise ValueError(f"{wanted.__name__} 的字段不符：{sorted(set(value) ^ set(hints))}")
        return wanted(**{name: _typed(hints[name], entry) for name, entry in value.items()})
    return value

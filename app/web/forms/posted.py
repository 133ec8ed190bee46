"""Reading: what a page posted, as the content of a form. The inverse of drawing; it judges nothing."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from werkzeug.datastructures import MultiDict

from app.web.forms.fields import Kind
from app.web.forms.shapes import Shape, shape_of

Posted = MultiDict[str, str]

_CLEARABLE = frozenset(
    {Kind.LINE, Kind.TEXT, Kind.DATE, Kind.NUMBER, Kind.LINES, Kind.MANY, Kind.FILES, Kind.ROWS, Kind.HIDDEN}
)

_ROW_NUMBER = re.compile(r"[0-9]{1,4}")
_DAY = re.compile(r"(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})\s*日?")


def parse_posted(
    model: type[BaseModel],
    posted: Posted,
    *,
    sub_forms: Mapping[str, type[BaseModel]] | None = None,
    prefix: str = "",
) -> dict[str, Any]:
    """The content of a form as it was posted, ready for `parse_form`.

    Empty fields and wholly empty rows are left out, unless leaving them out would bring a default back that the
    user has cleared. Wrong values stay as typed, so that the page can show them again.
    """
    return _Reading(posted, sub_forms or {}, keep_blank_rows=False).form(model, prefix, "")


def reshaped(
    model: type[BaseModel],
    posted: Posted,
    *,
    sub_forms: Mapping[str, type[BaseModel]] | None = None,
    prefix: str = "",
) -> dict[str, Any] | None:
    """What to draw again after 再加一项 or 删除本项 was pressed; None if neither was.

    Those buttons post `add` with the name of the list, or `remove` with the name of the row.
    """
    adds, removes = posted.get("add", ""), posted.get("remove", "")
    if not adds and not removes:
        return None
    given = _Reading(posted, sub_forms or {}, keep_blank_rows=True).form(model, prefix, "")
    *path, last = (adds or removes).removeprefix(f"{prefix}-" if prefix else "").split("-")
    target = _reach(given, [*path, last] if adds else path)
    if isinstance(target, list):
        if adds:
            target.append({})
        elif (number := _number(last)) is not None and number < len(target):
            del target[number]
    return given


def _reach(content: Any, path: list[str]) -> Any:
    """What lies under a path of names and row numbers; None if nothing does."""
    for part in path:
        if isinstance(content, list):
            number = _number(part)
            content = content[number] if number is not None and number < len(content) else None
        else:
            content = content.get(part) if isinstance(content, dict) else None
    return content


def _number(text: str) -> int | None:
    """A row number; names are user input, so anything else is None."""
    return int(text) if _ROW_NUMBER.fullmatch(text) else None


class _Reading:
    def __init__(self, posted: Posted, sub_forms: Mapping[str, type[BaseModel]], *, keep_blank_rows: bool) -> None:
        self.posted = posted
        self.sub_forms = sub_forms
        self.keep_blank_rows = keep_blank_rows

    def form(self, model: type[BaseModel], prefix: str, path: str) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key, info in model.model_fields.items():
            name = f"{prefix}-{key}" if prefix else key
            self._read(content, key, info, name, f"{path}.{key}".lstrip("."))
        return content

    def _read(self, content: dict[str, Any], key: str, info: FieldInfo, name: str, path: str) -> None:
        shape = Shape(Kind.GROUP, model=self.sub_forms[path]) if path in self.sub_forms else shape_of(info)
        value = self._value(shape, name, path)
        if not _is_blank(value) or (shape.kind is Kind.ROWS and self.keep_blank_rows):
            content[key] = value
        elif shape.kind is Kind.GROUP and info.is_required() and not shape.optional:
            # Given empty, its own fields are named as missing, not the group as a whole; so are those of groups in it.
            content[key] = value
        elif self._cleared(shape, info, name):
            content[key] = None if shape.optional else value

    def _value(self, shape: Shape, name: str, path: str) -> Any:
        if shape.kind is Kind.GROUP and shape.model:
            return self.form(shape.model, name, path)
        if shape.kind is Kind.ROWS and shape.model:
            rows = [self.form(shape.model, f"{name}-{index}", path) for index in self._row_numbers(name)]
            return rows if self.keep_blank_rows else [row for row in rows if not _is_blank(row)]
        if shape.kind is Kind.PAIRS:
            return {item[len(name) + 1 :]: self._text(item) for item in self._beneath(name)}
        if shape.kind in {Kind.MANY, Kind.FILES}:
            return [value for value in self.posted.getlist(name) if value]
        if shape.kind is Kind.LINES:
            lines = (line.strip() for text in self.posted.getlist(name) for line in _unix(text).split("\n"))
            return [line for line in lines if line]
        text = self._text(name)
        return _iso(text) if shape.kind is Kind.DATE else text

    def _text(self, name: str) -> str:
        return _unix(self.posted.get(name, ""))

    def _beneath(self, name: str) -> list[str]:
        return [item for item in self.posted if item.startswith(f"{name}-")]

    def _row_numbers(self, name: str) -> list[int]:
        heads = {item[len(name) + 1 :].split("-", 1)[0] for item in self._beneath(name)}
        return sorted(number for head in heads if (number := _number(head)) is not None)

    def _cleared(self, shape: Shape, info: FieldInfo, name: str) -> bool:
        """Whether the user emptied a field that would otherwise come back with its default."""
        # A list of rows is on the page when its own empty mark is: see the macro `rows`.
        mark = f"{name}-" if shape.kind is Kind.ROWS else name
        if info.is_required() or mark not in self.posted or (shape.kind not in _CLEARABLE and not shape.optional):
            return False
        return not _is_blank(info.get_default(call_default_factory=True, validated_data={}))


def _is_blank(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return all(_is_blank(item) for item in value.values())
    return value is None or (isinstance(value, list) and not value)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _iso(text: str) -> str:
    """A day as people write it (2026年11月21日, 2026/11/21) in the form 2026-11-21; anything else as typed."""
    match = _DAY.fullmatch(text.strip())
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else text

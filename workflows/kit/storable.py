"""What may come in at all, before any form is read: how much, how deep, which characters, numbers and days.

Forms limit their own fields; this keeps out what no field is meant for and no database takes.
"""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

#: Days that can be written and counted: since the founding of the state, up to the end of the calendar of working days.
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2060, 12, 31)
#: Limits of one form as a whole.
MOST_ENTRIES, MOST_LETTERS, DEEPEST, LONGEST_NAME = 2_000, 200_000, 8, 100
_LARGEST_NUMBER = 2**53


class Unstorable(Exception):
    """Something that can be neither kept nor judged; `field` is the field of the form in which it lies, if any."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def in_words(day: date) -> str:
    """A day as it is written: 2026年11月21日."""
    return f"{day.year}年{day.month}月{day.day}日"


def demand_storable(given: Any) -> None:
    """Look through everything that was given, without recursion.

    Raises:
        Unstorable: what is wrong and how to mend it, in Chinese.
    """
    if given is None:
        return
    if not isinstance(given, Mapping):
        raise Unstorable("", "填写内容的结构不对")
    entries = letters = 0
    # Each with the field of the form that it belongs to, and how deep it lies.
    waiting: list[tuple[Any, str, int]] = [(given, "", 0)]
    while waiting:
        value, field, depth = waiting.pop()
        inner = _inner(value, field)
        entries += len(inner)
        letters += len(value) if isinstance(value, str) else 0
        if depth > DEEPEST:
            raise Unstorable(field, "填写内容的层次过多")
        if entries > MOST_ENTRIES:
            raise Unstorable(field, f"内容过多，合计最多{MOST_ENTRIES}项，请精简")
        if letters > MOST_LETTERS:
            raise Unstorable(field, f"内容过长，合计最多{MOST_LETTERS}字，请精简")
        _demand_plain(value, field)
        waiting += [(item, field or name, depth + 1) for name, item in inner]


def _inner(value: Any, field: str) -> list[tuple[str, Any]]:
    """What a value holds; the entries of the form itself bear the names of its fields."""
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str) or len(name) > LONGEST_NAME or not _is_text(name):
                raise Unstorable(field, "填写项的名称不对")
        return [(str(name), item) for name, item in value.items()]
    return [(field, item) for item in value] if isinstance(value, (list, tuple)) else []


def _demand_plain(value: Any, field: str) -> None:
    if isinstance(value, str):
        if not _is_text(value):
            raise Unstorable(field, "含有无法保存的字符，请删去后重新填写")
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, (int, float)):
        if not math.isfinite(value) or abs(value) > _LARGEST_NUMBER:
            raise Unstorable(field, "数字过大，请核对")
    elif not isinstance(value, (date, Mapping, list, tuple, BaseModel)):
        raise Unstorable(field, "填写内容的类型不对")


def _is_text(text: str) -> bool:
    """Neither U+0000, which PostgreSQL does not keep, nor half a character."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)

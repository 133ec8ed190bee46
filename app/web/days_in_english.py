"""Days, months and lengths of terms that were written in Chinese, in English: 21 November 2026, 5 working days."""

import re

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日)?(?: (\d{2}:\d{2}))?")
_DAYS = re.compile(r"(\d{1,2})月(\d{1,2})日至(?:(\d{1,2})月)?(\d{1,2})日")
_LENGTH = re.compile(r"(\d+|[零一二三四五六七八九十百千]+)(个工作日|日|个月|年)")
_UNITS = {"个工作日": "working day", "日": "day", "个月": "month", "年": "year"}
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_TENS = {"十": 10, "百": 100, "千": 1000}


def english_day(year: int, month: int, day: int) -> str:
    """21 November 2026."""
    return f"{day} {_MONTHS[month - 1]} {year}"


def english_month(year: int, month: int) -> str:
    """November 2026."""
    return f"{_MONTHS[month - 1]} {year}"


def spoken_day(text: str) -> str:
    """2026年11月21日 09:30, 11月21日, 2026年11月, 9月14日至20日; empty for whatever is none of these."""
    days, day = _DAYS.fullmatch(text), _DAY.fullmatch(text)
    if days and _is_month(days[1]) and _is_month(days[3] or days[1]):
        first, last = _month(days[1]), _month(days[3] or days[1])
        return f"{days[2]}{'' if first == last else f' {first}'} to {days[4]} {last}"
    if day is None or not _is_month(day[2]):
        return ""
    return " ".join(part for part in (day[3], _month(day[2]), day[1], day[4]) if part)


def spoken_length(text: str) -> str:
    """5个工作日, 五个工作日, 三十日; empty for whatever is no length."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        return ""
    number = int(found[1]) if found[1].isdigit() else _number(found[1])
    return f"{number} {_UNITS[found[2]]}{'' if number == 1 else 's'}"


def _is_month(number: str) -> bool:
    return 1 <= int(number) <= len(_MONTHS)


def _month(number: str) -> str:
    return _MONTHS[int(number) - 1]


def _number(words: str) -> int:
    """二十 as 20."""
    total, digit = 0, 0
    for character in words:
        if character in _TENS:
            total, digit = total + (digit or 1) * _TENS[character], 0
        else:
            digit = _DIGITS[character]
    return total + digit

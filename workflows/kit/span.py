"""What a term is made of: its length, its nature, its pauses and extensions.

Legal days are ``date`` objects; a term ends at 24:00 (Asia/Shanghai) of its last day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_SPAN = re.compile(r"([0-9]{1,4})\s*(WD|D|M|Y)")


class Unit(StrEnum):
    """Unit of a term. WD are working days of the national calendar, the others calendar units."""

    WD = "WD"
    D = "D"
    M = "M"
    Y = "Y"

    @property
    def label(self) -> str:
        """The unit as it follows a number in a Chinese sentence."""
        return {Unit.WD: "个工作日", Unit.D: "日", Unit.M: "个月", Unit.Y: "年"}[self]


class Nature(StrEnum):
    """What a term does: binds an organ, gives time to a subject, or measures how long something lasts."""

    DUTY = "duty"
    RIGHT = "right"
    PERIOD = "period"

    @property
    def label(self) -> str:
        """The nature in Chinese."""
        return {Nature.DUTY: "办理期限", Nature.RIGHT: "权利期限", Nature.PERIOD: "存续期间"}[self]


def chinese_numeral(number: int) -> str:
    """Write 0–9999 as statutes do: 十五, 三十, 一百零五.

    :raises ValueError: outside 0–9999.
    """
    if not 0 <= number <= 9999:
        raise ValueError(f"数字{number}超出可以写成汉字的范围（0至9999）。")
    if number == 0:
        return _DIGITS[0]
    text = ""
    gap = False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text.removeprefix("一") if text.startswith("一十") else text


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: a number (0–9999) and its unit.

    :raises ValueError: if the number is outside 0–9999.
    """

    number: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 0 <= self.number <= 9999:
            raise ValueError(f"期限长度{self.number}不正确，应当为0至9999之间的整数。")

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read the form used in rule files: ``5 WD``, ``30 D``, ``3 M``, ``1 Y``.

        :raises ValueError: in Chinese, if the text has another form.
        """
        match = _SPAN.fullmatch(text.strip())
        if match is None:
            raise ValueError(
                f"期限“{text}”无法识别，应当写成数字加单位，例如“5 WD”（五个工作日）、“30 D”、“3 M”、“1 Y”。"
            )
        return cls(int(match[1]), Unit(match[2]))

    @property
    def text(self) -> str:
        """As statutes and notices write it: 五个工作日, 三十日, 三个月, 一年 (and 二个月, not 两个月)."""
        return chinese_numeral(self.number) + self.unit.label

    @property
    def short(self) -> str:
        """As screens write it: 5个工作日, 30日."""
        return f"{self.number}{self.unit.label}"

    def __str__(self) -> str:
        return f"{self.number} {self.unit.value}"

    def days_from(self, start: date) -> int:
        """Length in calendar days of a span in D, M or Y that starts from ``start``.

        Months and years end on the corresponding day, or on the last day of the month that has none
        (民法典第二百零二条).

        :raises ValueError: for a span in working days, which only the calendar can measure.
        """
        if self.unit is Unit.WD:
            raise ValueError("以工作日计算的期限须按日历推算。")
        if self.unit is Unit.D:
            return self.number
        months = start.month - 1 + self.number * (12 if self.unit is Unit.Y else 1)
        year, month = start.year + months // 12, months % 12 + 1
        return (date(year, month, min(start.day, monthrange(year, month)[1])) - start).days


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop of the term: the days after ``began_on`` up to and including ``ended_on`` are skipped.

    ``ended_on`` is None while the pause lasts. ``cause`` is Chinese text that follows 暂停：.

    :raises ValueError: if it ends before it begins.
    """

    began_on: date
    ended_on: date | None
    cause: str

    def __post_init__(self) -> None:
        if self.ended_on is not None and self.ended_on < self.began_on:
            raise ValueError(f"暂停的结束日{self.ended_on}早于开始日{self.began_on}。")

    def skips(self, day: date) -> bool:
        """Whether this pause keeps ``day`` from being counted."""
        return self.began_on < day and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, counted from the old last day in its own unit. ``basis`` is Chinese text (clause or decision)."""

    span: Span
    granted_on: date
    basis: str


@dataclass(frozen=True, slots=True)
class Counting:
    """All that decides the last day of a term, apart from the calendar.

    ``anchor_on`` is the day of the act or service that starts the term; it is not counted.
    ``extensions`` apply in the order given. ``not_before`` is a day already told to a subject (or, for a duty,
    the present day when the calendar changes): the last day never falls earlier.

    :raises ValueError: if a *period* carries pauses; it is never paused.
    """

    nature: Nature
    span: Span
    anchor_on: date
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    not_before: date | None = None

    def __post_init__(self) -> None:
        if self.nature is Nature.PERIOD and self.pauses:
            raise ValueError("存续期间不因任何事由暂停。")

    @property
    def spans(self) -> tuple[Span, ...]:
        """The span and those of its extensions, in the order in which they are counted."""
        return (self.span, *(extension.span for extension in self.extensions))

    @property
    def follows_calendar(self) -> bool:
        """Whether the last day depends on the working-day calendar: not for a period in D, M or Y."""
        return self.nature is not Nature.PERIOD or any(span.unit is Unit.WD for span in self.spans)


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a term. ``on`` is None while an open pause keeps it from being known."""

    on: date | None
    provisional: bool

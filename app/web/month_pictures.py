"""A term as a picture of its months: every day counted or skipped, in colour and in words."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from app.web.speaking import in_english
from workflows.kit.counting import Ledger, LedgerDay

#: A longer term is not drawn: its days, all counted alike, say nothing that its first and last day do not.
MOST_MONTHS = 4


class Part(StrEnum):
    """What a day is to the term; the style sheet colours it."""

    ANCHOR = "anchor"
    COUNTED = "counted"
    EXTENDED = "extended"
    SKIPPED = "skipped"
    PAUSED = "paused"
    LAST = "last"


@dataclass(frozen=True)
class Cell:
    """One day of a month; `part` None outside the term. `word` is short enough for a cell, `reason` says it all."""

    on: date
    part: Part | None = None
    word: str = ""
    reason: str = ""
    is_today: bool = False


@dataclass(frozen=True)
class Month:
    """One month, its weeks from Monday to Sunday; None where a day belongs to another month."""

    year: int
    month: int
    weeks: tuple[tuple[Cell | None, ...], ...]

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def weekdays(self) -> tuple[str, ...]:
        return tuple(f"周{name}" for name in "一二三四五六日")


def months_of(ledger: Ledger, today: date) -> tuple[Month, ...]:
    """The months of a term; none of a long one."""
    days = {day.on: day for day in ledger.days}
    wanted = [key for key, _ in groupby(ledger.days, lambda day: (day.on.year, day.on.month))]
    if len(wanted) > MOST_MONTHS:
        return ()
    return tuple(_month(year, month, days, ledger, today) for year, month in wanted)


def _month(year: int, month: int, days: dict[date, LedgerDay], ledger: Ledger, today: date) -> Month:
    first, length = monthrange(year, month)
    cells: list[Cell | None] = [None] * first
    cells += [_cell(date(year, month, number), days, ledger, today) for number in range(1, length + 1)]
    cells += [None] * (-len(cells) % 7)
    return Month(year, month, tuple(tuple(cells[place : place + 7]) for place in range(0, len(cells), 7)))


def _cell(on: date, days: dict[date, LedgerDay], ledger: Ledger, today: date) -> Cell:
    day = days.get(on)
    if day is None:
        return Cell(on, is_today=on == today)
    part, word = _told(day, ledger)
    return Cell(on, part, word, day.reason, on == today)


def _told(day: LedgerDay, ledger: Ledger) -> tuple[Part, str]:
    if day.on == ledger.days[0].on:
        return Part.ANCHOR, "起算"
    if day.on == ledger.due_on:
        return Part.LAST, "届满日"
    if day.counted is not None:
        return (Part.EXTENDED, f"延{day.counted}") if day.leg else (Part.COUNTED, f"{day.counted}")
    if day.reason.startswith("暂停"):
        return Part.PAUSED, "暂停"
    # The English name of a holiday is too long for a day; those who listen hear it, the days one by one tell it.
    return Part.SKIPPED, _SHORT.get(day.reason, "休" if in_english() else day.reason)


_SHORT = {"双休日": "休", "已告知的届满日不提前": "顺延", "顺延至本日届满": "顺延"}

"""The national working-day calendar: dated facts with source and version.

Official up to ``published_through``; after that 暂按双休日和法定节假日推算: the plain week and the statutory days of
《全国年节及纪念日放假办法》, without the make-up days that only a yearly notice can name.
Counting in working days never counts the day it starts from (民法典第二百零一条).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import ClassVar, NamedTuple

from workflows.kit.calendar_file import CalendarFileError, Fact, parse_calendar_file
from workflows.kit.storable import in_words

__all__ = [
    "Calendar",
    "CalendarFileError",
    "CalendarRangeError",
    "DayNote",
    "Fact",
    "parse_calendar_file",
    "shipped_calendar",
]

_FILES = Path(__file__).parent.parent / "calendar"
_SATURDAY = 5


class CalendarRangeError(ValueError):
    """A working-day question about a day outside the calendar (2004-01-01 to 2060-12-31)."""


class DayNote(NamedTuple):
    """Why a day is or is not a working day, for ledgers and notices: 工作日, 双休日, 国庆节, 调休上班."""

    on: date
    working: bool
    reason: str


@dataclass(frozen=True)
class Calendar:
    """One immutable version of the calendar.

    ``facts`` are the days named by yearly notices, ``statutory`` the statutory days off of years without a notice.
    """

    version: str
    published_through: int
    facts: tuple[Fact, ...] = field(repr=False, hash=False)
    statutory: tuple[Fact, ...] = field(repr=False, hash=False)

    first_day: ClassVar[date] = date(2004, 1, 1)
    horizon: ClassVar[date] = date(2060, 12, 31)

    _exceptions: dict[date, Fact] = field(init=False, repr=False, compare=False)
    # Indexed by days since first_day: working days up to and including that day.
    _count: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _working: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _provisional_after: date = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        exceptions = {fact.on: fact for fact in (*self.statutory, *self.facts)}
        first = self.first_day.toordinal()
        flags = bytearray(
            date.fromordinal(ordinal).weekday() < _SATURDAY for ordinal in range(first, self.horizon.toordinal() + 1)
        )
        for on, fact in exceptions.items():
            flags[on.toordinal() - first] = fact.working
        working = tuple(date.fromordinal(first + index) for index, flag in enumerate(flags) if flag)
        object.__setattr__(self, "_exceptions", exceptions)
        object.__setattr__(self, "_count", tuple(accumulate(flags)))
        object.__setattr__(self, "_working", working)
        object.__setattr__(self, "_provisional_after", date(self.published_through, 12, 24))

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on ``day``. :raises CalendarRangeError: outside the calendar."""
        fact = self._exceptions.get(day)
        if fact is not None:
            return fact.working
        self._index(day)
        return day.weekday() < _SATURDAY

    def is_provisional(self, day: date) -> bool:
        """Whether a notice still to come may change ``day``.

        The notice of a year can also move the last week of the year before (元旦), hence 24 December.
        """
        return day > self._provisional_after

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after ``start``, which is not counted; ``start`` itself for n = 0.

        :raises ValueError: if n is negative.
        :raises CalendarRangeError: if ``start`` or the result lies outside the calendar.
        """
        if n <= 0:
            if n < 0:
                raise ValueError(f"工作日天数{n}不能为负数。")
            return start
        try:
            return self._working[self._count[self._index(start)] + n - 1]
        except IndexError:
            raise CalendarRangeError(
                f"自{start}起{n}个工作日超出日历范围（至{self.horizon}），请导入新的日历。"
            ) from None

    def working_days_between(self, after: date, until: date) -> int:
        """Working days after ``after`` up to and including ``until``; 0 if ``until`` is not later.

        :raises CalendarRangeError: if either day lies outside the calendar.
        """
        return max(0, self._count[self._index(until)] - self._count[self._index(after)])

    def next_working_day(self, day: date) -> date:
        """``day`` itself if offices work on it, otherwise the first working day after it.

        :raises CalendarRangeError: outside the calendar.
        """
        return day if self.is_working_day(day) else self.add_working_days(day, 1)

    def previous_working_days(self, day: date, n: int) -> date:
        """The n-th working day before ``day``, which is not counted; ``day`` itself for n = 0.

        :raises ValueError: if n is negative.
        :raises CalendarRangeError: outside the calendar.
        """
        if n <= 0:
            if n < 0:
                raise ValueError(f"工作日天数{n}不能为负数。")
            return day
        before = self._count[self._index(day)] - (1 if self.is_working_day(day) else 0)
        if before < n:
            raise CalendarRangeError(f"{in_words(day)}之前{n}个工作日早于日历的第一天（{in_words(self.first_day)}）。")
        return self._working[before - n]

    def note(self, day: date) -> DayNote:
        """Say in Chinese what kind of day it is. :raises CalendarRangeError: outside the calendar."""
        working = self.is_working_day(day)
        weekend = day.weekday() >= _SATURDAY
        fact = self._exceptions.get(day)
        if working:
            return DayNote(day, True, "调休上班" if weekend else "工作日")
        return DayNote(day, False, "双休日" if fact is None else fact.name)

    def with_facts(self, version: str, facts: Iterable[Fact], published_through: int) -> Calendar:
        """A new version with a new year, or with changed days; later facts replace earlier ones of the same day.

        A newly published year must say of each statutory day whether it is off, so that half a file cannot make a
        year official; ``published_through`` never goes back.

        :raises CalendarFileError: in Chinese, if a year is skipped or incomplete or a day lies outside the calendar.
        """
        added = tuple(facts)
        problems = [
            f"{fact.on}超出日历范围（{self.first_day}至{self.horizon}）。"
            for fact in added
            if not self.first_day <= fact.on <= self.horizon
        ]
        named = {fact.on for fact in added}
        for year in range(self.published_through + 1, published_through + 1):
            unnamed = [fact for fact in self.statutory if fact.on.year == year and fact.on not in named]
            if unnamed:
                listed = "、".join(f"{in_words(fact.on)}（{fact.name}）" for fact in unnamed)
                problems.append(
                    f"{year}年的安排不完整，没有写明下列法定节假日：{listed}。"
                    "放假的写“放假”，照常上班的写“上班”；年度必须连续导入。"
                )
        if problems:
            raise CalendarFileError(problems)
        merged = {fact.on: fact for fact in (*self.facts, *added)}
        published = max(published_through, self.published_through)
        return Calendar(version, published, tuple(merged[on] for on in sorted(merged)), self.statutory)

    def to_json(self) -> str:
        """Canonical text that holds the whole version, for storing and hashing."""
        sources = sorted({fact.source for fact in (*self.facts, *self.statutory)})
        place = {source: index for index, source in enumerate(sources)}

        def rows(facts: tuple[Fact, ...]) -> list[list[str | int]]:
            return [[f.on.isoformat(), int(f.working), f.name, place[f.source]] for f in sorted(facts)]

        content = {
            "facts": rows(self.facts),
            "published_through": self.published_through,
            "sources": sources,
            "statutory": rows(self.statutory),
            "version": self.version,
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Calendar:
        """Rebuild a version from :meth:`to_json`. :raises ValueError, KeyError: if the text is not such a version."""
        content = json.loads(text)
        sources = content["sources"]
        facts, statutory = (
            tuple(
                Fact(date.fromisoformat(on), bool(working), name, sources[place])
                for on, working, name, place in content[key]
            )
            for key in ("facts", "statutory")
        )
        return cls(content["version"], content["published_through"], facts, statutory)

    def _index(self, day: date) -> int:
        if not self.first_day <= day <= self.horizon:
            raise CalendarRangeError(
                f"{in_words(day)}超出工作日日历的范围（{in_words(self.first_day)}至{in_words(self.horizon)}）。"
            )
        return (day - self.first_day).days


@cache
def shipped_calendar() -> Calendar:
    """The calendar that ships with the product: facts of 2004–2026 and the statutory days of later years."""
    facts: list[Fact] = []
    published = 0
    for path in sorted(_FILES.glob("[0-9][0-9][0-9][0-9].toml")):
        year_facts, published = parse_calendar_file(path.read_text(encoding="utf-8"))
        facts += year_facts
    statutory: list[Fact] = []
    for path in sorted(_FILES.glob("statutory-*.toml")):
        statutory += parse_calendar_file(path.read_text(encoding="utf-8"))[0]
    return Calendar(str(published), published, tuple(sorted(facts)), tuple(statutory))

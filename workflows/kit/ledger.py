"""The ledger of a term: every day counted or skipped, and why.

It walks day by day and shares no arithmetic with ``counting.due_on``, so that each proves the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from workflows.kit.calendar import Calendar
from workflows.kit.span import Counting, Nature, Pause, Unit

_DAY = timedelta(days=1)


class LedgerDay(NamedTuple):
    """One day of a term. ``counted`` is its number within its leg, None if it is not counted.

    ``leg`` is 0 for the term itself and k for its k-th extension.
    """

    on: date
    counted: int | None
    reason: str
    leg: int


class Skip(NamedTuple):
    """Consecutive days that are not counted for one reason."""

    first: date
    last: date
    reason: str


class Stretch(NamedTuple):
    """Consecutive days of one leg that are counted, or skipped, for one reason; `counted` are their first and last
    number, None if they are not counted."""

    first: date
    last: date
    counted: tuple[int, int] | None
    reason: str
    leg: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The days of a term from its anchor to its last day, or to the day an open pause began.

    ``first_day`` is the day after the anchor, whether it is counted or not. ``paused_by`` is set, and ``due_on``
    None, while an open pause keeps the last day from being known.
    """

    days: tuple[LedgerDay, ...]
    first_day: date
    due_on: date | None
    provisional: bool
    calendar_version: str
    paused_by: Pause | None

    @property
    def first_counted(self) -> date | None:
        """The day with the number one; None where a pause, or a length of nothing, leaves none."""
        return next((day.on for day in self.days if day.counted is not None), None)

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """All days, run by run: the same account in fewer lines."""
        runs = groupby(self.days, lambda day: (day.counted is None, day.reason, day.leg))
        return tuple(_stretch(list(run)) for _, run in runs)

    @property
    def skips(self) -> tuple[Skip, ...]:
        """The days not counted, run by run, without anchor and last day; for the term table of a notice."""
        between = [day for day in self.days[1:] if day.on != self.due_on]
        runs = [list(run) for _, run in groupby(between, lambda day: day.counted is None and day.reason)]
        return tuple(Skip(run[0].on, run[-1].on, run[0].reason) for run in runs if run[0].counted is None)


def _stretch(run: list[LedgerDay]) -> Stretch:
    first, last = run[0], run[-1]
    numbers = None if first.counted is None or last.counted is None else (first.counted, last.counted)
    return Stretch(first.on, last.on, numbers, first.reason, first.leg)


def ledger(counting: Counting, calendar: Calendar) -> Ledger:
    """Account for every day of the term.

    :raises CalendarRangeError: if working days outside the calendar would be needed.
    """
    walk = _Walk(counting, calendar)
    paused_by = walk.run()
    due = None if paused_by else walk.today
    return Ledger(
        days=tuple(walk.days),
        first_day=counting.anchor_on + _DAY,
        due_on=due,
        provisional=due is not None and counting.follows_calendar and calendar.is_provisional(due),
        calendar_version=calendar.version,
        paused_by=paused_by,
    )


class _OpenPauseError(Exception):
    def __init__(self, pause: Pause) -> None:
        self.pause = pause


class _Walk:
    """A pen that moves through the days of one term."""

    def __init__(self, counting: Counting, calendar: Calendar) -> None:
        self.counting = counting
        self.calendar = calendar
        self.today = counting.anchor_on
        self.leg = 0
        self.days = [LedgerDay(self.today, None, "起算日，不计入", 0)]

    def run(self) -> Pause | None:
        """Write all days; the open pause that stopped the pen, if one did."""
        try:
            for leg, span in enumerate(self.counting.spans):
                self.leg = leg
                if span.unit is Unit.WD:
                    self._count_working_days(span.number)
                else:
                    self._count_days(span.days_from(self.today))
                self._roll()
            told = self.counting.not_before
            if told is not None and self.today < told:
                while self.today < told:
                    self._write(None, "已告知的届满日不提前")
                self._roll()
        except _OpenPauseError as stop:
            return stop.pause
        return None

    def _write(self, counted: int | None, reason: str) -> None:
        self.today += _DAY
        self.days.append(LedgerDay(self.today, counted, reason, self.leg))

    def _skip_if_paused(self) -> bool:
        pause = self._pause_on(self.today + _DAY)
        if pause is not None:
            self._write(None, f"暂停：{pause.cause}")
        return pause is not None

    def _pause_on(self, day: date) -> Pause | None:
        found = None
        for pause in self.counting.pauses:
            if pause.skips(day):
                if pause.ended_on is None:
                    raise _OpenPauseError(pause)
                found = found or pause
        return found

    def _count_working_days(self, number: int) -> None:
        counted = 0
        while counted < number:
            if self._skip_if_paused():
                continue
            note = self.calendar.note(self.today + _DAY)
            counted += note.working
            self._write(counted if note.working else None, note.reason)

    def _count_days(self, number: int) -> None:
        counted = 0
        while counted < number:
            if not self._skip_if_paused():
                counted += 1
                self._write(counted, "计入")

    def _roll(self) -> None:
        """Move a last day that is a rest day on to the next working day (民法典第二百零三条)."""
        if self.counting.nature is Nature.PERIOD or self._may_end():
            return
        last = self.days[-1]
        if last.counted is not None:
            self.days[-1] = last._replace(reason=f"计入；最后一日为{self.calendar.note(last.on).reason}，顺延")
        while not self._may_end():
            if not self._skip_if_paused():
                note = self.calendar.note(self.today + _DAY)
                self._write(None, "顺延至本日届满" if note.working else note.reason)

    def _may_end(self) -> bool:
        return self._pause_on(self.today) is None and self.calendar.is_working_day(self.today)

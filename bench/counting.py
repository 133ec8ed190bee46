"""Working days: the calendar's bisect, and a whole ledger with each day explained (performance 2)."""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bench.report import Line
from workflows.kit.calendar import shipped_calendar
from workflows.kit.counting import Counting, Nature, Span, Unit, due_on, ledger

_STARTS = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(250)]


def measure() -> Iterator[Line]:
    """Microseconds a call over 250 starting days."""
    calendar = shipped_calendar()
    calendar.add_working_days(_STARTS[0], 10)

    def counting(start: date) -> Counting:
        return Counting(Nature.DUTY, Span(20, Unit.WD), start)

    yield _timed("add_working_days (10)", lambda start: calendar.add_working_days(start, 10), 40)
    yield _timed("due_on of a duty of 20 working days", lambda start: due_on(counting(start), calendar), 20)
    yield _timed("ledger of 20 working days, each day explained", lambda start: ledger(counting(start), calendar), 4)


def _timed(name: str, act: Callable[[date], object], rounds: int) -> Line:
    began = time.perf_counter()
    for _ in range(rounds):
        for start in _STARTS:
            act(start)
    took = (time.perf_counter() - began) / (rounds * len(_STARTS))
    return Line(name, took * 1e6, None, "µs")

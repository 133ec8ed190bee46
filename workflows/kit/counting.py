"""From a term to its last day, and what follows from it.

The first day is not counted (民法典第二百零一条); working days go by the national calendar with its make-up days;
a duty or right whose last day is a rest day ends on the next working day, at 24:00 (民法典第二百零三条).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from workflows.kit.calendar import Calendar
from workflows.kit.ledger import Ledger, LedgerDay, Skip, ledger
from workflows.kit.span import Counting, Due, Extension, Nature, Pause, Span, Unit

__all__ = [
    "Counting",
    "Due",
    "Extension",
    "Ledger",
    "LedgerDay",
    "Nature",
    "Pause",
    "Skip",
    "Span",
    "Unit",
    "due_on",
    "has_ended",
    "lapses_on",
    "ledger",
    "remaining",
    "running_days_late",
]

_DAY = timedelta(days=1)


def due_on(counting: Counting, calendar: Calendar) -> Due:
    """The last day of the term.

    ``Due.on`` is None while an open pause that began before the last day keeps it from being known. A *period* in
    D, M or Y is never provisional: its last day is the corresponding day whatever the calendar says.

    :raises CalendarRangeError: if working days outside the calendar would be needed.
    """
    pauses = sorted(counting.pauses, key=lambda pause: pause.began_on)
    end: date | None = counting.anchor_on
    for span in counting.spans:
        if end is None:
            break
        end = _advance(end, span, pauses, calendar)
        if end is not None and counting.nature is not Nature.PERIOD:
            end = _roll(end, pauses, calendar)
    if end is not None and counting.not_before is not None and end < counting.not_before:
        end = counting.not_before
        if counting.nature is not Nature.PERIOD:
            end = _roll(end, pauses, calendar)
    if end is None:
        return Due(None, False)
    return Due(end, counting.follows_calendar and calendar.is_provisional(end))


def has_ended(due: date, today: date) -> bool:
    """Whether a term whose last day is ``due`` is over on ``today``: the last day runs to 24:00."""
    return today > due


def lapses_on(nature: Nature, due: date, transit: Span, calendar: Calendar) -> date:
    """The day at whose 00:00 the effect of expiry is taken.

    For a duty or period the day after ``due``; for a right the day after the transit time (在途): what was posted
    on the last day is in time (民事诉讼法第八十五条).
    """
    if nature is not Nature.RIGHT:
        return due + _DAY
    return _end_of(transit, due, calendar) + _DAY


def remaining(counting: Counting, on: date, calendar: Calendar, floor: Span) -> Span:
    """The unused rest of a term that is taken up again on ``on``, or ``floor`` if that ends later.

    The rest is given in working days for a term in working days, else in calendar days; days paused up to ``on``
    are not used up, later parts of a pause do not matter.
    """
    past = tuple(
        replace(pause, ended_on=on if pause.ended_on is None else min(pause.ended_on, on))
        for pause in counting.pauses
        if pause.began_on < on
    )
    due = due_on(replace(counting, pauses=past), calendar).on
    if due is None or due <= on:
        return floor
    if counting.span.unit is Unit.WD:
        rest = Span(calendar.working_days_between(on, due), Unit.WD)
    else:
        rest = Span((due - on).days, Unit.D)
    return rest if _end_of(rest, on, calendar) >= _end_of(floor, on, calendar) else floor


def running_days_late(due: date, today: date, calendar: Calendar) -> int:
    """Working days by which a term is overdue on ``today``; 0 up to its last day."""
    return calendar.working_days_between(due, today) if has_ended(due, today) else 0


def _end_of(span: Span, start: date, calendar: Calendar) -> date:
    end = _advance(start, span, [], calendar)
    return calendar.next_working_day(end if end is not None else start)


def _advance(start: date, span: Span, pauses: list[Pause], calendar: Calendar) -> date | None:
    """Count ``span`` from ``start``, leaving out what the pauses (sorted by beginning) skip; None: open pause."""
    in_working_days = span.unit is Unit.WD
    left = span.number if in_working_days else span.days_from(start)
    if not left:
        return start
    mark = start
    end = calendar.add_working_days(mark, left) if in_working_days else mark + timedelta(days=left)
    for pause in pauses:
        if pause.ended_on is not None and pause.ended_on <= mark:
            continue
        if pause.began_on >= end:
            break
        if pause.ended_on is None:
            return None
        if pause.began_on > mark:
            if in_working_days:
                left -= calendar.working_days_between(mark, pause.began_on)
            else:
                left -= (pause.began_on - mark).days
        mark = pause.ended_on
        end = calendar.add_working_days(mark, left) if in_working_days else mark + timedelta(days=left)
    return end


def _roll(end: date, pauses: list[Pause], calendar: Calendar) -> date | None:
    """The first day from ``end`` on that is a working day and not paused; None: open pause."""
    while True:
        end = calendar.next_working_day(end)
        pause = next((pause for pause in pauses if pause.skips(end)), None)
        if pause is None:
            return end
        if pause.ended_on is None:
            return None
        end = pause.ended_on + _DAY

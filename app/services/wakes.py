"""When the sweep has to look at a term again: the next rung of its ladder, or its expiry."""

from datetime import date, timedelta

from app.models.terms import TermRow
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Nature, Span, Unit, lapses_on
from workflows.rules.model import RuleSet

#: The ladder of a duty and the reminders of a right, in working days around the last day T.
LADDER = {"t-3": -3, "t-1": -1, "t+1": 1, "t+5": 5}
REMINDERS = {"t-3": -3, "t-1": -1}


def rungs_of(nature: str) -> dict[str, int]:
    """Which rungs a term of this nature has."""
    if nature == Nature.DUTY:
        return LADDER
    return REMINDERS if nature == Nature.RIGHT else {}


def rung_day(due: date, offset: int, calendar: Calendar) -> date:
    """The day of one rung, `offset` working days from the last day."""
    if offset < 0:
        return calendar.previous_working_days(due, -offset)
    return calendar.add_working_days(due, offset)


def rung_days(row: TermRow, calendar: Calendar) -> dict[str, date]:
    """Every rung of a running term with its day; one on or before the anchor is not armed."""
    if row.due_on is None or row.anchor_on is None:
        return {}
    days = {name: rung_day(row.due_on, offset, calendar) for name, offset in rungs_of(row.nature).items()}
    return {name: day for name, day in days.items() if day > row.anchor_on}


def expiry_day(row: TermRow, calendar: Calendar, rules: RuleSet) -> date | None:
    """The day at whose 00:00 the term's effect on expiry is due; a right lapses only after its transit."""
    if row.due_on is None:
        return None
    transit = rules.term("term.transit")
    span = transit.span if transit and transit.span else Span(0, Unit.WD)
    return lapses_on(Nature(row.nature), row.due_on, span, calendar)


def expiry_is_over(row: TermRow) -> bool:
    """Whether the effect on the expiry of a duty that goes on (督办) was carried out: its sweep awaits rungs only.

    `next_wake` never sets a day beyond that of the expiry before.
    """
    if row.status != "running" or row.due_on is None or row.nature != Nature.DUTY or row.expiry_refused:
        return False
    return row.wakes_on is None or row.wakes_on > row.due_on + timedelta(days=1)


def next_wake(
    row: TermRow, calendar: Calendar, rules: RuleSet, today: date, fired: frozenset[str], *, expired: bool = False
) -> date | None:
    """The next day on which the sweep has something to do with this running term.

    Args:
        fired: rungs that fired already.
        expired: the effect on expiry was carried out, so only rungs are left.
    """
    days = [day for name, day in rung_days(row, calendar).items() if name not in fired]
    if not expired:
        day = expiry_day(row, calendar, rules)
        if day is not None:
            # An expiry that a guard refused is asked again on the next day.
            days.append(max(day, today + timedelta(days=1)) if row.expiry_refused else day)
    return min(days, default=None)

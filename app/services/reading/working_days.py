"""Working days for somebody who reckons with them elsewhere: the last day of a term, and the special days of a year."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.services.lawbook import current_calendar
from workflows.kit.calendar import CalendarRangeError, DayNote
from workflows.kit.counting import Counting, Nature, Skip, Span, Unit, ledger
from workflows.kit.errors import FieldError, FormIncomplete


@dataclass(frozen=True)
class Reckoned:
    """The last day of so many working days, as a duty or a right is counted; `skipped` says what was passed over."""

    due_on: date
    provisional: bool
    calendar_version: str
    skipped: tuple[Skip, ...]


@dataclass(frozen=True)
class Year:
    """The days of a year that are not what their weekday says; `provisional` until it was announced."""

    provisional: bool
    calendar_version: str
    published_through: int
    days: tuple[DayNote, ...]


def reckon(session: Session, start: date, days: int) -> Reckoned:
    """The last day of a term of so many working days after `start`, which is not counted (民法典第二百零一条).

    Raises:
        FormIncomplete: it lies outside the calendar.
        LawMissing: no calendar was imported.
    """
    calendar = current_calendar(session)
    try:
        found = ledger(Counting(Nature.DUTY, Span(days, Unit.WD), start), calendar)
    except CalendarRangeError as outside:
        raise FormIncomplete((FieldError("start", "起算日", str(outside)),)) from None
    assert found.due_on is not None
    return Reckoned(found.due_on, found.provisional, found.calendar_version, found.skips)


def special_days(session: Session, year: int) -> Year:
    """Holidays and make-up working days of one year of the calendar.

    Raises:
        LawMissing: no calendar was imported.
    """
    calendar = current_calendar(session)
    first = date(year, 1, 1)
    notes = (calendar.note(first + timedelta(days=offset)) for offset in range((date(year + 1, 1, 1) - first).days))
    special = tuple(note for note in notes if note.reason not in ("工作日", "双休日"))
    return Year(year > calendar.published_through, calendar.version, calendar.published_through, special)

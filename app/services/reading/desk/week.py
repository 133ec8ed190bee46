"""本周到期: how much of 待办 is overdue, and how much falls due until Sunday."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.services.reading.desk.boxes import due_by
from app.services.reading.reader import Reader


@dataclass(frozen=True)
class WeekDues:
    """How much of 待办 is overdue, and how much falls due from today to the end of the week."""

    overdue: int
    by_day: tuple[tuple[date, int], ...]


def dues_of_the_week(reader: Reader) -> WeekDues:
    """The reader's dues up to Sunday, by last day."""
    found = due_by(reader, reader.today + timedelta(days=6 - reader.today.weekday()))
    return WeekDues(
        overdue=sum(number for day, number in found.items() if day < reader.today),
        by_day=tuple((day, number) for day, number in sorted(found.items()) if day >= reader.today),
    )

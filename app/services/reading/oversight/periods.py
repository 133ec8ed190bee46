"""The months and weeks by which duties are counted."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """A month or a week, first and last day included."""

    first: date
    last: date

    @property
    def label(self) -> str:
        """2026年11月; of a week 11月23日至29日."""
        if self.first.day == 1 and (self.last + timedelta(days=1)).day == 1:
            return f"{self.first.year}年{self.first.month}月"
        month = f"{self.last.month}月" if self.last.month != self.first.month else ""
        return f"{self.first.month}月{self.first.day}日至{month}{self.last.day}日"

    @property
    def key(self) -> str:
        """2026-11: how a month stands in an address."""
        return f"{self.first.year:04}-{self.first.month:02}"

    @property
    def days(self) -> tuple[date, date]:
        return self.first, self.last


def month_of(day: date) -> Period:
    """The month in which a day lies."""
    first = day.replace(day=1)
    return Period(first, _next_month(first) - timedelta(days=1))


def month_named(name: str) -> Period | None:
    """The month of an address (2026-11); None for what is no month."""
    try:
        return month_of(date.fromisoformat(f"{name}-01"))
    except ValueError:
        return None


def months_until(last: Period, number: int) -> tuple[Period, ...]:
    """So many months, the given one last."""
    found = [last]
    while len(found) < number:
        found.append(month_of(found[-1].first - timedelta(days=1)))
    return tuple(reversed(found))


def weeks_until(day: date, number: int) -> tuple[Period, ...]:
    """So many weeks from Monday to Sunday, the last one that in which the day lies."""
    monday = day - timedelta(days=day.weekday())
    starts = (monday - timedelta(weeks=back) for back in reversed(range(number)))
    return tuple(Period(start, start + timedelta(days=6)) for start in starts)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)

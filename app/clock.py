"""The only place that reads the clock. Instants are UTC; legal days are days in Asia/Shanghai."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def system_clock() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


Clock = Callable[[], datetime]


def legal_day(instant: datetime) -> date:
    """The day in Asia/Shanghai to which an instant belongs; a day ends at 24:00 there."""
    return instant.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """00:00 of a legal day, as an instant in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def shanghai(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """An instant given by the wall clock of Asia/Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI).astimezone(UTC)


class MovableClock:
    """A clock for rehearsals and demo databases: it stands still until it is set forward."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._now

    def set(self, instant: datetime) -> None:
        """Move to an instant; a rehearsal never runs backwards.

        Raises:
            ValueError: when the instant lies before the present one.
        """
        target = instant.astimezone(UTC)
        if target < self._now:
            raise ValueError(f"推演的时间不能倒退：现为{self._now.isoformat()}，拟设为{target.isoformat()}。")
        self._now = target

    def advance(self, step: timedelta) -> None:
        self._now += step

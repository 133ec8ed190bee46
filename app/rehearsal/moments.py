"""Days and instants as a script writes them: dated, or counted from the day of the play (demo)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import PlainValidator

from app.clock import shanghai
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Counting, Nature, Span, Unit, due_on

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}):(\d{2}))?")
_COUNTED = re.compile(r"(?:today|([+-])(\d{1,4}) ?(WD|D|M|Y))(?: (\d{1,2}):(\d{2}))?")
#: What a day without an hour means: the office opens.
OPENING_HOUR = 9


@dataclass(frozen=True)
class Moment:
    """A day with a time of day; either dated, or so many days before or after the day of the play."""

    day: date | None
    offset: int = 0
    unit: Unit = Unit.D
    hour: int = OPENING_HOUR
    minute: int = 0

    def on(self, today: date, calendar: Calendar) -> date:
        """The day that is meant when the script is played on `today`."""
        return self.day or counted_day(today, self.offset, self.unit, calendar)

    def at(self, today: date, calendar: Calendar) -> datetime:
        """The instant that is meant, by the clocks of Asia/Shanghai."""
        return shanghai(self.on(today, calendar), self.hour, self.minute)


def counted_day(today: date, offset: int, unit: Unit, calendar: Calendar) -> date:
    """A day so many working days, days, months or years from `today`."""
    if unit is Unit.WD:
        if offset < 0:
            return calendar.previous_working_days(today, -offset)
        return calendar.add_working_days(today, offset)
    if unit is Unit.D:
        return today + timedelta(days=offset)
    months = offset * (12 if unit is Unit.Y else 1)
    if months >= 0:
        last = due_on(Counting(Nature.PERIOD, Span(months, Unit.M), today), calendar).on
        assert last is not None
        return last
    years, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(years, month + 1, min(today.day, 28))


def read_moment(value: Any) -> Moment:
    """A moment as written: `2026-09-18T09:30`, `2026-09-18`, `-3 WD 10:00`, `today`.

    Raises:
        ValueError: in Chinese, for anything else.
    """
    if isinstance(value, Moment):
        return value
    if isinstance(value, datetime):
        return Moment(value.date(), hour=value.hour, minute=value.minute)
    if isinstance(value, date):
        return Moment(value)
    text = str(value)
    if dated := _DATED.fullmatch(text):
        day, hour, minute = dated.groups()
        return Moment(_date(day), hour=_hour(hour), minute=int(minute or 0))
    if counted := _COUNTED.fullmatch(text):
        sign, number, unit, hour, minute = counted.groups()
        offset = int(number or 0) * (-1 if sign == "-" else 1)
        return Moment(None, offset, Unit(unit or "D"), _hour(hour), int(minute or 0))
    raise ValueError(f"“{text}”不是日期或者时刻，请按“2026-09-18”“2026-09-18T09:30”或者“-3 WD 10:00”填写")


def _hour(text: str | None) -> int:
    hour = OPENING_HOUR if text is None else int(text)
    if hour > 23:
        raise ValueError(f"没有{hour}时，请填写0至23")
    return hour


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"日期“{text}”不存在，请核对年、月、日") from None


def read_span(value: Any) -> Span:
    """A length such as `3 WD`.

    Raises:
        ValueError: in Chinese, if it is none.
    """
    return value if isinstance(value, Span) else Span.parse(str(value))


At = Annotated[Moment, PlainValidator(read_moment)]
Length = Annotated[Span, PlainValidator(read_span)]


def plain_values(value: Any, today: date, calendar: Calendar) -> Any:
    """The values of a form as an importer would send them: days as ISO text, counted days made out."""
    if isinstance(value, dict):
        return {str(key): plain_values(item, today, calendar) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_values(item, today, calendar) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return read_moment(value).on(today, calendar).isoformat() if _COUNTED.fullmatch(value) else str(value)
    return value

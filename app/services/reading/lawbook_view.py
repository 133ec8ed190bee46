"""规则: the rule set in force of a locality and the calendar, as they are read by everybody who signs in."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.models.cases import RuleSetRow
from app.models.people import Locality, Unit
from app.services.lawbook import current_calendar, rule_set_in_force
from app.services.reading.reader import Reader
from app.services.rule_sets import names_of
from workflows.kit.calendar import Calendar
from workflows.kit.errors import NotFound
from workflows.rules.model import RuleSet


@dataclass(frozen=True)
class CalendarDay:
    """A day that is not what its weekday says: a holiday, or a weekend day on which offices work."""

    on: date
    working: bool
    reason: str


@dataclass(frozen=True)
class CalendarYear:
    """The special days of one year; `provisional` until the State Council has announced it."""

    year: int
    provisional: bool
    days: tuple[CalendarDay, ...]


@dataclass(frozen=True)
class LawbookPage:
    """The rule set of one locality that is in force today, with its number, and the calendar in use."""

    locality: str
    localities: tuple[tuple[str, str], ...]
    rules: RuleSet
    number: int
    in_force_from: date
    confirmed_by: str
    calendar_version: str
    years: tuple[CalendarYear, ...]


def read_lawbook(reader: Reader, locality: str = "") -> LawbookPage:
    """The rules of a locality; without one, of the reader's own.

    Raises:
        NotFound: there is no such locality, or none at all.
    """
    known = {row.key: row.name for row in reader.session.execute(select(Locality).order_by(Locality.key)).scalars()}
    chosen = locality or _own(reader, known)
    if chosen not in known:
        raise NotFound
    rule_set_id, rules = rule_set_in_force(reader.session, chosen, reader.today)
    row = reader.session.get(RuleSetRow, rule_set_id)
    calendar = current_calendar(reader.session)
    assert row is not None
    by = row.confirmed_by or ""
    return LawbookPage(
        locality=chosen,
        localities=tuple(known.items()),
        rules=rules,
        number=row.number,
        in_force_from=row.in_force_from,
        confirmed_by=names_of(reader.session, (by,)).get(by, by),
        calendar_version=calendar.version,
        years=tuple(_year(calendar, year) for year in (reader.today.year, reader.today.year + 1)),
    )


def _own(reader: Reader, known: dict[str, str]) -> str:
    rows = reader.session.execute(select(Unit.locality).where(Unit.id.in_(sorted(reader.standing.works_in))))
    return next((key for key in sorted(set(rows.scalars())) if key in known), next(iter(known), ""))


def _year(calendar: Calendar, year: int) -> CalendarYear:
    first = date(year, 1, 1)
    days = (first + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - first).days))
    found = []
    for day in days:
        note = calendar.note(day)
        if note.reason not in ("工作日", "双休日"):
            found.append(CalendarDay(day, note.working, note.reason))
    return CalendarYear(year, year > calendar.published_through, tuple(found))

"""The versions of the working-day calendar as lists show them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.database import Database
from app.models.cases import CalendarRow
from workflows.kit.calendar import Calendar


@dataclass(frozen=True)
class CalendarLine:
    """One version. `published_through` is the last year whose yearly notice it holds; later days are provisional."""

    version: str
    published_through: int
    imported_at: datetime
    source: str


def list_calendars(database: Database) -> list[CalendarLine]:
    """Every version, oldest first; the last one counts."""
    with database.read() as session:
        rows = session.scalars(select(CalendarRow).order_by(CalendarRow.id))
        return [
            CalendarLine(row.version, Calendar.from_json(row.body).published_through, row.imported_at, row.source)
            for row in rows
        ]

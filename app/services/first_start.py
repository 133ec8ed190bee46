"""What the first start of an installation puts into its empty database."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from app.clock import Clock
from app.database import Database
from app.models.cases import CalendarRow
from app.models.history import SystemMark
from app.services.database_purpose import ensure_marked, purpose_of
from app.services.demo_district import DEMO_PASSWORD, found_district
from app.services.founding import found_calendar, is_empty
from app.services.passwords import Passwords
from app.settings import Purpose

_UNFINISHED = "demo_unfinished"


@dataclass(frozen=True)
class FirstStart:
    """The purpose the database has, and whether it was filled just now."""

    purpose: Purpose
    founded: bool


def ensure_founded(
    database: Database, passwords: Passwords, clock: Clock, wanted: Purpose, *, strict: bool
) -> FirstStart:
    """Mark and fill an empty database; leave any other as it is.

    A demo gets the make-believe district with its cast; anything else gets the calendar only, and its first account
    is made by command.

    Args:
        wanted: what a new database is made for.
        strict: also refuse an existing one that was made for something else.

    Raises:
        WrongDatabase: see `strict`.
    """
    with database.read() as session:
        empty = is_empty(session) and session.scalar(select(CalendarRow.id).limit(1)) is None
    marked = purpose_of(database)
    if marked is None or strict:
        purpose = wanted if empty or marked is not None else "production"
        ensure_marked(database, purpose)
        marked = purpose
    if empty:
        with database.write() as session:
            if marked == "demo":
                session.add(SystemMark(key=_UNFINISHED, value=clock().isoformat()))
                found_district(session, clock(), lambda login: passwords.hash(DEMO_PASSWORD, login))
            else:
                found_calendar(session, clock())
    return FirstStart(marked, empty)


def demo_is_unfinished(database: Database) -> bool:
    """Whether a demo was founded and its cases were not all played: the start was interrupted."""
    with database.read() as session:
        return session.get(SystemMark, _UNFINISHED) is not None


def demo_is_finished(database: Database) -> None:
    """Note that every case of the demo was played."""
    with database.write() as session:
        session.execute(delete(SystemMark).where(SystemMark.key == _UNFINISHED))

"""What a real installation stores before its first account: the calendar, and the localities it serves."""

from sqlalchemy import select

from app.clock import Clock
from app.database import Database
from app.models.cases import CalendarRow
from app.models.people import Locality
from app.services.founding import found_calendar, found_locality
from workflows.kit.errors import Refusal
from workflows.rules import localities


class PreparationRefused(Refusal):
    """The locality is not shipped; the message lists those that are."""

    code = "PreparationRefused"


def ensure_calendar(database: Database, clock: Clock) -> bool:
    """Store the shipped calendar where there is none; returns whether it did."""
    with database.write() as session:
        if session.scalar(select(CalendarRow.id).limit(1)) is not None:
            return False
        found_calendar(session, clock())
    return True


def ensure_locality(database: Database, key: str, clock: Clock) -> bool:
    """Store a locality with its rules and the organs these name, where it is missing; returns whether it did.

    Raises:
        PreparationRefused: this release ships no such locality.
    """
    if key not in localities():
        raise PreparationRefused(f"没有“{key}”的规则。可选：{'、'.join(localities())}。")
    with database.write() as session:
        if session.get(Locality, key) is not None:
            return False
        found_locality(session, key, clock())
    return True

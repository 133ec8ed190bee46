"""The sign of life of the sweep: written after every round, read by `/readyz` and `doctor`."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from app.database import Database
from app.models.history import SystemMark

_MARK = "sweep_alive_at"
#: A sweep that has not been seen for this long is taken for dead.
SILENCE = timedelta(minutes=15)


def beat(database: Database, now: datetime) -> None:
    """Note that the sweep has finished a round."""
    with database.write() as session:
        session.merge(SystemMark(key=_MARK, value=now.astimezone(UTC).isoformat()))


def sweep_age(database: Database, now: datetime) -> timedelta | None:
    """How long ago the sweep finished its last round; None if it never did."""
    with database.read() as session:
        mark = session.get(SystemMark, _MARK)
    return now - datetime.fromisoformat(mark.value) if mark is not None else None


def sweep_condition(database: Database, now: datetime) -> Literal["ok", "silent", "not seen yet"]:
    """Whether the sweep was seen lately; duties and rights only lapse in time while it runs."""
    age = sweep_age(database, now)
    if age is None:
        return "not seen yet"
    return "ok" if age <= SILENCE else "silent"

"""The sweep among 100,000 open terms, 1,000 of them due (performance 2)."""

import time
from collections.abc import Iterator
from datetime import date

from sqlalchemy import insert, select, text

from app.clock import shanghai
from app.database import write_transaction
from app.models.base import new_uid
from app.models.cases import Case, Dossier
from app.models.history import EventRow
from app.models.kinds import Record
from app.models.terms import TermRow
from app.services.sweeping import sweep
from bench.places import DATABASES, Places
from bench.report import Line
from tests.support.world import World

OPEN, DUE = 100_000, 1_000
_FAR = date(2030, 1, 1)


def measure(places: Places, terms: int = OPEN, due: int = DUE) -> Iterator[Line]:
    """Finding and firing what is due, and a tick that finds nothing."""
    for database in DATABASES:
        with places.world(database) as world:
            moment = fill(world, terms, due)
            yield _finding(world, database, due)
            world.clock.set(shanghai(moment, 9))
            began = time.perf_counter()
            report = sweep(world.backend, world.clock)
            took = time.perf_counter() - began
            assert report.fired == due, report
            assert not report.failed
            yield Line(f"{database}: rungs of {due:,} due among {terms:,} terms", due / took, None, "per second")
            yield _idle(world, database)


def fill(world: World, terms: int, due: int) -> date:
    """Copies of a real record in screening; `due` of them have a reminder on the day that is returned."""
    uid = world.record_in("screening")
    rung_day = world.terms(uid)["record.screening"].wakes_on
    assert rung_day is not None
    engine = world.backend.engine
    with engine.connect() as connection:
        rows = {
            table: dict(connection.execute(select(table).where(column == uid_or_id)).mappings().one())
            for table, column, uid_or_id in (
                (Case.__table__, Case.__table__.c.uid, uid),
                (Record.__table__, Record.__table__.c.id, world.case(uid).id),
                (TermRow.__table__, TermRow.__table__.c.id, world.terms(uid)["record.screening"].id),
            )
        }
    base, record, term = rows.values()
    with write_transaction(world.backend.sessions) as session:
        for start in range(0, terms, 5_000):
            places = range(1_000_000 + start, 1_000_000 + min(start + 5_000, terms))
            now = world.clock()
            session.execute(
                insert(Dossier),
                [
                    {"id": place, "uid": new_uid(), "locality": "demo", "opened_at": now, "last_event_at": now}
                    for place in places
                ],
            )
            session.execute(
                Case.__table__.insert(),  # type: ignore[attr-defined]
                [
                    {**base, "id": place, "dossier_id": place, "uid": new_uid(), "number": str(place), "event_count": 0,
                     "chain_head": ""}
                    for place in places
                ],
            )  # fmt: skip
            session.execute(Record.__table__.insert(), [{**record, "id": place} for place in places])  # type: ignore[attr-defined]
            session.execute(
                TermRow.__table__.insert(),  # type: ignore[attr-defined]
                [
                    {**term, "id": place, "case_id": place, "dossier_id": place,
                     "wakes_on": rung_day if place < 1_000_000 + due - 1 else _FAR}
                    for place in places
                ],
            )  # fmt: skip
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))
    return rung_day


def _finding(world: World, database: str, due: int) -> Line:
    """Only the indexed query, without doing anything."""
    with world.backend.engine.connect() as connection:
        statement = select(TermRow.id).where(TermRow.status == "running", TermRow.wakes_on < _FAR)
        ordered = statement.order_by(TermRow.wakes_on, TermRow.id).limit(due)
        began = time.perf_counter()
        connection.execute(ordered).all()
        took = time.perf_counter() - began
    return Line(f"{database}: bare indexed query of {due:,} due terms", took * 1000, None, "ms")


def _idle(world: World, database: str, ticks: int = 200) -> Line:
    """A sweep that finds nothing due, among all the open terms."""
    began = time.perf_counter()
    for _ in range(ticks):
        sweep(world.backend, world.clock)
    took = (time.perf_counter() - began) / ticks
    with world.backend.engine.connect() as connection:
        terms = connection.execute(text("SELECT count(*) FROM term")).scalar_one()
        events = connection.execute(select(EventRow.id).limit(1)).first()
    assert events is not None
    return Line(f"{database}: idle tick among {terms:,} terms", took * 1000, None, "ms")

"""The board among 1,000 and 100,000 open duties: its numbers beside the bare grouped query over the same rows.

The bare side counts by unit and by how the duty stands, and knows nothing of who may see what or of imported copies.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import case, func, select

from app.clock import shanghai
from app.models.cases import Case
from app.models.terms import TermRow
from app.services.reading.oversight.board import read_board
from app.services.reading.oversight.duties import Wanted, read_duties
from app.services.reading.oversight.periods import month_of, months_until
from app.services.reading.oversight.trend import read_trend
from app.services.reading.reader import Reader, reader_of
from app.services.reading.shade import Shade
from bench.places import DATABASES, Places
from bench.report import Line
from bench.sweeping import fill
from tests.support.world import World

SIZES = (1_000, 100_000)
_NEAR, _ROUNDS = 3, 7


def measure(places: Places, sizes: tuple[int, ...] = SIZES) -> Iterator[Line]:
    """Milliseconds of the board, its first page of late duties and the trend of twelve months."""
    for database in DATABASES:
        for duties in sizes:
            with places.world(database) as world:
                day = fill(world, duties, duties)
                world.clock.set(shanghai(day + timedelta(days=30), 9))
                yield from _measured(world, f"{database}, {duties:,} duties")


def _measured(world: World, name: str) -> Iterator[Line]:
    with world.backend.sessions() as session:
        reader = reader_of(world.backend, session, world["officer"], world.clock())
        months = months_until(month_of(reader.today), 12)
        assert read_board(reader, _NEAR).whole.counts[Shade.LATE] > 0
        bare = _median(lambda: _bare(reader))
        yield Line(f"{name}: board", _median(lambda: read_board(reader, _NEAR)), bare, "ms")
        page = _median(lambda: read_duties(reader, Wanted(standing=Shade.LATE), _NEAR))
        yield Line(f"{name}: first page of late ones, with its count", page, bare, "ms")
        yield Line(f"{name}: trend of 12 months", _median(lambda: read_trend(reader, months)), bare, "ms")


def _bare(reader: Reader) -> None:
    stands = case((TermRow.due_on < reader.today, "late"), else_="fine")
    reader.session.execute(
        select(Case.handling_unit_id, stands, func.count())
        .join(TermRow, TermRow.case_id == Case.id)
        .where(TermRow.nature == "duty", TermRow.status.in_(("running", "paused")))
        .group_by(Case.handling_unit_id, stands)
    ).all()


def _median(act: Callable[[], object]) -> float:
    act()
    took = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000

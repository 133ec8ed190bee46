"""An import on both databases: from upload to taking it back, and killed in the middle (T1; issue 4.6)."""

import signal
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from app.database import read_transaction
from app.models.kinds import Record
from app.services.imports.batches import RowStatus, Status, confirm, discard
from app.services.invariants import breaches
from tests.support.import_worker import start_worker
from tests.support.importing import reading_as, report, row_of, run, uploaded
from tests.support.waiting import eventually
from tests.support.world import World

ROWS = 40


def records(world: World) -> int:
    with read_transaction(world.backend.engine) as session:
        return session.execute(select(func.count()).select_from(Record)).scalar_one()


def reaches(world: World, wanted: int) -> bool:
    return records(world) >= wanted


def test_a_killed_import_goes_on_and_neither_loses_nor_doubles_a_row(
    world: World, database_url: str, tmp_path: Path
) -> None:
    """T1: a worker is ended by SIGKILL between drafts, twice; the batch ends as if nothing had happened."""
    page = uploaded(world, [row_of(number) for number in range(ROWS)])
    with reading_as(world, "clerk") as reader:
        confirm(reader, page.line.uid, "all")
    reached = 0
    for _ in range(2):
        worker = start_worker(database_url, tmp_path / "keys.json", world.clock())
        eventually(partial(reaches, world, reached + 8), 60.0)
        worker.kill()
        worker.join()
        assert worker.exitcode == -signal.SIGKILL, "the worker had failed by itself"
        reached = records(world)
        assert reached < ROWS
        assert report(world, page.line.uid).line.status == Status.MAKING
        # The lease of the one that is gone has to end first.
        world.clock.set(world.clock() + timedelta(minutes=3))
    run(world)
    done = report(world, page.line.uid)
    assert (done.line.status, done.counts) == (Status.MADE, {RowStatus.MADE: ROWS})
    numbers = Counter(record.source_number for record in world.rows(Record))
    assert numbers == {f"示罚〔2026〕{number}号": 1 for number in range(ROWS)}
    with read_transaction(world.backend.engine) as session:
        assert breaches(session) == []


def test_a_batch_is_made_and_taken_back(world: World) -> None:
    """Issue 4.6: drafts under one import number, discarded together; what was gone on with stays and is named."""
    page = uploaded(world, [row_of(1), row_of(2), row_of(3, 文书日期="无")])
    with reading_as(world, "clerk") as reader:
        confirm(reader, page.line.uid, "fine")
    run(world)
    first, second = world.rows(Record)
    assert page.line.number == "示乙导〔2026〕1号"
    world.take("clerk", "submit", first.uid)
    with reading_as(world, "clerk") as reader:
        discard(reader, page.line.uid)
    run(world)
    done = report(world, page.line.uid)
    assert (done.line.status, done.counts) == (
        Status.DISCARDED, {RowStatus.KEPT: 1, RowStatus.DISCARDED: 1, RowStatus.WRONG: 1}
    )  # fmt: skip
    assert [(fault.row, fault.made_uid) for fault in done.faults if "待单位审签" in fault.reason] == [(2, first.uid)]
    assert [record.state for record in world.rows(Record)] == ["head_review", "discarded"]
    assert second.uid in {draft.uid for draft in done.drafts}

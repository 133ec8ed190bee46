"""T1: workers that are killed with SIGKILL in mid-step lose nothing, do nothing twice and leave no orphans."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.clock import shanghai
from app.database import read_transaction
from app.models.history import OutboxRow
from app.models.terms import RungRow
from app.services.invariants import breaches
from tests.support.ordeal import Ordeal
from tests.support.world import World


def ordeal(world: World, folder: Path, kills: int) -> Ordeal:
    """Drafts to edit, and records in screening whose duty is long overdue: notices are drafted by the sweep."""
    drafts = [world.record_in("draft") for _ in range(4)]
    late = [world.record_in("screening") for _ in range(12)]
    due = world.terms(late[0])["record.screening"].due_on
    assert due is not None
    world.clock.set(shanghai(due.replace(year=due.year + 1), 9))
    made = Ordeal(world, drafts, folder)
    made.run(kills)
    made.settle()
    return made


def assert_nothing_lost_or_double(done: Ordeal) -> None:
    """What was told is there; each version is one event; each rung and each outbox row was carried out once."""
    world = done.world
    told = done.told()
    versions = {uid: [event.version for event in world.events(uid, "step")] for uid in done.drafts}
    lost = [(uid, version) for uid, version in told if version not in versions[uid]]
    assert lost == []
    for uid, found in versions.items():
        assert found == list(range(1, world.case(uid).version + 1))
    double = [key for key, times in Counter(told).items() if times > 1]
    assert double == []
    rungs = Counter((row.term_id, row.rung) for row in world.rows(RungRow))
    assert set(rungs.values()) <= {1}
    with read_transaction(world.backend.engine) as session:
        open_rows = session.execute(select(func.count()).where(OutboxRow.status != "done")).scalar_one()
        assert open_rows == 0
        assert breaches(session) == []


def test_twenty_kills_lose_nothing(world: World, tmp_path: Path) -> None:
    done = ordeal(world, tmp_path, 20)
    assert_nothing_lost_or_double(done)
    assert done.kills == 20
    assert len(done.told()) >= 20


def test_a_step_that_was_told_and_is_gone_would_be_seen(world: World, tmp_path: Path) -> None:
    """The check bites."""
    done = Ordeal(world, [world.record_in("draft")], tmp_path)
    (tmp_path / "0.log").write_text(f"{done.drafts[0]} 7\n")
    with pytest.raises(AssertionError):
        assert_nothing_lost_or_double(done)

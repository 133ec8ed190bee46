"""The sweep and the clock: each rung once, nothing early, nothing twice, in order, after any downtime (T4, T5)."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.clock import legal_day, shanghai, start_of_day
from app.database import read_transaction, write_transaction
from app.models.cases import Case
from app.models.terms import StuckClaim, TermRow
from app.services.invariants import breaches
from app.services.sweeping import SweepReport, due_terms, sweep
from tests.support.world import World
from workflows.kit.errors import ClockWentBack


def due_of(world: World, case: str, key: str) -> date:
    due = world.terms(case, live=False)[key].due_on
    assert due is not None
    return due


def rungs_of(world: World, case: str) -> Counter[tuple[int, str]]:
    return Counter((rung.term_id, rung.rung) for rung in world.rungs(case))


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/New_York"])
def host_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone of the machine, which must not matter."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_nothing_is_early_at_the_last_millisecond_of_the_last_day(world: World, host_zone: str) -> None:
    """T5: 23:59:59.999 of the last day is still in time; 00:00 of the next is not, whatever zone the host is in."""
    case = world.objection_in("submitted")
    due = due_of(world, case, "objection.acceptance")
    end = start_of_day(due + timedelta(days=1))
    world.clock.set(end - timedelta(milliseconds=1))
    sweep(world.backend, world.clock)
    assert world.state(case) == "submitted"
    world.clock.set(end)
    sweep(world.backend, world.clock)
    assert world.state(case) == "verifying"
    assert legal_day(end) == due + timedelta(days=1)


def test_four_sweeps_at_once_fire_each_rung_once(world: World) -> None:
    """T4: a week of downtime, many dossiers, four sweeps; none fails, and the outcome is that of one sweep."""
    first = world.record_in("screening")
    cases = [first, *(world.record_in("screening") for _ in range(7))]
    due = due_of(world, first, "record.screening")
    world.clock.set(shanghai(due + timedelta(days=14), 9))
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: sweep(world.backend, world.clock), range(4)))
    assert [report.failed for report in reports] == [[]] * 4
    for case in cases:
        assert set(rungs_of(world, case).values()) == {1}
        assert {rung.rung for rung in world.rungs(case)} == {"t-3", "t-1", "t+1", "t+5", "expiry"}
        assert len(world.notices(case, "reminder")) == 1
    assert due_terms(world.backend, world.clock()) == []
    with read_transaction(world.backend.engine) as session:
        assert breaches(session) == []


def test_after_downtime_overtaken_reminders_remind_nobody(world: World) -> None:
    """T4: reminders that a late sweep finds behind a later rung are marked and sent to nobody."""
    case = world.record_in("screening")
    due = due_of(world, case, "record.screening")
    world.clock.set(shanghai(due + timedelta(days=30), 9))
    sweep(world.backend, world.clock)
    overtaken = {rung.rung: rung.overtaken for rung in world.rungs(case)}
    assert (overtaken["t-3"], overtaken["t-1"], overtaken["t+1"]) == (True, True, False)
    assert [row.key for row in world.outbox() if row.work == "remind"] == []


def test_a_second_sweep_of_the_same_moment_does_nothing(world: World) -> None:
    """T5: nothing twice."""
    case = world.record_in("screening")
    world.clock.set(shanghai(due_of(world, case, "record.screening") + timedelta(days=30), 9))
    assert sweep(world.backend, world.clock).fired > 0
    events = len(world.events(case))
    assert sweep(world.backend, world.clock) == SweepReport()
    assert len(world.events(case)) == events


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1), timedelta(days=365)])
def test_a_clock_that_went_back_is_refused_and_changes_nothing(world: World, back: timedelta) -> None:
    """T5: time never runs back within a dossier; five minutes are forgiven and count as no time."""
    case = world.objection_in("submitted")
    now = world.clock()
    world.clock._now = now - back
    with pytest.raises(ClockWentBack):
        world.step("officer", "accept", case)
    assert world.state(case) == "submitted"
    world.clock._now = now - timedelta(minutes=4)
    world.step("officer", "accept", case)
    assert world.events(case)[-1].at == now


def test_a_dossier_from_the_future_holds_up_nobody_else(world: World) -> None:
    """T5: while the clock was wrong one dossier moved on; after it is set right its terms are counted as failed
    and come back later, and the sweep goes on with the others."""
    other = world.record_in("screening")
    ahead = world.record_in("screening")
    due = due_of(world, ahead, "record.screening")
    now = shanghai(due + timedelta(days=1), 9)
    world.clock.set(now + timedelta(days=365))
    world.take("officer", "send_back", ahead, reason="材料不全", missing=["处分决定书"])
    world.clock._now = now + timedelta(days=40)
    make_due(world, ahead)
    report = sweep(world.backend, world.clock)
    assert len(report.failed) >= 1
    assert rungs_of(world, other)
    with read_transaction(world.backend.engine) as session:
        assert session.execute(select(StuckClaim.attempts)).scalars().all()


def make_due(world: World, case: str) -> None:
    """The running terms of a case are the oldest that the sweep finds."""
    case_id = world.case(case).id
    with write_transaction(world.backend.sessions) as session:
        due = update(TermRow).where(TermRow.case_id == case_id, TermRow.status == "running")
        session.execute(due.values(wakes_on=date(2026, 1, 1)))


def test_a_jump_forward_catches_up_in_order(world: World) -> None:
    """T5: a year at once ends where a year day by day ends."""
    jumped = world.objection_in("submitted")
    world.clock.advance(timedelta(days=365))
    sweep(world.backend, world.clock)
    days = [event.at for event in world.events(jumped)]
    assert days == sorted(days)
    assert world.steps(jumped)[:2] == ["submit", "accept"]
    assert all(case.phase for case in world.rows(Case))


def test_instants_are_kept_with_their_offset(world: World, host_zone: str) -> None:
    """T5: what was written at 01:00 in Shanghai is read as that instant and that legal day in every zone."""
    world.clock.set(shanghai(date(2026, 9, 20), 1))
    case = world.record_in("draft")
    at = world.events(case)[-1].at
    assert at == datetime(2026, 9, 19, 17, 0, tzinfo=UTC)
    assert legal_day(at) == date(2026, 9, 20)

"""Sweep and drain as they run in an installation: woken, at once, exactly once, and again after any downtime."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from app.clock import MovableClock
from app.crypto import KeyRing
from app.database import make_engine, read_transaction, write_sessions
from app.extensions import Installation
from app.jobs.rounds import Rounds
from app.jobs.runner import Jobs
from app.models.history import DraftRow, StoredFile
from app.models.terms import RungRow
from app.services.backend import Backend
from app.services.files import read_bytes
from app.services.heartbeat import sweep_condition
from app.services.invariants import breaches
from app.services.sweeping import sweep
from app.services.waking import calls, notify
from tests.support.waiting import eventually
from tests.support.world import World, found_world


@pytest.fixture
def own(app: Flask) -> Installation:
    found = app.extensions["zhengcheng"]
    assert isinstance(found, Installation)
    return found


@pytest.fixture
def installed(own: Installation, clock: MovableClock) -> Iterator[World]:
    """A founded district in the database of the application, on the application's clock and backend."""
    world = found_world(own.engine, own.keys)
    clock.set(max(clock(), world.clock()))
    world.clock, world.backend = clock, own.backend
    yield world
    own.engine.dispose()


def test_a_signed_notice_is_issued_as_soon_as_the_step_is_committed(own: Installation, installed: World) -> None:
    """Architecture 6: the commit wakes the drain; nobody waits for the next round (every five seconds)."""
    draft = installed.record_in("screening")
    jobs = Jobs(own)
    jobs.start()
    try:
        eventually(lambda: not own.outbox_grew.is_set())
        installed.step("officer", "propose", draft, {"step": "approve", "form": {}, "opinion": "拟同意"})
        installed.step("approver", "approve", draft)
        took = eventually(lambda: [notice.state for notice in installed.notices(draft)] == ["served"])
    finally:
        jobs.stop()
    assert took < 4
    (notice,) = installed.notices(draft, "record_notice")
    assert notice.number
    assert notice.number in read_bytes(own.settings.files_dir, notice.sha256 or "").decode()


def test_a_second_attempt_after_a_crash_issues_nothing_twice(own: Installation, installed: World) -> None:
    """Trust 1.12: the work was done and its row could not say so; doing it again changes nothing."""
    from app.jobs.handlers import Sheets, handlers
    from app.services.outbox import claim_next

    record = installed.record_in("screening")
    installed.step("officer", "propose", record, {"step": "approve", "form": {}, "opinion": "拟同意"})
    installed.step("approver", "approve", record)
    claim = claim_next(own.backend, own.clock())
    assert claim is not None
    assert claim.work == "seal"
    seal = handlers(own, Sheets("text"))["seal"]
    seal(claim)
    before = installed.steps(installed.notices(record)[0].uid)
    seal(claim)
    assert installed.steps(installed.notices(record)[0].uid) == before
    with own.database.read() as session:
        assert len(session.scalars(select(StoredFile)).all()) == 1


def test_after_a_month_of_downtime_one_round_catches_up(own: Installation, installed: World) -> None:
    """T4: everything that fell due meanwhile is done once; what was overtaken reminds nobody."""
    case = installed.objection_in("verifying")
    due = installed.terms(case)["objection.verification"].due_on
    assert due is not None
    own.clock.advance(timedelta(days=45))  # type: ignore[attr-defined]
    rounds = Rounds(own)
    rounds.sweep()
    fired = {row.rung: row.overtaken for row in installed.rungs(case)}
    assert {"t-3", "t-1", "t+1", "t+5"} <= set(fired)
    assert fired["t-3"]
    assert fired["t-1"]
    assert not fired["t+1"]
    count = len(installed.rows(RungRow))
    rounds.sweep()
    assert len(installed.rows(RungRow)) == count
    assert sweep_condition(own.database, own.clock()) == "ok"
    with own.database.read() as session:
        assert breaches(session) == []


def test_the_nightly_round_removes_drafts_that_nobody_touched_for_ninety_days(
    own: Installation, installed: World
) -> None:
    """R133: what a person began to write and forgot is not kept for ever."""
    author = installed["subject"].user_id
    assert author is not None
    kept = {"author_id": author, "kind": "objection", "step": "submit", "form": "{}"}
    with own.database.write() as session:
        session.add(DraftRow(uid="old", saved_at=own.clock() - timedelta(days=91), **kept))
        session.add(DraftRow(uid="fresh", saved_at=own.clock() - timedelta(days=89), **kept))
    Rounds(own).tidy()
    with own.database.read() as session:
        assert session.scalars(select(DraftRow.uid)).all() == ["fresh"]


def sweep_in_a_process(url: str, key_file: str, now: str) -> tuple[int, list[str]]:
    """What each of several sweeping processes runs."""
    engine = make_engine(url)
    backend = Backend(engine, write_sessions(engine), KeyRing.load_or_create(Path(key_file)))
    instant = datetime.fromisoformat(now)
    report = sweep(backend, lambda: instant)
    engine.dispose()
    return report.fired, report.failed


def test_four_sweeping_processes_fire_each_rung_once(
    world: World, engine: Engine, keys: KeyRing, tmp_path: Path
) -> None:
    """T4: together they do exactly what one would; nothing fails, nothing is left, nothing happens twice."""
    assert keys.active
    for _ in range(5):
        world.objection_in("verifying")
    due = world.clock() + timedelta(days=40)
    world.backend.engine.dispose()
    url = engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        rounds = [pool.submit(sweep_in_a_process, url, str(tmp_path / "keys.json"), due.isoformat()) for _ in range(4)]
        answers = [one.result() for one in rounds]
    assert [failed for _fired, failed in answers if failed] == []
    assert sum(fired for fired, _failed in answers) > 0
    fired = [(row.term_id, row.rung) for row in world.rows(RungRow)]
    assert len(fired) == len(set(fired))
    assert {rung for _term, rung in fired} >= {"t-3", "t-1", "t+1", "t+5"}
    keys_of_work = [row.key for row in world.outbox()]
    assert len(keys_of_work) == len(set(keys_of_work))
    assert sweep(world.backend, lambda: due).fired == 0
    with read_transaction(engine) as session:
        assert breaches(session) == []


def test_every_worker_hears_a_call_on_postgresql(postgresql_url: str) -> None:
    """Architecture 6: NOTIFY after the commit reaches the drains of other processes."""
    listening, calling = make_engine(postgresql_url), make_engine(postgresql_url)
    heard: list[bool] = []

    def listen() -> None:
        for called in calls(listening, seconds=0.2):
            heard.append(called)
            if called:
                return

    thread = Thread(target=listen, daemon=True)
    thread.start()
    eventually(lambda: heard)
    notify(calling)
    thread.join(timeout=10)
    assert heard[-1]
    listening.dispose()
    calling.dispose()

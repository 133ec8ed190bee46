"""Two presses or two people write the same row at once (T7): there is one row, and nobody hears of an error.

Only PostgreSQL lets two writing transactions run side by side; on SQLite the second waits before it has read.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.clock import MovableClock
from app.extensions import Installation
from app.models.base import Base, new_uid
from app.models.deciding import StockPhrases
from app.models.desk import SavedView
from app.models.history import OutboxRow
from app.services.calling import WORK as CALL
from app.services.calling import key_of, put_calls
from app.services.phrases import keep_phrases
from app.services.saved_views import keep_view
from app.services.verifying import WORK as VERIFY
from app.services.verifying import begin_verification
from app.settings import Settings
from tests.support.application import settings_for
from tests.support.waiting import eventually
from tests.support.web_world import world_on
from tests.support.world import World
from workflows.phrases import PhraseUse


@pytest.fixture
def settings(postgresql_url: str, tmp_path: Path) -> Settings:
    return settings_for(postgresql_url, tmp_path / "kept")


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def beside(own: Installation, row: Base, write: Callable[[], None]) -> None:
    """Write while somebody else has written the row and has not committed yet."""
    with own.database.write() as other, ThreadPoolExecutor(1) as pool:
        other.add(row)
        other.flush()
        writing = pool.submit(write)

        def waits() -> bool:
            with own.engine.connect() as watcher:
                asked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
                return bool(watcher.execute(text(asked)).scalar())

        eventually(waits)
        other.commit()
        writing.result(20)


def test_two_auditors_ask_for_the_first_verification_at_once(app: Flask, world: World) -> None:
    own: Installation = app.extensions["zhengcheng"]
    officer, now = world["officer"].user_id, world.clock()
    assert officer is not None
    row = OutboxRow(key="verify:chains", work=VERIFY, body="{}", status="open", not_before=now)
    beside(own, row, lambda: begin_verification(own.backend, officer, now))
    assert [one.body for one in world.rows(OutboxRow) if one.work == VERIFY] == ["{}"]


def test_a_batch_of_reminders_that_is_sent_twice_at_once_is_one(app: Flask, world: World) -> None:
    own: Installation = app.extensions["zhengcheng"]
    officer, now = world["officer"], world.clock()
    assert officer.user_id is not None
    row = OutboxRow(key=key_of(officer.user_id, "twice"), work=CALL, body="{}", status="open", not_before=now)
    beside(own, row, lambda: put_calls(own.backend, officer, "twice", (), now))
    assert [one.body for one in world.rows(OutboxRow) if one.work == CALL] == ["{}"]


def test_a_filter_that_is_kept_twice_at_once_is_kept_once(app: Flask, world: World) -> None:
    own: Installation = app.extensions["zhengcheng"]
    officer, now = world["officer"].user_id, world.clock()
    assert officer is not None
    row = SavedView(uid=new_uid(), user_id=officer, name="逾期", query="light=late", saved_at=now)
    beside(own, row, lambda: keep_view(own.database, officer, "逾期", "box=held&light=late", now))
    assert [one.query for one in world.rows(SavedView)] == ["box=held&light=late"]


def test_two_colleagues_keep_phrases_of_their_unit_at_once(app: Flask, world: World) -> None:
    own: Installation = app.extensions["zhengcheng"]
    clerk, now = world["clerk"].user_id, world.clock()
    assert clerk is not None
    provider, use = world.unit_uids["provider"], PhraseUse.ANSWER
    row = StockPhrases(unit_id=world.units["provider"], use=use.value, texts="[]", changed_by=clerk, changed_at=now)
    given = {use: "与原始凭证一致。"}
    beside(own, row, lambda: keep_phrases(own.database, own.keys, clerk, provider, given, now))
    assert [one.texts for one in world.rows(StockPhrases)] == ['["与原始凭证一致。"]']

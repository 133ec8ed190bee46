"""校验审计链 in the background (interface, patterns): shows progress, survives leaving the page, finds the same."""

from pathlib import Path

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import select, update

from app.clock import MovableClock
from app.jobs.handlers import Sheets, handlers
from app.models.cases import Case
from app.models.history import AccessLog
from app.services import verifying
from app.services.anchors import seal_heads
from app.services.audit import verify
from app.services.outbox import drain
from app.services.verifying import latest_verification
from app.settings import Settings
from tests.support.administrators import add_administrators
from tests.support.application import settings_for
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return settings_for(sqlite_url, tmp_path / "kept")


@pytest.fixture
def audited(app: Flask, clock: MovableClock) -> World:
    """Enough cases for several ranges."""
    made = world_on(app, clock)
    add_administrators(app, made)
    made.objection_in("verifying")
    return made


def test_a_long_verification_goes_on_when_the_page_is_left(
    app: Flask, audited: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R141, T7: range by range; whoever asks again meanwhile gets the one that runs."""
    monkeypatch.setattr(verifying, "_RANGE", 1)
    monkeypatch.setattr("app.web.audit._PATIENCE_SECONDS", -1.0)
    client, own = client_of(app, "auditor"), app.extensions["zhengcheng"]
    client.post("/audit/verify")
    page = client.get("/audit").text
    assert "正在校验：已校验事项1件" in page
    assert "可以离开本页" in page
    assert 'hx-trigger="every 2s"' in client.get("/audit/verification").text
    client.post("/audit/verify")
    assert [row.act for row in audited.rows(AccessLog)].count("chains_verified") == 1
    drain(own.backend, own.clock, handlers(own, Sheets("text")))
    page = text_of(client.get("/audit").text)
    assert "审计链校验：全部相符" in page
    with own.database.read() as session:
        latest = latest_verification(session)
        whole = verify(session, own.keys)
    assert latest is not None
    assert (latest[0].report.cases, latest[0].report.events) == (whole.cases, whole.events)
    assert "hx-trigger" not in client.get("/audit/verification").text


def test_each_range_finds_what_the_whole_finds(app: Flask, audited: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """trust 1.8: a head and a length that do not fit, and a case put in the place of another."""
    own = app.extensions["zhengcheng"]
    seal_heads(own.backend, own.clock())
    with own.database.write() as session:
        first, second, third = session.scalars(select(Case.id).order_by(Case.id).limit(3))
        session.execute(update(Case).where(Case.id == first).values(chain_head="x"))
        session.execute(update(Case).where(Case.id == second).values(event_count=Case.event_count + 1))
        session.execute(update(Case).where(Case.id == third).values(uid="00000000-0000-4000-8000-000000000000"))
    monkeypatch.setattr(verifying, "_RANGE", 1)
    client = client_of(app, "auditor")
    page = client.post("/audit/verify", follow_redirects=True).text
    with own.database.read() as session:
        whole = verify(session, own.keys)
        latest = latest_verification(session)
    assert latest is not None
    assert sorted(map(str, latest[0].report.faults)) == sorted(map(str, whole.faults))
    assert len(whole.faults) >= 4
    assert all(escape(str(fault)) in page for fault in whole.faults)

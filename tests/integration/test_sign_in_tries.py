"""Tries to sign in from one address (trust 1.5): slowed for all accounts together, never for longer than a minute."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.clock import MovableClock
from app.extensions import Installation
from app.models.history import AccessLog
from app.models.limits import RateWindow
from app.services.accounts import Accounts
from app.settings import Settings

PASSWORD = "Shifan-2026"
EACH = 4
OFFICE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def site(settings: Settings, clock: MovableClock) -> Flask:
    """On both databases: the counters are theirs."""
    made = create_app(replace(settings, sign_in_failures_a_minute=EACH, trusted_proxies=("127.0.0.1",)), clock)
    made.config["WTF_CSRF_ENABLED"] = False
    own: Installation = made.extensions["zhengcheng"]
    accounts = Accounts(own.database, own.keys, own.passwords)
    for number in range(EACH + 2):
        accounts.create(f"wang.{number}", "王测试", PASSWORD, clock())
    return made


def attempt(client: FlaskClient, login: str, password: str, address: str = OFFICE):  # type: ignore[no-untyped-def]
    """Through the trusted proxy: what it forwards is the address."""
    data = {"login": login, "password": password}
    return client.post("/sign-in", data=data, headers={"X-Forwarded-For": address})


def fail(site: Flask, times: int, address: str = OFFICE) -> list[int]:
    """One wrong password on each of several accounts: no account is locked by it."""
    client = site.test_client()
    return [attempt(client, f"wang.{number}", "Wrong-2026", address).status_code for number in range(times)]


def test_one_password_on_many_accounts_is_stopped_by_its_address(site: Flask, clock: MovableClock) -> None:
    assert fail(site, EACH) == [422] * EACH
    refused = attempt(site.test_client(), f"wang.{EACH}", PASSWORD)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "登录失败次数过多" in refused.text
    assert f'value="wang.{EACH}"' in refused.text
    assert PASSWORD not in refused.text
    assert attempt(site.test_client(), f"wang.{EACH}", PASSWORD, ELSEWHERE).status_code == 302
    clock.set(clock() + timedelta(minutes=1))
    assert attempt(site.test_client(), f"wang.{EACH}", PASSWORD).status_code == 302


def test_all_workers_count_together(site: Flask, settings: Settings, clock: MovableClock) -> None:
    other = create_app(replace(settings, sign_in_failures_a_minute=EACH, trusted_proxies=("127.0.0.1",)), clock)
    other.config["WTF_CSRF_ENABLED"] = False
    assert fail(site, EACH - 1) + fail(other, 2) == [422] * EACH + [429]


def test_an_office_that_signs_in_uses_nothing_up(site: Flask) -> None:
    signed_in = [attempt(site.test_client(), f"wang.{n % EACH}", PASSWORD).status_code for n in range(EACH * 3)]
    assert signed_in == [302] * (EACH * 3)
    assert fail(site, EACH) == [422] * EACH


def test_a_known_browser_is_not_kept_out_by_its_neighbour(site: Flask) -> None:
    known = site.test_client()
    assert attempt(known, "wang.0", PASSWORD).status_code == 302
    known.post("/sign-out")
    assert fail(site, EACH + 1)[-1] == 429
    assert attempt(known, "wang.0", PASSWORD).status_code == 302
    known.post("/sign-out")
    assert attempt(known, "wang.1", PASSWORD).status_code == 429


def test_the_address_is_kept_as_a_hash_and_logged_once_a_minute(site: Flask) -> None:
    fail(site, EACH + 2)
    own: Installation = site.extensions["zhengcheng"]
    with own.database.read() as session:
        buckets = session.scalars(select(RateWindow.bucket)).all()
        logged = session.scalars(select(AccessLog).where(AccessLog.purpose == "同一地址失败过多")).all()
    assert all(OFFICE not in bucket for bucket in buckets)
    assert [line.address for line in logged] == [OFFICE]


def test_an_address_is_forgotten_when_its_window_is_old(site: Flask, clock: MovableClock) -> None:
    """Also where nobody ever asks the page of verification, which forgets as well."""
    own: Installation = site.extensions["zhengcheng"]
    fail(site, 1)
    with own.database.read() as session:
        (first,) = session.scalars(select(RateWindow.bucket)).all()
    clock.advance(timedelta(hours=2))
    assert attempt(site.test_client(), "wang.0", "falsch", ELSEWHERE).status_code == 422
    with own.database.read() as session:
        assert first not in session.scalars(select(RateWindow.bucket)).all()

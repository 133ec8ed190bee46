"""The application factory: headers, cookies, incidents, health, logs (trust 1.11, architecture 6 and 7)."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, request
from flask_login import login_required
from werkzeug.test import TestResponse

from app import create_app, signing_in
from app.clock import MovableClock
from app.extensions import Installation
from app.logs import LOGGER, JsonLines
from app.services.accounts import Accounts
from app.services.heartbeat import SILENCE, beat
from app.services.sign_ins import SignInRefused
from app.settings import Settings
from tests.support.application import settings_for

PASSWORD = "Shifan-2026"


def own(app: Flask) -> Installation:
    found = app.extensions["zhengcheng"]
    assert isinstance(found, Installation)
    return found


@pytest.fixture
def logged(app: Flask, clock: MovableClock) -> Iterator[io.StringIO]:
    """What the application logs, as it is written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(clock))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def with_routes(app: Flask) -> Flask:
    """The application with a sign-in and a page, so that these tests do not hang on how pages look."""

    @app.post("/test/enter")
    def enter_here() -> tuple[str, int]:
        try:
            signing_in.enter(request.form["login"], request.form["password"])
        except SignInRefused as refusal:
            return refusal.message, refusal.status
        return "", 204

    @app.post("/test/leave")
    def leave_here() -> tuple[str, int]:
        signing_in.leave()
        return "", 204

    @app.get("/test/page")
    @login_required
    def page() -> str:
        return request.remote_addr or ""

    @app.get("/test/broken")
    def broken() -> str:
        number = "11010519491231002X"
        raise LookupError(f"王测试 {number}")

    app.config["WTF_CSRF_ENABLED"] = False
    accounts = Accounts(own(app).database, own(app).keys, own(app).passwords)
    accounts.create("wang.ceshi", "王测试", PASSWORD, own(app).clock())
    return app


def enter(client: object, password: str = PASSWORD) -> TestResponse:
    response = client.post("/test/enter", data={"login": "wang.ceshi", "password": password})  # type: ignore[attr-defined]
    assert isinstance(response, TestResponse)
    return response


def test_two_applications_in_one_process_do_not_mix(app: Flask, settings: Settings, clock: MovableClock) -> None:
    """Architecture 4: `rehearse` builds a second one beside the real one."""
    other = create_app(settings, MovableClock(clock() + timedelta(days=30)))
    assert own(app).clock() == clock()
    assert own(other).clock() == clock() + timedelta(days=30)
    assert own(app).engine is not own(other).engine
    assert app.test_client().get("/healthz").status_code == other.test_client().get("/healthz").status_code == 200
    own(other).engine.dispose()


def test_every_answer_carries_the_headers(app: Flask) -> None:
    """Trust 1.11: CSP without unsafe-*, nosniff, no framing."""
    for path in ("/healthz", "/nowhere"):
        headers = app.test_client().get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "Strict-Transport-Security" not in headers


def test_a_signed_in_page_is_never_stored(with_routes: Flask) -> None:
    client = with_routes.test_client()
    assert "Cache-Control" not in client.get("/healthz").headers
    assert enter(client).status_code == 204
    page = client.get("/test/page")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"


def test_in_production_the_cookie_is_bound_to_host_and_https(
    sqlite_url: str, tmp_path: Path, clock: MovableClock
) -> None:
    local = settings_for(sqlite_url, tmp_path)
    settings = Settings(
        **{**vars(local), "environment": "production", "base_url": "https://zhengcheng.example.cn", "renderer": "pdf"},
    )
    app = create_app(settings, clock)
    app.config["WTF_CSRF_ENABLED"] = False

    @app.post("/test/enter")
    def enter_here() -> str:
        signing_in.enter(request.form["login"], request.form["password"])
        return ""

    Accounts(own(app).database, own(app).keys, own(app).passwords).create("wang.ceshi", "王测试", PASSWORD, clock())
    response = enter(app.test_client())
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-zhengcheng=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie
    assert "Domain" not in cookie
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    own(app).engine.dispose()


def test_a_stolen_cookie_dies_with_signing_out(with_routes: Flask) -> None:
    """Trust 1.4: within one request, in every browser that holds the cookie."""
    owner, thief = with_routes.test_client(), with_routes.test_client()
    enter(owner)
    stolen = owner.get_cookie("zhengcheng")
    assert stolen is not None
    thief.set_cookie("zhengcheng", stolen.value)
    assert thief.get("/test/page").status_code == 200
    assert owner.post("/test/leave").status_code == 204
    assert thief.get("/test/page").status_code in (302, 401)


def test_disabling_an_account_ends_its_access_within_one_request(with_routes: Flask) -> None:
    client = with_routes.test_client()
    enter(client)
    assert client.get("/test/page").status_code == 200
    accounts = Accounts(own(with_routes).database, own(with_routes).keys, own(with_routes).passwords)
    accounts.disable("wang.ceshi", own(with_routes).clock())
    assert client.get("/test/page").status_code in (302, 401)


def test_idleness_ends_a_session_by_the_clock_that_was_handed_in(with_routes: Flask, clock: MovableClock) -> None:
    client = with_routes.test_client()
    enter(client)
    clock.advance(timedelta(minutes=30))
    assert client.get("/test/page").status_code == 200
    clock.advance(timedelta(minutes=30, seconds=1))
    assert client.get("/test/page").status_code in (302, 401)


def test_the_unexpected_has_an_incident_number_and_a_log_line_without_personal_data(
    with_routes: Flask, logged: io.StringIO
) -> None:
    """Architecture 7, T15."""
    response = with_routes.test_client().get("/test/broken?name=王测试")
    assert response.status_code == 500
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["unexpected"]
    line = lines[0]
    assert line["incident"] in response.get_data(as_text=True)
    assert (line["error"], line["route"], line["method"]) == ("LookupError", "/test/broken", "GET")
    assert any(frame.endswith(" broken") for frame in line["frames"])
    assert line["at"].startswith("2026-09-18T02:00:00.000")
    for personal in ("王测试", "11010519491231002X"):
        assert personal not in logged.getvalue()
        assert personal not in response.get_data(as_text=True)


def test_a_log_line_holds_named_fields_only(logged: io.StringIO) -> None:
    """T15: a name in `extra`, or in the arguments of a library's message, is not written."""
    LOGGER.warning("stuck", extra={"case": "uid-1", "attempt": 5, "person": "王测试"})
    logging.getLogger("some.library").warning("cannot parse %s", "王测试")
    first, second = (json.loads(line) for line in logged.getvalue().splitlines())
    assert first == {
        "at": "2026-09-18T02:00:00.000+00:00",
        "level": "warning",
        "event": "stuck",
        "case": "uid-1",
        "attempt": 5,
    }
    assert second["message"] == "cannot parse %s"


@pytest.mark.parametrize("path", ["/healthz?q=%00", "/healthz?%00=1"])
def test_what_no_database_can_keep_is_refused_at_the_edge(app: Flask, path: str) -> None:
    """Architecture 6: U+0000 and lone surrogates."""
    client = app.test_client()
    assert client.get(path).status_code == 400
    assert client.post("/healthz", data={"a": "x\x00"}).status_code in (400, 405)


def test_a_lone_surrogate_in_json_is_refused(with_routes: Flask) -> None:
    answer = with_routes.test_client().post(
        "/test/leave", data='{"reason": ["\\ud800"]}', content_type="application/json"
    )
    assert answer.status_code == 400
    assert with_routes.test_client().post("/test/leave", json={"reason": "文字😀"}).status_code == 204


def test_ready_says_which_part_is_not(app: Flask, clock: MovableClock) -> None:
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json()["sweep"] == "not seen yet"
    beat(own(app).database, clock() - SILENCE)
    beat(own(app).database, clock())
    assert client.get("/readyz").status_code == 200
    clock.advance(SILENCE + timedelta(seconds=1))
    silent = client.get("/readyz")
    assert (silent.status_code, silent.get_json()["sweep"]) == (503, "silent")


def test_not_ready_without_schema_or_database(tmp_path: Path, clock: MovableClock) -> None:
    empty = create_app(settings_for(f"sqlite:///{tmp_path}/empty.sqlite", tmp_path), clock)
    behind = empty.test_client().get("/readyz")
    assert (behind.status_code, behind.get_json()["migrations"]) == (503, "behind")
    gone = create_app(settings_for("postgresql+psycopg://nobody@/none?host=/nonexistent", tmp_path), clock)
    unreachable = gone.test_client().get("/readyz")
    assert (unreachable.status_code, unreachable.get_json()["database"]) == (503, "unreachable")
    assert gone.test_client().get("/healthz").status_code == 200
    own(empty).engine.dispose()


@pytest.mark.parametrize(
    ("sender", "seen"), [("10.0.0.5", "203.0.113.9"), ("10.0.0.77", "203.0.113.9"), ("192.0.2.1", "192.0.2.1")]
)
def test_forwarded_addresses_are_believed_from_named_proxies_only(
    sqlite_url: str, tmp_path: Path, clock: MovableClock, sender: str, seen: str
) -> None:
    """Trust 1.11: whoever reaches the application directly cannot choose his address."""
    settings = Settings(**{**vars(settings_for(sqlite_url, tmp_path)), "trusted_proxies": ("10.0.0.0/24", "unix")})
    app = create_app(settings, clock)

    @app.get("/test/sender")
    def sender_seen() -> str:
        return request.remote_addr or ""

    answer = app.test_client().get(
        "/test/sender", headers={"X-Forwarded-For": "203.0.113.9"}, environ_base={"REMOTE_ADDR": sender}
    )
    assert answer.get_data(as_text=True) == seen
    own(app).engine.dispose()

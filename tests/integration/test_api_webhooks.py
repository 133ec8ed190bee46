"""Webhooks: told after the commit, signed, at least once, with ids only, and never at the cost of other work (T7)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import MovableClock
from app.extensions import Installation
from app.models.api import WebhookSubscription
from app.models.history import OutboxRow
from app.services.outbox import Claim, drain
from app.services.outgoing import Outgoing
from app.services.webhook_delivery import deliver
from tests.support.listening import Receiver, receiver
from tests.support.paths import record_content
from tests.support.programs import Program, program_of
from tests.support.web_world import world_on
from tests.support.world import World


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def listening() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


def _allow(app: Flask, *hosts: str) -> None:
    own: Installation = app.extensions["zhengcheng"]
    object.__setattr__(own.settings, "webhook_hosts", hosts)


def _subscribe(app: Flask, program: Program, listening: Receiver) -> tuple[str, bytes]:
    _allow(app, listening.host)
    answer = program.post("/webhooks", {"url": listening.url})
    assert answer.status_code == 201, answer.text
    found = answer.get_json()
    return found["uid"], base64.b64decode(found["secret"].removeprefix("whsec_"))


def _drain(app: Flask, world: World, patience: float = 5.0) -> None:
    """Work what is due in the outbox for the addresses, as the job does."""
    own: Installation = app.extensions["zhengcheng"]
    outgoing = Outgoing(own.settings.webhook_hosts, patience=patience, deadline=2 * patience)

    def tell(claim: Claim) -> None:
        deliver(own.backend, outgoing, claim, world.clock())

    drain(own.backend, world.clock, {"webhook": tell, "seal": lambda _: None, "remind": lambda _: None}, limit=20)


def _deliveries(program: Program, uid: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = program.get(f"/webhooks/{uid}/deliveries").get_json()["items"]
    return found


def test_a_step_is_told_once_committed_signed_and_with_ids_only(app: Flask, world: World, listening: Receiver) -> None:
    """Trust 1.7: the receiver gets ids, and can tell that they come from here; a refused step is not told."""
    program = program_of(app, world)
    uid, secret = _subscribe(app, program, listening)
    case = program.open("record", "create", "k-1", **record_content(world)).get_json()["uid"]
    assert program.step(case, "submit", "k-2", 9).status_code == 412
    assert listening.came == []
    _drain(app, world)
    [(headers, body)] = listening.came
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    said = json.loads(body)
    assert said == {
        "id": headers["webhook-id"], "type": "case.step", "case": case, "kind": "record", "step": "create", "seq": 1,
        "version": 1, "at": world.clock().isoformat(),
    }  # fmt: skip
    assert world["subject"].name not in body.decode()
    [delivery] = _deliveries(program, uid)
    assert (delivery["status"], delivery["attempts"], delivery["answer"]) == ("delivered", 1, 204)


def test_an_address_hears_what_its_token_sees_and_nothing_else(
    app: Flask, world: World, listening: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T12: the provider hears of an objection from its acceptance on, as he sees it; a foreign unit never."""
    record = world.record_in("listed")
    foreign, _ = _subscribe(app, program_of(app, world, "other_clerk"), listening)
    _subscribe(app, program_of(app, world, "clerk"), listening)
    monkeypatch.setattr(world, "seal", lambda: 0)
    objection = world.objection_in("submitted", record)
    _drain(app, world)
    assert objection not in {json.loads(body)["case"] for _, body in listening.came}
    listening.came.clear()
    world.take("officer", "accept", objection)
    _drain(app, world)
    told = [json.loads(body) for _, body in listening.came]
    assert [one["step"] for one in told if one["case"] == objection] == ["accept"]
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        keys = session.scalars(select(OutboxRow.key).where(OutboxRow.work == "webhook")).all()
    assert not [key for key in keys if foreign in key]


@pytest.mark.parametrize("failure", ["down", "500", "redirect", "slow"])
def test_a_receiver_that_fails_is_tried_again_later_and_only_once_for_all(
    app: Flask, world: World, failure: str
) -> None:
    """T7: nothing is lost, nobody waits for it twice, and the log says what happened."""
    program = program_of(app, world)
    with receiver() as listening:
        uid, _ = _subscribe(app, program, listening)
        listening.status = {"500": 500, "redirect": 302}.get(failure, 204)
        listening.slow = failure == "slow"
        if failure == "down":
            _allow(app, listening.host)
            listening.let_go.set()
        first = program.open("record", "create", "k-1", **record_content(world)).get_json()["uid"]
        program.step(first, "submit", "k-2", 1)
        if failure != "down":
            _drain(app, world, patience=0.3)
            assert len(listening.came) == 1
            [delivery] = _deliveries(program, uid)
            assert (delivery["status"], delivery["attempts"]) == ("waiting", 1)
            assert delivery["error"]
            assert program.get("/webhooks").get_json()["items"][0]["failures"] == 1
            listening.slow, listening.status = False, 200
            listening.let_go.set()
            world.clock.advance(timedelta(minutes=2))
            _drain(app, world)
            assert {json.loads(body)["seq"] for _, body in listening.came} == {1, 2}
            assert {one["status"] for one in _deliveries(program, uid)} == {"delivered"}
            assert program.get("/webhooks").get_json()["items"][0]["failures"] == 0
            return
    _drain(app, world, patience=0.3)
    [delivery] = _deliveries(program, uid)
    assert (delivery["status"], delivery["answer"]) == ("waiting", None)
    world.clock.advance(timedelta(hours=25))
    _drain(app, world, patience=0.3)
    assert {one["status"] for one in _deliveries(program, uid)} == {"given_up"}
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        assert set(session.scalars(select(OutboxRow.status).where(OutboxRow.work == "webhook"))) == {"done"}


def test_an_address_that_fails_is_left_alone_for_longer_and_longer(
    sqlite_app: Flask, clock: MovableClock, listening: Receiver
) -> None:
    """T7: one minute, then five, then thirty, each with all that waits for it; a success ends it."""
    world = world_on(sqlite_app, clock)
    program = program_of(sqlite_app, world)
    _subscribe(sqlite_app, program, listening)
    listening.status = 503
    program.open("record", "create", "k-1", **record_content(world))
    _drain(sqlite_app, world)
    for tried, minutes in enumerate((1, 5, 30, 30), 1):
        assert len(listening.came) == tried
        world.clock.advance(timedelta(minutes=minutes, seconds=-1))
        _drain(sqlite_app, world)
        assert len(listening.came) == tried, "left alone"
        world.clock.advance(timedelta(seconds=2))
        _drain(sqlite_app, world)
    assert len(listening.came) == 5
    assert len({headers["webhook-id"] for headers, _ in listening.came}) == 1
    assert len({headers["webhook-signature"] for headers, _ in listening.came}) == 5
    listening.status = 200
    world.clock.advance(timedelta(minutes=31))
    _drain(sqlite_app, world)
    assert program.get("/webhooks").get_json()["items"][0]["failures"] == 0


def test_the_same_event_told_twice_has_the_same_id(app: Flask, world: World, listening: Receiver) -> None:
    """A lease that runs out tells twice: the receiver knows it by the id."""
    program = program_of(app, world)
    _subscribe(app, program, listening)
    program.open("record", "create", "k-1", **record_content(world))
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        row = session.execute(select(OutboxRow).where(OutboxRow.work == "webhook")).scalar_one()
        claim = Claim(row.id, row.key, row.work, row.case_id, 1)
    outgoing = Outgoing(own.settings.webhook_hosts)
    deliver(own.backend, outgoing, claim, world.clock())
    deliver(own.backend, outgoing, claim, world.clock())
    assert len({headers["webhook-id"] for headers, _ in listening.came}) == 1
    assert len(listening.came) == 2


def test_the_key_is_kept_encrypted_and_an_address_ends(app: Flask, world: World, listening: Receiver) -> None:
    """Trust 1.7; what is not listened to any more is not sent; inside addresses need to be allowed."""
    program = program_of(app, world)
    assert program.post("/webhooks", {"url": listening.url}).status_code == 422
    uid, secret = _subscribe(app, program, listening)
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        kept = session.execute(select(WebhookSubscription.secret_sealed)).scalar_one()
    assert base64.b64encode(secret).decode() not in kept
    assert program_of(app, world, "other_clerk").delete(f"/webhooks/{uid}").status_code == 404
    program.open("record", "create", "k-1", **record_content(world))
    assert program.delete(f"/webhooks/{uid}").status_code == 204
    _drain(app, world)
    assert listening.came == []
    assert program.get("/webhooks").get_json()["items"] == []

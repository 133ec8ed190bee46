"""A world on the database of an application: its people can sign in, and its cases are seen through pages."""

import re
from functools import cache

from flask import Flask
from flask.testing import FlaskClient

from app.clock import MovableClock, legal_day
from app.extensions import Installation
from app.models.people import User
from app.services.passwords import Passwords
from app.settings import PasswordCost
from tests.support.world import World, found_world

PASSWORD = "Shifan-2026"


def world_on(app: Flask, clock: MovableClock) -> World:
    """Found the make-believe district in an application; both then live by the same clock."""
    own: Installation = app.extensions["zhengcheng"]
    world = found_world(own.engine, own.keys, legal_day(clock()))
    world.clock = clock
    hashed = password_hash(own)
    with own.database.write() as session:
        for user in session.query(User):
            user.password_hash = hashed
    return world


def password_hash(own: Installation) -> str:
    """The hash of PASSWORD, once for a process and a cost: with another salt no way would be gone twice."""
    hasher = own.passwords.hasher
    return _hashed(hasher.time_cost, hasher.memory_cost, hasher.parallelism)


@cache
def _hashed(passes: int, memory_kib: int, lanes: int) -> str:
    return Passwords.with_cost("mlps3", PasswordCost(passes, memory_kib, lanes)).hasher.hash(PASSWORD)


def client_of(app: Flask, role: str) -> FlaskClient:
    """A browser without JavaScript and without form tokens, signed in as somebody of the world."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/sign-in", data={"login": role, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return client


def text_of(page: str) -> str:
    """What a reader sees of a page, blanks drawn together."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)).strip()

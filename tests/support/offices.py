"""A world behind an application: the same database, clock and keys, and everybody in it can sign in."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.clock import MovableClock, legal_day
from app.extensions import Installation
from app.models.people import User
from tests.support.world import World, found_world

PASSWORD = "Ceshi-2026-zc"


def staffed(app: Flask, clock: MovableClock) -> World:
    """Found the world in the application's database; its clock is the application's."""
    own: Installation = app.extensions["zhengcheng"]
    world = found_world(own.engine, own.keys, legal_day(clock()))
    world.clock = clock
    with own.database.write() as session:
        session.execute(update(User).values(password_hash=own.passwords.hasher.hash(PASSWORD)))
    return world


def client_of(app: Flask, who: str) -> FlaskClient:
    """A browser in which somebody of the world has signed in; forms need no token."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/sign-in", data={"login": who, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return client


def hidden(page: str, act: str) -> dict[str, str]:
    """The hidden fields of the form of one act of a case page."""
    form = next(part for part in page.split("<form ")[1:] if f'name="form" value="{act}"' in part).split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))

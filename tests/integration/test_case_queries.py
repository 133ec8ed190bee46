"""What reading a case costs: a fixed number of queries, whatever its kind, its state and its history."""

import pytest
from flask import Flask

from app.clock import MovableClock
from app.extensions import Installation
from app.services.reading.case_page import read_case
from tests.integration.test_case_pages import EVERYBODY, WAYS
from tests.support.counted import counted
from tests.support.looking import reading
from tests.support.web_world import client_of, world_on
from tests.support.world import World
from workflows.kit.errors import NotFound

#: interface, performance: so many queries for the case itself, whatever the length of its history.
MOST_QUERIES = 15


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is explained is no question of the database: on SQLite only."""
    return sqlite_url


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def queries_of(app: Flask, world: World, who: str, uid: str) -> int | None:
    """Statements that reading a case takes, from the reader's standing on; None if it is not his to see."""
    own: Installation = app.extensions["zhengcheng"]
    with counted(own.engine) as found, reading(world, who) as reader:
        try:
            read_case(reader, uid)
        except NotFound:
            return None
    return len(found)


@pytest.mark.parametrize("way", ["record", "objection", "repair", "exemption"])
def test_a_case_is_read_with_few_queries_in_every_state(app: Flask, world: World, way: str) -> None:
    steps, starts, states = WAYS[way]
    queries_of(app, world, "officer", world.record_in("listed"))  # what stays the law is read once and kept
    uid = getattr(world, f"{way}_in")(starts.split()[-1])
    over = []
    for state in ["", *states.split()]:
        if state:
            steps[state][1](world, uid)
        for who in EVERYBODY:
            taken = queries_of(app, world, who, uid)
            if taken is not None and taken > MOST_QUERIES:
                over.append((world.state(uid), who, taken))
    assert over == []


def test_a_long_history_takes_no_more_queries(app: Flask, world: World) -> None:
    uid = world.objection_in("answered")
    before = queries_of(app, world, "officer", uid)
    for _ in range(15):
        world.take("officer", "propose", uid, step="decide", form={"reasons": "异议成立"}, opinion="拟同意")
        world.take("officer", "withdraw_proposal", uid)
    assert len(world.events(uid)) >= 33
    assert queries_of(app, world, "officer", uid) == before
    page = client_of(app, "officer").get(f"/cases/{uid}").text
    assert page.split('id="tabs"')[0].count("<time") < 30
    assert "查看全部办理记录" in page

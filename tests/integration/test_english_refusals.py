"""What goes wrong is said in English on an English page as well (interface: English complete by test)."""

import pytest
from flask import Flask

from app.clock import MovableClock
from tests.support.english_pages import english, left_in_chinese, own_words
from tests.support.web_world import world_on
from tests.support.world import World


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the two databases."""
    return sqlite_url


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def test_the_door_refuses_in_english(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/language", data={"language": "en"})
    for data in ({}, {"login": "clerk", "password": "wrong"}, {"login": "王", "password": "wrong"}):
        page = client.post("/sign-in", data=data)
        assert page.status_code == 422
        assert left_in_chinese(page.text, own_words()) == set()


def test_forms_come_back_with_english_errors(app: Flask, world: World) -> None:
    drafted, listed, objected = world.record_in("draft"), world.record_in("listed"), world.objection_in("submitted")
    version = world.case(objected).version
    # The world has moved through time: whoever signed in before is out by now.
    clerk, officer, subject = (english(app, role) for role in ("clerk", "officer", "subject"))
    pages = [
        clerk.get("/cases/none"),
        clerk.get("/people"),
        clerk.post("/records/new", data={"form": "create"}),
        clerk.post(f"/cases/{drafted}/steps/submit", data={"form": "submit", "version": "1", "key": "k"}),
        officer.post(
            f"/cases/{objected}/steps/accept", data={"form": "accept", "version": str(version + 7), "key": "k"}
        ),
        officer.post(f"/cases/{objected}/steps/refuse", data={"form": "refuse", "version": str(version), "key": "k2"}),
        officer.post(
            f"/cases/{objected}/steps/nothing", data={"form": "nothing", "version": str(version), "key": "k3"}
        ),
        officer.post(
            f"/cases/{objected}/steps/propose", data={"form": "propose-refuse", "version": str(version), "key": "k4"}
        ),
        subject.post(f"/credit/records/{listed}/objection"),
        officer.post("/oversight/remind", data={"key": "x"}),
    ]
    assert {page.status_code for page in pages} >= {404, 409, 422}
    words = own_words()
    left = {
        f"{number}: {page.status_code}": found
        for number, page in enumerate(pages)
        if (found := left_in_chinese(page.text, words))
    }
    assert left == {}

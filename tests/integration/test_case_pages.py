"""工作台, the page of a case and acting on it, through the application on both databases (R33–R37, R48–R52)."""

import pytest
from flask import Flask

from app.clock import MovableClock
from tests.support.offices import client_of, hidden, staffed
from tests.support.paths import EXEMPTION, OBJECTION, RECORD, RECTIFICATION, REPAIR
from tests.support.world import World


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    """People who can sign in to the application."""
    return staffed(app, clock)


EVERYBODY = (
    "subject", "staff", "unit_head", "clerk", "head", "other_clerk", "officer", "approver", "review_clerk", "reviewer",
    "tolerance", "tolerance_head",
)  # fmt: skip


def expect_pages(app: Flask, world: World, uid: str) -> int:
    """Every page of the dossier is drawn or not found for everybody; returns how many were drawn."""
    drawn = 0
    for who in EVERYBODY:
        client = client_of(app, who)
        for case in world.dossier(uid):
            answer = client.get(f"/cases/{case.uid}")
            assert answer.status_code in {200, 404}, (who, case.kind, case.state, answer.text[:2000])
            drawn += answer.status_code == 200
    return drawn


@pytest.mark.parametrize("state", sorted(RECORD))
def test_the_page_of_a_record_is_drawn_in_every_state(app: Flask, world: World, state: str) -> None:
    """R17: whoever may see a record sees its page, nobody else."""
    assert expect_pages(app, world, world.record_in(state)) > 0


@pytest.mark.parametrize("state", sorted(OBJECTION))
def test_the_page_of_an_objection_is_drawn_in_every_state(app: Flask, world: World, state: str) -> None:
    assert expect_pages(app, world, world.objection_in(state)) > 0


@pytest.mark.parametrize("state", sorted(REPAIR))
def test_the_page_of_a_repair_is_drawn_in_every_state(app: Flask, world: World, state: str) -> None:
    assert expect_pages(app, world, world.repair_in(state)) > 0


@pytest.mark.parametrize("state", sorted(RECTIFICATION))
def test_the_page_of_a_rectification_is_drawn_in_every_state(app: Flask, world: World, state: str) -> None:
    assert expect_pages(app, world, world.rectification_in(state)) > 0


@pytest.mark.parametrize("state", sorted(EXEMPTION))
def test_the_page_of_an_exemption_is_drawn_in_every_state(app: Flask, world: World, state: str) -> None:
    assert expect_pages(app, world, world.exemption_in(state)) > 0


def test_the_office_accepts_from_the_row(app: Flask, world: World) -> None:
    """R34: 受理 is one press on the desk."""
    uid = world.objection_in("submitted")
    client = client_of(app, "officer")
    page = client.get("/desk").text
    assert f"/cases/{uid}/steps/accept" in page
    answer = client.post(f"/cases/{uid}/steps/accept", data={**hidden(page, "accept"), "back": "desk"})
    assert answer.status_code == 303
    assert world.state(uid) == "verifying"
    assert "已受理" in client.get("/desk").text

"""A record that was never reported is its unit's own affair (procedures, section 0: Drafts)."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.capacities import may_see, standing_of, visible_filter
from app.clock import MovableClock
from app.database import read_transaction
from app.models.cases import Case
from tests.support.web_world import client_of, world_on
from tests.support.world import World
from workflows.registry import workflow


@pytest.mark.parametrize(("role", "sees"), [("clerk", True), ("head", True), ("officer", False), ("approver", False)])
def test_only_its_unit_sees_a_record_that_waits_for_its_first_signature(world: World, role: str, sees: bool) -> None:
    """R7, R133: page and list agree; once it was reported and sent back, the office goes on seeing it."""
    record = world.record_in("head_review")
    flow = workflow("record")
    with read_transaction(world.backend.engine) as session:
        user_id = world[role].user_id
        assert user_id is not None
        standing = standing_of(session, user_id, world.today)
        case = session.execute(select(Case).where(Case.uid == record)).scalar_one()
        assert may_see(flow, standing, case) is sees
        assert (session.execute(select(Case.uid).where(visible_filter(flow, standing))).first() is not None) is sees


def test_an_open_act_is_not_contradicted_by_another_of_its_name(app: Flask, clock: MovableClock) -> None:
    """R26: the head may return a draft; that there is no request to return is nothing to tell beside it."""
    uid = world_on(app, clock).record_in("head_review")
    page = client_of(app, "head").get(f"/cases/{uid}").text
    assert 'id="act-reject_draft"' in page
    assert 'aria-label="报告撤销（现在不能办理）"' in page
    assert 'aria-label="退回修改（现在不能办理）"' not in page

"""自行回避: whoever is out of a dossier no longer acts in it; the superior office may have to step in (R147)."""

import pytest
from flask import Flask

from app.clock import MovableClock
from app.services.recusals import declare_recusal
from tests.support.web_world import client_of, world_on
from tests.support.world import World
from workflows.kit.errors import FormIncomplete, GuardRefused, NotFound, NotPermitted

NEAR = "当事人是本人的近亲属"
FORM = 'id="recusal-reason"'


def test_who_declared_himself_out_no_longer_acts(world: World) -> None:
    """R147: the refusal names the reason he gave; a colleague goes on."""
    objection = world.objection_in("submitted")
    declare_recusal(world.backend, world["officer"], objection, NEAR, world.clock())
    with pytest.raises(GuardRefused, match="自行回避"):
        world.take("officer", "accept", objection)
    world.take("second_officer", "accept", objection)
    assert world.state(objection) == "verifying"


def test_the_superior_office_handles_what_nobody_here_may_approve(world: World) -> None:
    """R147: 指定办理 of everything open in the dossier, at once."""
    objection = world.objection_in("answered")
    declare_recusal(world.backend, world["approver"], objection, NEAR, world.clock())
    assert world.case(objection).handling_unit_id == world.organs.superior.id
    assert world.case(objection).holder_unit_id == world.organs.superior.id
    world.decide("decide", objection, ("superior_officer", "superior_approver"), reasons="核查属实")
    assert world.state(objection) == "decided"


def test_it_takes_a_reason_and_a_part_in_the_matter(world: World) -> None:
    """R147: no reason, no part in it, or no sight of it: nothing is written."""
    objection = world.objection_in("verifying")
    with pytest.raises(FormIncomplete, match="尚未填写"):
        declare_recusal(world.backend, world["officer"], objection, "  ", world.clock())
    with pytest.raises(NotPermitted):
        declare_recusal(world.backend, world["subject"], objection, NEAR, world.clock())
    with pytest.raises(NotFound):
        declare_recusal(world.backend, world["other_clerk"], objection, NEAR, world.clock())
    world.take("clerk", "draft_answer", objection, verdicts={"facts": {"verdict": "维持"}}, explanation="属实")
    assert world.state(objection) == "signing"


def test_the_case_page_takes_a_recusal_and_offers_it_no_more(app: Flask, clock: MovableClock) -> None:
    """R147: from the page; the subject is never asked."""
    world = world_on(app, clock)
    objection = world.objection_in("submitted")
    officer, subject = client_of(app, "officer"), client_of(app, "subject")
    assert FORM in officer.get(f"/cases/{objection}").text
    assert FORM not in subject.get(f"/cases/{objection}").text
    assert officer.post(f"/cases/{objection}/recusal", data={"reason": " "}).status_code == 422
    assert officer.post(f"/cases/{objection}/recusal", data={"reason": NEAR}).status_code == 303
    page = officer.get(f"/cases/{objection}").text
    assert FORM not in page
    assert "您已声明自行回避" in page

"""批量审批: several simple cases at once, each opened by this approver as it is now (interface 8; R36, R52)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import MovableClock
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.kit.forms import DecisionForm, ReasonedDecision
from workflows.registry import WORKFLOWS


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the two databases."""
    return sqlite_url


@pytest.fixture
def district(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def proposed(world: World, count: int = 2) -> list[str]:
    """Records that wait for 同意告知."""
    records = [world.record_in("screening") for _ in range(count)]
    for record in records:
        world.take("officer", "propose", record, step="approve", form={}, opinion="拟同意告知")
    return records


def agree(client: FlaskClient, *uids: str) -> str:
    """Tick these cases on the page and agree; the words of the answer."""
    page = client.get("/approvals").text
    key = re.search(r'name="key" value="([^"]+)"', page)
    answer = client.post("/approvals", data={"key": key[1] if key else "", "case": list(uids)}, follow_redirects=True)
    assert answer.status_code == 200
    return text_of(answer.text)


def test_those_that_were_opened_are_agreed_to_together(app: Flask, district: World) -> None:
    """Interface, clicks: each is a step of its own, with its letter, in the name of the approver."""
    first, second = proposed(district)
    client = client_of(app, "approver")
    for uid in (first, second):
        client.get(f"/cases/{uid}")
    page = client.get("/approvals?all=1").text
    assert page.count(" checked") == 2
    assert " checked" not in client.get("/approvals").text, "nothing is decided beforehand"
    told = agree(client, first, second)
    assert "已办理2件。" in told
    assert "办理下一件" in told
    for uid in (first, second):
        assert district.state(uid) == "noticing"
        assert district.events(uid, "step")[-1].actor_id == district["approver"].user_id
        assert len(district.notices(uid, "record_notice")) == 1


def test_what_was_not_opened_or_has_changed_is_refused_by_itself(app: Flask, district: World) -> None:
    """Each with its reason; the others are done."""
    opened, unopened, changed, reworded = proposed(district, 4)
    client = client_of(app, "approver")
    for uid in (opened, changed, reworded):
        client.get(f"/cases/{uid}")
    district.take("officer", "withdraw_proposal", changed)
    district.take("officer", "propose", changed, step="approve", form={"opinion": "另附意见"}, opinion="拟同意告知")
    page = text_of(client.get("/approvals").text)
    assert "未阅看" in page
    assert "阅看后有变化" in page
    told = agree(client, opened, unopened, changed)
    assert "已办理1件，未办理2件。" in told
    assert "您还没有打开阅看" in told
    assert "在您阅看之后有变化" in told
    states = [district.state(uid) for uid in (opened, unopened, changed)]
    assert states == ["noticing", "screening", "screening"]
    # The letter is dated: on the next day it is another one, though the case is the same.
    district.clock.set(district.clock() + timedelta(days=1))
    told = agree(client_of(app, "approver"), reworded)
    assert "文书内容在您阅看之后有变化" in told
    assert district.state(reworded) == "screening"


def test_somebody_elses_look_does_not_count(app: Flask, district: World) -> None:
    """Opened means opened by this approver."""
    (record,) = proposed(district, 1)
    client_of(app, "officer").get(f"/cases/{record}")
    assert "您还没有打开阅看" in agree(client_of(app, "approver"), record)
    assert district.state(record) == "screening"


def test_what_is_decided_by_itself_is_not_agreed_to_with_others(app: Flask, district: World) -> None:
    """A decision against somebody has its own page and its own look."""
    record = district.record_in("listed")
    objection = district.objection_in("answered", record)
    kept = district.objection_in(
        "verifying", record, fields=[{"field": "severity", "ground": "错误", "wanted": "轻微"}]
    )
    answer = {"verdicts": {"severity": {"verdict": "维持"}}, "explanation": "记载无误"}
    district.take("clerk", "draft_answer", kept, **answer)
    district.take("head", "answer", kept)
    for uid in (objection, kept):
        district.take("officer", "propose", uid, step="decide", form={"reasons": "属实"}, opinion="拟同意")
    declined = district.record_in("screening")
    form = {"ground": "duplicate", "reason": "重复报送"}
    district.take("officer", "propose", declined, step="decline", form=form, opinion="拟不予记录")
    client = client_of(app, "approver")
    for uid in (objection, kept, declined):
        client.get(f"/cases/{uid}")
    page = text_of(client.get("/approvals").text)
    assert "异议不成立，须逐件审批" in page
    assert "“不予记录”须逐件审批" in page
    told = agree(client, objection, kept, declined)
    assert "已办理1件，未办理2件。" in told
    assert [district.state(uid) for uid in (objection, kept, declined)] == ["decided", "answered", "screening"]


def test_the_page_is_for_those_who_decide(app: Flask, district: World) -> None:
    """T12: others find nothing; a posted uid that is not his to decide does nothing."""
    (record,) = proposed(district, 1)
    for role in ("officer", "clerk", "head", "subject", "tolerance_head"):
        client = client_of(app, role)
        assert client.get("/approvals").status_code == 404, role
        assert client.post("/approvals", data={"case": record}).status_code == 404, role
    assert "没有选定可以办理的事项" in agree(client_of(app, "superior_approver"), record)
    assert "没有待审批的事项" in client_of(app, "reviewer").get("/approvals").text
    assert district.state(record) == "screening"


def test_no_decision_against_somebody_may_be_taken_together() -> None:
    """Refusals, denials, revocations and the listing itself are decided one by one, in every table."""
    together = [step for flow in WORKFLOWS.values() for step in flow.steps if step.together is not None]
    assert len(together) >= 5
    for step in together:
        assert step.on_proposal, step.key
        assert issubclass(step.form, DecisionForm), step.key
        assert not issubclass(step.form, ReasonedDecision), step.key
        assert step.notices, step.key
    assert {"list", "refuse", "deny", "decline", "annul", "revoke", "decide_review"}.isdisjoint(
        step.key for step in together
    )

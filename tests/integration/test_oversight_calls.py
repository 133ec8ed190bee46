"""一键催办: a step on each late duty that was chosen, its result, and no call lost or made twice (interface 9)."""

import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.clock import MovableClock
from app.extensions import Installation
from app.jobs.handlers import Sheets, handlers
from app.models.cases import Case
from app.models.history import OutboxRow
from app.services.calling import Call, put_calls, work_at_once
from app.services.outbox import drain
from tests.support.paths import VERDICTS
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: steps and outbox are tested on both elsewhere, the numbers too."""
    return sqlite_url


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is worked to its end on a busy machine too, where a test does not leave the rest to the drain."""
    monkeypatch.setattr("app.web.oversight.calls._SECONDS", 60.0)


@pytest.fixture
def late(app: Flask, clock: MovableClock) -> World:
    """Two objections that are late at their provider, of one record, and a platform that has not confirmed it."""
    world = world_on(app, clock)
    record = world.record_in("listed")
    first = world.objection_in("verifying", record)
    dispute = [{"field": "severity", "ground": "错误", "wanted": "轻微"}]
    world.objection_in("verifying", record, fields=dispute, reason="程度认定过重。")
    due = world.terms(first)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    return world


def objections(world: World) -> list[str]:
    return [case.uid for case in world.rows(Case) if case.kind == "objection"]


def form_of(page: str) -> dict[str, object]:
    """What the form of the late duties sends as it stands."""
    names = re.findall(r'name="(version-\d+|key|standing)" value="([^"]*)"', page)
    return {**dict(names), "duty": re.findall(r'name="duty" value="(\d+)" checked', page)}


def remind(client: FlaskClient, form: dict[str, object]) -> str:
    """Send it; the text of the page that says what came of it."""
    answer = client.post("/oversight/remind", data=form)
    assert answer.status_code == 303
    return client.get(answer.location).text


def test_every_late_duty_is_called_to_and_its_result_told(app: Flask, late: World) -> None:
    """One act; the same form again calls nobody twice; who was called to today is not ticked any more."""
    client = client_of(app, "officer")
    form = form_of(client.get("/oversight").text)
    assert len(form["duty"]) == 4  # type: ignore[arg-type]
    for _ in range(2):
        told = remind(client, form)
        assert "已催办4件" in text_of(told)
        assert len(re.findall('class="result-done">已催办<', told)) == 4
    for uid in objections(late):
        assert late.steps(uid).count("remind") == 1
        # The clock's own on the day after the last day, and this one: both to the provider.
        sent = late.notices(uid, "reminder")
        assert [notice.recipient_unit_id for notice in sent] == [late.units["provider"]] * 2
    page = client.get("/oversight").text
    assert "催办2次" in page
    assert form_of(page)["duty"] == []


def test_an_approver_supervises_where_an_officer_reminds(app: Flask, late: World) -> None:
    """督办 is the approver's step, 催办 the officer's; each is offered his own."""
    client = client_of(app, "approver")
    told = remind(client, form_of(client.get("/oversight").text))
    assert 'class="result-done">已督办<' in told
    for uid in objections(late):
        assert ("supervise" in late.steps(uid), "remind" in late.steps(uid)) == (True, False)


def test_what_was_moved_since_is_refused_with_its_reason_and_the_rest_is_done(app: Flask, late: World) -> None:
    client = client_of(app, "officer")
    form = form_of(client.get("/oversight").text)
    first, second = objections(late)
    late.take("clerk", "draft_answer", first, verdicts=VERDICTS, explanation="核查属实")
    late.take("head", "answer", first)
    late.take("second_officer", "remind", second, target="核查期限")
    told = text_of(remind(client, form))
    assert "2件没有催办，原因如下。" in told
    assert "已经办结，或者期限已有变动，不再逾期" in told
    assert "您打开页面之后，该事项已有他人办理" in told
    assert late.steps(second).count("remind") == 1


def test_a_condition_that_does_not_hold_is_named(app: Flask, late: World) -> None:
    """回避: whoever declared himself out of the dossier cannot call in it; the refusal says so, without names."""
    client = client_of(app, "officer")
    uid = objections(late)[0]
    client.post(f"/cases/{uid}/recusal", data={"reason": "与当事人王测试有近亲属关系"})
    told = remind(client, form_of(client.get("/oversight").text))
    assert "不符合下列条件：" in text_of(told)
    assert not late.steps(uid).count("remind")
    bodies = [row.body for row in late.outbox() if row.work == "call"]
    assert len(bodies) == 1
    assert "测试" not in bodies[0]


def test_two_late_duties_of_one_case_go_to_their_own_holders(app: Flask, late: World) -> None:
    """核查 lies with the provider, the total with the office; `all` calls to both, one after the other."""
    uid = late.repair_in("verifying")
    days = [row.due_on for row in late.terms(uid).values() if row.due_on is not None]
    assert len(days) == 2
    late.go(max(days) + timedelta(days=1))
    client = client_of(app, "officer")
    before = len(late.notices(uid, "reminder"))
    told = text_of(remind(client, {"all": "1", "standing": "late", "kind": "repair", "key": "all-1"}))
    assert "已催办2件" in told
    assert late.steps(uid).count("remind") == 2
    sent = {notice.recipient_unit_id for notice in late.notices(uid, "reminder")[before:]}
    assert sent == {late.units["provider"], late.organs.office.id}


def test_a_long_batch_goes_on_without_the_page(app: Flask, late: World) -> None:
    """More than the page waits for: progress is told, the drain does the rest, a crash in between repeats nothing."""
    own: Installation = app.extensions["zhengcheng"]
    officer, client = late["officer"], client_of(app, "officer")
    rows = [(uid, late.terms(uid)["objection.verification"]) for uid in objections(late)]
    calls = [Call(uid, row.id, "remind", late.case(uid).version) for uid, row in rows]
    put_calls(own.backend, officer, "long", calls, own.clock())
    put_calls(own.backend, officer, "long", calls[:1], own.clock())
    work_at_once(own.backend, officer, "long", own.clock, 0.0)
    answer = client.get("/oversight/calls/long")
    assert "正在办理，还有1件" in text_of(answer.text)
    assert answer.headers["Refresh"] == "2"
    with own.database.write() as session:
        row = session.execute(select(OutboxRow).where(OutboxRow.work == "call")).scalar_one()
        forgotten = json.dumps({**json.loads(row.body), "results": {}})
        session.execute(update(OutboxRow).where(OutboxRow.id == row.id).values(body=forgotten))
    drain(own.backend, own.clock, handlers(own, Sheets("text")))
    answer = client.get("/oversight/calls/long")
    assert "已催办2件" in text_of(answer.text)
    assert "Refresh" not in answer.headers
    for uid, _ in rows:
        assert late.steps(uid).count("remind") == 1


def test_a_batch_is_its_authors_alone_and_calling_the_offices_alone(app: Flask, late: World) -> None:
    """Default deny: another's batch is not found; a head has a board and nothing to call with."""
    client = client_of(app, "officer")
    form = {**form_of(client.get("/oversight").text), "key": "mine"}
    remind(client, form)
    assert client_of(app, "second_officer").get("/oversight/calls/mine").status_code == 404
    assert client_of(app, "clerk").post("/oversight/remind", data=form).status_code == 404
    head = client_of(app, "head")
    assert "checked" not in head.get("/oversight").text
    assert "没有选定可以催办的事项" in head.post("/oversight/remind", data=form, follow_redirects=True).text
    assert "没有选定可以催办的事项" in client.post("/oversight/remind", data={}, follow_redirects=True).text
    for uid in objections(late):
        assert late.steps(uid).count("remind") == 1

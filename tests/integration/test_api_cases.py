"""The API as a program uses it: read, draft, submit; everything that decides stays with people (R147, T12, T13)."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import MovableClock
from app.extensions import Installation
from app.models.history import AccessLog, EventRow
from app.models.people import User
from app.services.recusals import declare_recusal
from tests.support.paths import record_content
from tests.support.programs import V1, Program, program_of
from tests.support.uploads import png
from tests.support.web_world import client_of, world_on
from tests.support.world import World
from workflows.catalogue import NOTICES


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def program(app: Flask, world: World) -> Program:
    return program_of(app, world)


def test_a_program_drafts_and_submits_a_record_and_the_history_names_token_and_unit(
    app: Flask, world: World, program: Program
) -> None:
    """R17, R147: every event says who did it, a program by its own name and its unit's."""
    opened = program.open("record", "create", "k-1", **record_content(world))
    assert opened.status_code == 201, opened.text
    uid = opened.get_json()["uid"]
    assert opened.headers["Location"] == f"{V1}/cases/{uid}"
    shown = program.get(f"/cases/{uid}")
    assert shown.headers["ETag"] == '"1"'
    acts = {act["step"]: act for act in shown.get_json()["acts"]}
    assert acts["submit"]["possible"]

    taken = program.step(uid, "submit", "k-2", 1)
    assert taken.status_code == 200, taken.text
    assert taken.headers["ETag"] == '"2"'
    assert world.state(uid) == "head_review"
    authors = {event["author"] for event in program.get(f"/cases/{uid}/history").get_json()["items"]}
    assert authors == {"接口：财务系统（示例乙局）"}
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        actors = set(session.scalars(select(EventRow.actor_id)))
        account = session.scalar(select(User).where(User.id.in_(actors)))
        assert account is not None
        assert account.login == f"api-{program.uid}"
        looked = session.scalars(select(AccessLog.act).where(AccessLog.user_id == account.id))
        assert "viewed" in set(looked)


def test_what_a_head_or_an_office_decides_is_no_step_of_a_program(app: Flask, world: World, program: Program) -> None:
    """R147: 审签, 受理 and 签发 need a person; the case page of the program says so."""
    record = world.record_in("head_review")
    refused = program.step(record, "report", "k-1", world.case(record).version)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "ByAPerson")
    office = program_of(app, world, "officer")
    objection = world.objection_in("submitted")
    shown = {act["step"]: act for act in office.get(f"/cases/{objection}").get_json()["acts"]}
    assert not shown["accept"]["possible"]
    assert "本人登录" in shown["accept"]["reasons"][0]
    refused = office.step(objection, "accept", "k-2", world.case(objection).version)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "ByAPerson")
    assert world.state(objection) == "submitted"


def test_a_step_needs_a_version_and_a_key_and_says_what_is_wrong(world: World, program: Program) -> None:
    """T3, T13: 428 without a version, 412 for one that has passed, 400 without a key, 409 from another state."""
    uid = program.open("record", "create", "k-1", **record_content(world)).get_json()["uid"]
    path = f"/cases/{uid}/steps/submit"
    assert program.post(path, {"form": {}}, {"If-Match": '"1"'}).status_code == 400
    assert program.post(path, {"form": {}}, {"Idempotency-Key": "k"}).status_code == 428
    assert program.post(path, {"form": {}}, {"Idempotency-Key": "k", "If-Match": "*"}).status_code == 428
    passed = program.step(uid, "submit", "k-2", 7)
    assert (passed.status_code, passed.get_json()["code"]) == (412, "Stale")
    assert program.step(uid, "submit", "k-2", 1).status_code == 200
    again = program.step(uid, "submit", "k-3", 2)
    assert (again.status_code, again.get_json()["code"]) == (409, "WrongState")
    # The version goes before the state: what the program has not seen yet it has to look at first.
    passed = program.step(uid, "submit", "k-3", 1)
    assert (passed.status_code, passed.get_json()["code"]) == (412, "Stale")
    unknown = program.step(uid, "fly", "k-4", 2)
    assert (unknown.status_code, unknown.content_type) == (404, "application/problem+json")
    wrong = program.open("record", "create", "k-5", **record_content(world, severity="极轻", source_type=""))
    assert wrong.status_code == 422
    assert {error["field"] for error in wrong.get_json()["errors"]} == {"severity", "source_type"}


def test_the_same_key_does_nothing_twice(world: World, program: Program) -> None:
    """T13: same key and form, same answer; another form 422."""
    content = record_content(world)
    first = program.open("record", "create", "once", **content)
    second = program.open("record", "create", "once", **content)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.get_json() == {**first.get_json(), "repeated": True}
    other = program.open("record", "create", "once", **{**content, "facts": "另一事实"})
    assert (other.status_code, other.get_json()["code"]) == (422, "KeyReused")
    uid = first.get_json()["uid"]
    assert program.step(uid, "submit", "s", 1).get_json()["repeated"] is False
    assert program.step(uid, "submit", "s", 1).get_json()["repeated"] is True
    assert world.steps(uid) == ["create", "submit"]


def test_another_units_case_does_not_exist(app: Flask, world: World, program: Program) -> None:
    """T12: not in the list, not by its address, not for a step, and no document of it."""
    record = world.record_in("listed")
    notice = world.notices(record)[0].uid
    foreign = program_of(app, world, "other_clerk")
    assert program.get(f"/cases/{record}").status_code == 200
    assert record in {item["uid"] for item in program.get("/cases").get_json()["items"]}
    assert foreign.get("/cases").get_json()["items"] == []
    for path in (f"/cases/{record}", f"/cases/{record}/history", f"/cases/{record}/documents"):
        assert foreign.get(path).status_code == 404
    assert foreign.get(f"/documents/{notice}/sheet").status_code == 404
    missing = foreign.step("no-such-case", "submit", "k", 1)
    barred = foreign.step(record, "draft_correction", "k", 1)
    assert {**missing.get_json(), "instance": ""} == {**barred.get_json(), "instance": ""}


def test_a_program_neither_reads_nor_writes_about_who_answers_for_it(app: Flask, world: World) -> None:
    """R147: what recusal would keep from the person is not to be had by way of his program."""
    program = program_of(app, world)
    record = program.open("record", "create", "own", **record_content(world, "clerk"))
    assert record.status_code == 422
    assert "责任人" in record.get_json()["detail"]
    by_hand = world.open("other_clerk", "record", "create", **record_content(world, "clerk"))
    assert program.get(f"/cases/{by_hand.uid}").status_code == 404
    mine = world.record_in("draft")
    own: Installation = app.extensions["zhengcheng"]
    declare_recusal(own.backend, world["clerk"], mine, "与当事人系近亲属", world.clock())
    refused = program.step(mine, "submit", "k", world.case(mine).version)
    assert refused.status_code == 422
    assert "回避" in refused.get_json()["detail"]
    assert world.state(mine) == "draft"


def test_a_session_is_no_token(app: Flask, world: World) -> None:
    """T10: somebody who is signed in gets nothing from the API by his cookie; and the API sets none."""
    client = client_of(app, "clerk")
    assert client.get("/desk").status_code == 200
    answer = client.get(f"{V1}/cases")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="zhengcheng"')
    assert "Set-Cookie" not in answer.headers
    assert client.post(f"{V1}/cases", json={"kind": "record", "step": "create"}).status_code == 401


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"x" * (300 * 1024), "application/json", 413),
        (b"x" * (300 * 1024), "text/plain", 413),
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"[" * 20_000, "application/json", 400),
    ],
)
def test_bodies_are_limited_before_anybody_is_looked_up(
    program: Program, body: bytes, media_type: str, status: int
) -> None:
    """Too much is refused without a token as with one, and never read; the rest is said in Chinese."""
    headers = {"Idempotency-Key": "k"}
    answer = program.post("/cases", None, headers, data=body, content_type=media_type)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    if status == 413:
        client = program.app.test_client()
        unasked = client.post(f"{V1}/cases", data=body, content_type=media_type, headers=headers)
        assert unasked.status_code in (401, 413)


@pytest.mark.parametrize("path", ["/sign-in", "/cases/x/steps/y", "/verify"])
def test_pages_read_little_of_what_somebody_sends_who_has_not_signed_in(app: Flask, world: World, path: str) -> None:
    """A body of megabytes is answered with 413 before it is taken apart; JSON also from somebody who has signed in."""
    large = b'{"a":"' + b"x" * (11 * 1024 * 1024) + b'"}'
    assert app.test_client().post(path, data=large, content_type="application/json").status_code == 413
    assert client_of(app, "clerk").post(path, data=large, content_type="application/json").status_code == 413


def test_working_days_rules_and_tables_are_read(program: Program) -> None:
    """R34, D1: the last day, what was skipped, and the form of a step as JSON Schema."""
    found = program.get("/calendar/working-days?start=2026-09-18&days=10").get_json()
    assert (found["due_on"], found["provisional"]) == ("2026-10-09", False)
    assert {"first": "2026-10-01", "last": "2026-10-07", "reason": "国庆节"} in found["skipped"]
    assert program.get("/calendar/working-days?start=2060-12-30&days=900").status_code == 422
    assert program.get("/calendar/working-days?start=0&days=1").status_code == 422
    assert program.get("/calendar?year=2027").get_json()["provisional"] is True
    rules = program.get("/rules/demo").get_json()
    assert {"record.screening", "record.retention"} <= {term["key"] for term in rules["terms"]}
    assert program.get("/rules/nowhere").status_code == 404
    table = program.get("/procedures/record").get_json()
    assert {step["key"] for step in table["steps"] if step["open_to_programs"]} >= {"create", "submit"}
    sync = program.get("/procedures/sync").get_json()
    confirmer = "信用管理部门经办人（同步对象有联动奖惩实施单位的，为该单位）"
    assert (sync["states"][0]["holder"], sync["terms"][0]["holder"]) == (confirmer, confirmer)
    form = program.get("/procedures/record/steps/create").get_json()["form"]
    assert form["properties"]["subject"]["title"] == "主体"
    assert program.get("/cases?kind=nothing").status_code == 422
    assert program.get("/cases?limit=5").status_code == 422


def test_an_office_reads_the_register_and_downloads_the_sheet(app: Flask, world: World) -> None:
    """R141: the register without a gap, and the bytes of a notice as they were issued."""
    record = world.record_in("listed")
    office = program_of(app, world, "officer")
    register = office.get("/registers/notices").get_json()
    assert register["without_gap"]
    assert record in {line["case_uid"] for line in register["items"]}
    documents = office.get(f"/cases/{record}/documents").get_json()["items"]
    assert NOTICES["record_notice"].title in {document["title"] for document in documents}
    assert program_of(app, world).get("/registers/notices").status_code == 404


def test_a_program_finds_subjects_but_never_another_program(world: World, program: Program) -> None:
    """R17: a record is about a person or a unit; the search names neither identity numbers nor accounts of programs."""
    found = program.post("/subjects/search", {"text": "测试"}).get_json()["items"]
    assert world["subject"].uid in {one["uid"] for one in found}
    assert program.post("/subjects/search", {"text": "财务系统"}).get_json()["items"] == []


def test_a_file_is_kept_for_an_open_step_only(world: World, program: Program) -> None:
    """Trust 1.10: the bytes are looked at; a step that needs a person takes none from a program."""
    uid = program.open("record", "create", "k-1", **record_content(world)).get_json()["uid"]
    given: dict[str, Any] = {"data": b"%PDF-1.4\n", "content_type": "application/octet-stream"}
    assert program.post(f"/cases/{uid}/steps/report/files?name=a.pdf", **given).status_code == 403
    assert program.post(f"/cases/{uid}/steps/edit/files?name=a.exe", **given).status_code == 422
    assert program.post("/cases/none/steps/edit/files?name=a.pdf", **given).status_code == 404
    kept = program.post(f"/cases/{uid}/steps/edit/files?name=a.png", **{**given, "data": png()})
    assert kept.status_code == 201, kept.text


def test_the_page_explains_every_operation_without_a_script_of_its_own(app: Flask) -> None:
    """The documentation stands on the server itself: what the description has, the page has."""
    client = app.test_client()
    page = client.get(f"{V1}/docs")
    described = client.get(f"{V1}/openapi.json").get_json()
    assert page.status_code == 200
    assert described["openapi"].startswith("3.1")
    names = [one["operationId"] for item in described["paths"].values() for one in item.values()]
    assert len(names) > 20
    served = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(V1) and rule.endpoint != "api_page.show"
    }
    assert served == {(path, method) for path, item in described["paths"].items() for method in item}
    assert [name for name in names if f'id="{name}"' not in page.text] == []
    for name, structure in described["components"]["schemas"].items():
        assert f"<code>{name}</code>" in page.text
        assert set(structure.get("properties", {})) <= set(re.findall(r"<code>(\w+)</code>", page.text)), name
    # Nothing is shown without what it means.
    assert "<td></td>" not in page.text
    assert page.text.count("<script") == 1
    assert "//cdn" not in page.text

"""Hostile requests through the whole application: a typed answer in Chinese, never a 500 (issue 2, T10, T12)."""

import pytest
from flask import Flask

from app.clock import MovableClock
from tests.integration.test_case_pages import hidden
from tests.support.web_world import client_of, world_on
from tests.support.world import World

ADDRESSES = (
    "/desk?after=-1",
    "/desk?after=" + "9" * 40,
    "/desk?after=" + "9" * 5_000,
    "/desk?box=unassigned&after=-7",
    "/desk?box=started&after=" + "9" * 40,
    "/desk?kind=%00",
    "/desk/next?after=" + "x" * 5_000,
    "/cases?before=" + "9" * 40,
    "/cases?before=-1",
    "/cases?q=%25%5F%27--&kind=record",
    "/cases?q=" + "长" * 3_000,
    "/cases/" + "x" * 3_000,
    "/cases/%EF%BF%BD",
    "/cases/%ED%A0%80",
    "/cases/a%00b",
    "/verify/" + "2" * 3_000,
    "/verify/%E4%B8%80",
    "/verify/a%00b",
    "/documents/..%2F..%2Fetc%2Fpasswd.pdf",
    "/credit/records/none/objection?field=" + "x" * 3_000,
)
VALUES = {
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "full-width day": "２０２６年１０月１日",
    "huge": "长" * 100_000,
    "number": "9" * 5_000,
    "unicode digits": "٣",
    "negative": "-1",
    "markup": "<script>alert(1)</script>",
}


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


NESTED = {
    "unclosed": "[" * 200_000,
    "closed": '{"a":' * 20_000 + '"\\u0000"' + "}" * 20_000,
    "just readable": "[" * 900 + '"\\u0000"' + "]" * 900,
}


@pytest.mark.parametrize("body", NESTED)
def test_a_deeply_nested_body_is_refused_before_anything_reads_it(app: Flask, body: str) -> None:
    """Nobody has to sign in to send one."""
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/sign-in", data=NESTED[body], content_type="application/json")
    assert answer.status_code in {400, 422}


def test_no_address_breaks_a_page(app: Flask, world: World) -> None:
    world.objection_in("verifying")
    for who in ("officer", "approver", "subject", "clerk"):
        client = client_of(app, who)
        for address in ADDRESSES:
            assert client.get(address).status_code < 500, (who, address[:80])


def test_an_act_without_the_version_of_its_page_is_stale(app: Flask, world: World) -> None:
    """No act on a case that one has not looked at: leaving the field out does not skip the comparison."""
    uid = world.objection_in("submitted")
    client = client_of(app, "officer")
    for version in (None, "", "x", "9" * 5_000, "-1"):
        fields = {"form": "accept", "key": "k1"} | ({} if version is None else {"version": version})
        assert client.post(f"/cases/{uid}/steps/accept", data=fields).status_code == 409, version
    assert world.state(uid) == "submitted"


@pytest.mark.parametrize("value", VALUES)
def test_no_field_of_a_case_form_breaks_its_page(app: Flask, world: World, value: str) -> None:
    """Each act that the office is offered, with the same hostile text in every field, on paper too."""
    record = world.record_in("listed")
    objection = world.objection_in("submitted", record)
    client = client_of(app, "officer")
    for uid in (record, objection):
        page = client.get(f"/cases/{uid}").text
        for form in page.split("<form ")[1:]:
            target = form.split('action="')[1].split('"')[0] if 'action="' in form else ""
            if "/steps/" not in target:
                continue
            names = [part.split('"')[0] for part in form.split("</form>")[0].split('name="')[1:]]
            # A sentence that is put in gives the form back; that press is tried by itself.
            pressed = [name for name in names if name.startswith("phrase-")]
            names = [name for name in names if name not in pressed]
            fields = dict.fromkeys(names, VALUES[value]) | {"add": "", "remove": ""}
            act = form.split('name="form" value="')[1].split('"')[0]
            answer = client.post(target, data=fields | hidden(page, act))
            assert answer.status_code in {303, 404, 409, 413, 422}, (target, act, answer.text[:500])
            assert "<script>alert" not in answer.text
            if pressed:
                again = client.post(target, data=fields | hidden(page, act) | {pressed[0]: VALUES[value]})
                assert again.status_code in {200, 409, 413, 422}
                assert "<script>alert" not in again.text


@pytest.mark.parametrize("value", VALUES)
def test_no_field_of_an_application_breaks_its_page(app: Flask, world: World, value: str) -> None:
    record = world.record_in("listed")
    client = client_of(app, "subject")
    for path in ("objection", "repair", "exemption", "statement"):
        page = client.get(f"/credit/records/{record}/{path}").text
        names = [part.split('"')[0] for part in page.split('name="')[1:]]
        fields = dict.fromkeys(names, VALUES[value]) | {"act": "file", "field": "facts"}
        answer = client.post(f"/credit/records/{record}/{path}", data=fields)
        assert answer.status_code in {303, 404, 409, 413, 422}, (path, answer.text[:500])


def test_another_units_case_is_not_found_by_any_address(app: Flask, world: World) -> None:
    """T12: page, act, material, sheet and slip; the same answer as for a case that does not exist."""
    uid = world.objection_in("decided")
    sheets = [row.uid for row in world.notices(uid)]
    client = client_of(app, "other_clerk")
    for address in (
        f"/cases/{uid}",
        f"/cases/{uid}/materials/{uid}",
        f"/credit/records/{uid}/objection",
        *(f"/documents/{sheet}.pdf" for sheet in sheets),
        *(f"/documents/{sheet}/receipt.pdf" for sheet in sheets),
        *(f"/documents/{sheet}/terms.pdf" for sheet in sheets),
    ):
        assert client.get(address).status_code == 404, address
    there = client.post(f"/cases/{uid}/steps/decide", data={"key": "k1", "version": "1"})
    nowhere = client.post("/cases/none/steps/decide", data={"key": "k1", "version": "1"})
    assert (there.status_code, nowhere.status_code) == (404, 404)

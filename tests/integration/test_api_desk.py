"""What a unit's own system asks for every morning: what lies with it, until when and why, and what it was sent."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import MovableClock
from app.extensions import Installation
from app.services.api_tokens import Scope
from app.services.reading.desk import listing
from app.services.recusals import declare_recusal
from tests.support.paths import record_content
from tests.support.programs import Program, program_of
from tests.support.web_world import client_of, world_on
from tests.support.world import World


@pytest.fixture
def world(sqlite_app: Flask, clock: MovableClock) -> World:
    return world_on(sqlite_app, clock)


@pytest.fixture
def program(sqlite_app: Flask, world: World) -> Program:
    return program_of(sqlite_app, world)


def _inbox(program: Program, query: str = "") -> dict[str, Any]:
    answer = program.get(f"/inbox?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def _uids(found: dict[str, Any]) -> list[str]:
    return [item["uid"] for item in found["items"]]


def test_the_inbox_is_what_the_post_can_act_on_by_last_day_and_page_by_page(
    app: Flask, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R143, R103: no row is lost or shown twice between pages; what has no last day comes last; on both databases."""
    monkeypatch.setattr(listing, "PAGE", 2)
    world = world_on(app, clock)
    program = program_of(app, world)
    drafts = [world.record_in("draft") for _ in range(3)]
    objections = [world.objection_in("verifying") for _ in range(2)]
    whole, query, pages = list[str](), "", 0
    while True:
        found = _inbox(program, query)
        assert (found["count"], found["more_than_counted"]) == (5, False)
        whole += _uids(found)
        pages += 1
        if found["next"] is None:
            break
        query = f"after={found['next']}"
    assert (whole, pages) == ([*objections, *drafts], 3)
    # The list of a clerk in the same post is the same.
    page = client_of(app, "clerk").get("/desk").text
    assert all(uid in page for uid in objections)
    assert _uids(_inbox(program, "kind=objection&state=verifying")) == objections
    assert _inbox(program, "kind=repair")["count"] == 0


def test_the_inbox_is_sifted_by_light_and_last_day(world: World, program: Program) -> None:
    """R103: 逾期, 临期, 正常 as on the desk; a period between two days; what cannot be meant is refused."""
    case = world.objection_in("verifying")
    due = world.terms(case)["objection.verification"].due_on
    assert due is not None
    for day, light in ((world.today, "fine"), (due, "near"), (due + timedelta(days=1), "late")):
        world.clock.advance(timedelta(days=(day - world.today).days))
        for asked in ("fine", "near", "late", "paused"):
            found = _inbox(program, f"kind=objection&light={asked}")
            assert (_uids(found), found["count"]) == (([case], 1) if asked == light else ([], 0)), (day, asked)
    [line] = _inbox(program, "kind=objection")["items"]
    assert (line["term"]["due_on"], line["term"]["days"]) == (due.isoformat(), 1)
    assert _uids(_inbox(program, f"due_from={due}&due_until={due}")) == [case]
    assert _inbox(program, f"due_until={due - timedelta(days=1)}")["count"] == 0
    assert _uids({"items": program.get("/cases?kind=objection&due=late").get_json()["items"]}) == [case]
    for wrong in (
        "light=green",
        "state=verifying",
        "kind=nothing",
        "after=1",
        "after=2026-13-45.1",
        f"due_from={due}&due_until={due - timedelta(days=1)}",
        "due_from=0",
    ):
        assert program.get(f"/inbox?{wrong}").status_code == 422, wrong
    assert program.get("/cases?due=later").status_code == 422


def test_what_is_not_the_programs_business_is_in_no_list_and_no_count(
    sqlite_app: Flask, world: World, program: Program
) -> None:
    """T12, R147: another unit's, and that from which the person who answers for it has to keep out."""
    own: Installation = sqlite_app.extensions["zhengcheng"]
    case = world.objection_in("verifying")
    foreign = program_of(sqlite_app, world, "other_clerk")
    assert _inbox(foreign) == {"items": [], "count": 0, "more_than_counted": False, "next": None}
    assert foreign.get("/cases").get_json()["count"] == 0
    assert foreign.get(f"/cases/{case}/terms").status_code == 404
    # About the person himself who answers for the program.
    about = world.open("clerk", "record", "create", **record_content(world, "other_clerk")).uid
    assert program.get(f"/cases/{about}").status_code == 200
    mine = foreign.open("record", "create", "k-1", **record_content(world)).get_json()["uid"]
    assert (_uids(_inbox(foreign)), _inbox(foreign)["count"]) == ([mine], 1)
    assert foreign.get("/cases").get_json()["count"] == 1
    assert (_uids(_inbox(program)), _inbox(program)["count"]) == ([case, about], 2)
    declare_recusal(own.backend, world["clerk"], case, "与当事人系近亲属", world.clock())
    assert (_uids(_inbox(program)), _inbox(program)["count"]) == ([about], 1)


def test_each_day_of_a_term_is_counted_or_says_why_not(world: World, program: Program) -> None:
    """R34, D1: clause, first day, and the ledger over the national holiday; the same as on the case."""
    case = world.objection_in("verifying")
    answer = program.get(f"/cases/{case}/terms").get_json()["items"]
    assert answer == program.get(f"/cases/{case}").get_json()["terms"]
    [term] = [term for term in answer if term["key"] == "objection.verification-1"]
    assert term["basis"]
    assert term["start"].endswith("当日不计")
    counted = [day["counted"] for day in term["ledger"] if day["counted"] is not None]
    assert counted == list(range(1, term["length"]["number"] + 1))
    assert term["ledger"][-1]["on"] == term["due_on"]
    skipped = {day["on"]: day["reason"] for day in term["ledger"] if day["counted"] is None}
    assert all(skipped.values())
    assert (skipped["2026-10-07"], skipped["2026-10-11"]) == ("国庆节", "双休日")


def test_the_sheets_of_a_case_are_listed_and_fetched_by_scope(sqlite_app: Flask, world: World) -> None:
    """R141: a courier's system fetches what it serves, with the scope for it; a sheet in the making says when."""
    record = world.record_in("listed")
    office = program_of(sqlite_app, world, "officer")
    listed = office.get(f"/cases/{record}/documents").get_json()["items"]
    assert listed
    notice = listed[0]["uid"]
    receipt = office.get(f"/documents/{notice}/receipt")
    assert (receipt.status_code, receipt.headers["Content-Disposition"][:10]) == (200, "attachment")
    assert "送达回证" in receipt.data.decode()
    reader = program_of(sqlite_app, world, "officer", scopes=[Scope.READ])
    for sheet in ("sheet", "receipt", "term-sheet"):
        refused = reader.get(f"/documents/{notice}/{sheet}")
        assert (refused.status_code, refused.get_json()["code"]) == (403, "ScopeMissing")
        assert program_of(sqlite_app, world, "other_clerk").get(f"/documents/{notice}/{sheet}").status_code == 404
    fetcher = program_of(sqlite_app, world, "officer", scopes=[Scope.DOCUMENTS])
    assert fetcher.get(f"/documents/{notice}/receipt").status_code == 200
    assert fetcher.get(f"/cases/{record}").status_code == 403
    making = fetcher.get(f"/documents/{notice}/sheet")
    assert (making.status_code, making.get_json()["code"]) == (409, "SheetInTheMaking")
    assert int(making.headers["Retry-After"]) > 0

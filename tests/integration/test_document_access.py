"""The pages of official documents tried by whoever should not get anywhere with them (R133, R142, R147, trust 1.10)."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import MovableClock
from app.extensions import Installation
from app.models.history import AccessLog
from app.models.people import ServiceAddress, Unit
from app.services.recusals import declare_recusal
from tests.support import uploads
from tests.support.waiting_sheets import drafted
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def notice(world: World) -> str:
    """The uid of an issued 告知书 to somebody who has not agreed to electronic service."""
    (found,) = world.notices(world.record_in("noticing", "offline"), "record_notice")
    return found.uid


def logged(app: Flask, act: str, target: str) -> int:
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        rows = session.scalars(select(AccessLog).where(AccessLog.act == act, AccessLog.target == target))
        return len(rows.all())


def paper(world: World) -> dict[str, Any]:
    return {
        "confirmed_on": world.today.isoformat(),
        "scan-upload": (io.BytesIO(uploads.png()), "确认书.png"),
        "channel": "post",
        "receiver": "何测试",
        "address": "示范路1号",
        "phone": "13900000000",
    }


# -- 送达地址 --------------------------------------------------------------------------------------------------------


def test_who_is_out_of_a_dossier_neither_reads_nor_enters_its_addresses(app: Flask, world: World, notice: str) -> None:
    """R147: 回避 holds for what is entered from paper beside the steps, too."""
    declare_recusal(world.backend, world["officer"], notice, "与当事人有近亲属关系", world.clock())
    out = client_of(app, "officer")
    assert out.get(f"/service-address/{notice}").status_code == 404
    answer = out.post(f"/service-address/{notice}", data=paper(world), content_type="multipart/form-data")
    assert answer.status_code == 404
    assert world.rows(ServiceAddress) == []
    assert client_of(app, "second_officer").get(f"/service-address/{notice}").status_code == 200


@pytest.mark.parametrize("role", ["approver", "clerk", "head", "offline", "subject", "other_clerk"])
def test_an_address_is_for_the_clerk_who_serves(app: Flask, world: World, notice: str, role: str) -> None:
    """R133: neither another organ, nor an approver, nor a party reads or sets where somebody is served."""
    client = client_of(app, role)
    assert client.get(f"/service-address/{notice}").status_code == 404
    assert client.get(f"/service-address/{notice}/scan").status_code == 404
    assert client.post(f"/service-address/{notice}", data={"receiver": "何"}).status_code == 404


def test_whoever_looks_at_an_address_is_logged(app: Flask, world: World, notice: str) -> None:
    """PIPL, trust 1.10: home address and telephone are sealed; opening them leaves a trace."""
    assert client_of(app, "officer").get(f"/service-address/{notice}").status_code == 200
    assert logged(app, "viewed", notice) == 1


def test_a_form_filled_in_from_a_case_is_a_download_and_logged(app: Flask, world: World) -> None:
    """Trust 1.10: name, record and address leave the system on it; a blank form says nothing of anybody."""
    record = world.record_in("listed")
    subject = client_of(app, "subject")
    assert subject.get("/forms/objection.pdf").status_code == 200
    assert subject.get(f"/forms/objection.pdf?case={record}").status_code == 200
    assert client_of(app, "other_clerk").get(f"/forms/objection.pdf?case={record}").status_code == 404
    assert logged(app, "downloaded", record) == 1


def test_a_form_says_of_the_record_only_what_its_reader_may_see(app: Flask, world: World) -> None:
    """R133: a review office sees the application before it and not the record behind it, on paper as on the page."""
    repair = world.repair_in("reviewing")
    reviewer = client_of(app, "reviewer")
    assert reviewer.get(f"/cases/{repair}").status_code == 200
    behind = next(case for case in world.dossier(repair) if case.kind == "record")
    assert reviewer.get(f"/cases/{behind.uid}").status_code == 404
    shown = reviewer.get(f"/forms/commitment.pdf?case={repair}")
    assert shown.status_code == 200
    assert str(behind.number) not in shown.get_data(as_text=True)
    owner = client_of(app, "subject").get(f"/forms/commitment.pdf?case={repair}")
    assert str(behind.number) in owner.get_data(as_text=True)


# -- 批量签发 --------------------------------------------------------------------------------------------------------


def _key(page: str) -> dict[str, str]:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return {"key": found[1]}


def _hidden(page: str, uid: str) -> dict[str, str]:
    """The hidden fields that the page of drafts has for one of them."""
    return dict(re.findall(rf'<input type="hidden" name="([a-z]+-{uid})" value="([^"]*)">', page))


@pytest.mark.parametrize("version", ["9" * 5000, "²", "-1", "1e3", ""])
def test_a_version_that_is_no_number_signs_nothing(app: Flask, world: World, version: str) -> None:
    """Trust T3: refused in words, never an incident."""
    (one,) = drafted(world, 1)
    approver = client_of(app, "approver")
    page = approver.get("/sheets/signing").text
    data = {**_key(page), **_hidden(page, one.uid), "notice": one.uid, f"version-{one.uid}": version}
    answer = approver.post("/sheets/signing", data=data, follow_redirects=True)
    assert answer.status_code == 200
    assert world.state(one.uid) == "drafted"


def test_a_text_that_reads_otherwise_by_now_is_not_signed(app: Flask, world: World) -> None:
    """R142: what a notice says comes from its case, too; who ticked another text is shown the new one."""
    one, two = drafted(world)
    approver = client_of(app, "approver")
    page = approver.get("/sheets/signing").text
    data: dict[str, Any] = {**_key(page), **_hidden(page, one.uid), **_hidden(page, two.uid), "notice": [one.uid]}
    with world.backend.sessions() as session, session.begin():
        unit = session.get_one(Unit, world.case(one.uid).recipient_unit_id)
        unit.name = "示例改名局"
    answer = approver.post("/sheets/signing", data=data, follow_redirects=True)
    assert "内容在您阅看之后有变化" in text_of(answer.text)
    assert world.state(one.uid) == "drafted"
    page = answer.text
    assert "示例改名局" in page
    approver.post("/sheets/signing", data={**_key(page), **_hidden(page, one.uid), "notice": [one.uid]})
    assert world.state(one.uid) == "sealing"
    assert world.state(two.uid) == "drafted"

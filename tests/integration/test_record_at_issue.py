"""所涉记录: who decides on a record of which he has no page reads it in his case and only there (R44–R46, ADR 0021)."""

import io

import pytest
from flask import Flask

from app.clock import MovableClock
from app.models.kinds import Record
from app.services.reading.case_page import CasePage
from tests.integration.test_case_pages import post
from tests.support import uploads
from tests.support.looking import appoint, page_for
from tests.support.web_world import client_of, world_on
from tests.support.world import World
from workflows.roles import Post

FINDING = {
    "clause": "第五条第二项",
    "motive": "出于公心",
    "decision_procedure": "经集体研究",
    "corrective_measures": "已经纠正",
    "proposed": "予以容错",
}


def record_of(world: World, case: str) -> Record:
    (uid,) = [one.uid for one in world.dossier(case) if isinstance(one, Record)]
    found = world.case(uid)
    assert isinstance(found, Record)
    return found


def lines(page: CasePage) -> dict[str, str]:
    assert page.record is not None
    return dict(page.record.summary.pairs)


@pytest.mark.parametrize("who", ["tolerance", "tolerance_head"])
def test_the_organ_of_tolerance_reads_the_record_on_which_it_decides(world: World, who: str) -> None:
    """R45: number, behaviour, facts, degree and source, though the record's own page stays closed to it."""
    exemption = world.exemption_in("examining")
    record = record_of(world, exemption)
    page = page_for(world, who, exemption)
    assert page is not None
    assert page.record is not None
    assert page.record.number == record.number
    said = lines(page)
    assert said["失信行为"].startswith(f"{record.behaviour} ")
    assert said["事实"] == record.facts
    assert {"失信程度", "来源文书", "作出机关", "信息提供单位"} <= said.keys()
    assert page.record.summary.grounds
    assert page_for(world, who, record.uid) is None


def test_the_record_is_closed_again_with_the_case(world: World) -> None:
    """What an organ needed for its finding it does not go on reading."""
    exemption = world.exemption_in("closed")
    page = page_for(world, "tolerance", exemption)
    assert page is not None
    assert page.record is None


def test_who_reads_the_record_on_its_own_page_is_not_told_twice(world: World) -> None:
    exemption = world.exemption_in("examining")
    for who in ("subject", "clerk", "officer"):
        page = page_for(world, who, exemption)
        assert page is not None, who
        assert page.record is None, who


@pytest.mark.parametrize("who", ["review_clerk", "reviewer"])
def test_the_body_of_review_reads_the_record(world: World, who: str) -> None:
    """R37: of an objection more than the disputed fields, of a repair what is to be repaired."""
    for case in (world.objection_in("reviewing"), world.repair_in("reviewing")):
        page = page_for(world, who, case)
        assert page is not None
        assert lines(page)["事实"]


def test_nobody_reads_the_record_about_himself_that_way(world: World) -> None:
    """R25, 回避: a post in the organ does not open a record that its unit claimed tolerance for before he was told."""
    record = world.record_in("screening", exemption="claimed")
    (exemption,) = world.children(record, "exemption")
    appoint(world, "subject", world.organs.tolerance.id, Post.TOLERANCE)
    assert page_for(world, "subject", exemption.uid) is None


def test_what_the_clerk_drafted_stands_before_the_signature_of_his_head(world: World) -> None:
    """R45: the head signs what he reads; the applicant and the provider never read the draft."""
    exemption = world.exemption_in("examining")
    world.take("tolerance", "draft_finding", exemption, **FINDING)
    page = page_for(world, "tolerance_head", exemption)
    assert page is not None
    assert page.drafted is not None
    assert "拟认定结论：予以容错" in page.drafted.lines
    for who in ("subject", "clerk", "officer", "tolerance"):
        other = page_for(world, who, exemption)
        assert other is not None
        assert other.drafted is None, who


def test_a_finding_needs_no_number_of_its_own(world: World) -> None:
    """R46: the document is numbered by the system; the record names the case where the organ has no other document."""
    exemption = world.exemption_in("signing")
    world.take("tolerance_head", "decide", exemption, outcome="予以容错", reasons="符合容错条件")
    case, record = world.case(exemption), record_of(world, exemption)
    assert record.state == "exempted"
    assert f"容错免责认定：予以容错（{case.number}）" in world.events(record.uid, "step")[-1].body


@pytest.fixture
def district(app: Flask, clock: MovableClock) -> World:
    """People who can sign in to the application."""
    return world_on(app, clock)


def test_files_of_the_record_are_handed_out_through_the_case(app: Flask, district: World) -> None:
    """R45, trust 1.10: what was handed in with the record, but no paper of the office; only while the case is open."""
    exemption = district.exemption_in("submitted")
    record = record_of(district, exemption).uid
    upload = {"files-upload": (io.BytesIO(uploads.PDF), "陈述.pdf")}
    assert post(client_of(app, "subject"), record, "state", text="情况说明。", **upload).status_code == 303
    page = page_for(district, "tolerance", exemption)
    assert page is not None
    (file,) = page.record_materials
    assert file.name == "陈述.pdf"
    address = f"/cases/{exemption}/materials/{file.uid}"
    client = client_of(app, "tolerance")
    assert f'href="{address}"' in client.get(f"/cases/{exemption}").text
    assert client.get(address).data == uploads.PDF
    assert client.get(f"/cases/{record}/materials/{file.uid}").status_code == 404
    assert client_of(app, "clerk").get(address).status_code == 404
    district.take("subject", "withdraw", exemption, reason="不再申请")
    assert client.get(address).status_code == 404

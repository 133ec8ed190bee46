"""所涉记录: who decides on a record of which he has no page reads it in his case and only there (R44–R46, ADR 0021)."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import MovableClock
from app.database import write_transaction
from app.models.cases import RuleSetRow
from app.models.kinds import Record
from app.services.reading.case_page import CasePage
from app.services.recusals import declare_recusal
from tests.integration.test_case_pages import post
from tests.support import uploads
from tests.support.looking import appoint, page_for
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.forms.record import RecordField
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


def seen(world: World, who: str, case: str) -> CasePage:
    page = page_for(world, who, case)
    assert page is not None, who
    return page


def put_in_force(world: World, behaviour: str, label: str) -> None:
    """A rule set of the district that calls a behaviour otherwise, from today on."""
    with write_transaction(world.backend.sessions) as session:
        rows = select(RuleSetRow).where(RuleSetRow.locality == "demo").order_by(RuleSetRow.number.desc())
        newest = session.execute(rows).scalars().first()
        assert newest is not None
        body = json.loads(newest.body)
        for item in body["behaviours"]:
            if item["id"] == behaviour:
                item["label"] = label
        session.add(
            RuleSetRow(
                locality="demo",
                number=newest.number + 1,
                digest="f" * 64,
                body=json.dumps(body, ensure_ascii=False),
                in_force_from=world.today,
                entered_by="yang",
                entered_at=world.clock(),
                confirmed_by="zhu",
                confirmed_at=world.clock(),
            )
        )


def hand_in(app: Flask, who: str, uid: str, step: str, name: str, **fields: str) -> None:
    """Take a step with a file."""
    upload: dict[str, Any] = {"files-upload": (io.BytesIO(uploads.PDF), name)}
    answer = post(client_of(app, who), uid, step, **fields, **upload)
    assert answer.status_code == 303, text_of(answer.text)


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


def test_whoever_is_out_of_the_case_does_not_read_the_record(world: World) -> None:
    """回避 (procedures, section 0): who works in the recorded unit, and who declared himself out."""
    record = world.record_in("screening", "unit", exemption="claimed")
    (exemption,) = world.children(record, "exemption")
    for unit, held in ((world.units["subject"], Post.CLERK), (world.organs.tolerance.id, Post.TOLERANCE)):
        appoint(world, "other_clerk", unit, held)
    declare_recusal(world.backend, world["tolerance"], exemption.uid, "近亲属", world.clock())
    for who in ("tolerance", "other_clerk"):
        page = page_for(world, who, exemption.uid)
        assert page is not None, who
        assert page.record is None, who
    assert lines(seen(world, "tolerance_head", exemption.uid))["事实"]


def test_the_subject_with_a_post_in_the_organ_reads_as_the_subject(world: World) -> None:
    """R25: a post opens nothing of a matter of his own; he has the record's page since he was told of it."""
    exemption = world.exemption_in("examining")
    appoint(world, "subject", world.organs.tolerance.id, Post.TOLERANCE)
    page = seen(world, "subject", exemption)
    assert (page.record, page.drafted, page.correctable) == (None, None, ())


def test_an_officer_with_a_post_in_the_organ_has_the_record_on_its_own_page(world: World) -> None:
    exemption = world.exemption_in("examining")
    appoint(world, "officer", world.organs.tolerance.id, Post.TOLERANCE)
    assert seen(world, "officer", exemption).record is None
    assert page_for(world, "officer", record_of(world, exemption).uid) is not None


def test_a_record_that_is_back_at_its_unit_is_not_read(world: World) -> None:
    """R26: what the clerk is at work on nobody has signed."""
    record = world.record_in("screening", exemption="claimed")
    (exemption,) = world.children(record, "exemption")
    assert seen(world, "tolerance", exemption.uid).record is not None
    world.take("officer", "send_back", record, missing=["来源文书"], reason="缺来源文书")
    assert seen(world, "tolerance", exemption.uid).record is None


def test_the_record_is_told_by_the_rules_of_its_filing(world: World) -> None:
    """Procedures, section 0: a case keeps the rule set of its filing; a later one calls the behaviour otherwise."""
    record = world.record_in("statement_open")
    said = dict(seen(world, "officer", record).summary.pairs)["失信行为"]
    put_in_force(world, world.case(record).behaviour, "改了的名称")
    claim: dict[str, Any] = {"situation": "改革创新中的失误", "circumstances": "经集体研究"}
    exemption = world.open("subject", "exemption", "submit", record, **claim).uid
    world.take("tolerance", "accept", exemption)
    page = seen(world, "tolerance", exemption)
    assert lines(page)["失信行为"] == said
    (behaviour,) = [one for one in page.correctable if one.field is RecordField.BEHAVIOUR]
    assert "改了的名称" in dict(behaviour.choices)[world.case(record).behaviour]


def test_what_the_clerk_drafted_stands_before_the_signature_of_his_head(world: World) -> None:
    """R45: the head signs what he reads; nobody else is asked to."""
    exemption = world.exemption_in("examining")
    world.take("tolerance", "draft_finding", exemption, **FINDING)
    drafted = seen(world, "tolerance_head", exemption).drafted
    assert drafted is not None
    assert "拟认定结论：予以容错" in drafted.lines
    for who in ("subject", "clerk", "officer", "tolerance"):
        assert seen(world, who, exemption).drafted is None, who
    world.take("tolerance_head", "reject_finding", exemption, reason="再核实")
    assert seen(world, "tolerance_head", exemption).drafted is None


def test_a_draft_stands_only_where_its_signature_is_possible(world: World) -> None:
    """R53, R54: who drafted it or waits for it signs nothing; what was signed or sent back waits for nobody."""
    uid = world.rectification_in("explaining")
    due = (world.today + timedelta(days=20)).isoformat()
    task = {"task": "兑现承诺", "person": "郑测试", "due_on": due}
    plan: dict[str, Any] = {"causes": "管理疏漏", "responsible_persons": ["郑测试"], "tasks": [task]}
    asked: list[dict[str, str | None]] = []

    def look() -> None:
        shown = {who: seen(world, who, uid).drafted for who in ("staff", "unit_head", "officer")}
        asked.append({who: event.step if event is not None else None for who, event in shown.items()})

    nobody = dict.fromkeys(("staff", "unit_head", "officer"))
    world.take("staff", "draft_explanation", uid, **plan)
    look()
    world.take("unit_head", "explain", uid)
    look()
    proof = {"task": 1, "result": "已经兑现", "evidence": "兑付凭证"}
    world.take("staff", "draft_completion", uid, tasks=[proof], summary="整改完成")
    look()
    world.take("unit_head", "report_completion", uid)
    look()
    assert asked == [
        {**nobody, "unit_head": "draft_explanation"}, nobody, {**nobody, "unit_head": "draft_completion"}, nobody
    ]  # fmt: skip


def test_a_correction_offers_what_makes_nothing_worse(world: World) -> None:
    """不得加重: codes as the record keeps them, and none beyond what stands; only for who decides or reports."""
    exemption = world.exemption_in("signing")
    record = record_of(world, exemption)
    fields = {one.field: one for one in seen(world, "tolerance_head", exemption).correctable}
    assert [code for code, _ in fields[RecordField.SEVERITY].choices] == ["minor", "general"]
    assert record.severity == "general"
    assert [code for code, _ in fields[RecordField.DISCLOSURE_LEVEL].choices] == ["none", "government"]
    assert record.disclosure_level == "government"
    assert fields[RecordField.FACTS].recorded == record.facts
    assert seen(world, "subject", exemption).correctable == ()


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
    """R45, trust 1.10: what its unit and its parties handed in; only while the case is open, and only there."""
    exemption = district.exemption_in("submitted")
    record = record_of(district, exemption).uid
    hand_in(app, "subject", record, "state", "陈述.pdf", text="情况说明。")
    hand_in(app, "clerk", record, "draft_annulment", "未签发的报告.pdf", document="示决〔2026〕1号", reason="拟撤销")
    (file,) = seen(district, "tolerance", exemption).record_materials
    assert file.name == "陈述.pdf"
    address = f"/cases/{exemption}/materials/{file.uid}"
    client = client_of(app, "tolerance")
    page = client.get(f"/cases/{exemption}").text
    assert f'href="{address}"' in page
    assert page.index('id="record"') < page.index('id="act-accept"')
    assert client.get(address).data == uploads.PDF
    assert client.get(f"/cases/{record}/materials/{file.uid}").status_code == 404
    assert client_of(app, "clerk").get(address).status_code == 404
    district.take("subject", "withdraw", exemption, reason="不再申请")
    assert client.get(address).status_code == 404


def test_no_paper_of_the_office_is_among_them(app: Flask, district: World) -> None:
    """Invariant: what the office proposes and asks stays with it and whom it asked."""
    record = district.record_in("screening", exemption="claimed")
    (exemption,) = district.children(record, "exemption")
    asked = {"missing": "来源文书", "reason": "缺来源文书"}
    hand_in(app, "officer", record, "send_back", "审查底稿.pdf", **asked)
    hand_in(app, "clerk", record, "submit", "来源文书.pdf")
    district.take("head", "report", record)
    names = [file.name for file in seen(district, "tolerance", exemption.uid).record_materials]
    assert names == ["来源文书.pdf"]


def test_the_form_of_a_decision_says_what_is_recorded(app: Flask, district: World) -> None:
    """R46: beside each correction, folded away until something is typed; a pending value is found by its code."""
    exemption = district.exemption_in("signing")
    client = client_of(app, "tolerance_head")
    page = client.get(f"/cases/{exemption}").text
    assert "现记载为“一般”。" in page
    folded = page.index("记录更正内容")
    assert "<details><summary>" in page[folded : page.index("decide-changes-behaviour")]
    answer = post(client, exemption, "decide", outcome="partial", **{"changes-severity": "minor"})
    assert answer.status_code == 422
    again = answer.text[answer.text.index("记录更正内容") :]
    assert "<details open><summary>" in again[: again.index("decide-changes-behaviour")]
    assert '<option value="minor" selected>' in again


def test_a_correction_that_waits_is_drawn_as_it_was_drafted(app: Flask, district: World) -> None:
    """Whoever agrees finds every value chosen that the unit has requested, a code as well as a label."""
    record = district.record_in("listed")
    changes = {"severity": "minor", "disclosure_level": "不公开"}
    district.take("clerk", "draft_correction", record, changes=changes, reason="程度较轻")
    district.take("head", "request_correction", record)
    form = client_of(app, "approver").get(f"/cases/{record}").text.split('id="act-correct"')[1].split("</form>")[0]
    assert '<option value="minor" selected>' in form
    assert '<option value="none" selected>' in form

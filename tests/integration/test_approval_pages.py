"""审批 on its page: materials 齐 or 缺, conditions with clause and day, the three answers (R36, R48–R52)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import MovableClock
from tests.support.act_forms import send
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.kit import proposals


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the two databases."""
    return sqlite_url


@pytest.fixture
def district(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def proposed_repair(world: World) -> str:
    """A repair before the approver, whose applicant named a paper that he did not hand in."""
    uid = world.repair_in("proposed")
    world.take("officer", "propose", uid, step="approve", form={"reasons": "条件均已满足"}, opinion="拟同意")
    return uid


def checks(page: str) -> dict[str, str]:
    """The lines of the checklist in words, by what is asked."""
    found = {}
    for item in re.findall(r'<li class="(?:met|unmet)">(.*?)</li>', page, re.DOTALL):
        asked, _, hint = item.partition('<span class="hint')
        mark, label, status = text_of(asked).split(" ")
        found[label] = f"{mark} {status} {text_of(hint.partition('>')[2])}".strip()
    return found


def test_the_gate_of_a_repair_stands_beside_the_decision(app: Flask, district: World) -> None:
    """Interface 8, R48–R50: each line with ✓ or ✗, its clause and its day; materials 齐 or 缺."""
    uid = proposed_repair(district)
    client = client_of(app, "approver")
    page = client.get(f"/cases/{uid}").text
    lines = checks(page)
    assert lines["最短公示期限届满"].startswith("✓ 符合")
    assert "届满；参照《信用修复管理办法》" in lines["最短公示期限届满"]
    assert "《中华人民共和国公职人员政务处分法》第八条" in lines["处分期届满"]
    assert "关于信用修复条件的规定" in lines["失信行为已经纠正，义务已经履行"]
    assert lines["信用修复申请"].startswith("✓ 齐")
    assert lines["审批人不是拟办人"] == "✓ 符合"
    assert any(label.endswith("期限尚未届满") for label in lines)
    assert "准予信用修复决定书" in text_of(page)


def test_what_is_not_met_is_marked_with_its_reason(app: Flask, district: World) -> None:
    """R48: a finding against the applicant turns its line to ✗, and the heading counts it."""
    uid = district.repair_in("verifying")
    findings = {
        "corrected": {"met": False, "reason": "尚有一项未履行"},
        "not_excluded": {"met": True, "reason": "不属于"},
    }
    district.take("clerk", "draft_finding", uid, findings=findings, explanation="已核实")
    district.take("head", "verify", uid)
    form = {"unmet": {"corrected": "尚有一项未履行"}, "reason": "条件未满足"}
    district.take("officer", "propose", uid, step="deny", form=form, opinion="拟不予修复")
    page = client_of(app, "approver").get(f"/cases/{uid}").text
    assert checks(page)["失信行为已经纠正，义务已经履行"].startswith("✗ 不符合 尚有一项未履行")
    assert "1项不符合" in page


def test_a_condition_that_nobody_has_judged_is_said_to_wait_once(app: Flask, district: World) -> None:
    """R48: 待核实 stands under 是否满足, and not again under 说明."""
    uid = district.repair_in("verifying")
    page = client_of(app, "clerk").get(f"/cases/{uid}").text
    row = next(text_of(row) for row in page.split("<tr>") if 'scope="row"' in row and "失信行为已经纠正" in row)
    assert row.count("待核实") == 1


def test_a_paper_that_was_named_and_not_handed_in_is_lacking(app: Flask, district: World) -> None:
    record = district.record_in("listed")
    due = district.terms(record)["record.publication_min"].due_on
    assert due is not None
    district.go(due + timedelta(days=1))
    form: dict[str, Any] = {"correction": "已兑现", "commitment": True, "evidence": ["兑付凭证.pdf"]}
    uid = district.open("subject", "repair", "submit", record, **form).uid
    district.take("officer", "accept", uid)
    findings = {key: {"met": True, "reason": "属实"} for key in ("corrected", "not_excluded")}
    district.take("clerk", "draft_finding", uid, findings=findings, explanation="已核实")
    district.take("head", "verify", uid)
    district.take("officer", "propose", uid, step="approve", form={"reasons": "属实"}, opinion="拟同意")
    page = client_of(app, "approver").get(f"/cases/{uid}").text
    assert checks(page)["兑付凭证.pdf"] == "✗ 缺 申请中已列明，没有上传"
    assert "缺1项" in page


def test_the_three_answers(app: Flask, district: World) -> None:
    """Interface 8: 同意, 退回, 不同意; the proposer sees the checklist and no answers, a party sees neither."""
    uid = proposed_repair(district)
    page = client_of(app, "approver").get(f"/cases/{uid}").text
    for words in ("同意，准予修复", "不同意，修改决定内容", "退回拟办意见", "不同意，另作决定"):
        assert words in page, words
    proposer = client_of(app, "officer").get(f"/cases/{uid}").text
    assert checks(proposer)["信用承诺书"].startswith("✓ 齐")
    assert "同意，准予修复" not in proposer
    party = client_of(app, "subject").get(f"/cases/{uid}").text
    assert checks(party) == {}
    assert "拟办意见" not in text_of(party)
    answer = send(client_of(app, "approver"), uid, "return_proposal", **{"return_proposal-reason": "请补充核实"})
    assert answer.status_code == 303
    assert district.state(uid) == "proposed"


def test_an_objection_and_a_record_have_their_own_materials(app: Flask, district: World) -> None:
    """R26, R36: the answer signed by the head; the source document and the two required questions."""
    objection = district.objection_in("answered")
    district.take("officer", "propose", objection, step="decide", form={"reasons": "属实"}, opinion="拟同意")
    lines = checks(client_of(app, "approver").get(f"/cases/{objection}").text)
    assert lines["经负责人签发的核查意见"].startswith("✓ 齐")
    assert lines["证明材料"].startswith("○ 无")
    record = district.record_in("screening")
    district.take("officer", "propose", record, step="approve", form={}, opinion="拟同意")
    page = client_of(app, "approver").get(f"/cases/{record}").text
    assert re.search(r"<button[^>]*>同意告知</button>", page), "not 同意，同意告知"
    lines = checks(page)
    assert lines["来源文书信息"].startswith("✓ 齐")
    assert lines["来源文书和证明材料"].startswith("✗ 缺")
    assert lines["保密审查确认"].startswith("✓ 齐")


def test_a_choice_of_the_proposal_can_be_taken_back_in_review(app: Flask, district: World) -> None:
    """R37, interface 8: 不同意 a 变更 means 维持, also of each item, since a radio button is never unchosen."""
    objection = district.objection_in("reviewing")
    before = district.case(objection).decided_verdicts
    form = {"result": "变更", "verdicts": {"facts": {"verdict": "删除"}}, "reasons": "查无实据"}
    district.take("review_clerk", "propose", objection, step="decide_review", form=form, opinion="拟变更")
    client = client_of(app, "reviewer")
    typed = {"decide_review-result": "upheld", "decide_review-reasons": "原处理并无不当"}
    typed["decide_review-departure_reason"] = "拟办意见没有依据"
    chosen = "decide_review-verdicts-facts-verdict"
    refused = send(client, objection, "decide_review", **typed, **{chosen: "delete"}).text
    assert 'href="#f-decide_review-verdicts"' in refused, "the summary leads to where it is put right"
    assert "已经选择的，请改选“维持”" in refused
    assert send(client, objection, "decide_review", **typed, **{chosen: "keep"}).status_code == 303
    case = district.case(objection)
    assert (case.outcome, case.decided_verdicts) == ("维持", before), "what was decided stands"


def test_a_wrong_verdict_in_a_proposal_is_told_at_its_field(app: Flask, district: World) -> None:
    """R37, interface: errors: the form lies far below the summary."""
    objection = district.objection_in("reviewing")
    client = client_of(app, "review_clerk")
    typed = {"propose-decide_review-form-reasons": "查无实据", "propose-decide_review-opinion": "拟变更"}
    typed["propose-decide_review-form-result"] = "changed"
    refused = send(client, objection, "propose-decide_review", "propose", **typed).text
    assert 'href="#f-propose-decide_review-form-verdicts">变更的项：复核结论为变更的，请逐项写明变更的内容' in refused
    typed["propose-decide_review-form-verdicts-facts-verdict"] = "change"
    refused = send(client, objection, "propose-decide_review", "propose", **typed).text
    assert 'href="#f-propose-decide_review-form-verdicts-facts">事实：“事实”的结论为更正为，请写明内容' in refused


def test_a_review_has_its_own_materials(app: Flask, district: World) -> None:
    """R37: what was asked and what was answered before; nothing is missing that never was to be there."""
    form = {"result": "维持", "reasons": "审定正确"}
    objection = district.objection_in("reviewing")
    district.take("review_clerk", "propose", objection, step="decide_review", form=form, opinion="拟维持")
    page = client_of(app, "reviewer").get(f"/cases/{objection}").text
    assert checks(page)["经负责人签发的核查意见"].startswith("✓ 齐")
    assert checks(page)["复核申请"].startswith("✓ 齐 2026年")
    assert "缺1项" not in page


def test_what_a_unit_was_never_asked_is_not_missing(app: Flask, district: World) -> None:
    """R34, R48: 不予受理 is decided before the unit is asked, and so is its review."""
    refusal = {"ground": "not_his_record", "reason": "不是本人的记录"}
    objection = district.objection_in("submitted")
    district.take("officer", "propose", objection, step="refuse", form=refusal, opinion="拟不予受理")
    assert "经负责人签发的核查意见" not in checks(client_of(app, "approver").get(f"/cases/{objection}").text)
    repair = district.repair_in("submitted")
    form = {"reason": "条件未满足", "unmet": {"corrected": "尚未纠正"}}
    district.take("officer", "propose", repair, step="refuse", form=form, opinion="拟不予受理")
    assert "经负责人签发的核实意见" not in checks(client_of(app, "approver").get(f"/cases/{repair}").text)


def test_what_would_be_refused_is_not_offered_to_be_agreed_to(
    app: Flask, district: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R36: a proposal of before that rule, against the provider's answer: it is decided otherwise or returned."""
    objection = district.objection_in("answered")
    with monkeypatch.context() as before:
        before.setattr(proposals, "refused_content", lambda _step, _ctx: ())
        form = {"verdicts": {"facts": {"verdict": "keep"}}, "reasons": "维持"}
        district.take("officer", "propose", objection, step="decide", form=form, opinion="拟维持")
    page = text_of(client_of(app, "approver").get(f"/cases/{objection}").text)
    assert "审定应当与其核查结论一致" in page
    assert "同意，审定" not in page
    for words in ("退回拟办意见", "不同意，另作决定"):
        assert words in page


def test_a_repair_that_was_granted_is_not_said_to_be_handled_still(app: Flask, district: World) -> None:
    """R52, interface 5: beside 已修复 only what goes on, that its targets take it over."""
    district.repair_in("executing")
    card = text_of(client_of(app, "subject").get("/credit").text)
    assert "已修复" in card
    assert "修复同步中" in card
    assert "修复办理中" not in card

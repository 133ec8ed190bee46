"""What is asked stands at the form with which it is supplied, why work came back where it is done again (R33)."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import MovableClock
from app.services.reading.form_lines import form_lines
from tests.integration.test_case_pages import post
from tests.support import uploads
from tests.support.paths import objection_form
from tests.support.waiting_sheets import drafted
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.forms.record import CorrectionForm

WANTED = "身份证明复印件"
ALSO = "处分决定书全文"
WHY = "结论缺少依据，请补充原始凭证。"


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    """People who can sign in to the application."""
    return world_on(app, clock)


def form_of(app: Flask, who: str, uid: str, act: str) -> str:
    """The text of the form of one act on the page of a case."""
    page = client_of(app, who).get(f"/cases/{uid}").text
    return text_of(next(part for part in page.split("<form ")[1:] if f'name="form" value="{act}"' in part)
                   .split("</form>")[0])  # fmt: skip


def day(value: Any) -> str:
    """A legal day as pages write it."""
    return f"{value.year}年{value.month}月{value.day}日"


@pytest.mark.parametrize("kind", ["objection", "repair"])
def test_the_party_reads_at_the_form_what_to_supply_and_until_when(app: Flask, world: World, kind: str) -> None:
    """R33, R49: 一次性告知补正 is told where it is answered, each item by itself, with the last day."""
    uid = getattr(world, f"{kind}_in")("submitted")
    world.take("officer", "request_supplement", uid, missing=[WANTED, ALSO], reason="材料不齐")
    world.seal()
    page = client_of(app, "subject").get(f"/cases/{uid}").text
    form = form_of(app, "subject", uid, "supplement")
    assert "需要补正的全部内容" in form
    assert "材料不齐" in form
    assert re.search(rf"<ol><li>{WANTED}</li><li>{ALSO}</li></ol>", page)
    assert f"补正期限至{day(world.terms(uid)[f'{kind}.supplement'].due_on)}" in form
    world.take("subject", "supplement", uid, statement="已补充")
    assert "需要补正的全部内容" not in form_of(app, "officer", uid, "accept")


def test_the_party_is_not_told_before_the_letter_is_out(app: Flask, world: World) -> None:
    """R34: what a notice tells shows once it is on its way, here as in the history."""
    record = world.record_in("noticing", "offline")
    (notice,) = world.notices(record)
    world.take("officer", "dispatch", notice.uid, method="直接送达")
    uid = world.open("offline", "objection", "submit", record, **objection_form()).uid
    world.take("officer", "request_supplement", uid, missing=[WANTED], reason="材料不齐")
    form = form_of(app, "offline", uid, "supplement")
    assert WANTED not in form
    assert "补正期限" not in form
    assert "文书制作中，送出后可以查看内容。" in form


def test_a_record_sent_back_says_at_its_forms_what_is_missing(app: Flask, world: World) -> None:
    """R17, R18: the clerk reads it where he edits and submits, his head where he reports again; then it is done."""
    uid = world.record_in("screening")
    world.take("officer", "send_back", uid, reason=WHY, missing=[WANTED, ALSO])
    due = day(world.terms(uid)["record.supplement"].due_on)
    edit = text_of(client_of(app, "clerk").get(f"/records/{uid}/edit").text)
    for text in (edit, form_of(app, "clerk", uid, "submit")):
        assert all(wanted in text for wanted in (WHY, WANTED, ALSO))
        assert f"补正期限至{due}" in text
    world.take("clerk", "submit", uid)
    assert WANTED in form_of(app, "head", uid, "report")
    world.take("head", "reject_draft", uid, reason="还缺全文")
    again = text_of(client_of(app, "clerk").get(f"/records/{uid}/edit").text)
    assert all(wanted in again for wanted in ("还缺全文", WANTED))
    world.take("clerk", "submit", uid)
    assert "还缺全文" not in form_of(app, "head", uid, "report")


def test_a_finding_sent_back_says_why_at_the_form_of_the_next(app: Flask, world: World) -> None:
    """R35: 退回修改 by the head, and 退回重新核查 by the office, each stand until the answer is back where it was."""
    uid = world.objection_in("signing")
    world.take("head", "reject_answer", uid, reason=WHY)
    assert WHY in form_of(app, "clerk", uid, "draft_answer")
    other = world.objection_in("answered", record=world.record_in("listed"))
    world.take("officer", "return_answer", other, reason="请核对原始卷宗", points=["损失数额", "计算依据"])
    assert "损失数额" in form_of(app, "clerk", other, "draft_answer")


def test_a_returned_proposal_says_why_and_stands_open(app: Flask, world: World) -> None:
    """R26: the clerk finds the reason at the proposal that he makes again, and at no later one."""
    uid = world.record_in("screening")
    world.take("officer", "propose", uid, step="approve", form={}, opinion="拟同意")
    world.take("approver", "return_proposal", uid, reason=WHY)
    page = client_of(app, "officer").get(f"/cases/{uid}").text
    assert WHY in form_of(app, "officer", uid, "propose-approve")
    assert re.search(r'<section class="act" id="act-propose-approve"|id="act-propose-approve" open', page)
    world.take("officer", "propose", uid, step="approve", form={}, opinion="拟同意")
    world.take("officer", "withdraw_proposal", uid)
    assert WHY not in form_of(app, "officer", uid, "propose-approve")


def test_a_notice_returned_to_its_clerk_says_why_at_the_form(app: Flask, world: World) -> None:
    """The clerk who edits a draft reads why the signer gave it back."""
    (notice,) = drafted(world, 1)
    world.take("approver", "return_draft", notice.uid, reason="请写明救济途径")
    form = form_of(app, "officer", notice.uid, "edit")
    assert "请写明救济途径" in form
    assert "签发期限" in form


def test_a_plan_sent_back_tells_clerk_and_head_of_the_unit(app: Flask, world: World) -> None:
    """R53: 退回重报 and 退回修改 both stand at the forms of the unit; a clerk without a form still reads them."""
    uid = world.rectification_in("plan_review")
    world.take("officer", "return_plan", uid, reason="措施不具体")
    for who in ("staff", "unit_head"):
        assert "措施不具体" in form_of(app, who, uid, "draft_explanation"), who


def test_what_the_provider_is_told_is_not_told_to_the_party(app: Flask, world: World) -> None:
    """R35: an answer sent back within the unit is nothing that the party reads."""
    uid = world.objection_in("signing")
    world.take("head", "reject_answer", uid, reason=WHY)
    assert WHY not in client_of(app, "subject").get(f"/cases/{uid}").text


def test_what_came_back_is_amended_and_not_typed_again(app: Flask, world: World) -> None:
    """R35, R53: 退回修改 brings the clerk his own text back, 退回拟办意见 the proposal."""
    uid = world.objection_in("verifying")
    verdicts = {"facts": {"verdict": "keep"}}
    world.take("clerk", "draft_answer", uid, verdicts=verdicts, explanation="经核对原始凭证，记录无误。")
    world.take("head", "reject_answer", uid, reason=WHY)
    form = form_of(app, "clerk", uid, "draft_answer")
    assert "经核对原始凭证，记录无误。" in form
    page = client_of(app, "clerk").get(f"/cases/{uid}").text
    assert re.search(r'name="draft_answer-verdicts-facts-verdict" value="keep"[^>]* checked', page)
    answered = world.objection_in("answered", record=world.record_in("listed"))
    decision = {"reasons": "核查意见与原始材料一致"}
    world.take("officer", "propose", answered, step="decide", form=decision, opinion="拟按核查意见办理")
    world.take("approver", "return_proposal", answered, reason=WHY)
    again = form_of(app, "officer", answered, "propose-decide")
    assert all(text in again for text in ("核查意见与原始材料一致", "拟按核查意见办理"))


def test_the_signature_stands_open_once_there_is_a_draft(app: Flask, world: World) -> None:
    """R53: the head who may also draft is led to sign what his clerk has drafted, not to write another."""
    uid = world.rectification_in("explaining")
    due = (world.today + timedelta(days=20)).isoformat()
    task = {"task": "兑现承诺", "person": "郑测试", "due_on": due}
    opened = r'<section class="act" id="act-(\w+)"'
    assert re.findall(opened, client_of(app, "unit_head").get(f"/cases/{uid}").text) == ["draft_explanation"]
    plan: dict[str, Any] = {"causes": "管理疏漏", "responsible_persons": ["郑测试"], "tasks": [task]}
    world.take("staff", "draft_explanation", uid, **plan)
    assert re.findall(opened, client_of(app, "unit_head").get(f"/cases/{uid}").text) == ["explain"]


def test_a_correction_reads_in_words_whatever_it_was_entered_by() -> None:
    """R45: codes and days that a correction keeps are said as the record says them."""
    changes = {"severity": "minor", "disclosure_level": "none", "effective_on": "2026-09-01", "facts": "minor"}
    lines = dict(form_lines(CorrectionForm, {"changes": changes, "reason": "笔误"}))
    assert lines["更正内容"] == "失信程度：轻微；公开层级：不公开；生效日期：2026年9月1日；事实：minor"


def test_the_papers_of_a_draft_stand_before_its_signature(app: Flask, world: World) -> None:
    """R35: the head sees with the answer what his clerk has attached to it, and nothing that came with another step."""
    uid = world.objection_in("verifying")
    files: dict[str, Any] = {"files-upload": (io.BytesIO(uploads.PDF), "原始凭证.pdf")}
    fields: dict[str, Any] = {"verdicts-facts-verdict": "keep", "explanation": "与凭证一致。"}
    assert post(client_of(app, "clerk"), uid, "draft_answer", **fields, **files).status_code == 303
    box = client_of(app, "head").get(f"/cases/{uid}").text.split('id="drafted-title"')[1].split("</section>")[0]
    assert "原始凭证.pdf" in box
    world.take("head", "reject_answer", uid, reason=WHY)
    world.take("clerk", "draft_answer", uid, verdicts={"facts": {"verdict": "keep"}}, explanation="再次核对无误。")
    again = client_of(app, "head").get(f"/cases/{uid}").text.split('id="drafted-title"')[1].split("</section>")[0]
    assert "再次核对无误。" in again
    assert "原始凭证.pdf" not in again

"""工作台, the page of a case and acting on it, through the application on both databases (R33–R37, R48–R52)."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.clock import MovableClock
from app.database import Database
from app.jobs.rounds import Rounds
from app.models.history import Attachment, DraftRow
from app.services.search_index.keeping import refresh_all
from tests.support import uploads
from tests.support.paths import EXEMPTION, OBJECTION, RECORD, RECTIFICATION, REPAIR
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    """People who can sign in to the application."""
    return world_on(app, clock)


def hidden(page: str, act: str) -> dict[str, str]:
    """The hidden fields of the form of one act of a page."""
    form = next(part for part in page.split("<form ")[1:] if f'name="form" value="{act}"' in part).split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))


EVERYBODY = (
    "subject", "staff", "unit_head", "clerk", "head", "other_clerk", "officer", "approver", "review_clerk", "reviewer",
    "tolerance", "tolerance_head",
)  # fmt: skip


#: The longest way through each procedure: its first state, then the states in order.
WAYS = {
    "record": (RECORD, "draft", "head_review screening statement_open deciding listed expired"),
    "objection": (OBJECTION, "submitted", "verifying signing answered decided review_submitted reviewing closed"),
    "rectification": (RECTIFICATION, "ordered explaining", "plan_review rectifying reported passed"),
    "repair": (REPAIR, "submitted", "verifying signing proposed executing completed revoked"),
    "denied repair": (REPAIR, "proposed", "denied review_submitted reviewing closed"),
    "exemption": (EXEMPTION, "submitted", "examining signing correcting"),
}


def expect_pages(app: Flask, world: World, uid: str) -> None:
    """Everybody gets the page of a case or, if it is not his, that it was not found; somebody gets it."""
    seen = set()
    for who in EVERYBODY:
        answer = client_of(app, who).get(f"/cases/{uid}")
        assert answer.status_code in {200, 404}, (who, world.state(uid), text_of(answer.text)[:1000])
        if answer.status_code == 200:
            seen.add(who)
    assert seen, world.state(uid)
    assert "other_clerk" not in seen


@pytest.mark.parametrize("way", WAYS)
def test_the_page_of_a_case_is_drawn_in_every_state_for_everybody(app: Flask, world: World, way: str) -> None:
    """R17, R33, R44, R48, R54: one page for every kind, seen by whom the table names and by nobody else."""
    steps, starts, states = WAYS[way]
    start = starts.split()[-1]
    uid = getattr(world, f"{way.split()[-1]}_in")(start)
    for state in ["", *states.split()]:
        if state:
            steps[state][1](world, uid)
        expect_pages(app, world, uid)
    assert world.state(uid) == states.split()[-1]


def post(client: FlaskClient, uid: str, step: str, act: str = "", /, **fields: Any) -> TestResponse:
    """Send the form of one act as the page has it, with these fields filled in (names without the act's own)."""
    act = act or step
    kept = hidden(client.get(f"/cases/{uid}").text, act)
    filled = {f"{act}-{name}": value for name, value in fields.items()}
    return client.post(f"/cases/{uid}/steps/{step}", data={**kept, **filled}, content_type="multipart/form-data")


def test_the_office_accepts_from_the_row(app: Flask, world: World) -> None:
    """R34: 受理 is one press on the desk."""
    uid = world.objection_in("submitted")
    client = client_of(app, "officer")
    page = client.get("/desk").text
    assert f"/cases/{uid}/steps/accept" in page
    answer = client.post(f"/cases/{uid}/steps/accept", data={**hidden(page, "accept"), "back": "desk"})
    assert answer.status_code == 303
    assert world.state(uid) == "verifying"
    assert "已受理" in client.get("/desk").text


def test_the_desk_leads_on_to_what_is_due_first(app: Flask, world: World) -> None:
    """After an act the next case is one press away; a filter for another kind says why nothing is shown."""
    first, second = world.objection_in("submitted"), world.exemption_in("submitted")
    client = client_of(app, "officer")
    assert client.get(f"/desk/next?after={second}").headers["Location"].endswith(first)
    assert "没有符合条件的事项" in client.get("/desk?kind=rectification").text
    assert "没有待办事项" in client_of(app, "review_clerk").get("/desk").text


def test_a_row_asks_the_conditions_on_the_press(app: Flask, world: World) -> None:
    """A case that went on meanwhile is answered with 409 and what is true now."""
    uid = world.objection_in("submitted")
    client = client_of(app, "officer")
    kept = hidden(client.get("/desk").text, "accept")
    world.take("officer", "accept", uid)
    answer = client.post(f"/cases/{uid}/steps/accept", data={**kept, "key": "another", "back": "desk"})
    assert answer.status_code == 409
    assert "核查中" in answer.text


def test_a_form_sent_twice_is_taken_once(app: Flask, world: World) -> None:
    """The key of a form makes a second press harmless (architecture, idempotency)."""
    uid = world.objection_in("submitted")
    client = client_of(app, "officer")
    kept = hidden(client.get(f"/cases/{uid}").text, "accept")
    answers = [client.post(f"/cases/{uid}/steps/accept", data=kept).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert world.steps(uid).count("accept") == 1


def test_a_decider_who_departs_from_the_proposal_says_why(app: Flask, world: World) -> None:
    """拟办: the decision stands ready as proposed; another one needs its reason, asked at the field."""
    uid = world.objection_in("answered")
    world.take("officer", "propose", uid, step="decide", form={"reasons": "异议成立"}, opinion="拟同意")
    client = client_of(app, "approver")
    page = client.get(f"/cases/{uid}").text
    assert "同意，审定" in page
    assert ">\n异议成立</textarea>" in page
    refused = post(client, uid, "decide", reasons="另有理由")
    assert refused.status_code == 422
    assert "决定与拟办意见不一致，请写明理由" in refused.text
    taken = post(client, uid, "decide", reasons="另有理由", departure_reason="拟办理由不够充分")
    assert taken.status_code == 303
    assert world.case(uid).decision_reasons == "另有理由"


def test_a_proposal_that_is_not_complete_is_answered_at_its_fields(app: Flask, world: World) -> None:
    uid = world.objection_in("answered")
    client = client_of(app, "officer")
    answer = post(client, uid, "propose", "propose-decide", opinion="拟同意")
    assert answer.status_code == 422
    assert 'href="#f-propose-decide-form-reasons"' in answer.text
    assert "departure_reason" not in answer.text


def test_an_order_is_proposed_on_the_record_and_opens_the_rectification(app: Flask, world: World) -> None:
    """R53, R54: 责令整改 begins on the page of the record; the approver agrees and lands on the new case."""
    record = world.record_in("listed", "unit")
    client = client_of(app, "officer")
    fields = {"form-problems": "未兑现承诺。", "form-requirements": "兑现承诺\n建立台账", "opinion": "拟同意"}
    assert post(client, record, "propose", "propose-order", **fields).status_code == 303
    approver = client_of(app, "approver")
    content = {"problems": "未兑现承诺。", "requirements": "兑现承诺\n建立台账"}
    answer = post(approver, record, "order", **content)
    [opened] = world.children(record, "rectification")
    assert answer.headers["Location"].endswith(f"/cases/{opened.uid}?done=order")
    assert opened.requirements == ["兑现承诺", "建立台账"]


def test_the_office_enters_paper_with_its_postmark(app: Flask, world: World) -> None:
    """R33: 代录, the day that counts is the postmark; what is missing is named beside its field."""
    record = world.record_in("listed")
    client = client_of(app, "officer")
    act = "paper-objection-submit"
    fields = {"reason": "记载与事实不符。", "fields-0-field": "facts", "fields-0-ground": "error"}
    refused = post(client, record, "submit", act, **fields)
    assert refused.status_code == 422
    assert "收到日期：尚未填写" in refused.text
    assert "记载与事实不符。" in refused.text
    day = world.today.isoformat()
    paper = {"paper-person": world["subject"].uid, "paper-received_on": day, "paper-posted_on": day}
    assert post(client, record, "submit", act, **fields, **paper).status_code == 303
    [objection] = world.children(record, "objection")
    assert objection.received_on == world.today
    foreign = {**paper, "paper-person": world["offline"].uid}
    assert post(client, record, "submit", act, **fields, **foreign).status_code == 404


def test_a_file_is_handed_in_with_the_step_and_survives_a_refusal(app: Flask, world: World) -> None:
    """trust 1.10: kept before the form is judged, downloaded as attachment by whoever sees the case, by nobody else."""
    uid = world.objection_in("verifying")
    client = client_of(app, "clerk")
    upload = {"files-upload": (io.BytesIO(uploads.PDF), "原始凭证.pdf")}
    refused = post(client, uid, "draft_answer", **{"verdicts-facts-verdict": "keep"}, **upload)
    assert refused.status_code == 422
    [kept] = world.rows(Attachment)
    assert (kept.case_id, kept.name) == (None, "原始凭证.pdf")
    assert f'value="{kept.uid}" checked' in refused.text
    fields = {"verdicts-facts-verdict": "keep", "explanation": "与凭证一致。", "files": kept.uid}
    assert post(client, uid, "draft_answer", **fields).status_code == 303
    assert world.rows(DraftRow) == []
    answer = client.get(f"/cases/{uid}/materials/{kept.uid}")
    assert answer.data == uploads.PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client_of(app, "other_clerk").get(f"/cases/{uid}/materials/{kept.uid}").status_code == 404
    # What a provider drafts is for itself and the office, not for the objector.
    assert client_of(app, "subject").get(f"/cases/{uid}/materials/{kept.uid}").status_code == 404


def test_a_disguised_file_is_refused_in_chinese_and_the_text_is_kept(app: Flask, world: World) -> None:
    uid = world.objection_in("verifying")
    client = client_of(app, "clerk")
    upload = {"files-upload": (io.BytesIO(b"MZ\x90\x00 not a pdf"), "凭证.pdf")}
    answer = post(client, uid, "draft_answer", explanation="与凭证一致。", **upload)
    assert answer.status_code == 422
    assert "凭证.pdf" in answer.text
    assert "与凭证一致。" in answer.text
    assert world.rows(Attachment) == []


def test_a_refused_file_hides_no_other_fault(app: Flask, world: World) -> None:
    """Bad input: everything that is wrong is told at once."""
    uid = world.objection_in("submitted")
    world.take("officer", "request_supplement", uid, missing=["身份证明"], reason="材料不齐")
    bad = (io.BytesIO(b"MZ\x90\x00 not a pdf"), "凭证.pdf")
    answer = post(client_of(app, "subject"), uid, "supplement", statement="", **{"files-upload": bad})
    assert answer.status_code == 422
    assert "凭证.pdf" in answer.text
    assert 'href="#f-supplement-statement"' in answer.text


def test_the_sheet_of_a_notice_is_for_those_who_may_see_it(app: Flask, world: World) -> None:
    """R141: before it is made the page says so; afterwards the stored bytes, for parties and organs only."""
    uid = world.objection_in("submitted")
    world.step("officer", "accept", uid)
    notice = world.notices(uid, "objection_acceptance")[0]
    officer = client_of(app, "officer")
    waiting = officer.get(f"/documents/{notice.uid}.pdf")
    assert "文书生成中" in waiting.text
    assert waiting.headers["Refresh"]
    Rounds(app.extensions["zhengcheng"]).drain()
    sheet = officer.get(f"/documents/{notice.uid}.pdf")
    assert "异议受理告知书" in sheet.text
    assert "filename*=UTF-8''" in sheet.headers["Content-Disposition"]
    assert client_of(app, "subject").get(f"/documents/{notice.uid}.pdf").status_code == 200
    assert client_of(app, "other_clerk").get(f"/documents/{notice.uid}.pdf").status_code == 404
    assert "送达回证" in officer.get(f"/documents/{notice.uid}/receipt.pdf").text
    assert officer.get(f"/documents/{notice.uid}/terms.pdf").status_code == 404


def test_anybody_may_check_a_code_and_learns_nothing_of_the_person(app: Flask, world: World) -> None:
    """R141: organ, number, day and whether it is in force; a code typed with blanks in small letters is found."""
    uid = world.objection_in("decided")
    notice = world.notices(uid, "objection_decision")[0]
    anybody = app.test_client()
    typed = f"{notice.code[:4]} {notice.code[4:8]}-{notice.code[8:]}".lower()
    page = anybody.get(f"/verify/{typed}")
    assert page.status_code == 200
    assert "本文书真实有效" in page.text
    assert str(notice.number) in page.text
    assert "王测试" not in page.text
    assert anybody.get("/verify/AAAABBBBCCCC").status_code == 404


def test_the_list_of_all_cases_shows_each_reader_his_own(app: Flask, world: World) -> None:
    """T12: found by any part of the number, filtered by kind and state; a foreign unit finds nothing."""
    uid = world.objection_in("verifying")
    number = world.case(uid).number
    refresh_all(Database.on(world.backend.engine))
    client = client_of(app, "officer")
    assert f"/cases/{uid}" in client.get(f"/cases?q={number[3:]}&kind=objection&state=verifying").text
    assert f"/cases/{uid}" not in client.get("/cases?kind=objection&state=decided").text
    assert f"/cases/{uid}" not in client.get("/cases?q=%25").text
    assert "没有符合条件的事项" in client_of(app, "other_clerk").get(f"/cases?q={number}").text


def test_the_history_says_in_words_what_was_proposed(app: Flask, world: World) -> None:
    """No codes, uids or hashes on the timeline; the parties do not read what is proposed inside."""
    uid = world.objection_in("answered")
    world.take("officer", "propose", uid, step="decide", form={"reasons": "异议成立"}, opinion="拟同意")
    page = text_of(client_of(app, "approver").get(f"/cases/{uid}").text)
    assert "拟办事项：审定" in page
    assert "审定理由：异议成立" in page
    assert "拟办事项：decide" not in page
    assert "拟办" not in text_of(client_of(app, "subject").get(f"/cases/{uid}").text)
    record = next(case for case in world.dossier(uid) if case.kind == "record")
    assert world["subject"].uid not in text_of(client_of(app, "officer").get(f"/cases/{record.uid}").text)


def test_what_cannot_be_decided_now_is_not_proposed_but_explained(app: Flask, world: World) -> None:
    """R54: only a unit is ordered to put things right; on a person's record the act stands greyed with its reason."""
    record = world.record_in("listed")
    page = client_of(app, "officer").get(f"/cases/{record}").text
    assert 'value="propose-order"' not in page
    assert "拟办：下达限期整改通知（现在不能办理）" in page


def test_a_draft_is_changed_on_the_page_of_its_registration(app: Flask, world: World) -> None:
    """R17: 修改草稿 needs the lists of behaviours and subjects, which the page of the registration has."""
    record = world.record_in("draft")
    client = client_of(app, "clerk")
    page = client.get(f"/cases/{record}").text
    assert f'href="/records/{record}/edit">修改草稿</a>' in page
    assert 'value="edit"' not in page
    assert client.get(f"/records/{record}/edit").status_code == 200

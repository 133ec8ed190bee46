"""记录登记 through the pages: find the subject, write, keep, submit (R17–R22; design: interface 4)."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import MovableClock
from app.models.history import Attachment, DraftRow
from app.models.kinds import Record
from app.models.people import User
from tests.support import uploads
from tests.support.identity import credit_code, identity_number
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World

CONTENT = {
    "source_type": "sanction",
    "source_number": "示处〔2026〕8号",
    "source_on": "2026-06-01",
    "source_organ": "示例乙局",
    "effective_on": "2026-06-01",
    "behaviour": "B33",
    "key_field": "approval",
    "facts": "未按承诺的期限办结，造成企业损失。",
    "conduct_ended_on": "2026-05-01",
    "severity": "general",
    "disclosure_level": "government",
    "exemption": "none",
    "secret_free": "true",
    "key": "r-1",
}


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def clerk(app: Flask, world: World) -> FlaskClient:
    """李测试, clerk of the unit that provides the information."""
    return client_of(app, "clerk")


def post(client: FlaskClient, where: str, **form: object):  # type: ignore[no-untyped-def]
    return client.post(where, data=form, content_type="multipart/form-data")


def found(client: FlaskClient, text: str) -> str:
    page = text_of(client.get("/records/new", query_string={"q": text}).text)
    return page[page.index("查找结果") : page.index("登记系统外人员")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王测", "王测试"),
        ("wangce", "王测试"),
        ("丙局", "示例丙局"),
        ("slbj", "示例丙局"),
        (credit_code(3), "示例丙局"),
    ],
)
def test_a_subject_is_found_by_name_pinyin_and_code(clerk: FlaskClient, text: str, name: str) -> None:
    """interface 4: subject by name, pinyin or code."""
    assert name in found(clerk, text)


def test_suggestions_follow_the_typing_and_say_nothing_of_half_a_code(app: Flask, clerk: FlaskClient) -> None:
    """interface 4: the part of the page alone, for a clerk alone; half a code is no mistake yet."""
    found = clerk.get("/records/find?q=wangc")
    assert "王测试" in found.text
    assert "<html" not in found.text
    assert clerk.get("/records/find?q=11010119900307").text == ""
    assert clerk.get("/records/find?q=110101199003071230").text != ""
    assert clerk.get("/records/find?q=+").text == ""
    assert client_of(app, "officer").get("/records/find?q=wangc").status_code == 404


def test_a_wrong_code_is_answered_with_what_is_wrong_with_it(clerk: FlaskClient) -> None:
    """Bad input: the check digit is hard, and the answer names it."""
    wrong = identity_number()[:17] + ("0" if identity_number()[17] != "0" else "1")
    assert "第18位校验码应为" in found(clerk, wrong)


@pytest.mark.parametrize("role", ["subject", "head", "officer"])
def test_only_a_clerk_registers(app: Flask, world: World, role: str) -> None:
    client = client_of(app, role)
    assert client.get("/records/new").status_code == 404
    assert client.get("/records/preview").status_code == 404
    assert post(client, "/records/new", subject=world["subject"].uid, **CONTENT).status_code == 404
    assert post(client, "/records/people", name="新测试", identity_number=identity_number()).status_code == 404


def test_a_record_is_kept_as_a_draft_and_then_submitted(clerk: FlaskClient, world: World) -> None:
    """R17: nothing leaves the unit before its head signs; the file goes with the record."""
    form = {**CONTENT, "subject": world["subject"].uid, "act": "save"}
    saved = post(clerk, "/records/new", **form, **{"files-upload": (io.BytesIO(uploads.PDF), "处分决定.pdf")})
    assert saved.status_code == 303
    record = world.rows(Record)[0]
    assert (record.state, record.facts, record.key_field) == ("draft", CONTENT["facts"], "approval")
    assert [(row.case_id, row.audience) for row in world.rows(Attachment)] == [(record.id, "provider")]
    page = clerk.get(saved.location).text
    assert CONTENT["facts"] in page
    changed = {**form, "facts": "改过的事实。", "act": "submit", "version": str(record.version), "key": "r-2"}
    answer = post(clerk, saved.location, **changed)
    assert answer.status_code == 303
    assert answer.location == f"/cases/{record.uid}"
    assert world.steps(record.uid) == ["create", "edit", "submit"]
    assert world.rows(DraftRow) == []


def test_what_is_missing_to_submit_is_listed_together_and_the_draft_is_safe(clerk: FlaskClient, world: World) -> None:
    """R22 and secrecy: the two questions have to be answered; the page goes on with the draft that was made."""
    form = {**CONTENT, "subject": world["subject"].uid, "exemption": "", "facts": "", "act": "submit"}
    answer = post(clerk, "/records/new", **form)
    assert answer.status_code == 422
    assert "请回答是否存在免责容错情形" in answer.text
    assert "尚未写明事实" in answer.text
    record = world.rows(Record)[0]
    assert f'action="/records/{record.uid}/edit"' in answer.text
    assert record.state == "draft"


def test_both_questions_are_asked_at_once(clerk: FlaskClient, world: World) -> None:
    """R22: whoever answered neither is not sent back twice."""
    form = {**CONTENT, "subject": world["subject"].uid, "exemption": "", "secret_free": "", "act": "submit"}
    told = text_of(post(clerk, "/records/new", **form).text)
    assert "请回答是否存在免责容错情形" in told
    assert "确认本记录不含国家秘密和工作秘密" in told.split("主体：")[0]


@pytest.mark.parametrize(
    ("sanction", "months", "told"),
    [("warning", "", "警告，处分期6个月"), ("demerit", "10", "记过，处分期10个月"), ("dismissal", "", "开除")],
)
def test_a_sanction_is_told_with_its_period(
    clerk: FlaskClient, world: World, sanction: str, months: str, told: str
) -> None:
    """公职人员政务处分法 art. 8 fixes what nobody wrote; a dash before 个月 would read as one month."""
    form = {"sanction": sanction, "sanction_months": months, "act": "save"}
    post(clerk, "/records/new", **{**CONTENT, "subject": world["subject"].uid, **form})
    page = clerk.get(f"/cases/{world.rows(Record)[0].uid}").text
    assert re.search(r"<dt>处分</dt>\s*<dd>([^<]*)</dd>", page).group(1) == told  # type: ignore[union-attr]


def test_a_form_that_cannot_be_read_keeps_text_and_file(clerk: FlaskClient, world: World) -> None:
    form = {**CONTENT, "subject": world["subject"].uid, "severity": "", "effective_on": "2026-02-30"}
    answer = post(clerk, "/records/new", **form, **{"files-upload": (io.BytesIO(uploads.PDF), "处分决定.pdf")})
    assert answer.status_code == 422
    assert "生效日期：日期不存在或格式不对" in answer.text
    assert CONTENT["facts"] in answer.text
    assert "处分决定.pdf" in answer.text
    assert world.rows(Record) == []
    again = clerk.get(f"/records/new?subject={world['subject'].uid}")
    assert CONTENT["facts"] in again.text


def test_an_incomplete_draft_can_be_kept_and_is_offered_again(clerk: FlaskClient, world: World) -> None:
    """保存草稿 asks for nothing; what was written about one subject is not put into the form of another."""
    wang, unit = world["subject"].uid, world.unit_uids["subject"]
    assert post(clerk, "/records/new", subject=wang, facts="尚待补充。", act="save").status_code == 303
    assert world.rows(Record) == []
    assert "您有一份尚未填写完整的登记：王测试" in text_of(clerk.get("/records/new").text)
    assert "尚待补充。" in clerk.get(f"/records/new?subject={wang}").text
    assert "尚待补充。" not in clerk.get(f"/records/new?subject={unit}").text


def test_a_lost_session_gives_the_changed_draft_back(app: Flask, clerk: FlaskClient, world: World) -> None:
    record = world.record_in("draft")
    saved = post(clerk, "/records/draft", record=record, subject=world["subject"].uid, facts="改到一半。")
    assert "已自动保存 10:00" in saved.text
    clerk.post("/sign-out")
    again = client_of(app, "clerk")
    assert "改到一半。" in again.get(f"/records/{record}/edit").text
    assert world.case(record).facts != "改到一半。"
    foreign = post(client_of(app, "other_clerk"), "/records/draft", record=record, facts="外单位。")
    assert foreign.status_code == 404


def test_a_stale_edit_is_refused_with_the_text_kept(clerk: FlaskClient, world: World) -> None:
    """409 for a lost race."""
    record = world.record_in("draft")
    form = {**CONTENT, "subject": world["subject"].uid, "version": "0", "facts": "迟到的修改。"}
    answer = post(clerk, f"/records/{record}/edit", **form)
    assert answer.status_code == 409
    assert "迟到的修改。" in answer.text


def test_another_units_draft_and_a_reported_record_are_not_found(app: Flask, world: World) -> None:
    draft, reported = world.record_in("draft"), world.record_in("screening", source_number="示处〔2026〕9号")
    assert client_of(app, "other_clerk").get(f"/records/{draft}/edit").status_code == 404
    assert client_of(app, "clerk").get(f"/records/{reported}/edit").status_code == 404


def test_the_terms_are_shown_in_advance(clerk: FlaskClient) -> None:
    """interface 4: live dates; five years from the end of the conduct, publication by severity."""
    page = text_of(clerk.get("/records/preview?severity=general&conduct_ended_on=2026-05-01").text)
    assert "保存期限" in page
    assert "2031年5月1日" in page
    assert "最短公示期限" in page
    assert text_of(clerk.get("/records/preview?severity=x&conduct_ended_on=2026-02-30").text).count("保存期限") == 1


def test_somebody_outside_is_registered_sealed_and_without_a_way_in(clerk: FlaskClient, world: World) -> None:
    """trust 1.7: the number is stored as ciphertext only; the second time the same person is taken."""
    number = identity_number(7)
    first = post(clerk, "/records/people", name="外测试", identity_number=number)
    assert first.status_code == 303
    person = next(user for user in world.rows(User) if user.name == "外测试")
    assert person.identity_sealed is not None
    assert number not in person.identity_sealed
    assert number not in clerk.get(first.location).text
    assert "系统外人员" in found(clerk, "外测试")
    second = post(clerk, "/records/people", name="外测试", identity_number=number)
    assert second.location == first.location
    assert [user.name for user in world.rows(User)].count("外测试") == 1


def test_a_wrong_identity_number_comes_back_with_how_to_mend_it(clerk: FlaskClient, world: World) -> None:
    answer = post(clerk, "/records/people", name="外测试", identity_number="110101198001010")
    assert answer.status_code == 422
    assert "公民身份号码" in answer.text
    assert 'value="110101198001010"' in answer.text
    assert 'value="外测试"' in answer.text
    assert not [user for user in world.rows(User) if user.name == "外测试"]

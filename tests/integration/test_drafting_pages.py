"""核查答复 on its page: sentences at hand, corrections where they are needed, the last day of an extension (R35)."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import MovableClock
from app.models.deciding import StockPhrases
from app.web.presentation import legal_date
from tests.support.act_forms import send
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.kit.calendar import shipped_calendar
from workflows.kit.errors import GuardRefused
from workflows.phrases import SHIPPED, PhraseUse

OURS = "经与原始凭证核对，记载无误。"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the two databases."""
    return sqlite_url


@pytest.fixture
def district(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def dispute(field: str, wanted: str = "") -> dict[str, Any]:
    return {"fields": [{"field": field, "ground": "错误", "wanted": wanted}], "reason": "记载有误"}


def keep(client: FlaskClient, unit: str, **texts: str):  # type: ignore[no-untyped-def]
    return client.post("/phrases", data={"unit": unit, **texts})


def test_a_sentence_is_put_in_without_javascript_and_nothing_typed_is_lost(app: Flask, district: World) -> None:
    """Interface 7: 常用语 are offered, never filled in; the form comes back with the one that was pressed."""
    objection = district.objection_in("verifying")
    client = client_of(app, "clerk")
    page = client.get(f"/cases/{objection}").text
    assert all(text in page for text in SHIPPED[PhraseUse.ANSWER])
    typed = {"draft_answer-verdicts-facts-verdict": "keep", "draft_answer-explanation": "已核对。"}
    answer = send(client, objection, "draft_answer", **typed, **{"phrase-draft_answer-explanation": OURS})
    assert answer.status_code == 200
    assert f"已核对。{OURS}</textarea>" in answer.text
    assert 'value="keep" checked' in answer.text
    assert district.state(objection) == "verifying"


def test_a_unit_keeps_its_own_sentences(app: Flask, district: World) -> None:
    """Kept by its clerk, offered to his colleagues and nobody else; emptied, those of the product come back."""
    objection, unit = district.objection_in("verifying"), district.unit_uids["provider"]
    clerk = client_of(app, "clerk")
    assert keep(clerk, unit, answer=f"{OURS}\n\n 第二条。 ").status_code == 303
    page = clerk.get(f"/cases/{objection}").text
    assert f'value="{OURS}"' in page
    assert SHIPPED[PhraseUse.ANSWER][0] not in page
    assert f"{OURS}\n第二条。" in client_of(app, "head").get("/phrases").text
    assert OURS not in client_of(app, "other_clerk").get("/phrases").text
    assert keep(clerk, unit, answer="").status_code == 303
    assert district.rows(StockPhrases) == []
    assert SHIPPED[PhraseUse.ANSWER][0] in clerk.get(f"/cases/{objection}").text


def test_sentences_are_kept_by_those_who_write_them(app: Flask, district: World) -> None:
    """T12: a party has none; nobody keeps those of another unit, or of a use that is not his."""
    unit = district.unit_uids["provider"]
    subject = client_of(app, "subject")
    assert subject.get("/phrases").status_code == 404
    assert keep(subject, unit, answer=OURS).status_code == 404
    assert keep(client_of(app, "other_clerk"), unit, answer=OURS).status_code == 404
    assert keep(client_of(app, "clerk"), unit, opinion=OURS).status_code == 404
    assert district.rows(StockPhrases) == []


def test_too_much_is_refused_at_its_field_and_given_back(app: Flask, district: World) -> None:
    """422: at most twelve sentences of two hundred characters."""
    answer = keep(
        client_of(app, "clerk"), district.unit_uids["provider"], answer="很长" * 101, finding="\n".join("短" * 13)
    )
    assert answer.status_code == 422
    assert '<a href="#f-answer">核查说明：每条最多200字，请精简</a>' in answer.text
    assert '<a href="#f-finding">核实情况和核实说明：最多12条，请精简</a>' in answer.text
    assert "很长" * 101 in answer.text


def test_a_correction_counts_only_with_a_verdict_that_needs_one(app: Flask, district: World) -> None:
    """Interface 7: typed for 更正为, then 维持 was chosen after all: nothing of it is kept."""
    objection = district.objection_in("verifying")
    sent = {
        "draft_answer-verdicts-facts-verdict": "keep",
        "draft_answer-verdicts-facts-value": "先写了更正",
        "draft_answer-explanation": OURS,
    }
    assert send(client_of(app, "clerk"), objection, "draft_answer", **sent).status_code == 303
    assert district.case(objection).verdicts == {"facts": {"verdict": "keep", "value": ""}}


def test_a_correction_is_chosen_from_what_the_record_may_say(app: Flask, district: World) -> None:
    """不得加重: no severity above the recorded one is offered; a behaviour comes from the catalogue, a day is a day."""
    record = district.record_in("listed")
    for field, sort in (("severity", "select"), ("behaviour", "select"), ("effective_on", 'type="date"')):
        objection = district.objection_in("verifying", record, **dispute(field))
        page = client_of(app, "clerk").get(f"/cases/{objection}").text
        entry = (
            page.split(f'id="f-draft_answer-verdicts-{field}-value"')[0].rsplit("<", 1)[1]
            + page.split(f'id="f-draft_answer-verdicts-{field}-value"')[1].split("</div>")[0]
        )
        assert sort in entry, (field, entry)
        if field == "severity":
            assert 'value="一般"' in entry
            assert 'value="严重"' not in entry
        else:
            assert "B01 " in entry or field == "effective_on"


@pytest.mark.parametrize(
    ("field", "verdict", "value", "why"),
    [
        ("severity", "删除", "", "不能删除"),
        ("behaviour", "更正为", "迟延履行", "请从行为清单中选择"),
        ("effective_on", "更正为", "去年", "请填写日期"),
        ("disclosure_level", "更正为", "都行", "请填写不公开"),
    ],
)
def test_a_correction_that_no_record_could_bear_is_refused_to_the_clerk(
    district: World, field: str, verdict: str, value: str, why: str
) -> None:
    """R35: refused when it is written, not when the decision is taken weeks later."""
    objection = district.objection_in("verifying", **dispute(field))
    answer = {"verdicts": {field: {"verdict": verdict, "value": value}}, "explanation": OURS}
    with pytest.raises(GuardRefused, match=why):
        district.step("clerk", "draft_answer", objection, answer)


def test_a_corrected_subject_is_named_as_people_name_it(district: World) -> None:
    """R36: the letter prints the name, and the record then is about that unit."""
    record = district.record_in("listed", "unit")
    form = dispute("subject", "示例丁局")
    objection = district.open("unit_head", "objection", "submit", record, **form).uid
    district.take("officer", "accept", objection)
    answer = {"verdicts": {"subject": {"verdict": "更正为", "value": "示例丁局"}}, "explanation": OURS}
    district.take("clerk", "draft_answer", objection, **answer)
    district.take("head", "answer", objection)
    district.decide("decide", objection, reasons="核查结论属实")
    assert district.case(record).subject_unit_id == district.units["foreign"]


def test_an_extension_shows_its_last_day_while_it_is_typed(app: Flask, district: World) -> None:
    """Interface 7: the new last day before anybody asks for it; too long is refused with the cap."""
    objection = district.objection_in("verifying")
    due = district.terms(objection)["objection.verification"].due_on
    assert due is not None
    client = client_of(app, "head")
    typed = {"request_extension-days": "2", "request_extension-reason": "需要调取档案", "preview": "live"}
    told = text_of(send(client, objection, "request_extension", **typed).text)
    later = shipped_calendar().add_working_days(due, 2)
    assert f"核查期限：原至{legal_date(due)}届满，办理后至{legal_date(later)}届满。" in told
    assert "延期告知书" in told
    refused = text_of(send(client, objection, "request_extension", **{**typed, "request_extension-days": "30"}).text)
    assert "最多可以延长三个工作日" in refused
    assert district.terms(objection)["objection.verification"].due_on == due


def test_the_only_decision_that_may_be_proposed_stands_open(app: Flask, district: World) -> None:
    """R37: the clerk of the review authority has one thing to do; its form is open, in the words of a review."""
    objection = district.objection_in("reviewing")
    page = client_of(app, "review_clerk").get(f"/cases/{objection}").text
    assert '<section class="act" id="act-propose-decide_review"' in page
    assert "经复核，拟作出以上复核决定，请审批。" in page
    for use in (PhraseUse.REVIEW, PhraseUse.REVIEW_OPINION):
        assert all(text in page for text in SHIPPED[use])
    assert "核查结论" not in text_of(page.partition('id="act-propose-decide_review"')[2].partition("</section>")[0])


def test_what_a_clerk_would_seldom_do_does_not_stand_open(app: Flask, district: World) -> None:
    """R26: a reported record is examined; 同意告知 is proposed with an open form, 退回补正 is there to unfold."""
    record = district.record_in("screening")
    page = client_of(app, "officer").get(f"/cases/{record}").text
    assert '<section class="act" id="act-propose-approve"' in page
    assert '<details class="act" id="act-send_back">' in page
    assert "经审核，拟同意告知，请审批。" in page


def test_what_was_recorded_and_what_came_of_a_review_are_called_so(app: Flask, district: World) -> None:
    """R37: once it is decided the record may say otherwise; 维持 and 变更 are results of the review."""
    uid = district.objection_in("verifying", fields=[{"field": "effective_on", "ground": "错误"}])
    page = client_of(app, "clerk").get(f"/cases/{uid}").text
    assert '<th scope="col">现记载</th>' in page
    assert "<dt>现记载</dt>" in page
    district.take("clerk", "draft_answer", uid, verdicts={"effective_on": {"verdict": "维持"}}, explanation="无误")
    district.take("head", "answer", uid)
    district.decide("decide", uid, reasons="无误")
    district.take("subject", "request_review", uid, reason="仍不服")
    district.take("review_clerk", "accept_review", uid)
    page = client_of(app, "review_clerk").get(f"/cases/{uid}").text
    assert '<th scope="col">原记载</th>' in page
    assert "<dt>原记载</dt>" in page
    assert "审定结果不成立" in text_of(page)
    changed = {"effective_on": {"verdict": "更正为", "value": "2026-09-18"}}
    team = ("review_clerk", "reviewer")
    district.decide("decide_review", uid, team, result="变更", verdicts=changed, reasons="应自送达之日起算")
    told = text_of(client_of(app, "reviewer").get(f"/cases/{uid}").text)
    assert "复核结果变更" in told
    assert "审定结果" not in told
    assert "变更的项：生效日期：更正为，2026年9月18日" in told
    assert "2026-09-18" not in told

"""样张: what a step would make is read before it is taken, and nothing of it stays (R28, R142; issue 3 item 8)."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, MetaData, select

from app.clock import MovableClock
from app.documents.context import NoticeContext
from app.documents.text import notice_text
from app.services.commands import TakeStep
from app.services.preview import preview_step
from app.services.specimens import Specimen
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.kit.errors import FormIncomplete, GuardRefused, NotFound, NotPermitted, Stale

DECISION = {"reasons": "事实清楚，依据充分"}


def whole(engine: Engine) -> dict[str, list[Any]]:
    """Every row of every table."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in metadata.sorted_tables
        }


def previewed(world: World, who: str, step: str, case: str, form: dict[str, Any]) -> tuple[Specimen, ...]:
    return preview_step(world.backend, TakeStep(step, world[who], form, case=case), world.clock())


def answered(world: World) -> str:
    """An objection that lies before the approver with a proposal."""
    objection = world.objection_in("answered")
    world.take("officer", "propose", objection, step="decide", form=DECISION, opinion="拟同意")
    return objection


def test_a_preview_says_what_the_step_then_makes_and_writes_nothing(world: World) -> None:
    """R28, R142: the text before signing is that of the signed notice, number and code apart; no row changes."""
    objection = answered(world)
    before = whole(world.backend.engine)
    seen = previewed(world, "approver", "decide", objection, DECISION)
    assert whole(world.backend.engine) == before
    assert [(item.title, item.signed) for item in seen] == [
        ("异议处理结果告知书", True),
        ("异议处理结果告知书", True),
        ("政务失信记录更正告知书", True),
    ]
    assert [item.recipient for item in seen] == ["王测试同志", "示例乙局", "王测试同志"]
    world.take("approver", "decide", objection, **DECISION)
    record = next(case.uid for case in world.dossier(objection) if case.kind == "record")
    signed = [*world.notices(objection, "objection_decision"), *world.notices(record, "record_correction")]
    made = [NoticeContext.from_json(notice.context) for notice in signed]
    assert [bare(item.text) for item in seen] == [bare(notice_text(context)) for context in made]


def bare(text: str) -> list[str]:
    """The words of a sheet without its number, code, and the mark of a specimen."""
    kept = [
        line
        for line in text.splitlines()
        if not re.match(r"样　张|未签发|文书核验码|扫描二维码|示信用.*号$|（签发时编号）", line)
    ]
    return [re.sub(r"（编号：[^）]*）", "", line) for line in kept]


def test_a_preview_draws_no_number(world: World) -> None:
    """R28: the row of numbers stays gapless however often somebody looks."""
    objection = answered(world)
    for _ in range(3):
        previewed(world, "approver", "decide", objection, DECISION)
    world.take("approver", "decide", objection, **DECISION)
    numbers = [notice.number for notice in world.notices(objection, "objection_decision")]
    assert numbers == ["示信用异告〔2026〕1号", "示信用异告〔2026〕2号"]


def test_a_specimen_is_marked_and_cannot_be_verified(world: World) -> None:
    """R28: 样张 on the sheet, no number, no code, no address to verify at."""
    objection = answered(world)
    for item in previewed(world, "approver", "decide", objection, DECISION):
        context = NoticeContext.from_json(item.context)
        assert (context.number, context.code, context.verify_url) == ("", "", "")
        assert "样　张" in item.text
        assert "未签发" in item.text
        assert "核验码" not in item.text


def test_a_preview_is_for_whom_the_step_is(world: World) -> None:
    """R133: who may not take the step may not read what it would make; refusals are those of the step."""
    objection = answered(world)
    before = whole(world.backend.engine)
    with pytest.raises(NotPermitted):
        previewed(world, "officer", "decide", objection, DECISION)
    with pytest.raises(NotFound):
        previewed(world, "other_clerk", "decide", objection, DECISION)
    with pytest.raises(FormIncomplete):
        previewed(world, "approver", "decide", objection, {"reasons": ""})
    with pytest.raises(Stale):
        preview_step(
            world.backend,
            TakeStep("decide", world["approver"], DECISION, case=objection, expected_version=1),
            world.clock(),
        )
    assert whole(world.backend.engine) == before


def test_a_guard_refuses_the_preview_too(world: World) -> None:
    """R142: what the step would not allow is not shown as if it would."""
    objection = world.objection_in("answered")
    with pytest.raises(GuardRefused):
        previewed(
            world,
            "approver",
            "decide",
            objection,
            {**DECISION, "verdicts": {"facts": {"verdict": "更正为", "value": "x"}}},
        )


def test_a_draft_for_another_signer_says_so(world: World) -> None:
    """R142: what the step only drafts waits for its signer."""
    record = world.record_in("listed")
    world.objection_in("verifying", record)
    form = {"reason": "原处分决定已被撤销", "document": "示处撤〔2026〕1号"}
    world.take("clerk", "draft_annulment", record, **form)
    world.take("head", "report_annulment", record)
    seen = previewed(world, "approver", "annul", record, form)
    by_title = {item.title: item.signed for item in seen}
    assert by_title["撤销政务失信记录告知书"]
    assert not by_title["终止办理告知书"]


# ---------------------------------------------------------------------------------------------------------- pages


@pytest.fixture
def district(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def _form(page: str, act: str) -> dict[str, str]:
    form = next(part for part in page.split("<form ")[1:] if f'name="form" value="{act}"' in part).split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))


def test_the_page_shows_the_approver_what_he_signs(app: Flask, district: World) -> None:
    """R142: whoever agrees to a proposal reads the notices on the form itself, without a click."""
    objection = answered(district)
    page = text_of(client_of(app, "approver").get(f"/cases/{objection}").text)
    assert "文书样张：《异议处理结果告知书》，致王测试同志" in page
    assert "事实清楚，依据充分" in page
    assert district.state(objection) == "answered"


def test_the_preview_keeps_what_was_typed(app: Flask, district: World) -> None:
    """R142: the button shows the text with the typed values and leaves the step untaken."""
    objection = answered(district)
    approver = client_of(app, "approver")
    sent = {
        **_form(approver.get(f"/cases/{objection}").text, "decide"),
        "decide-reasons": "损失没有凭证，失信程度适当",
        "decide-departure_reason": "补充理由",
    }
    answer = approver.post(f"/cases/{objection}/steps/decide", data={**sent, "preview": "text"})
    assert answer.status_code == 200
    assert answer.text.count("损失没有凭证，失信程度适当") >= 3
    sheet = approver.post(f"/cases/{objection}/steps/decide", data={**sent, "preview": "0"})
    assert sheet.status_code == 200
    assert "样　张" in sheet.get_data(as_text=True)
    assert district.state(objection) == "answered"
    assert district.notices(objection, "objection_decision") == []


@pytest.mark.parametrize("place", ["9", "-1", "x", "²"])
def test_no_such_specimen(app: Flask, district: World, place: str) -> None:
    """R133: a place that nobody offered is not found, never an incident."""
    objection = answered(district)
    approver = client_of(app, "approver")
    sent = {**_form(approver.get(f"/cases/{objection}").text, "decide"), "decide-reasons": DECISION["reasons"]}
    answer = approver.post(f"/cases/{objection}/steps/decide", data={**sent, "preview": place})
    assert answer.status_code == 404


def test_a_preview_of_an_incomplete_form_says_what_is_missing(app: Flask, district: World) -> None:
    """R142: refused like the step, in Chinese, at the field."""
    objection = answered(district)
    approver = client_of(app, "approver")
    sent = {**_form(approver.get(f"/cases/{objection}").text, "decide"), "decide-reasons": ""}
    answer = approver.post(f"/cases/{objection}/steps/decide", data={**sent, "preview": "text"})
    assert answer.status_code == 422
    assert "理由" in text_of(answer.text)


def test_a_draft_can_be_read_as_a_marked_sheet(app: Flask, district: World) -> None:
    """R142: the signer of a draft opens its specimen; whoever may not see the draft gets nothing."""
    record = district.record_in("listed")
    objection = district.objection_in("verifying", record)
    form = {"reason": "原处分决定已被撤销", "document": "示处撤〔2026〕1号"}
    district.take("clerk", "draft_annulment", record, **form)
    district.take("head", "report_annulment", record)
    district.take("approver", "annul", record, **form)
    (draft,) = district.notices(objection, "termination_notice")
    answer = client_of(app, "approver").get(f"/documents/{draft.uid}/specimen.pdf")
    assert "样　张" in answer.get_data(as_text=True)
    assert client_of(app, "subject").get(f"/documents/{draft.uid}/specimen.pdf").status_code == 404

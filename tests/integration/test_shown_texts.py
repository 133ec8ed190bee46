"""A signature holds the text that its signer was shown; who proposes or drafts reads what he brings about (R142)."""

from datetime import timedelta

import pytest
from flask import Flask

from app.clock import MovableClock
from app.database import write_transaction
from app.models.people import PostHolding
from app.services.commands import TakeStep
from app.services.preview import preview_step
from app.services.specimens import mark_of
from app.services.steps import take_step
from tests.support.act_forms import form_on, send
from tests.support.paths import order_form
from tests.support.waiting_sheets import drafted
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.kit.errors import GuardRefused, TextChanged
from workflows.roles import Post

DECISION = {"reasons": "事实清楚，依据充分"}
CHANGED = "文书内容在您阅看之后有变化"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the two databases."""
    return sqlite_url


@pytest.fixture
def district(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def proposed(world: World) -> str:
    """An objection that lies before the approver with a proposal."""
    objection = world.objection_in("answered")
    world.take("officer", "propose", objection, step="decide", form=DECISION, opinion="拟同意")
    return objection


def test_a_step_holds_the_texts_that_its_taker_was_shown(world: World) -> None:
    """Trust T3, R142: judged inside the transaction."""
    objection = proposed(world)
    command = TakeStep("decide", world["approver"], DECISION, case=objection)
    mark = mark_of(item.text for item in preview_step(world.backend, command, world.clock()))
    world.clock.set(world.clock() + timedelta(days=1))
    with pytest.raises(TextChanged):
        take_step(world.backend, TakeStep(**{**vars(command), "shown": mark}), world.clock())
    assert world.state(objection) == "answered"
    mark = mark_of(item.text for item in preview_step(world.backend, command, world.clock()))
    take_step(world.backend, TakeStep(**{**vars(command), "shown": mark}), world.clock())
    assert world.state(objection) == "decided"


def test_who_proposes_is_shown_what_would_be_signed(world: World) -> None:
    """R142: the letter of the proposed decision, as the approver would sign it; nothing stays."""
    objection = world.objection_in("answered")
    command = TakeStep(
        "propose", world["officer"], {"step": "decide", "form": DECISION, "opinion": "拟同意"}, case=objection
    )
    seen = preview_step(world.backend, command, world.clock())
    assert seen[0].title == "异议处理结果告知书"
    assert "事实清楚，依据充分" in seen[0].text
    assert world.notices(objection, "objection_decision") == []
    take_step(world.backend, command, world.clock())
    decide = TakeStep("decide", world["approver"], DECISION, case=objection)
    assert [item.text for item in preview_step(world.backend, decide, world.clock())] == [item.text for item in seen]


def test_a_proposal_that_opens_a_case_shows_its_order(world: World) -> None:
    """R53, R142: 责令整改 is proposed on the record; its letter belongs to a case that does not exist yet."""
    record = world.record_in("listed", "unit")
    form = {"step": "order", "form": order_form(), "opinion": "拟同意"}
    command = TakeStep("propose", world["officer"], form, case=record)
    (seen,) = preview_step(world.backend, command, world.clock())
    assert seen.title == "限期整改通知书"
    assert world.children(record, "rectification") == []


def test_without_anybody_in_the_post_the_preview_says_so(world: World) -> None:
    """R142: refused in words, not shown as if somebody could sign."""
    objection = world.objection_in("verifying")
    form = {"verdicts": {"facts": {"verdict": "维持"}}, "explanation": "记载与来源文书一致。"}
    command = TakeStep("draft_answer", world["clerk"], form, case=objection)
    (letter,) = preview_step(world.backend, command, world.clock())
    assert letter.title == "异议核查情况反馈函"
    end_posts(world, "head")
    with pytest.raises(GuardRefused, match="没有可以办理“反馈核查结果”的"):
        preview_step(world.backend, command, world.clock())


def end_posts(world: World, role: str) -> None:
    with write_transaction(world.backend.sessions) as session:
        for post in session.query(PostHolding).filter_by(user_id=world[role].user_id):
            assert post.post == Post.HEAD.value
            post.until_on = world.today - timedelta(days=1)


# ---------------------------------------------------------------------------------------------------------- pages


def test_an_agreement_to_a_text_that_changed_is_refused_and_shows_the_new_one(app: Flask, district: World) -> None:
    """Access review: 同意 compared versions only, not the text beside it."""
    objection = proposed(district)
    client = client_of(app, "approver")
    sent = form_on(client.get(f"/cases/{objection}").text, "decide")
    district.clock.set(district.clock() + timedelta(days=1))
    client = client_of(app, "approver")
    answer = client.post(f"/cases/{objection}/steps/decide", data=sent)
    assert answer.status_code == 409
    assert CHANGED in text_of(answer.text)
    again = form_on(answer.text, "decide")
    assert again["shown"] != sent["shown"]
    assert district.state(objection) == "answered"
    assert client.post(f"/cases/{objection}/steps/decide", data=again).status_code == 303
    assert district.state(objection) == "decided"


def test_who_writes_on_after_reading_is_not_held_to_what_he_read(app: Flask, district: World) -> None:
    """He changes the text himself, and gives his reason for departing from the proposal."""
    objection = proposed(district)
    words = {"decide-reasons": "另有凭证证明", "decide-departure_reason": "补充理由"}
    assert send(client_of(app, "approver"), objection, "decide", **words).status_code == 303
    assert district.state(objection) == "decided"


def test_a_single_signature_holds_the_text_of_the_draft(app: Flask, district: World) -> None:
    """Access review: 签发 compared versions only; a form that was never shown a text signs nothing."""
    (notice,) = drafted(district, 1)
    client = client_of(app, "approver")
    for shown in ("", "0" * 32):
        answer = send(client, notice.uid, "sign", shown=shown)
        assert answer.status_code == 409
        assert CHANGED in text_of(answer.text)
        assert district.state(notice.uid) == "drafted"
    assert send(client, notice.uid, "sign").status_code == 303
    assert district.state(notice.uid) == "sealing"


def test_the_letter_follows_the_typing(app: Flask, district: World) -> None:
    """Interface 7: a part of the page, with the letter or with what is still missing for it; nothing is written."""
    objection = district.objection_in("verifying")
    client = client_of(app, "clerk")
    answer = send(client, objection, "draft_answer", preview="live")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "填写以下内容后显示文书样张：" in text_of(answer.text)
    told = {"draft_answer-verdicts-facts-verdict": "keep", "draft_answer-explanation": "记载与来源文书一致。"}
    answer = send(client, objection, "draft_answer", preview="live", **told)
    assert "异议核查情况反馈函" in text_of(answer.text)
    assert "记载与来源文书一致。" in answer.text
    assert 'name="shown"' not in answer.text
    assert district.state(objection) == "verifying"
    assert (
        client_of(app, "other_clerk")
        .post(f"/cases/{objection}/steps/draft_answer", data={"preview": "live"})
        .status_code
        == 404
    )

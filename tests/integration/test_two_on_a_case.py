"""Two people on one case (design: interface): the slower one reads who moved it, when and how, and keeps his text."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.clock import MovableClock
from app.settings import Settings
from tests.integration.test_case_pages import hidden
from tests.support.application import settings_for
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World

TYPED = "与原始凭证一致，记载无误。"
VERDICT = {"facts": {"verdict": "keep"}}


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return settings_for(sqlite_url, tmp_path / "kept")


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def case(world: World) -> str:
    return world.objection_in("verifying")


def test_the_slower_one_reads_who_when_and_what_and_gets_his_text_back(app: Flask, world: World, case: str) -> None:
    """R35: the act is over; the page names the step, its taker and its time, and leads to the new state."""
    client = client_of(app, "clerk")
    form = hidden(client.get(f"/cases/{case}").text, "draft_answer")
    world.clock.advance(timedelta(minutes=25))
    world.take("clerk", "draft_answer", case, verdicts=VERDICT, explanation="另一窗口所写")
    typed = {**form, "draft_answer-verdicts-facts-verdict": "keep", "draft_answer-explanation": TYPED, "key": "other"}
    answer = client.post(f"/cases/{case}/steps/draft_answer", data=typed)
    assert answer.status_code == 409
    seen = text_of(answer.text)
    assert "李测试" in seen
    assert "09:25" in seen
    assert "拟定核查意见" in seen
    assert TYPED in answer.text
    assert f'href="/cases/{case}"' in answer.text


def test_where_the_act_is_still_possible_the_form_comes_back_with_the_note(app: Flask, world: World, case: str) -> None:
    client = client_of(app, "clerk")
    form = hidden(client.get(f"/cases/{case}").text, "draft_answer")
    world.take("head", "request_extension", case, reason="情况复杂，需要外调核实。", days=3)
    typed = {**form, "draft_answer-verdicts-facts-verdict": "keep", "draft_answer-explanation": TYPED}
    answer = client.post(f"/cases/{case}/steps/draft_answer", data=typed)
    assert answer.status_code == 409
    assert f">\n{TYPED}</textarea>" in answer.text
    assert "赵测试" in text_of(answer.text)
    assert "申请延期" in text_of(answer.text)


def test_an_open_page_hears_of_it_and_reads_no_more_than_it_may(app: Flask, world: World, case: str) -> None:
    """What a provider drafts is not the objector's to read: he hears that the case moved, and nothing of the step."""
    version = world.case(case).version
    where = f"/cases/{case}/moved?version={version}"
    clerk, subject = client_of(app, "clerk"), client_of(app, "subject")
    assert clerk.get(where).status_code == 204
    world.take("clerk", "draft_answer", case, verdicts=VERDICT, explanation="拟稿内容")
    assert "李测试" in clerk.get(where).text
    heard = subject.get(where)
    assert heard.status_code == 200
    assert "李测试" not in heard.text
    assert "拟定核查意见" not in heard.text
    assert client_of(app, "other_clerk").get(where).status_code == 404


def test_an_open_page_does_not_keep_its_session_alive(app: Flask, world: World, case: str) -> None:
    """trust 1.4: idleness is what the person does, not what his page asks by itself."""
    client = client_of(app, "clerk")
    for _ in range(4):
        world.clock.advance(timedelta(minutes=10))
        client.get(f"/cases/{case}/moved?version=99")
    assert client.get(f"/cases/{case}").status_code == 302

"""A form that is sent when its session is over comes back to its owner and to nobody else (design: interface)."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clock import MovableClock
from app.extensions import Installation
from app.models.entry import KeptForm
from app.models.history import DraftRow
from app.services.kept_forms import KEPT
from app.settings import Settings
from tests.integration.test_case_pages import hidden
from tests.support import uploads
from tests.support.application import settings_for
from tests.support.web_world import PASSWORD, client_of, text_of, world_on
from tests.support.world import World

TYPED = "写了很久的一段核查说明。"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return settings_for(sqlite_url, tmp_path / "kept")


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def case(world: World) -> str:
    return world.objection_in("verifying")


def kept_rows(app: Flask) -> list[KeptForm]:
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        return list(session.scalars(select(KeptForm)))


def send_after_the_end(client: FlaskClient, case: str, typed: str = TYPED, **more: object) -> TestResponse:
    """Open the page, lose the session elsewhere, and send the form."""
    form = hidden(client.get(f"/cases/{case}").text, "draft_answer")
    client.post("/sign-out")
    data = {**form, "draft_answer-explanation": typed, **more}
    return client.post(f"/cases/{case}/steps/draft_answer", data=data, content_type="multipart/form-data")


def way_back(page: str) -> str:
    found = re.search(r'name="next" value="(/kept/[\w-]+)"', page)
    assert found is not None
    return found[1]


def sign_in(client: FlaskClient, role: str, goal: str) -> TestResponse:
    return client.post("/sign-in", data={"login": role, "password": PASSWORD, "next": goal})


def test_a_form_of_a_case_comes_back_filled_in_and_unsent(app: Flask, world: World, case: str) -> None:
    client = client_of(app, "clerk")
    answer = send_after_the_end(client, case)
    assert answer.status_code == 401
    assert "登录后自动填回原表单" in answer.text
    assert TYPED not in answer.text
    goal = way_back(answer.text)
    assert sign_in(client, "clerk", goal).location == goal
    back = client.get(goal)
    assert back.location == f"/cases/{case}?act=draft_answer#act-draft_answer"
    page = client.get(back.location).text
    assert f">\n{TYPED}</textarea>" in page
    assert "尚未提交。请核对后提交" in page
    assert world.state(case) == "verifying"
    assert kept_rows(app) == []


def test_an_application_and_a_record_come_back(app: Flask, world: World) -> None:
    record = world.record_in("listed")
    client = client_of(app, "subject")
    mark = re.search(r'name="drawn_for" value="([^"]+)"', client.get(f"/credit/records/{record}/objection").text)
    assert mark is not None
    client.post("/sign-out")
    form = {"drawn_for": mark[1], "field": "facts", "ground-facts": "error", "reason": TYPED}
    goal = way_back(client.post(f"/credit/records/{record}/objection", data=form).text)
    sign_in(client, "subject", goal)
    assert client.get(goal).location == f"/credit/records/{record}/objection"
    assert TYPED in client.get(f"/credit/records/{record}/objection").text
    assert world.children(record, "objection") == []


def test_it_comes_back_to_nobody_else(app: Flask, world: World, case: str) -> None:
    """Never to another person: not through the address, not after signing in on the same browser."""
    client = client_of(app, "clerk")
    goal = way_back(send_after_the_end(client, case).text)
    for role in ("head", "officer", "subject"):
        other = client_of(app, role)
        assert other.get(goal).status_code == 404
    sign_in(client, "head", goal)
    answer = client.get(goal)
    assert answer.status_code == 404
    assert TYPED not in answer.text
    assert world.rows(DraftRow) == []
    assert len(kept_rows(app)) == 1


def test_what_is_kept_is_sealed_and_goes_after_a_day(app: Flask, world: World, case: str) -> None:
    client = client_of(app, "clerk")
    goal = way_back(send_after_the_end(client, case).text)
    [row] = kept_rows(app)
    assert TYPED not in row.sealed
    assert goal.removeprefix("/kept/") not in row.token_hash
    world.clock.advance(KEPT + timedelta(seconds=1))
    sign_in(client, "clerk", goal)
    assert client.get(goal).status_code == 404


def test_a_form_without_a_believable_mark_is_given_back_on_the_spot(app: Flask, world: World, case: str) -> None:
    """Nobody lays text before somebody else by sending a form in his name."""
    client = client_of(app, "clerk")
    answer = send_after_the_end(client, case, drawn_for="forged")
    assert answer.status_code == 401
    assert TYPED in answer.text
    assert kept_rows(app) == []


def test_files_are_said_to_be_missing_by_name(app: Flask, world: World, case: str) -> None:
    client = client_of(app, "clerk")
    file: dict[str, Any] = {"draft_answer-files-upload": (io.BytesIO(uploads.PDF), "凭证.pdf")}
    answer = send_after_the_end(client, case, **file)
    assert "附件没有保留，请重新选择：凭证.pdf" in answer.text
    goal = way_back(answer.text)
    sign_in(client, "clerk", goal)
    assert "请重新选择：凭证.pdf" in client.get(goal, follow_redirects=True).text


def test_a_form_of_an_older_session_comes_back_to_the_same_person(app: Flask, world: World, case: str) -> None:
    """Signed in anew in another window: the token of the page is void, the person is the same, nothing is lost."""
    client = client_of(app, "clerk")
    app.config["WTF_CSRF_ENABLED"] = True
    form = hidden(client.get(f"/cases/{case}").text, "draft_answer")
    data = {**form, "csrf_token": "void", "draft_answer-explanation": TYPED}
    answer = client.post(f"/cases/{case}/steps/draft_answer", data=data)
    assert answer.status_code == 303
    back = client.get(answer.location)
    assert TYPED in client.get(back.location).text
    assert world.state(case) == "verifying"


def test_text_of_another_person_is_not_shown_to_whoever_sits_there_now(app: Flask, world: World, case: str) -> None:
    first = client_of(app, "clerk")
    form = hidden(first.get(f"/cases/{case}").text, "draft_answer")
    second = client_of(app, "head")
    app.config["WTF_CSRF_ENABLED"] = True
    data = {**form, "csrf_token": "void", "draft_answer-explanation": TYPED}
    answer = second.post(f"/cases/{case}/steps/draft_answer", data=data)
    assert answer.status_code == 400
    assert TYPED not in answer.text
    assert len(kept_rows(app)) == 1


def test_no_password_is_ever_kept(app: Flask, world: World) -> None:
    client = client_of(app, "clerk")
    mark = re.search(r'name="drawn_for" value="([^"]+)"', client.get("/account").text)
    assert mark is not None
    client.post("/sign-out")
    form = {"drawn_for": mark[1], "password": PASSWORD, "new_password": "Gengxin-2027", "new_password_again": "x"}
    answer = client.post("/account/password", data=form)
    assert answer.status_code == 401
    assert "Gengxin" not in answer.text
    assert kept_rows(app) == []


def test_another_form_gives_its_text_to_copy(app: Flask, world: World, case: str) -> None:
    client = client_of(app, "officer")
    mark = re.search(r'name="drawn_for" value="([^"]+)"', client.get(f"/cases/{case}").text)
    assert mark is not None
    client.post("/sign-out")
    headers = {"Referer": f"http://localhost/cases/{case}"}
    form = {"drawn_for": mark[1], "reason": "与当事人有近亲属关系。"}
    goal = way_back(client.post(f"/cases/{case}/recusal", data=form, headers=headers).text)
    sign_in(client, "officer", goal)
    page = client.get(goal).text
    assert "与当事人有近亲属关系。" in text_of(page)
    assert f'href="/cases/{case}"' in page


def test_a_page_that_saves_by_itself_says_that_the_session_is_over(app: Flask, world: World, case: str) -> None:
    client = client_of(app, "clerk")
    form = hidden(client.get(f"/cases/{case}").text, "draft_answer")
    client.post("/sign-out")
    answer = client.post(f"/cases/{case}/steps/draft_answer/draft", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.text.count("<") == 2
    assert "登录已失效" in answer.text


def test_a_large_form_of_somebody_unknown_is_not_read_and_that_is_said(app: Flask) -> None:
    """Trust 1.10: nobody who has not signed in makes the server read megabytes; he is told how to save his text."""
    data = {"text": "很长的一段理由。", "sheet": (io.BytesIO(bytes(2 * 1024 * 1024)), "证明.pdf")}
    answer = app.test_client().post("/records/new", data=data, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "没有提交，也没有保留" in answer.text
    assert "浏览器的“后退”" in answer.text
    assert 'href="/sign-in"' in answer.text

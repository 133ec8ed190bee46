"""Refusals at the edge: a page for people, a problem document (RFC 9457) for programs, and nothing lost."""

from datetime import date

import pytest
from flask import Flask, abort
from flask_login import login_required

from workflows.kit.errors import (
    FieldError,
    FormIncomplete,
    GuardRefused,
    NotFound,
    NotPermitted,
    Refusal,
    Stale,
    UnmetGuard,
    WrongState,
)

REFUSALS: dict[str, Refusal] = {
    "not-found": NotFound(),
    "wrong-state": WrongState("受理", "已办结"),
    "not-permitted": NotPermitted("审定", "信用管理部门审批人"),
    "stale": Stale("李测试"),
    "incomplete": FormIncomplete((FieldError("fields.0.ground", "异议理由", "尚未填写"),)),
    "unmet": GuardRefused((UnmetGuard("old_enough", "公示已满最短期限", "公示未满六个月", date(2027, 3, 18)),)),
}
JSON = {"Accept": "application/json"}


@pytest.fixture
def refusing(app: Flask) -> Flask:
    """An application with one address per refusal, and one that needs a sign-in."""

    @app.route("/refuse/<name>", methods=["GET", "POST"])
    def refuse(name: str) -> str:
        raise REFUSALS[name]

    @app.route("/own", methods=["GET", "POST"])
    @login_required
    def own() -> str:
        return "own"

    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.mark.parametrize("name", REFUSALS)
def test_people_get_a_page_with_the_reason(refusing: Flask, name: str) -> None:
    answer = refusing.test_client().get(f"/refuse/{name}")
    assert answer.status_code == REFUSALS[name].status
    assert answer.mimetype == "text/html"
    assert REFUSALS[name].message in answer.text
    assert "<title>错误：" in answer.text


@pytest.mark.parametrize("name", REFUSALS)
def test_programs_get_a_problem_document(refusing: Flask, name: str) -> None:
    answer = refusing.test_client().get(f"/refuse/{name}", headers=JSON)
    content = answer.get_json(force=True)
    assert answer.content_type == "application/problem+json"
    assert answer.status_code == content["status"] == REFUSALS[name].status
    assert content["code"] == REFUSALS[name].code
    assert content["detail"] == REFUSALS[name].message
    assert content["instance"] == f"/refuse/{name}"


def test_a_problem_names_fields_and_first_possible_days(refusing: Flask) -> None:
    client = refusing.test_client()
    errors = client.get("/refuse/incomplete", headers=JSON).get_json(force=True)["errors"]
    unmet = client.get("/refuse/unmet", headers=JSON).get_json(force=True)["unmet"]
    assert errors == [{"field": "fields.0.ground", "label": "异议理由", "message": "尚未填写"}]
    assert (unmet[0]["guard"], unmet[0]["possible_on"]) == ("old_enough", "2027-03-18")


def test_an_unknown_address_is_a_problem_too(refusing: Flask) -> None:
    answer = refusing.test_client().get("/nowhere", headers=JSON)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (404, "not_found")


def test_a_page_refused_for_a_stale_case_gives_the_typed_text_back_but_never_a_password(refusing: Flask) -> None:
    typed = {"reason": "很长的一段理由", "password": "Geheim-2026", "csrf_token": "abc", "fields-": ""}
    answer = refusing.test_client().post("/refuse/stale", data=typed)
    assert answer.status_code == 409
    assert "很长的一段理由" in answer.text
    assert "Geheim-2026" not in answer.text


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(refusing: Flask) -> None:
    answer = refusing.test_client().get("/own?tab=2")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/own?tab%3D2")


def test_a_form_sent_after_the_session_ended_is_not_lost(refusing: Flask) -> None:
    answer = refusing.test_client().post("/own", data={"reason": "写了很久"})
    assert answer.status_code == 401
    assert "写了很久" in answer.text


def test_a_program_without_sign_in_is_told_so(refusing: Flask) -> None:
    answer = refusing.test_client().post("/own", headers=JSON)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (401, "sign_in_first")


def test_a_request_that_is_too_large_is_answered_not_crashed(refusing: Flask) -> None:
    refusing.config["MAX_CONTENT_LENGTH"] = 1000
    refusing.config["WTF_CSRF_ENABLED"] = True
    answer = refusing.test_client().post("/refuse/stale", data={"reason": "字" * 2000})
    assert answer.status_code == 413
    assert "单个文件不得超过20MB" in answer.text


def test_a_form_without_its_token_is_refused(refusing: Flask) -> None:
    refusing.config["WTF_CSRF_ENABLED"] = True
    answer = refusing.test_client().post("/sign-in", data={"login": "a", "password": "b"})
    assert answer.status_code == 400
    assert "页面已过期，内容未提交" in answer.text


def test_the_method_an_address_does_not_know_is_answered_with_those_it_knows(refusing: Flask) -> None:
    answer = refusing.test_client().get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_any_other_bad_request_says_so(refusing: Flask) -> None:
    @refusing.get("/teapot")
    def teapot() -> str:
        abort(418)

    answer = refusing.test_client().get("/teapot")
    assert answer.status_code == 418
    assert "请求有误，未能处理" in answer.text

"""表格: what a party hands in on paper, blank or filled in (R33, R48; issue 3 item 1)."""

import io
import re

import pytest
from flask import Flask
from pypdf import PdfReader

from app.clock import MovableClock
from app.documents.blank_forms import FilledForm, form_pdf, form_text
from app.documents.fonts import missing_glyphs
from app.documents.render import Renderer
from app.documents.text import TEMPLATES
from tests.support.notice_reading import marks_of
from tests.support.web_world import client_of, world_on
from tests.support.world import World
from workflows.blank_forms import FORMS
from workflows.catalogue import NOTICES
from workflows.registry import WORKFLOWS


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def test_each_form_is_one_row_and_one_file() -> None:
    """Issue 3, 1: the catalogue of forms and their files are the same set, apart from the notices."""
    assert {path.stem for path in (TEMPLATES / "forms").glob("*.html")} == set(FORMS)
    assert all(set(row.goes_with) <= set(WORKFLOWS) for row in FORMS.values())
    assert not {row.title for row in FORMS.values()} & {row.title for row in NOTICES.values()}


@pytest.mark.parametrize("key", FORMS)
@pytest.mark.parametrize("known", [{}, {"name": "王测试", "tasks": ["兑现承诺"], "fields": []}])
def test_a_form_reads_as_an_office_words_it(key: str, known: dict[str, object]) -> None:
    """R33: full-width marks, no value shown as code, every character with a glyph, whether blank or filled in."""
    text = form_text(FilledForm(key, "示范区信用管理办公室" if known else "", known))
    assert FORMS[key].title in text
    assert marks_of(text, text.splitlines()) == []
    assert missing_glyphs(text) == set()
    assert "签名" in text


def test_what_is_filled_in_is_never_markup() -> None:
    """1.9: a name or a task stays text."""
    text = form_text(FilledForm("explanation", "", {"name": "<b>甲</b>{{7*7}}", "tasks": ["<script>"]}))
    assert "<b>甲</b>{{7*7}}" in text
    assert "<script>" in text


def test_forms_fit_a_page_and_are_the_same_bytes_again() -> None:
    """R33: one sheet of paper each; equal values give equal bytes."""
    with Renderer() as renderer:
        for key in FORMS:
            made = form_pdf(FilledForm(key, "示范区信用管理办公室"), renderer)
            assert len(PdfReader(io.BytesIO(made)).pages) == 1, key
        assert made == form_pdf(FilledForm(key, "示范区信用管理办公室"), renderer)


def test_blank_forms_are_open_to_everybody(app: Flask, world: World) -> None:
    """R48: whoever has no account finds them; they name the office and nobody else."""
    client = app.test_client()
    page = client.get("/forms").text
    for row in FORMS.values():
        assert row.title in page
        answer = client.get(f"/forms/{row.key}.pdf")
        assert answer.status_code == 200
        assert "王测试" not in answer.get_data(as_text=True)
    assert "示范区信用管理办公室" in client.get("/forms/objection.pdf").get_data(as_text=True)
    assert client.get("/forms/nothing.pdf").status_code == 404


def test_a_form_is_filled_in_from_the_case_for_whoever_may_see_it(app: Flask, world: World) -> None:
    """R33: number, provider and behaviour of the record; for everybody else there is no such case."""
    record = world.record_in("listed")
    subject = client_of(app, "subject")
    text = subject.get(f"/forms/objection.pdf?case={record}").get_data(as_text=True)
    for word in ("王测试", "示信记〔2026〕1号", "示例乙局", "行政审批失职渎职"):
        assert word in text
    assert client_of(app, "other_clerk").get(f"/forms/objection.pdf?case={record}").status_code == 404
    assert app.test_client().get(f"/forms/objection.pdf?case={record}").status_code == 404
    assert subject.get(f"/forms/explanation.pdf?case={record}").status_code == 404


def test_what_was_typed_stands_on_the_paper(app: Flask, world: World) -> None:
    """R33: a saved draft is printed, field by field."""
    record = world.record_in("listed")
    subject = client_of(app, "subject")
    typed = {
        "field": "severity",
        "ground-severity": "error",
        "wanted-severity": "轻微",
        "reason": "情节轻微",
        "act": "save",
    }
    assert subject.post(f"/credit/records/{record}/objection", data=typed).status_code in {200, 303}
    text = subject.get(f"/forms/objection.pdf?case={record}").get_data(as_text=True)
    assert re.search(r"失信程度｜一般｜☑错误　□遗漏.*｜轻微", text)
    assert "情节轻微" in text
    assert f"/forms/objection.pdf?case={record}" in subject.get(f"/credit/records/{record}/objection").text


def test_the_plan_of_a_rectification_lists_what_was_ordered(app: Flask, world: World) -> None:
    """R12: 书面说明（整改方案） with number of the order, problems and tasks."""
    case = world.rectification_in("explaining")
    text = client_of(app, "staff").get(f"/forms/explanation.pdf?case={case}").get_data(as_text=True)
    for word in ("示信用整改〔2026〕1号", "逾期未兑现承诺，造成损失", "兑现承诺", "建立台账"):
        assert word in text
    assert "书面说明（整改方案）" in client_of(app, "staff").get(f"/cases/{case}").text

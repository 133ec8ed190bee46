"""The forms of what is filed from a record: what they say of it, and what they refuse (R33, R48; interface 6)."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import MovableClock
from tests.integration.test_application_pages import address
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World

DISPUTED = {"field": "facts", "ground-facts": "error", "wanted-facts": "未造成损失。", "key": "k-1"}


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def record(world: World) -> str:
    """A listed record about 王测试."""
    return world.record_in("listed")


def send(app: Flask, where: str, **form: object) -> Any:
    return client_of(app, "subject").post(where, data=form, content_type="multipart/form-data")


def test_what_is_recorded_is_told_of_each_field_but_not_of_the_whole_record(
    app: Flask, world: World, record: str
) -> None:
    """R33: of the whole record it says when to tick it; what is not recorded has the same word here and on the case."""
    page = text_of(client_of(app, "subject").get(address(record, "objection")).text)
    assert "认为整条记录不应当存在的，就本项提出" in page
    assert not re.search("现记载：\\s*认为整条记录", page)
    assert re.search("责任人员 对本项提出异议\\s*现记载：\\s*未记载", page)
    filed = world.open("subject", "objection", "submit", record, reason="应当列明", attacks_source_only=False,
                       fields=[{"field": "responsible_persons", "ground": "omission"}]).uid  # fmt: skip
    case = text_of(client_of(app, "subject").get(f"/cases/{filed}").text)
    assert "责任人员遗漏未记载" in case


def test_a_refused_file_hides_no_other_fault(app: Flask, world: World, record: str) -> None:
    """Bad input: everything that is wrong is told at once."""
    form = {**DISPUTED, "reason": "", "files-upload": (io.BytesIO(b"MZ\x90\x00" + b"\0" * 64), "证明.pdf")}
    answer = send(app, address(record), **form)
    assert answer.status_code == 422
    assert "Windows 程序" in answer.text
    assert 'href="#f-reason"' in answer.text


def test_a_correction_in_the_future_is_refused_at_its_field(app: Flask, world: World, record: str) -> None:
    """R48: with what was typed kept."""
    due = world.terms(record)["record.publication_min"].due_on
    assert due is not None
    world.go(due + timedelta(days=1))
    form = {"correction": "将于下月兑现。", "corrected_on": "2030-01-01", "commitment": "true", "key": "k-5"}
    answer = send(app, address(record, "repair"), **form)
    assert answer.status_code == 422
    assert 'id="f-corrected_on-error"' in answer.text
    assert answer.text.count("请填写实际完成纠正的日期，不得晚于今天") == 2
    assert "将于下月兑现。" in answer.text
    assert world.children(record, "repair") == []


def test_a_slight_record_has_no_least_time_of_publication(app: Flask, world: World) -> None:
    """R48: a term of nothing is none: neither the card nor the ledger gives it a last day."""
    record = world.record_in("listed", severity="minor")
    client = client_of(app, "subject")
    assert "最短公示期限" not in text_of(client.get("/credit").text)
    ledger = client.get(f"/cases/{record}?tab=terms").text
    told = text_of(ledger[ledger.index('id="term-record-publication_min') :].split("</section>")[0])
    assert "期限不设 依据" in told
    assert "届满日" not in told

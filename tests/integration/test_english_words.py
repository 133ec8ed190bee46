"""English where one looks and works all day: words as labels, and lists that go out as files."""

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.clock import MovableClock
from app.database import write_transaction
from app.models.people import User
from app.services.step_drafts import save_step_form
from app.web.speaking import CHINESE
from tests.support.english_pages import english, left_in_chinese, own_words
from tests.support.exported import head_of, sheets_in
from tests.support.looking import appoint, dismiss, reading
from tests.support.web_world import text_of, world_on
from tests.support.world import World
from workflows.roles import Post


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the two databases."""
    return sqlite_url


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def sheet_of(content: bytes) -> list[list[Any]]:
    """The rows of the only sheet of a workbook, from its head on."""
    (sheet,) = sheets_in(content)
    return [list(row) for row in sheet.iter_rows(head_of(sheet), values_only=True)]


def test_labels_are_labels(app: Flask, world: World) -> None:
    """A choice, a box and a tab bear words that stand by themselves, not the words of a sentence or of an act."""
    objection = world.objection_in("submitted")
    client = english(app, "officer")
    desk, found, case = (text_of(client.get(path).text) for path in ("/desk", "/cases", f"/cases/{objection}"))
    assert "Any Overdue Nearly due Normal Paused" in desk
    assert "Drafts 0" in desk
    assert "Any Overdue Due today Due within three working days Due this week" in found
    assert re.search(r"Terms \d", case)
    assert "Start" in case
    assert "Begins" not in case


@pytest.mark.parametrize("path", ["/cases/export", "/desk/export"])
def test_a_list_goes_out_in_the_language_of_its_page(app: Flask, world: World, path: str) -> None:
    """Heads and labels are English; names and numbers stay as they are."""
    number = world.case(world.objection_in("submitted")).number
    answer = english(app, "officer").post(path, data={"form": "csv"})
    assert answer.status_code == 200
    as_csv = path == "/cases/export"
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))) if as_csv else sheet_of(answer.data)
    head, *rows = table
    assert not [name for name in head if CHINESE.search(str(name))]
    row = next(row for row in rows if row[0] == number)
    assert "Submitted" in row
    assert "王测试" in row
    if not as_csv:
        (sheet,) = sheets_in(answer.data)
        assert "Unit: 示范区信用管理办公室　　Exported by: 孙测试　　Exported on: " in sheet["A2"].value
        assert {cell.number_format for cells in sheet.iter_rows(4) for cell in cells if cell.is_date} == {"d mmm yyyy"}


@pytest.mark.parametrize("path", ["/cases/export", "/desk/export"])
def test_what_somebody_is_called_is_not_translated_in_a_list(app: Flask, world: World, path: str) -> None:
    """A name goes out as it was written, also where it happens to be a word of ours."""
    world.objection_in("submitted")
    with write_transaction(world.backend.sessions) as session:
        session.execute(update(User).where(User.name == "王测试").values(name="一般"))
        session.execute(update(User).where(User.name == "孙测试").values(name="下载"))
    answer = english(app, "officer").post(path, data={"form": "xlsx"})
    assert {"一般"} == {cell for row in sheet_of(answer.data) for cell in row} & {"一般", "ordinary"}
    (sheet,) = sheets_in(answer.data)
    assert "Exported by: 下载　　" in sheet["A2"].value


def test_what_is_taken_in_again_keeps_its_chinese_head(app: Flask, world: World) -> None:
    """The columns of the import are found by their names."""
    world.record_in("listed")
    head, *_rows = sheet_of(english(app, "clerk").post("/cases/export/records").data)
    assert any("失信" in str(name) or "主体" in str(name) for name in head)


def test_a_hand_over_speaks_english_to_its_end(app: Flask, world: World) -> None:
    """R143: the list, the person, a form that was not filled in, and the result."""
    appoint(world, "other_clerk", world.units["provider"], Post.CLERK)
    case = world.objection_in("verifying")
    with reading(world, "clerk") as reader:
        save_step_form(reader, case, "draft_answer", "draft_answer", "拟定核查意见", {"explanation": ["经核查属实"]})
    dismiss(world, "clerk")
    client, person = english(app, "head"), f"/handover/{world['clerk'].uid}"
    pages = [client.get("/desk"), client.get("/handover"), client.get(person), client.post(person, data={})]
    draft = re.search(r'name="draft" value="([^"]+)"', pages[2].text)
    assert draft
    given = {"draft": draft[1], "taker": world["other_clerk"].uid}
    pages.append(client.post(person, data=given, follow_redirects=True))
    assert "Handed over" in text_of(pages[-1].text)
    assert [left_in_chinese(page.text, own_words()) for page in pages] == [set()] * len(pages)

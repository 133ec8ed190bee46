"""督办看板, 统计 and 月度通报 as pages and files: each number leads to its list, files say what the page says."""

import io
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from types import SimpleNamespace

import pytest
from flask import Flask, get_template_attribute
from flask_babel import force_locale
from openpyxl import load_workbook
from pypdf import PdfReader

from app import create_app
from app.clock import MovableClock
from app.database import migrate
from app.models.base import db
from app.models.history import AccessLog
from app.services.reading.oversight.bulletin import Bulletin, read_bulletin
from app.services.reading.oversight.bulletin_sheet import download_of, sheet_of
from app.services.reading.oversight.calls import Calls
from app.services.reading.oversight.periods import month_of
from app.services.reading.oversight.scope import Outcome
from app.services.reading.reader import reader_of
from tests.support.application import settings_for
from tests.support.application_fixtures import NOW
from tests.support.databases import SqliteSource
from tests.support.exported import rows_in
from tests.support.overseen_world import strew
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.kit.storable import in_words

PAGES = ("/oversight", "/oversight/statistics", "/oversight/statistics?by=week", "/oversight/bulletin?month=2026-08")
LISTS = ("/oversight/duties", "/oversight/acts", "/oversight/cases", "/oversight/bulletin.pdf")


@pytest.fixture(scope="module")
def overseen(
    sqlite_folder: object, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[Flask, World]]:
    """One installation for all these tests: they read only."""
    with SqliteSource(request.getfixturevalue("sqlite_folder"), migrate).database() as url:
        clock = MovableClock(NOW)
        app = create_app(settings_for(url, tmp_path_factory.mktemp("overseen")), clock)
        world = world_on(app, clock)
        strew(world)
        yield app, world
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(overseen: tuple[Flask, World]) -> Flask:
    return overseen[0]


@pytest.fixture
def world(overseen: tuple[Flask, World]) -> World:
    return overseen[1]


def read(world: World, most: int = 500) -> Bulletin:
    with world.backend.sessions() as session:
        reader = reader_of(world.backend, session, world["officer"], world.clock())
        return read_bulletin(reader, month_of(date(2026, 8, 31)), 3, most)


@pytest.mark.parametrize("role", ["officer", "head"])
def test_each_number_leads_to_its_list(app: Flask, role: str) -> None:
    """interface, patterns: every count is a link. Of the many links of these pages every third is followed."""
    client = client_of(app, role)
    links: set[tuple[str, str]] = set()
    for page in PAGES if role == "officer" else PAGES[:3]:
        found = re.findall(r'<a href="(/oversight/(?:duties|acts|cases)[^"]*)"[^>]*>(\d+)</a>', client.get(page).text)
        assert found
        links |= {(unescape(href), number) for href, number in found}
    assert len(links) > 20
    for href, number in sorted(links)[::3]:
        heading = text_of(re.findall(r"<h1>(.*?)</h1>", client.get(href).text, re.DOTALL)[0])
        assert re.search(rf"(?<!\d){number}[项件次]", heading), (href, number, heading)


def test_a_long_list_has_pages_and_filters_that_stand_in_the_address(app: Flask) -> None:
    """Keyset paging: every row once, in order; an impossible period is answered with what is wrong."""
    client, seen, href = client_of(app, "officer"), list[str](), "/oversight/duties?from_on=2025-01-01"
    while href:
        page = client.get(href).text
        assert 'class="chip" href="/oversight/duties"' in page
        seen += re.findall(r'<th scope="row"[^>]*>.*?href="(/cases/[^"]+)"', page)
        more = re.search(r'<p><a href="(/oversight/duties\?[^"]*after=[^"]*)"', page)
        href = unescape(more[1]) if more else ""
    number = re.search(r"（(\d+)项）", text_of(page))
    assert number
    assert len(seen) == int(number[1]) > 50
    wrong = client.get("/oversight/duties?from_on=2026-09-31&kind=objection")
    assert (wrong.status_code, "日期不存在或者格式不对" in wrong.text) == (422, True)
    assert 'value="2026-09-31"' in wrong.text
    assert client.get("/oversight/duties?from_on=2026-09-30&until_on=2026-09-01").status_code == 422
    for odd in (
        "unit=x&after=9.9",
        "standing=x&outcome=y&term=z&ended=2026-13",
        "after=2026-01-01.99999999999999999999",
    ):
        assert client.get(f"/oversight/duties?{odd}").status_code == 200
    for month in ("2026-13", "x", "2099-01", "0000-01"):
        assert "2026年9月" in client.get(f"/oversight/statistics?month={month}").text


def test_the_workbook_says_what_the_page_says(app: Flask, world: World) -> None:
    """P15, R116, R146: units with their numbers and every late duty, all of it text; that it was taken is logged."""
    client, found = client_of(app, "officer"), read(world)
    answer = client.post("/oversight/bulletin/export", data={"month": "2026-08"})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="bulletin-2026-08-')
    book = load_workbook(io.BytesIO(answer.data))
    units, late, carried = book.worksheets
    assert [sheet.title for sheet in book.worksheets] == ["各单位办理情况", "本月逾期事项", "以前月份未办结事项"]
    assert "f" not in {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    rows = [list(row.values()) for row in rows_in(units)]
    expected = [(row.holder.name, row.met) for row in found.units] + [("合计", found.whole)]
    assert [row[:-1] for row in rows] == [
        [name, met.total, *(met.counts[outcome] for outcome in Outcome)] for name, met in expected
    ]
    assert ["—" if row[-1] is None else f"{100 * row[-1]:.1f}%" for row in rows] == [met.rate for _, met in expected]
    for sheet, duties in ((late, found.late), (carried, found.carried)):
        told = rows_in(sheet)
        assert [row["文号"] for row in told] == [duty.number for duty in duties]
        assert [row["逾期工作日"] for row in told] == [duty.days_late for duty in duties]
        assert [row["届满日期"].date() for row in told] == [duty.state.due_on for duty in duties]
        assert sheet["A1"].value == f"政务诚信事项办理情况通报（2026年8月）：{sheet.title}"
        assert f"通报单位：{found.organ}　　截至日期：{in_words(found.as_of)}　　导出人：" in sheet["A2"].value
    page = client.get("/oversight/bulletin?month=2026-08").text
    for name, met in expected:
        cells = re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', page.split("units-table")[1], re.DOTALL)
        assert cells
        told_numbers = [text_of(cell) for cell in re.findall(r"<td>(.*?)</td>", cells[1], re.DOTALL)]
        assert told_numbers == [*(str(met.counts[outcome]) for outcome in Outcome), str(met.total), met.rate]
    assert f"（{found.late_count}项）" in page
    assert units.auto_filter.ref == f"A3:G{3 + len(found.units)}", "the sums are not sorted among the units"
    taken = [(row.act, row.target) for row in world.rows(AccessLog) if row.target.startswith("bulletin")]
    assert taken == [("exported", "bulletin-2026-08")]


def test_the_sheet_says_the_same_and_names_nobody(app: Flask, world: World) -> None:
    """The PDF read back: totals, each unit's line, each case number; no natural person anywhere."""
    found = read(world, most=4)
    made = download_of(sheet_of(found, demo=False), as_pdf=True)
    reader = PdfReader(io.BytesIO(made.content))
    words = "".join(re.sub(r"\s+", "", page.extract_text()) for page in reader.pages)
    counts = found.whole.counts
    assert "政务诚信事项办理情况通报（2026年8月）" in words
    assert f"应办结的期限共{found.whole.total}项" in words
    assert f"按期办结{counts[Outcome.ON_TIME]}项，逾期办结{counts[Outcome.LATE]}项" in words
    assert f"逾期未办结{counts[Outcome.OVERDUE]}项" in words
    assert f"按期办结率{found.whole.rate}" in words
    for row in found.units:
        numbers = [row.met.total, *(row.met.counts[outcome] for outcome in Outcome)]
        assert f"{row.holder.name}{''.join(map(str, numbers))}{row.met.rate}" in words
    assert found.late_count > 4
    assert f"另有{found.late_count - 4}项" in words
    for duty in (*found.late, *found.carried):
        assert duty.number in words
    names = [actor.name for actor in world.people.values()]
    client = client_of(app, "officer")
    page = client.get("/oversight/bulletin?month=2026-08").text.split("<main")[1]
    shown = client.get("/oversight/bulletin.pdf?month=2026-08")
    assert shown.headers["Content-Disposition"].startswith("inline")
    for text in (words, page, shown.text):
        assert [name for name in names if name in text] == []
    assert made.content == download_of(sheet_of(found, demo=False), as_pdf=True).content


@pytest.mark.parametrize("role", ["subject", "staff", "clerk", "reviewer", "tolerance"])
def test_nobody_else_has_these_pages(app: Flask, role: str) -> None:
    """Default deny: 404 on each page, list and file, and no way in the bar."""
    client = client_of(app, role)
    for address in (*PAGES, *LISTS):
        assert client.get(address).status_code == 404, address
    assert client.post("/oversight/bulletin/export").status_code == 404
    assert client.get("/oversight/calls/x").status_code == 404
    assert 'href="/oversight"' not in client.get("/rules").text


def test_a_head_has_the_board_of_his_unit_and_no_bulletin(app: Flask) -> None:
    client = client_of(app, "head")
    page = client.get("/oversight").text
    assert set(re.findall(r'<th scope="row">([^<]+)</th>', page.split("</table>")[0])) == {"示例乙局", "合计"}
    assert "月度通报" not in page
    assert "people-table" not in client.get("/oversight/statistics").text
    for address in (PAGES[3], "/oversight/bulletin.pdf"):
        assert client.get(address).status_code == 404
    assert client.post("/oversight/bulletin/export").status_code == 404
    assert client.get("/oversight/calls/x").status_code == 404
    assert client_of(app, "tolerance_head").get("/oversight").status_code == 200


@pytest.mark.parametrize(("days", "words"), [(1, "(1 working day)"), (2, "(2 working days)")])
def test_one_working_day_is_not_several_in_english(app: Flask, days: int, words: str) -> None:
    duty = SimpleNamespace(ended_on=NOW.date(), outcome=Outcome.LATE, days_late=days)
    with app.test_request_context(), force_locale("en"):
        stand = get_template_attribute("oversight/_parts.html", "stand")
        assert f"{words}</span>" in stand(duty, None)
        calls = get_template_attribute("oversight/_parts.html", "calls")
        told = text_of(calls(Calls(days, days, NOW.date())))
    assert f"Reminders sent: {days}, supervision notices sent: {days}" in told


def test_a_list_of_all_duties_says_whose_they_are(app: Flask) -> None:
    """An office oversees all units; a head is told of his own only, and the title says so."""
    assert "<h1>全部单位：全部期限（" in client_of(app, "officer").get("/oversight/duties").text
    page = client_of(app, "head").get("/oversight/duties").text
    assert "<h1>示例乙局：全部期限（" in page
    assert "全部单位" not in page
    client = client_of(app, "head")
    assert "<h1>示例乙局：逾期（" in client.get("/oversight/duties?standing=late").text
    client.post("/language", data={"language": "en"})
    page = client.get("/oversight/duties").text
    client.post("/language", data={"language": "zh"})
    # Only the name of the unit is Chinese to a screen reader.
    assert '<h1><i lang="zh-CN">示例乙局</i>: all terms (' in page

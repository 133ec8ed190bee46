"""督办 in a real browser: 催办 in few presses, charts that say what their tables say, and all of it without them."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from tests.browser.support.checks import NARROW, expect_good_page, sideways_scroll
from tests.browser.support.clicks import counted
from tests.browser.support.entering import sign_in
from tests.browser.support.hand import Hand
from tests.support.overseen_world import strew
from tests.support.web_world import world_on
from tests.support.world import World

pytestmark = pytest.mark.browser

#: What a chart holds, and how many pixels of its canvas are coloured.
_DRAWN = """place => {
  const option = echarts.getInstanceByDom(place).getOption(), canvas = place.querySelector("canvas");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let coloured = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const red = pixels[at], green = pixels[at + 1], blue = pixels[at + 2];
    if (pixels[at + 3] && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured++;
  }
  const axis = [option.xAxis[0], option.yAxis[0]].find(one => one.type === "category");
  return {coloured, names: axis.data, series: option.series.map(one => [one.name, one.data])};
}"""


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    return world_on(site, clock)


@pytest.fixture
def late(world: World) -> World:
    """Two answers that are overdue, of one record."""
    record = world.record_in("listed")
    first = world.objection_in("verifying", record)
    dispute = [{"field": "severity", "ground": "错误", "wanted": "轻微"}]
    world.objection_in("verifying", record, fields=dispute, reason="程度认定过重。")
    due = world.terms(first)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    return world


def number_in(text: str) -> float | None:
    """What a chart reads from a cell: its number, none for a dash."""
    found = re.match(r"[\d.]+", text)
    return float(found[0]) if found else None


def expect_chart_of(page: Page, table: str) -> dict[str, Any]:
    """The chart of a table is drawn, and its names and numbers are those of the table's drawn columns."""
    place = page.locator(f'[data-chart][data-table="{table}"]')
    expect(place.locator("canvas")).to_be_visible()
    drawn: dict[str, Any] = place.evaluate(_DRAWN)
    assert drawn["coloured"] > 200
    heads = page.locator(f"#{table} thead th")
    rows = [row for row in page.locator(f"#{table} tbody tr").all() if row.get_attribute("data-unchart") is None]
    assert drawn["names"] == [row.locator("th").inner_text().strip() for row in rows]
    expected = []
    for column, head in enumerate(heads.all()):
        if head.get_attribute("data-series"):
            cells = [row.locator("th, td").nth(column) for row in rows]
            texts = [
                given if (given := cell.get_attribute("data-value")) is not None else cell.inner_text()
                for cell in cells
            ]
            expected.append([head.inner_text().strip(), [number_in(text) for text in texts]])
    assert drawn["series"] == expected
    assert expected
    return drawn


def test_all_late_units_are_reminded_in_no_more_than_four_presses(page: Page, plain_page: Page, late: World) -> None:
    """interface, clicks: remind all late units 4; the late ones are ticked already. The same without JavaScript."""
    sign_in(page, "officer")
    hand = Hand()
    hand.press(page.get_by_role("navigation", name="主导航").get_by_role("link", name="督办"))
    expect_good_page(page)
    expect_chart_of(page, "board-table")
    hand.press(page.get_by_role("button", name="催办选定的逾期事项"))
    assert hand.presses <= 4
    counted("催办全部逾期单位", hand)
    expect(page.get_by_role("status")).to_contain_text(re.compile("已催办4件"))
    expect_good_page(page)
    sign_in(plain_page, "approver")
    plain_page.goto("/oversight")
    expect(plain_page.locator("[data-chart]")).to_be_hidden()
    plain_page.get_by_role("link", name="示例乙局：逾期 2").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("示例乙局：逾期（2项）")
    plain_page.get_by_role("checkbox").first.check()
    plain_page.get_by_role("button", name="催办选定的逾期事项").click()
    expect(plain_page.get_by_role("status")).to_contain_text(re.compile("已催办1件"))
    expect(plain_page.get_by_text("已督办", exact=True)).to_be_visible()


def test_a_chart_that_is_not_redrawn_yet_does_not_widen_the_page(page: Page, late: World) -> None:
    """320 px: a telephone is turned, and the canvas is still as wide as before."""
    page.add_init_script("window.ResizeObserver = class { observe() {} }")
    sign_in(page, "officer")
    page.goto("/oversight")
    expect(page.locator(".chart canvas").first).to_be_visible()
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert sideways_scroll(page) <= 0


def test_charts_say_what_their_tables_say(page: Page, world: World, tmp_path: Path) -> None:
    """Statistics and 通报, by month and by week, in both languages; the list behind a number."""
    strew(world)
    sign_in(page, "officer")
    page.goto("/oversight/statistics?by=week")
    assert len(expect_chart_of(page, "trend-table")["names"]) == 12
    page.goto("/oversight/statistics")
    expect_good_page(page)
    for table in ("trend-table", "pace-table", "load-table", "people-table"):
        expect_chart_of(page, table)
    page.locator("#pace-table").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已办结")
    expect_good_page(page)
    page.goto("/oversight/bulletin")
    expect_good_page(page)
    expect_chart_of(page, "units-table")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出Excel").click()
    download.value.save_as(tmp_path / "taken.xlsx")
    assert load_workbook(tmp_path / "taken.xlsx").sheetnames[0] == "各单位办理情况"
    page.goto("/oversight/statistics")
    page.locator("#load-table").get_by_role("link", name=re.compile("本月办理次数")).first.click()
    expect_good_page(page)
    page.get_by_role("button", name="English").click()
    page.goto("/oversight/statistics")
    assert expect_chart_of(page, "trend-table")["series"][0][0] == "Met on time"
    expect(page.get_by_role("heading", name="Slowest steps")).to_be_visible()

"""Lists of the administration on a telephone: cards to be read downwards, nothing to be pushed sideways."""

import pytest
from flask import Flask
from playwright.sync_api import Page

from app.clock import MovableClock
from app.services.founding import NewPerson, found_person
from tests.browser.support.checks import expect_no_axe_violations, sideways_scroll
from tests.browser.support.entering import sign_in
from tests.support.mergers import propose
from tests.support.web_world import PASSWORD, world_on
from tests.support.world import World
from workflows.roles import Post

pytestmark = pytest.mark.browser

#: Parts of a page that are pushed sideways to be read.
_PUSHED = "nodes => nodes.filter(node => node.scrollWidth > node.clientWidth + 1).map(node => node.textContent.trim())"
#: Elements of a card that stand left of what they belong to, under its label; and labels with nothing beside them.
_ASTRAY = """nodes => nodes.filter(node => {
  const shown = [...node.children].filter(child => child.getClientRects().length
    && getComputedStyle(child).position !== 'absolute')
  const beside = node.getBoundingClientRect().left + 80
  return node.getClientRects().length && (!node.textContent.trim() && !node.children.length
    || shown.some(child => child.getBoundingClientRect().left < beside))
}).map(node => node.outerHTML)"""


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> World:
    """The district with its administrators and a record that was entered."""
    made = world_on(site, clock)
    own = site.extensions["zhengcheng"]
    with own.database.write() as session:
        for login, post in (("auditor", Post.AUDITOR), ("sysadmin", Post.SYSADMIN), ("keeper", Post.RULES_KEEPER)):
            user = found_person(session, NewPerson(login, "许测试", made.organs.office, (post,)))
            user.password_hash = own.passwords.hasher.hash(PASSWORD)
    made.record_in("listed")
    return made


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("keeper", "/rules"), ("auditor", "/audit"), ("auditor", "/audit/access"), ("sysadmin", "/people"),
        ("sysadmin", "/units"), ("sysadmin", "/account"),
    ],
)  # fmt: skip
def test_a_list_is_read_downwards(page: Page, world: World, login: str, path: str) -> None:
    """At 390 px no list is pushed sideways, no part of a card stands under its label, no label stands alone."""
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, login)
    page.goto(path)
    assert page.locator(".scroller").evaluate_all(_PUSHED) == []
    assert page.locator(".stacked tbody > tr > *").evaluate_all(_ASTRAY) == []
    assert sideways_scroll(page) == 0
    expect_no_axe_violations(page)


@pytest.mark.parametrize(("login", "path"), [("auditor", "/audit"), ("sysadmin", "/people"), ("sysadmin", "/units")])
def test_what_is_looked_for_has_the_width_of_the_telephone(page: Page, world: World, login: str, path: str) -> None:
    """A field to search by reaches the edge of its form, alone or two in a line."""
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, login)
    page.goto(path)
    form = page.locator("form.finder")
    edge = form.evaluate("node => node.getBoundingClientRect().right")
    reached = form.locator(".entry").evaluate_all("nodes => nodes.map(node => node.getBoundingClientRect().right)")
    assert max(reached) == pytest.approx(edge, abs=1)
    assert sideways_scroll(page) == 0


def test_what_a_merger_moves_is_a_small_table(page: Page, world: World) -> None:
    """Three short columns stay a table on a telephone too: a line of it takes a line, not a card of three."""
    page.set_viewport_size({"width": 320, "height": 720})
    sign_in(page, "sysadmin")
    page.goto(f"/units/mergers/{propose(world)}")
    lines = page.get_by_role("table", name="试算结果").locator("tbody tr")
    assert lines.count()
    assert lines.evaluate_all("nodes => nodes.every(node => node.clientHeight < 80)")
    assert sideways_scroll(page) == 0
    expect_no_axe_violations(page)

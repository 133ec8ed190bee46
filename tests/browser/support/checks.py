"""Checks that hold on every page (design: WCAG 2.2 AA, 320 px, keyboard)."""

import os
import re
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 720}
_AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_violations(page: Page) -> list[str]:
    """What axe finds, one line per rule with the elements."""
    # An inline script would be refused by the policy, a script evaluated by the debugger is not.
    page.evaluate(_AXE)
    found = page.evaluate(
        "async tags => (await axe.run(document, {runOnly: {type: 'tag', values: tags}})).violations"
        ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | '))",
        _RULES,
    )
    return [str(line) for line in found]


def sideways_scroll(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def expect_no_axe_violations(page: Page) -> None:
    """axe finds nothing (WCAG 2.0 to 2.2 A and AA, best practice)."""
    assert axe_violations(page) == []


def expect_good_page(page: Page, *, first_tab: bool = True) -> None:
    """axe finds nothing, wide and at 320 px; no sideways scroll there; the first Tab reaches 跳到主要内容.

    `first_tab=False` for a page that moves the focus on purpose, such as one with an error summary.
    """
    if first_tab:
        _expect_skip_link(page)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        expect_no_axe_violations(page)
        _keep_picture(page, size["width"])
    assert sideways_scroll(page) <= 0
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def _expect_skip_link(page: Page) -> None:
    page.wait_for_load_state("networkidle")  # what is still being swapped in cannot be loaded anew
    page.reload()  # the focus of a fresh page is before its first element
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") in {"跳到主要内容", "Skip to main content"}


def _keep_picture(page: Page, width: int) -> None:
    """Keep a picture of the page for people to look at, when ZHENGCHENG_PICTURES names a folder."""
    folder = os.environ.get("ZHENGCHENG_PICTURES")
    if folder:
        name = re.sub(r"\W+", "-", page.title()).strip("-")
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)

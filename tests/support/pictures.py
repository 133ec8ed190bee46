"""Takes the pictures of the README from a running demo: `python -m tests.support.pictures http://127.0.0.1:8000`."""

import sys
from pathlib import Path

from playwright.sync_api import Page

from app.services.demo_district import DEMO_PASSWORD
from tests.browser.support.chromium import chromium

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"


def take(address: str) -> None:
    """The desk of an officer, and the page of an objection as its provider sees it."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="zh-CN")
        _sign_in(page, address, "sun")
        page.goto(address + "/desk")
        page.screenshot(path=FOLDER / "inbox.png")
        page = browser.new_page(viewport={"width": 1280, "height": 1100}, locale="zh-CN")
        _sign_in(page, address, "li")
        page.locator("tr", has_text="核查中").first.locator("a").first.click()
        page.screenshot(path=FOLDER / "case.png")


def _sign_in(page: Page, address: str, login: str) -> None:
    page.goto(address)
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.locator("main button").first.click()


if __name__ == "__main__":
    take(sys.argv[1].rstrip("/"))

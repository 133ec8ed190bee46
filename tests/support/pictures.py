"""Screenshots of the guides and of the README, taken from a running demo.

    python -m tests.support.pictures http://127.0.0.1:8000

A picture is looked for, not addressed: by the state of a case on somebody's desk. So they can be taken anew whenever a
screen has changed, from any fresh demo. Needs the demo's logins.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from app.services.demo_district import DEMO_PASSWORD
from tests.browser.support.chromium import chromium
from tests.support.source_tree import ROOT

_GUIDES = ROOT / "app" / "web" / "static" / "own" / "guides"
_README = ROOT / "docs" / "pictures"
_COLOURS = 64


@dataclass(frozen=True)
class Picture:
    """A screen: whose, where, and how high."""

    name: str
    login: str
    open: Callable[[Page], object]
    height: int = 820
    folder: Path = _GUIDES


def at(path: str) -> Callable[[Page], object]:
    """Open an address."""
    return lambda page: page.goto(path)


def case_on(box: str, kind: str, state: str = "") -> Callable[[Page], object]:
    """Open the first case of a kind, and in a state, in a box of the desk."""

    def open_it(page: Page) -> None:
        page.goto(f"/desk?box={box}&kind={kind}")
        rows = page.locator("main table tbody tr")
        row = (rows.filter(has_text=state) if state else rows).first
        row.get_by_role("link").first.click()
        page.wait_for_load_state()

    return open_it


def objecting(page: Page) -> None:
    """Open the form of an objection to the facts of a record."""
    page.goto("/credit")
    page.get_by_role("link", name="提出异议：事实").first.click()
    page.wait_for_load_state()


PICTURES = (
    Picture("desk", "sun", at("/desk")),
    Picture("case", "li", case_on("held", "objection", "核查中"), 1000),
    Picture("own-record", "wang", at("/credit"), 1000),
    Picture("objection", "wang", objecting, 1000),
    Picture("report", "li", at("/records/new"), 1000),
    Picture("answer", "li", case_on("held", "objection", "核查中"), 1250),
    Picture("approval", "zhou", case_on("held", "repair"), 1250),
    Picture("service", "sun", at("/service")),
    Picture("oversight", "sun", at("/oversight"), 1000),
    Picture("review", "feng", case_on("held", "objection"), 1000),
    Picture("tolerance", "jiang", case_on("held", "exemption"), 1000),
    Picture("sync-desk", "han", at("/desk?sort=due"), 700),
    Picture("sync", "han", case_on("held", "sync", "待同步"), 1200),
    Picture("rules", "yang", at("/rules")),
    Picture("audit", "xu", at("/audit")),
    Picture("people", "qin", at("/people")),
    Picture("inbox", "sun", at("/desk"), 860, _README),
    Picture("case", "li", case_on("held", "objection", "核查中"), 1100, _README),
)


def main(address: str) -> None:
    """Take every picture."""
    with chromium() as browser:
        for picture in PICTURES:
            _take(browser, address, picture)
            sys.stdout.write(f"{picture.folder.name}/{picture.name}\n")


def _take(browser: Browser, address: str, picture: Picture) -> None:
    context = browser.new_context(
        base_url=address,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1280, "height": picture.height},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("账号").fill(picture.login)
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state()
    picture.open(page)
    # What only a new sign-in says belongs to no screen.
    page.reload()
    page.wait_for_load_state("networkidle")
    picture.folder.mkdir(parents=True, exist_ok=True)
    file = picture.folder / f"{picture.name}.png"
    page.screenshot(path=file)
    context.close()
    with Image.open(file) as full:
        full.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))

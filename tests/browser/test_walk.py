"""Every screen in every state, walked by the people of the demo: axe, 320 px, console, policy (interface: checks).

The demo district has a case in every state of every procedure; each state is opened by somebody who sees it. Among the
long tests every person opens every page that his own pages lead to.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from app import create_app
from app.clock import MovableClock
from app.database import migrate
from app.extensions import Installation
from app.models.base import db
from app.models.cases import Case
from app.rehearsal.demo import play_demo
from app.services.demo_district import found_district
from tests.browser.support.checks import NARROW, WIDE, axe_violations, sideways_scroll
from tests.browser.support.people import PASSWORD
from tests.browser.support.server import serving
from tests.browser.support.watch import Watch
from tests.support.application import settings_for
from tests.support.english_pages import left_in_chinese, own_words
from workflows.registry import WORKFLOWS

pytestmark = pytest.mark.browser

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
#: Those who see most first; the parties last.
WHO = ("zhou", "sun", "li", "zhao", "feng", "chu", "jiang", "shen", "wang", "chen", "wu", "zheng",
       "xu", "qin", "you", "yang")  # fmt: skip
_FILE = re.compile(r"\.(pdf|zip|csv|xlsx|json)$|/materials/|/scan$|/static/|/openapi|/template/|/export$")
_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27,}|\b[0-9a-f]{16,}\b|\d+")
#: The guides are written in Chinese, for those who work here; they say so in English.
_GUIDE = re.compile(r"^/help/")
#: Whose pages of cases differ: the office, the provider, the review, the tolerance body, the parties.
SIDES = {"zhou": "office", "li": "provider", "feng": "review", "jiang": "tolerance", "wang": "person", "wu": "unit"}
#: What chooses another part of a page, each with a look of its own.
_PARTS = frozenset({"tab", "box", "group", "by"})
#: Two cases of a kind are one page of a template, but not in different states: those are opened one by one.
_CASE = re.compile(r"^/cases/[0-9a-f-]+$")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo district as it stands after it has been played; sheets are text, since no sheet is looked at here."""
    folder = tmp_path_factory.mktemp("walk")
    url = f"sqlite:///{folder / 'demo.sqlite'}"
    migrate(url)
    settings = replace(settings_for(url, folder / "kept"), database_purpose="demo", renderer="text")
    made = create_app(settings, MovableClock(NOW))
    own: Installation = made.extensions["zhengcheng"]
    with own.database.write() as session:
        hashed = own.passwords.hash(PASSWORD, "wang")
        found_district(session, NOW, lambda _login: hashed)
    play_demo(own.backend, Path(folder) / "kept" / "files", NOW, lambda _done, _all: None)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def address(site: Flask) -> Iterator[str]:
    with serving(site) as found:
        yield found


def faults_of(page: Page, path: str) -> list[str]:
    """What is wrong with a page: its answer, axe, its width on a telephone."""
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    answer = page.goto(path)
    if answer is None or answer.status != 200:
        return [f"answered {answer.status if answer else 'nothing'}"]
    found = axe_violations(page)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    if (over := sideways_scroll(page)) > 0:
        found.append(f"{over} px too wide at 320 px")
    return found


def links_of(page: Page) -> list[str]:
    """Addresses of this site that a page leads to."""
    hrefs = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    here = urlsplit(page.url).netloc
    parts = [urlsplit(href) for href in hrefs]
    return [part.path + (f"?{part.query}" if part.query else "") for part in parts if part.netloc == here]


def shape(path: str) -> str:
    """What two addresses of one template have in common: keys and values do not count."""
    bare, _, query = path.partition("?")
    names = sorted(pair.partition("=")[0] for pair in query.split("&") if pair)
    return _KEY.sub("*", bare) + "?" + ",".join(names)


def look(path: str) -> str:
    """The same, but each tab and each box is a look of its own."""
    pairs = path.partition("?")[2].split("&")
    return "&".join([shape(path), *sorted(pair for pair in pairs if pair.partition("=")[0] in _PARTS)])


def signed_in(browser: Browser, address: str, login: str) -> Page:
    """A page of somebody who has signed in."""
    context = browser.new_context(base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=WIDE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state()
    return page


def walk(browser: Browser, address: str, login: str, seen: set[str]) -> list[str]:
    """Faults of all pages that a person's own pages lead to, each look once; `seen` gathers them."""
    page = signed_in(browser, address, login)
    watch = Watch(page, address)
    todo, faults = links_of(page), list[str]()
    while todo:
        path = todo.pop(0)
        if look(path) in seen or _FILE.search(path.partition("?")[0]):
            continue
        seen.add(look(path))
        faults += [f"{login} {path}: {fault}" for fault in faults_of(page, path)]
        todo += links_of(page)
    page.context.close()
    return faults + [f"{login}: {error}" for error in (*watch.errors, *watch.foreign)]


@pytest.mark.long
@pytest.mark.parametrize("login", WHO)
def test_whatever_a_person_is_led_to_is_in_order(
    browser: Browser, address: str, login: str, record_property: Callable[[str, object], None]
) -> None:
    """Pages are counted for the report (`--junitxml`)."""
    seen = set[str]()
    assert walk(browser, address, login, seen) == []
    assert len(seen) >= 5
    record_property("pages", len(seen))


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_a_case_is_in_order_in_every_state(browser: Browser, site: Flask, address: str, kind: str) -> None:
    own: Installation = site.extensions["zhengcheng"]
    with own.database.read() as session:
        rows = session.execute(select(Case.state, Case.uid).where(Case.kind == kind).order_by(Case.id.desc())).all()
    wanted = dict(rows)
    faults, missed = [], dict(wanted)
    for login in WHO:
        if not missed:
            break
        with closing(signed_in(browser, address, login)) as page:
            watch = Watch(page, address)
            for state, uid in list(missed.items()):
                found = faults_of(page, f"/cases/{uid}")
                if found == ["answered 404"]:
                    continue
                del missed[state]
                faults += [f"{kind} {state}, {login}: {fault}" for fault in found]
            watch.expect_quiet()
    assert faults == []
    assert missed == {}
    assert len(wanted) >= len(WORKFLOWS[kind].states) - 1


def english_client(site: Flask, login: str) -> FlaskClient:
    """A browser without JavaScript, signed in, with its pages in English."""
    client = site.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    answer = client.post("/sign-in", data={"login": login, "password": PASSWORD, "csrf_token": token[1]})
    assert answer.status_code == 302
    with client.session_transaction() as kept:
        kept["language"] = "en"
    return client


def test_every_page_speaks_english(site: Flask) -> None:
    """Interface: English switchable and complete. Whatever is Chinese on an English page is content, marked as such.

    A case is opened in each state, by each side that sees it; other pages once.
    """
    own: Installation = site.extensions["zhengcheng"]
    with own.database.read() as session:
        rows = session.execute(select(Case.kind, Case.state, Case.uid).order_by(Case.id.desc())).all()
    states = {uid: (kind, state) for kind, state, uid in rows}
    cases = [f"/cases/{uid}" for uid in {key: uid for uid, key in states.items()}.values()]
    seen, left, words = set[object](), dict[str, set[str]](), own_words()
    for login in WHO:
        client = english_client(site, login)
        todo = ["/", "/help", *(cases if login in SIDES else ())]
        while todo:
            path = todo.pop(0)
            side = SIDES.get(login) if _CASE.match(path) else None
            key = (look(path), side, states.get(path.removeprefix("/cases/")))
            if key in seen or _FILE.search(path.partition("?")[0]) or _GUIDE.match(path):
                continue
            answer = client.get(path, follow_redirects=True)
            if answer.status_code == 404 or answer.mimetype != "text/html":
                continue
            seen.add(key)
            assert answer.status_code == 200, path
            if found := left_in_chinese(answer.text, words):
                left[f"{login} {path}"] = found
            todo += [unescape(href) for href in re.findall(r'href="(/[^"#]*)', answer.text)]
    assert left == {}
    assert len(seen) > 200

"""Fixtures of the browser tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from app.clock import MovableClock
from app.models.base import db
from tests.browser.support.checks import WIDE
from tests.browser.support.chromium import chromium
from tests.browser.support.gallery import gallery
from tests.browser.support.server import serving
from tests.browser.support.watch import Watch
from tests.support.application import settings_for
from tests.support.application_fixtures import create_for_test

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run."""
    with chromium() as running:
        yield running


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path, clock: MovableClock) -> Iterator[Flask]:
    """The application on an empty SQLite demo database, with a gallery of everything the macros draw."""
    made = create_for_test(replace(settings_for(sqlite_url, tmp_path / "kept"), database_purpose="demo"), clock)
    made.register_blueprint(gallery)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def address(site: Flask) -> Iterator[str]:
    """Where the live server answers."""
    with serving(site) as found:
        yield found


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=WIDE)  # type: ignore[arg-type]
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    """A page that must stay quiet: no error on the console, no request to another host."""
    made = context.new_page()
    watch = Watch(made, address)
    yield made
    watch.expect_quiet()


@pytest.fixture
def plain_page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of a browser without JavaScript."""
    made = browser.new_context(base_url=address, locale="zh-CN", java_script_enabled=False)
    yield made.new_page()
    made.close()

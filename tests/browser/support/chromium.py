"""Debian's Chromium under Playwright, with native fields in Chinese."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright, sync_playwright

EXECUTABLE = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser; one serves a whole test run, each test opens a context of its own."""
    with sync_playwright() as playwright:
        browser = _launch(playwright)
        yield browser
        browser.close()


def _launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(
        executable_path=EXECUTABLE,
        args=FLAGS,
        # UTF-8 as on any desk, in a locale that every machine has: else no file gets a Chinese name.
        env={**os.environ, "LANGUAGE": "zh_CN", "LC_ALL": "C.UTF-8"},
    )

"""The checks that hold on every page see what they are there for."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.support.checks import NARROW, axe_violations, expect_good_page, sideways_scroll
from tests.browser.support.hand import Hand
from tests.browser.support.watch import Watch

pytestmark = pytest.mark.browser

GOOD = '<!doctype html><html lang="zh-CN"><title>甲</title><main><h1>甲</h1>%s</main></html>'


@pytest.fixture
def watched(context: BrowserContext, address: str) -> tuple[Page, Watch]:
    """A page whose errors are looked at by the test itself."""
    page = context.new_page()
    return page, Watch(page, address)


def test_axe_sees_a_field_without_label_and_a_pale_text(watched: tuple[Page, Watch]) -> None:
    page, _watch = watched
    page.set_content(GOOD % '<input name="a"><p style="color:#aaa;background:#fff">浅色的文字</p>')
    assert [line.partition(":")[0] for line in axe_violations(page)] == ["color-contrast", "label"]
    page.set_content(GOOD % "<p>乙</p>")
    assert axe_violations(page) == []


def test_a_page_wider_than_the_window_is_seen(watched: tuple[Page, Watch]) -> None:
    page, _watch = watched
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.set_content(GOOD % '<div style="width:500px">乙</div>')
    assert sideways_scroll(page) > 100


def test_a_page_without_skip_link_is_seen(watched: tuple[Page, Watch]) -> None:
    page, _watch = watched
    page.goto("/healthz")
    with pytest.raises(AssertionError):
        expect_good_page(page)


def test_an_error_on_the_console_is_seen(watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    page.goto("/sign-in")
    watch.expect_quiet()
    with page.expect_console_message():
        page.evaluate("console.error('broken')")
    assert watch.errors == ["broken"]
    with pytest.raises(AssertionError):
        watch.expect_quiet()


def test_a_request_to_another_host_is_seen(watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    with page.expect_event("requestfailed"):
        page.set_content(GOOD % '<img src="http://example.invalid/a.png" alt="">')
    assert watch.foreign == ["http://example.invalid/a.png"]


def test_the_policy_refuses_inline_script_and_style(watched: tuple[Page, Watch]) -> None:
    """trust 1.11: a policy without unsafe-*."""
    page, watch = watched
    page.goto("/sign-in")
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate(
            "document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
        )
    assert page.evaluate("window.ran") is None
    assert watch.errors


def test_the_hand_counts_presses_not_typing(page: Page) -> None:
    page.goto("/gallery/form")
    hand = Hand()
    hand.type(page.get_by_label("联系电话"), "021-00000000")
    hand.press(page.get_by_label("同意电子送达"))
    hand.choose(page.get_by_label("其他理由"), "遗漏")
    assert hand.presses == 2
    assert page.get_by_label("其他理由").input_value() == "missing"

"""接口说明 in a real browser: under the strict policy, at 320 px, and without JavaScript (T10)."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.checks import expect_good_page
from tests.support.programs import V1

pytestmark = pytest.mark.browser


def test_the_page_is_good_and_leads_to_each_operation(page: Page) -> None:
    page.goto(f"{V1}/docs")
    expect(page.get_by_role("heading", level=1)).to_have_text("接口说明")
    expect_good_page(page)
    page.get_by_role("link", name="办理一个步骤", exact=True).click()
    expect(page.get_by_role("heading", name="办理一个步骤", exact=True)).to_be_in_viewport()


def test_the_page_says_the_same_without_javascript(plain_page: Page) -> None:
    plain_page.goto(f"{V1}/docs")
    summary = plain_page.get_by_text("政务失信记录：起草", exact=False).first
    summary.click()
    expect(plain_page.get_by_text("失信行为：从现行行为清单中选择", exact=True).first).to_be_visible()

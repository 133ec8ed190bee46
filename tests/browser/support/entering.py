"""The people of a world at the page of signing in."""

from playwright.sync_api import Page

from tests.support.web_world import PASSWORD


def sign_in(page: Page, login: str) -> None:
    """Sign in as somebody of `tests.support.web_world`, by the page."""
    page.goto("/sign-in")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()

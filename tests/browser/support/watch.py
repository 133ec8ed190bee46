"""Watches a page for what must never happen: an error on the console, a request to another host."""

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Error, Page, Request, Response


class Watch:
    """Collects from the moment it is attached; `expect_quiet` judges."""

    def __init__(self, page: Page, address: str) -> None:
        self._host = urlsplit(address).netloc
        self._refused_pages: set[str] = set()
        self._errors: list[tuple[str, str]] = []
        self.foreign: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", self._page_error)
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._errors.append((message.text, message.location.get("url", "")))

    def _page_error(self, error: Error) -> None:
        self._errors.append((str(error), ""))

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc != self._host:
            self.foreign.append(request.url)

    def _response(self, response: Response) -> None:
        if response.request.resource_type in {"document", "xhr"} and response.status >= 400:
            self._refused_pages.add(response.url)

    @property
    def errors(self) -> list[str]:
        """Console errors; that Chromium reports a page answered with 404 or 422 is none."""
        return [
            text
            for text, url in self._errors
            if not (text.startswith("Failed to load resource") and url in self._refused_pages)
        ]

    def expect_quiet(self) -> None:
        """No error, no request to another host."""
        assert self.errors == []
        assert self.foreign == []

"""What a page says in which language: the text of an HTML page that is not marked as Chinese."""

import re
from html.parser import HTMLParser

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_VOID = {"br", "img", "input", "link", "meta", "hr", "wbr"}
#: What is no prose: names, numbers and things that people typed.
_NAMES = {"number", "who", "subject"}
_SPOKEN = ("aria-label", "title", "alt", "placeholder", "data-label")


class _Unmarked(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        outer = self.stack[-1][1] if self.stack else False
        lang = given.get("lang")
        chinese = lang.startswith("zh") if lang else outer
        chinese = chinese or bool(_NAMES & set((given.get("class") or "").split()))
        if not chinese:
            self.found += [text for name in _SPOKEN if (text := given.get(name) or "") and _CHINESE.search(text)]
        if tag not in _VOID:
            self.stack.append((tag, chinese or tag in ("script", "style")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing stands inside."""

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self.stack and self.stack[-1][1]) and _CHINESE.search(data):
            self.found.append(" ".join(data.split()))


def unmarked_chinese(page: str) -> list[str]:
    """Every Chinese text of a page that is neither marked as Chinese nor a name or a number."""
    reader = _Unmarked()
    reader.feed(page)
    return reader.found

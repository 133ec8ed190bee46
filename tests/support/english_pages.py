"""What is still Chinese on an English page: everything but content, and content is marked `lang="zh-CN"`."""

import re
from html.parser import HTMLParser

from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from app.web.speaking import CHINESE
from tests.support.source_tree import ROOT
from tests.support.web_world import client_of

_RUN = re.compile(r"[\u4e00-\u9fff]+")
#: An attribute cannot be marked: what is Chinese in it must be content that the same page shows and marks.
_SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


class _Page(HTMLParser):
    """Gathers Chinese text within and without marked elements, and Chinese words in attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool, bool]] = []
        self.bare: list[str] = []
        self.marked: list[str] = []
        self.content: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        marked = self.open[-1][1] if self.open else False
        if tag != "html" and (language := given.get("lang")):
            marked = language.startswith("zh")
        self.attributes += [given[name] or "" for name in _SPOKEN if CHINESE.search(given.get(name) or "")]
        if tag not in _VOID:
            self.open.append((tag, marked, tag == "span" and "lang" in given))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place][0] == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        tag, marked, as_content = self.open[-1] if self.open else ("", False, False)
        words = " ".join(data.split())
        if tag in ("script", "style") or not CHINESE.search(words):
            return
        if tag == "title" and marked:
            self.attributes.append(words)
            return
        (self.marked if marked else self.bare).append(words)
        if as_content:
            self.content.append(words)


def left_in_chinese(page: str, own_words: frozenset[str]) -> set[str]:
    """What a page says in Chinese although it is no content.

    Args:
        own_words: labels that have English words: none of them may be marked as content.
    """
    read = _Page()
    read.feed(page)
    shown = "".join(read.marked).replace(" ", "")
    unseen = {words for words in read.attributes if any(run.strip() not in shown for run in _RUN.findall(words))}
    torn = set(re.findall(r'="[^"<>]*<span lang=', page))
    return set(read.bare) | unseen | torn | (set(read.content) & own_words)


def own_words() -> frozenset[str]:
    """Every label and sentence that has English words."""
    with (ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return frozenset(str(message.id) for message in read_po(file) if message.id and message.string)


def english(app: Flask, who: str) -> FlaskClient:
    """Somebody signed in, on English pages."""
    client = client_of(app, who)
    client.post("/language", data={"language": "en"})
    return client

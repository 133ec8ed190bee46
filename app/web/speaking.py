"""What is said in Chinese beneath the pages, said in the language of the page.

Services and tables know no language: labels, reasons and refusals reach a page as finished Chinese. On an English
page they are looked up in the catalogue as they stand, as a sentence with something put in (“%(act)s须由%(who)s办理”),
as a day or a length, or piece by piece. What is not ours (names, numbers of documents, what somebody wrote, statutes)
stays Chinese and is marked `lang="zh-CN"`, so that a screen reader changes its voice.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from flask_babel import get_locale, get_translations, gettext
from markupsafe import Markup, escape

from app.web.days_in_english import spoken_day, spoken_length
from app.workbooks.values import Content

#: Chinese characters and their punctuation.
CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
#: Marks between pieces, the widest first, and what stands for them in English.
_BETWEEN = {"。": ". ", "；": "; ", "，": ", ", "、": ", "}
_BRACKET = re.compile(r"([^（）]+)（([^（）]+)）")
#: A sentence with fewer characters of its own could be anybody's.
_FEWEST = 2
_ENGLISH = re.compile(r"[A-Za-z][a-z]*[ ,:’']")
#: Chinese has no plural; the catalogue has the English one.
_ONE = re.compile(r"\b1 (working day|day|month|year|case|item|time)s\b")
#: A text longer than this is nobody's label.
_LONGEST = 600

#: A sentence of the catalogue: its literal parts, the expression that finds what was put in, and its English words.
_Sentence = tuple[tuple[str, ...], re.Pattern[str], str]


def in_english() -> bool:
    """Whether the page is an English one."""
    return str(get_locale() or "").startswith("en")


def translated(text: str, **values: object) -> str:
    """A label or a sentence of ours. One that has no English words stays unmarked, for the tests to find."""
    if not text:
        return ""
    if values or not in_english() or not CHINESE.search(text):
        words = str(gettext(text, **values))
        return _ONE.sub(r"1 \1", words) if values and in_english() else words
    return _said(str(text)) or str(text)


def said(text: str) -> str:
    """Something that may be ours or not, such as what was filled in: what has no English words is content."""
    if isinstance(text, Content):
        return content(text)
    if isinstance(text, Markup) or not in_english() or not CHINESE.search(str(text or "")):
        return text
    if known := _said(str(text)):
        return known if isinstance(known, Markup) else marked(known)
    # In an English sentence whatever is Chinese was put in.
    return marked(text) if _ENGLISH.match(text) else content(text)


def in_a_cell(text: str) -> str:
    """What `said` says, for the cell of a table that goes out as a file: what is content stays as it was written."""
    if isinstance(text, Content) or not in_english() or not CHINESE.search(text):
        return text
    words = _said(text)
    return words.striptags() if isinstance(words, Markup) else words or text


def content(text: object) -> str:
    """A name, a number, what somebody wrote: Chinese by nature, and marked as such on an English page."""
    words = "" if text is None else str(text)
    if not in_english() or not CHINESE.search(words):
        return words
    return Markup('<span lang="zh-CN">{}</span>').format(words)


def marked(text: str) -> str:
    """An English sentence whose Chinese parts are examples or content: they are marked one by one."""
    if not in_english() or not CHINESE.search(text):
        return text
    runs = re.split(rf"((?:{CHINESE.pattern}|[〔〕·\d]+(?={CHINESE.pattern}))+)", text)
    word = Markup('<i lang="zh-CN">{}</i>')
    return Markup("").join(word.format(run) if CHINESE.search(run) else escape(run) for run in runs)


def plain(text: str) -> str:
    """What `said` says, for an attribute or an option, where nothing can be marked."""
    words = said(text)
    return words.striptags() if isinstance(words, Markup) else words


def language_of(text: object) -> str:
    """The attribute for an element that can hold no other, such as an option or a title with Chinese content."""
    return Markup(' lang="zh-CN"') if in_english() and CHINESE.search(str(text or "")) else ""


@lru_cache(maxsize=8192)
def _said(text: str) -> str:
    """The English words, as Markup where something in them is marked; empty where there are none."""
    if len(text) > _LONGEST:
        return ""
    return _exact(text) or spoken_day(text) or spoken_length(text) or _sentence(text) or _in_pieces(text)


def _exact(text: str) -> str:
    known = str(_catalogue().get(text, ""))
    return "" if _PLACEHOLDER.search(known) else known


def _sentence(text: str) -> str:
    """A sentence with something put in: each piece in turn is ours or content."""
    for literals, pattern, words in _sentences(str(get_locale())):
        if not (text.startswith(literals[0]) and text.endswith(literals[-1])):
            continue
        if found := pattern.fullmatch(text):
            put_in = {name: _piece(value) for name, value in found.groupdict().items()}
            return escape(words) % put_in if _any_marked(put_in.values()) else words % put_in
    return ""


def _piece(text: str) -> str:
    return (_said(text) or content(text)) if CHINESE.search(text) else text


def _in_pieces(text: str) -> str:
    """Sentences in a row, a list, a label with its text: known if every piece is known, or the label is."""
    label, colon, rest = text.partition("：")
    if colon and rest and (head := _exact(label)):
        return _joined("", (head, ": ", _piece(rest)))
    if (bracket := _BRACKET.fullmatch(text)) and (head := _said(bracket[1])):
        return _joined("", (head, " (", _piece(bracket[2]), ")"))
    for mark, between in _BETWEEN.items():
        if mark not in text:
            continue
        parts = text.split(mark)
        told = [_said(part) if CHINESE.search(part) else part for part in parts]
        if all(words or not part for words, part in zip(told, parts, strict=True)):
            return _joined(between, told).strip()
    return ""


def _joined(between: str, parts: Iterable[str]) -> str:
    listed = list(parts)
    return (Markup(between) if _any_marked(listed) else between).join(listed)


def _any_marked(parts: Iterable[str]) -> bool:
    return any(isinstance(part, Markup) for part in parts)


def _catalogue() -> dict[str, str]:
    return getattr(get_translations(), "_catalog", {})


@cache
def _sentences(_language: str) -> tuple[_Sentence, ...]:
    """Sentences of the catalogue, those with most words of their own first: the less is put in, the surer the match."""
    made = (_compiled(key, words) for key, words in _catalogue().items() if _is_sentence(key))
    return tuple(sorted(filter(None, made), key=lambda sentence: -sum(map(len, sentence[0]))))


def _is_sentence(key: object) -> bool:
    if not isinstance(key, str) or not _PLACEHOLDER.search(key):
        return False
    return len(CHINESE.findall(_PLACEHOLDER.sub("", key))) >= _FEWEST


def _compiled(key: str, words: str) -> _Sentence | None:
    """None for a sentence whose pieces cannot be told apart."""
    pieces = _PLACEHOLDER.split(key)
    literals, names = pieces[::2], pieces[1::2]
    if not all(literals[1:-1]) or len(set(names)) < len(names):
        return None
    parts = (f"(?P<{name}>.+?){re.escape(literal)}" for name, literal in zip(names, literals[1:], strict=True))
    return tuple(literals), re.compile(re.escape(literals[0]) + "".join(parts), re.DOTALL), words

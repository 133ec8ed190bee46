"""A notice's HTML and plain text from one template file per notice.

The templates are ours and shipped; values are escaped. A value that a template asks for and the context lacks refuses
the notice, so an incomplete text can never be signed.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateNotFound, UndefinedError
from markupsafe import Markup

from app.documents.context import NoticeContext, SkippedDay, TermLine
from workflows.catalogue import NOTICES, Format

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "notices"
_NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_GENRES = (
    "告知书",
    "通知书",
    "决定书",
    "答复书",
    "意见书",
    "认定书",
    "反馈函",
    "建议函",
    "函",
    "回执",
    "告知单",
    "报告",
)
_BLOCKS = frozenset(("p", "h1", "h2", "h3", "div", "section", "table", "tr", "li", "footer", "header"))


class NoticeIncomplete(ValueError):
    """A value the notice must state is missing; the message names the notice and the value."""


def numeral(number: int) -> str:
    """1 … 99 as Chinese numerals (三、十、十二、二十一), for headings."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + _NUMERALS[ones]


def day(value: date | str | None) -> str:
    """A date as documents write it: 2026年11月21日, no leading zero (GB/T 9704-2012, 7.3.5.4).

    Raises ``UndefinedError`` for none, so that no sentence is printed with a hole in it.
    """
    if not value:
        raise UndefinedError("a date that the sentence needs is missing: '日期'")
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{on.year}年{on.month}月{on.day}日"


def day_or(value: date | str | None, otherwise: str) -> str:
    """A date as ``day`` writes it, or the words that stand where there is none."""
    return day(value) if value else otherwise


def spans(skipped: tuple[SkippedDay, ...]) -> list[str]:
    """Skipped days as a table prints them: neighbours of one reason drawn together (10月1日至10月7日（国庆节）)."""
    runs: list[list[SkippedDay]] = []
    for item in skipped:
        if runs and runs[-1][-1].reason == item.reason and item.on - runs[-1][-1].on == timedelta(days=1):
            runs[-1].append(item)
        else:
            runs.append([item])
    return [
        f"{run[0].on.month}月{run[0].on.day}日"
        + (f"至{run[-1].on.month}月{run[-1].on.day}日" if len(run) > 1 else "")
        + f"（{run[0].reason}）"
        for run in runs
    ]


def sentence(text: str) -> str:
    """``text`` ending in exactly one full stop."""
    return text.strip().rstrip("。；;，,.") + "。"


def clause(text: str) -> str:
    """``text`` without its final stop, to stand inside a longer sentence."""
    return text.strip().rstrip("。；;，,.")


def this_document(title: str) -> str:
    """How the notice names itself: 本告知书, 本决定书, 本函."""
    if title.startswith("通报"):
        return "本通报"
    for genre in _GENRES:
        if title.endswith(genre):
            return "本函" if genre.endswith("函") else f"本{genre}"
    return "本文书"


def own_term(terms: tuple[TermLine, ...]) -> TermLine | None:
    """The first term that the service of this notice starts."""
    return next((term for term in terms if term.by_service), None)


def mark_size(mark: str) -> float:
    """The size in points at which a 发文机关标志 fits between the ends of the red line; at most 42."""
    return round(min(42.0, 440.0 / max(1, len(mark))), 1)


def qr_image(url: str) -> str:
    """A QR code as a data URI, error correction M."""
    return segno.make(url, error="m", micro=False).svg_data_uri(border=0, scale=4)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(day=day, day_or=day_or, sentence=sentence, clause=clause, numeral=numeral, spans=spans)
    environment.globals["part"] = environment.get_template("_parts.html").module
    return environment


def template_named(path: str) -> Template:
    """A template of the notices' folder, with their filters and building blocks; raises ``TemplateNotFound``."""
    return _environment().get_template(path)


@lru_cache(maxsize=128)
def template_version(key: str) -> str:
    """Twelve hex digits over all that decides how notice ``key`` looks: its file, layouts, styles, typesetting."""
    digest = hashlib.sha256()
    setting = (Path(__file__).with_name(f"{name}.py") for name in ("typesetting", "line_breaking", "titles"))
    for path in (TEMPLATES / f"{key}.html", *sorted(TEMPLATES.glob("_*")), *setting):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def notice_html(context: NoticeContext) -> str:
    """The whole sheet as HTML. Raises ``NoticeIncomplete`` when a value is missing, ``KeyError`` for no such notice."""
    kind = NOTICES[context.key]
    headings: Iterator[int] = count(1)

    def section(title: str) -> Markup:
        """The next first-level heading; levels after GB/T 9704-2012, 7.3.3."""
        return Markup("<h2>{}、{}</h2>").format(numeral(next(headings)), title)

    values: dict[str, Any] = {
        "notice": context,
        "kind": kind,
        "organ": context.organ,
        "recipient": context.recipient,
        "you": context.recipient.you,
        "this": this_document(context.title),
        "case": context.case,
        "content": context.content,
        "terms": context.terms,
        "own": own_term(context.terms),
        "section": section,
        "mark": context.organ.mark or context.organ.name,
        "mark_size": mark_size(context.organ.mark or context.organ.name),
        "qr": qr_image(context.verify_url) if context.verify_url and kind.format is not Format.SLIP else "",
    }
    # Left out, not None: a template that speaks of the record must be refused when there is none.
    if context.record is not None:
        values["record"] = context.record
    try:
        html = _environment().get_template(f"{context.key}.html").render(values)
    except UndefinedError as error:
        raise NoticeIncomplete(f"《{context.title}》缺少必须写明的内容：{_undefined_name(error)}") from error
    except TemplateNotFound as error:
        raise NoticeIncomplete(f"没有文书“{context.key}”的模板文件：{error.name}") from error
    # A letter with a single heading does not number it: 一、 without 二、 looks as if a page were missing.
    return html.replace("<h2>一、", "<h2>") if next(headings) == 2 else html


def _undefined_name(error: UndefinedError) -> str:
    quoted = re.findall(r"'([^']+)'", str(error))
    return quoted[-1] if quoted else str(error)


def notice_text(context: NoticeContext) -> str:
    """The same sheet as plain text: a line a paragraph, table cells parted by ``｜``."""
    return plain(notice_html(context))


def plain(html: str) -> str:
    """What a reader of the sheet sees, without marks and pictures."""
    reader = _PlainText()
    reader.feed(html)
    reader.close()
    return reader.text()


class _PlainText(HTMLParser):
    """Keeps what a reader of the sheet sees, without marks and pictures."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("head", "style"):
            self._silent += 1
        elif tag in _BLOCKS or tag == "br":
            self._break()
        elif tag in ("td", "th") and self._lines[-1]:
            self._lines[-1] += "｜"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("head", "style"):
            self._silent -= 1
        elif tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._lines[-1] += re.sub(r"\s*\n\s*", "", data)

    def _break(self) -> None:
        if self._lines[-1].strip():
            self._lines.append("")
        else:
            self._lines[-1] = ""

    def text(self) -> str:
        """The lines read so far."""
        return "\n".join(line.strip() for line in self._lines if line.strip()) + "\n"

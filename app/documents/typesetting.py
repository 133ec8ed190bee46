"""The last hand on a notice before it is drawn: what CSS cannot do for Chinese text is fixed in the HTML.

Paragraphs are broken into lines on the grid (``line_breaking``), titles by sense (``titles``), the organ's name is
centred over the date (GB/T 9704-2012, 7.3.5.1), and the room of the colophon is reckoned, because a box at the bottom
of a page takes no place from the text above it. Works on the HTML of our own templates only: values in it are escaped,
so a ``<`` is always ours.
"""

import html as markup
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.documents import fonts
from app.documents.context import NoticeContext
from app.documents.line_breaking import PRESSED, Line, break_lines
from app.documents.text import notice_html
from app.documents.titles import title_lines
from workflows.catalogue import NOTICES, Format

MM = 72 / 25.4
PITCH = 225 * MM / 22
"""From line to line in points, so that 22 lines fill the type area (5.2.3)."""

_FULL_PITCH = 0.0008
_TEXT = re.compile(r'<(p|h2|h3)(?: class="([^"]*)")?>([^<]+)</\1>')
_TITLE = re.compile(r"<h1>([^<]+)</h1>")
_SIGNATURE = re.compile(
    r'<p class="signed">(?P<organ>[^<]+)</p>\s*<p class="dated">(?P<date>(?:<span[^>]*></span>)?(?P<day>[^<]+))'
)
_ROOM = re.compile(r'<div class="room">\s*(?P<foot><footer.*?</footer>)\s*</div>', re.DOTALL)
_FOOT = re.compile("<footer.*?</footer>", re.DOTALL)
_HANGING = re.compile(r"(?:附件：|抄送：|\u3000{3})?(?:\d+\. )?")


@dataclass(frozen=True, slots=True)
class Measure:
    """How one kind of paragraph is set: the width and the type size in points, indents in characters.

    ``cells``: how many full-width characters the width holds; ``hanging``: continued lines stand under the first
    character after the leading words (附件：, 抄送：, 1.).
    """

    width: float
    size: float
    indent: float = 0.0
    hanging: bool = False
    role: str = "fangsong"

    @property
    def cells(self) -> int:
        return round(self.width / self.size)

    @property
    def grid(self) -> float:
        """What is added to each character, in em, so that ``cells`` of them fill the width."""
        return self.width / self.size / self.cells - 1


def _measures(width: float, size: float, note: float) -> dict[str, Measure]:
    """The paragraphs of a sheet by tag or class."""
    body = Measure(width, size, indent=2)
    plain = Measure(width, size)
    named = Measure(width, size, indent=2, hanging=True)
    return {
        "p": body,
        "closing": body,
        "h2": Measure(width, size, indent=2, role="hei"),
        "h3": Measure(width, size, indent=2, role="kai"),
        "recipient": plain,
        "attachments": named,
        "attachments more": named,
        "note": Measure(width, note),
        "note near": Measure(width, note),
        "copies": Measure(width - 28, 14, hanging=True),
    }


_SHEETS = {
    Format.LETTER: _measures(156 * MM, 16, 12),
    Format.DOCUMENT: _measures(156 * MM, 16, 12),
    Format.SLIP: _measures(170 * MM, 12, 10.5),
    Format.FORM: _measures(164 * MM, 14, 12),
}
_FOOT_LINE = 22.0
_FOOT_PARTS = {'class="verification"': 18 * MM + 6, 'class="printed"': _FOOT_LINE + 4, 'class="code-line"': 16.0}


def sheet_html(context: NoticeContext) -> str:
    """The HTML that is drawn for one notice. Raises ``NoticeIncomplete``, ``FontMissing``."""
    return set_type(notice_html(context), NOTICES[context.key].format)


def set_type(html: str, sheet: Format) -> str:
    """The HTML of a notice with its lines, titles, signature and colophon set for ``sheet``.

    Raises ``FontMissing`` if a face of the standard is not there.
    """
    measures = _SHEETS[sheet]
    html = _TITLE.sub(_title, html)
    html = _TEXT.sub(lambda found: _paragraph(found, measures), html)
    html = _SIGNATURE.sub(lambda found: _signature(found, measures["p"]), html)
    return _ROOM.sub(_room, html)


def turned_over(html: str) -> str:
    """The same sheet with its colophon on the back of the last leaf, for a document that ends on an odd page.

    The colophon stands on the last page of all, which is the back of a leaf printed on both sides (7.4, 7.5). Its room
    on the page before stays, so that the text keeps its pages.
    """
    foot = _FOOT.search(html)
    if foot is None:
        return html
    rest = html[: foot.start()] + html[foot.end() :]
    return rest.replace("</body>", f'<div class="back">{foot[0]}</div>\n</body>')


def _title(found: re.Match[str]) -> str:
    lines = title_lines(markup.unescape(found[1]))
    return f"<h1>{'<br>'.join(markup.escape(line, quote=False) for line in lines)}</h1>"


def _paragraph(found: re.Match[str], measures: dict[str, Measure]) -> str:
    tag, kind, body = found.groups()
    measure = measures.get(kind or tag)
    if measure is None:
        return found[0]
    text = re.sub(r"\s*\n\s*", "", markup.unescape(body)).strip(" ")
    advance = _advances(measure.role)
    indent = measure.indent * (1 + measure.grid)
    lead = _HANGING.match(text) if measure.hanging else None
    hang = sum(advance(char) + measure.grid for char in lead[0]) if lead else 0.0
    full = measure.width / measure.size
    lines = break_lines(text, advance, full - indent, full - (indent + hang if hang else 0.0), measure.grid)
    style = ""
    if hang:
        left, back = (indent + hang) * measure.size, hang * measure.size
        style = f' style="padding-left:{left:.2f}pt;text-indent:-{back:.2f}pt"'
    name = f"{kind} set" if kind else "set"
    return f'<{tag} class="{name}"{style}>{"<br>".join(_line(line, measure) for line in lines)}</{tag}>'


def _line(line: Line, measure: Measure) -> str:
    narrow = (line.spacing - 0.5) * measure.size
    text = PRESSED.sub(
        lambda mark: f'<span style="letter-spacing:{narrow:.2f}pt">{mark[0]}</span>',
        markup.escape(line.text, quote=False),
    )
    if abs(line.spacing - measure.grid) < _FULL_PITCH:
        return text
    return f'<span style="letter-spacing:{line.spacing * measure.size:.2f}pt">{text}</span>'


def _signature(found: re.Match[str], measure: Measure) -> str:
    """The date four characters from the right edge, the organ centred over it; a long name moves both to the left."""
    advance, cell = _advances(measure.role), 1 + measure.grid
    organ = sum(advance(char) + measure.grid for char in markup.unescape(found["organ"]))
    day = sum(advance(char) + measure.grid for char in markup.unescape(found["day"]))
    over = (organ - day) / 2
    right = max(4 * cell, over)
    return (
        f'<p class="signed" style="padding-right:{(right - over) * measure.size:.2f}pt">{found["organ"]}</p>\n'
        f'<p class="dated" style="padding-right:{right * measure.size:.2f}pt">{found["date"]}'
    )


def _room(found: re.Match[str]) -> str:
    foot = found["foot"]
    height = sum(tall for mark, tall in _FOOT_PARTS.items() if mark in foot)
    copies = re.search(r'<p class="copies set".*?</p>', foot, re.DOTALL)
    if copies:
        height += (copies[0].count("<br>") + 1) * _FOOT_LINE + 4
    return f'<div class="room" style="height:{height:.1f}pt">{foot}</div>'


def _advances(key: str) -> Callable[[str], float]:
    role = next(role for role in fonts.ROLES if role.key == key)
    widths = _narrow(fonts.locate(role))
    return lambda char: widths.get(char, 1.0)


@lru_cache(maxsize=16)
def _narrow(path: Path) -> dict[str, float]:
    """The characters of a face that are not one em wide, with their width in em."""
    # Loaded with the first sheet, not with the first page that is served.
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        units, metrics = font["head"].unitsPerEm, font["hmtx"]
        return {
            chr(point): metrics[name][0] / units
            for point, name in font.getBestCmap().items()
            if metrics[name][0] != units
        }

"""What the measuring functions share: the edges of the type area, and the parts of a sheet that are measured."""

import re
from collections.abc import Callable
from itertools import pairwise

from tests.support.sheet_reading import MM, Band, SheetPage, TextLine

Sheets = dict[str, list[SheetPage]]
PITCH = 225 * MM / 22
TITLE_PITCH = 34.0
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, 184 * MM, 37 * MM, 262 * MM
#: A date that stands alone, such as that of the signature.
_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
MEASURES: dict[str, Callable[[Sheets], float | str]] = {}


def measure(function: Callable[[Sheets], float | str]) -> Callable[[Sheets], float | str]:
    """Enter a measuring function under its name."""
    MEASURES[function.__name__] = function
    return function


def body_lines(page: SheetPage) -> list[TextLine]:
    """Lines of the body type inside the type area."""
    return [line for line in page.lines if line.top >= TOP and line.bottom <= BOTTOM + 1 and abs(line.size - 16) < 0.1]


def full_page(sheets: Sheets) -> list[TextLine]:
    """The body of a page that is full of text: the second of the long letter."""
    return body_lines(sheets["letter"][1])


def full_lines(sheets: Sheets) -> list[TextLine]:
    """Lines that fill the type area: those before the last of each paragraph."""
    lines = full_page(sheets)
    return [line for line, after in pairwise(lines) if after.left < LEFT + 1]


def red_rules(sheets: Sheets, name: str) -> list[Band]:
    return sheets[name][0].rules(red=True)


def last(sheets: Sheets, name: str) -> SheetPage:
    return sheets[name][-1]


def page_number(page: SheetPage) -> TextLine:
    return next(line for line in page.lines if line.top > BOTTOM and "—" in line.text)


def mark(sheets: Sheets, name: str) -> tuple[float, float, float, float]:
    """The ink of the organ's mark."""
    page = sheets[name][0]
    line = next(line for line in page.lines if line.size > 30)
    return page.ink(line.left, line.top - 5, line.right, line.bottom + 5)


def title(page: SheetPage) -> list[TextLine]:
    return [line for line in page.lines if abs(line.size - 22) < 0.1]


def _is_date(line: TextLine) -> bool:
    return abs(line.size - 16) < 0.1 and _DATE.fullmatch(line.text) is not None


def signature(sheets: Sheets) -> tuple[SheetPage, TextLine, TextLine]:
    """Page, organ and date of the signature of the long letter."""
    page = last(sheets, "letter")
    date = next(line for line in page.lines if _is_date(line))
    organ = max((line for line in page.lines if line.baseline < date.baseline), key=lambda line: line.baseline)
    return page, organ, date


def signed_with_text(page: SheetPage) -> bool:
    """Whether a page that bears the signature bears body text as well; true for a page without one."""
    date = next((line for line in page.lines if _is_date(line) and line.left > LEFT + 100), None)
    return date is None or len([line for line in body_lines(page) if line.baseline < date.baseline]) >= 2

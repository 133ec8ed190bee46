"""Where the lines of a Chinese paragraph end, so that full lines fill the type area to its right edge.

WeasyPrint stretches lines at spaces only, and Chinese has none. So lines are broken here, on the grid of
GB/T 9704-2012, 5.2.3, and each full line carries the letter spacing that makes it as wide as the type area. Where a
mark may not begin or end a line (避头尾, GB/T 15834-2011, 5.1), it is drawn into the line before or leaves it to the
next; either moves a character by less than a fifth of a millimetre to its neighbour's column per place.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

_NOT_FIRST = frozenset("，。、；：？！）〕》〉”’」』】％%·—…!?),.:;]}~～")
"""Marks that may not begin a line."""

_NOT_LAST = frozenset("（〔《〈“‘「『【([{")
"""Marks that may not end a line."""

_HALF_EMPTY = "，。、；：）〕》〉”’」』】"
"""Marks whose right half is blank in the faces of the standard, so that it may stand outside the type area."""

_LEFT_EMPTY = "（〔《〈“‘「『【"
"""Marks whose left half is blank."""

PRESSED = re.compile(f"[{_HALF_EMPTY}](?=[{_HALF_EMPTY}{_LEFT_EMPTY}])|[{_LEFT_EMPTY}](?=[{_LEFT_EMPTY}])")
"""A mark that gives up half its width, because the blank halves of two marks in a row would look like a hole."""

_JOINED = frozenset(".,:/-_%+#@&'()[]")
_NARROWEST, _WIDEST = 0.94, 1.12
_REGRET = 0.05
_SQUEEZED = 1.2
"""How much worse it looks to press characters together than to draw them apart by the same amount."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text, its natural width in characters, and the spacing that each of its characters gets.

    ``spacing`` is in characters (em) beside the character's own width; ``full``: the line reaches the right edge.
    """

    text: str
    natural: float
    spacing: float
    full: bool


def break_lines(text: str, advance: Callable[[str], float], first: float, rest: float, grid: float) -> list[Line]:
    """The lines of one paragraph.

    Args:
        text: the paragraph, without line breaks.
        advance: the natural width of a character in em.
        first: the width that the first line has, in em.
        rest: the width that every further line has, in em.
        grid: the spacing of a character that stands on the grid, in em (negative: the grid is narrower than an em).
    """
    reach = [0.0]
    halved = {found.start() for found in PRESSED.finditer(text)}
    for place, char in enumerate(text):
        reach.append(reach[-1] + advance(char) - (0.5 if place in halved else 0.0))
    lines: list[Line] = []
    start = 0
    while start < len(text):
        line = _next(text, reach, start, rest if lines else first, grid)
        lines.append(line)
        start += len(line.text)
        while start < len(text) and text[start] == " ":
            start += 1
    return lines


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two neighbouring characters."""
    if after in _NOT_FIRST or before in _NOT_LAST or after == " ":
        return False
    return not (_within_word(before) and _within_word(after))


def parting(before: str, after: str) -> float:
    """How much it is regretted to end a line here, in em of spacing: a number keeps what it counts if it can.

    〔2026〕17号 and 11月21日 part only where the line would otherwise be drawn apart by more than this.
    """
    return _REGRET if (before == "〕" and after.isdigit()) or (before.isdigit() and after in "年月日号") else 0.0


def _within_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in _JOINED)


def _next(text: str, reach: list[float], start: int, width: float, grid: float) -> Line:
    """The line that begins at ``start``: the end that disturbs the grid least."""
    best: Line | None = None
    best_cost = float("inf")
    shortest = min(len(text), max(start + 1, bisect_left(reach, reach[start] + width / _WIDEST)))
    for end in range(shortest, len(text) + 1):
        # A mark at the end of the line has no neighbour to press it.
        natural = reach[end] - reach[start] + (0.5 if PRESSED.match(text, end - 1) else 0.0)
        count = end - start
        hanging = 0.5 if text[end - 1] in _HALF_EMPTY else 0.0
        if natural - hanging + count * grid > width / _NARROWEST:
            break
        if end == len(text):
            return _last(text[start:], natural, hanging, width, grid, best, best_cost)
        if not may_break(text[end - 1], text[end]):
            continue
        regret = parting(text[end - 1], text[end])
        for visible in (natural, natural - hanging) if hanging else (natural,):
            spacing = _filling(width, visible, count, grid)
            cost = abs(spacing - grid) * (_SQUEEZED if spacing < grid else 1.0) + regret
            if cost < best_cost:
                best, best_cost = Line(text[start:end].rstrip(" "), natural, spacing, full=True), cost
    return best or _ragged(text, reach, start, shortest, width, grid)


def _ragged(text: str, reach: list[float], start: int, shortest: int, width: float, grid: float) -> Line:
    """A line that would be torn apart if it were filled, because a long word follows; that word cut, if it is all."""
    for end in range(shortest, start, -1):
        if end < len(text) and may_break(text[end - 1], text[end]):
            return Line(text[start:end], reach[end] - reach[start], grid, full=False)
    return _cut(text, reach, start, width, grid)


def _filling(width: float, visible: float, count: int, grid: float) -> float:
    """The spacing at which ``count`` characters reach the edge where the last character of a plain line ends."""
    return (width - grid - visible) / max(1, count - 1)


def _last(
    rest: str, natural: float, hanging: float, width: float, grid: float, best: Line | None, best_cost: float
) -> Line:
    """The paragraph's last line as it stands, pressed together where it is a little too long, or the line before it."""
    count = len(rest)
    if natural + count * grid <= width + 1e-6:
        return Line(rest, natural, grid, full=False)
    spacing = _filling(width, natural - hanging, count, grid)
    if best is None or (grid - spacing) * _SQUEEZED <= best_cost:
        return Line(rest, natural, min(grid, spacing), full=True)
    return best


def _cut(text: str, reach: list[float], start: int, width: float, grid: float) -> Line:
    """A word longer than the line, cut where the line is full."""
    end = start + 1
    while end < len(text) and reach[end + 1] - reach[start] + (end + 1 - start) * grid <= width:
        end += 1
    return Line(text[start:end], reach[end] - reach[start], grid, full=False)

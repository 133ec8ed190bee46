"""A finished sheet read back: its lines of text by position, and its rules and inks as pixels.

Text comes from the PDF's own positions, so it is exact; rules and the ink of single characters come from a picture of
the page, because a border is drawn as a clipped shape whose outline says little. All lengths are points from the top
left corner of the page.
"""

import io
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pdfplumber
from PIL import Image

MM = 72 / 25.4
DPI = 300
_ABOVE, _BELOW = 0.88, 0.12
"""What of an em stands above and below the baseline in the faces that are embedded."""

HALF_EMPTY = "，。、；：）〕》”’」』】"
"""Marks whose right half is blank: they may reach half a character beyond the type area without being seen there."""
LEFT_EMPTY = "（〔《“‘「『【"
"""Marks whose left half is blank."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: its box from edge to edge, its baseline, the face without the subset's prefix, its colour."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    face: str
    colour: tuple[float, ...]

    @property
    def ink(self) -> tuple[float, float]:
        """From where to where something of it may be seen: without the blank half of a mark."""
        half = self.size / 2
        return self.x0 + half * (self.text in LEFT_EMPTY), self.x1 - half * (self.text in HALF_EMPTY)


@dataclass(frozen=True)
class TextLine:
    """Characters on one baseline, from left to right."""

    glyphs: tuple[Glyph, ...]

    @property
    def text(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs).strip()

    @property
    def size(self) -> float:
        return max(glyph.size for glyph in self.glyphs)

    @property
    def face(self) -> str:
        return self.glyphs[0].face

    @property
    def baseline(self) -> float:
        return self.glyphs[0].baseline

    @property
    def left(self) -> float:
        return self.glyphs[0].x0

    @property
    def right(self) -> float:
        """The right edge of what is seen: without the blank half of a closing mark."""
        last = self.glyphs[-1]
        return last.x1 - (last.size / 2 if last.text in HALF_EMPTY else 0.0)

    @property
    def centre(self) -> float:
        return (self.left + self.glyphs[-1].x1) / 2

    @property
    def top(self) -> float:
        """The top of the character boxes."""
        return self.baseline - _ABOVE * self.size

    @property
    def bottom(self) -> float:
        """The bottom of the character boxes."""
        return self.baseline + _BELOW * self.size

    def box_top(self, pitch: float) -> float:
        """The top of the line when lines stand ``pitch`` apart: half of what is left over above the characters."""
        return self.top - (pitch - self.size) / 2

    def box_bottom(self, pitch: float) -> float:
        return self.bottom + (pitch - self.size) / 2


@dataclass(frozen=True, slots=True)
class Band:
    """A horizontal rule: its edges, and its thickness reckoned from the ink."""

    left: float
    right: float
    top: float
    bottom: float
    thickness: float


@dataclass(frozen=True)
class SheetPage:
    """One page. ``number`` counts from one; ``code`` is the box of the QR code, ``None`` where there is none."""

    number: int
    width: float
    height: float
    lines: tuple[TextLine, ...]
    code: tuple[float, float, float, float] | None
    source: bytes

    def line(self, words: str) -> TextLine:
        """The first line that holds some words; ``LookupError`` if none does."""
        for line in self.lines:
            if words in line.text:
                return line
        raise LookupError(f"page {self.number} has no line with {words}: {[line.text for line in self.lines]}")

    @cached_property
    def picture(self) -> Image.Image:
        """The page as pixels."""
        number = str(self.number)
        drawn = subprocess.run(
            ["pdftoppm", "-r", str(DPI), "-f", number, "-l", number, "-"],
            input=self.source,
            check=True,
            capture_output=True,
        )
        return Image.open(io.BytesIO(drawn.stdout)).convert("RGB")

    def ink(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """The box that is inked inside a box; ``LookupError`` if nothing is."""
        scale = DPI / 72
        area = tuple(round(edge * scale) for edge in (left, top, right, bottom))
        dark = (
            self.picture.crop((area[0], area[1], area[2], area[3])).convert("L").point(lambda grey: 255 * (grey < 200))
        )
        box = dark.getbbox()
        if box is None:
            raise LookupError(f"nothing is drawn on page {self.number} in {(left, top, right, bottom)}")
        return tuple((edge + area[n % 2]) / scale for n, edge in enumerate(box))  # type: ignore[return-value]

    def rules(self, *, red: bool, at_least: float = 140 * MM) -> list[Band]:
        """The horizontal rules of a colour, from top to bottom."""
        channels = self.picture.split()
        # Ink of a red rule is missing from green, of a black one from red.
        plane = channels[1] if red else channels[0]
        if red:
            plane = Image.composite(
                plane, Image.new("L", plane.size, 255), channels[0].point(lambda v: 255 * (v > 160))
            )
        return list(_bands(plane, at_least))


def _bands(plane: Image.Image, at_least: float) -> Iterator[Band]:
    scale = DPI / 72
    rows: list[tuple[int, int, int, float]] = []
    width, height = plane.size
    # A row whose mean is still white holds no rule of that length.
    means = plane.resize((1, height), Image.Resampling.BOX).tobytes()
    for y in range(height):
        if means[y] > 250:
            continue
        row = plane.crop((0, y, width, y + 1))
        box = row.point(lambda grey: 255 * (grey < 245)).getbbox()
        if box is None or (box[2] - box[0]) / scale < at_least:
            continue
        inner = row.crop((box[0], 0, box[2], 1)).tobytes()
        if max(inner) < 245:
            rows.append((y, box[0], box[2], 1 - sum(inner) / len(inner) / 255))
    full = max((row[3] for row in rows), default=1.0)
    start = 0
    for n in range(1, len(rows) + 1):
        if n == len(rows) or rows[n][0] != rows[n - 1][0] + 1:
            part = rows[start:n]
            thickness = sum(row[3] for row in part) / full / scale
            left, right = min(row[1] for row in part) / scale, max(row[2] for row in part) / scale
            yield Band(left, right, part[0][0] / scale, (part[-1][0] + 1) / scale, thickness)
            start = n


def read_sheet(pdf: bytes) -> list[SheetPage]:
    """The pages of a PDF."""
    with pdfplumber.open(io.BytesIO(pdf)) as book:
        return [
            SheetPage(
                page.page_number,
                page.width,
                page.height,
                tuple(_lines(page)),
                _code(page.lines),
                pdf,
            )
            for page in book.pages
        ]


def _code(strokes: list[dict[str, Any]]) -> tuple[float, float, float, float] | None:
    """The box of the QR code, the only thing on a sheet that is drawn with broad strokes."""
    strokes = [stroke for stroke in strokes if stroke["linewidth"] > 1.2]
    if not strokes:
        return None
    return (
        min(stroke["x0"] for stroke in strokes),
        min(stroke["top"] for stroke in strokes),
        max(stroke["x1"] for stroke in strokes),
        max(stroke["bottom"] for stroke in strokes),
    )


def _lines(page: Any) -> Iterator[TextLine]:
    rows: list[list[Glyph]] = []
    for char in page.chars:
        glyph = Glyph(
            char["text"],
            char["x0"],
            char["x1"],
            page.height - char["matrix"][5],
            round(char["size"], 1),
            char["fontname"].partition("+")[2],
            tuple(char["non_stroking_color"]),
        )
        row = next((row for row in rows if abs(row[0].baseline - glyph.baseline) < 0.5), None)
        if row is None:
            rows.append([glyph])
        else:
            row.append(glyph)
    for row in sorted(rows, key=lambda row: row[0].baseline):
        seen = [glyph for glyph in sorted(row, key=lambda glyph: glyph.x0) if glyph.text.strip()]
        if seen:
            yield TextLine(tuple(seen))

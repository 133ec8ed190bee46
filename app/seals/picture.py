"""The drawn round seal: ring, star, the organ's name along the arc, and under the star that it is no statutory seal.

It is drawn as outlines, letters included, so that the sheet needs no font for it and nothing is rasterised (PDF/A).
Lengths are in millimetres of a seal of 42 mm, with the centre at 0, 0; the content stream is in points with 0, 0 at the
lower left.
"""

import zlib
from collections.abc import Iterator
from functools import lru_cache
from math import cos, pi, radians, sin
from pathlib import Path
from typing import Any

from app.documents.fonts import ROLES, fallbacks, locate

LABELS = ("演示印章", "非法定电子印章")
_DIAMETER_MM = 42.0
_RED = "0.902 0 0.071"
_RING_MM = 1.2
_STAR_MM = 6.6
_ARC_MM = 15.6  # where the middles of the letters stand
_LETTER_MM = 5.6
_WIDEST_STEP, _WIDEST_ARC = radians(27), radians(264)
_LABEL_LINES = ((-11.2, 3.5), (-15.2, 2.2))  # height above the centre, height of a letter
_KAPPA = 4 / 3 * (2**0.5 - 1)
_ROLE = "xiaobiaosong"


@lru_cache(maxsize=128)
def seal_picture(organ: str, diameter: float) -> bytes:
    """The content stream of the seal of an organ, deflated, `diameter` points square.

    Raises:
        FontMissing: no font that letters could be drawn with.
    """
    scale = diameter / _DIAMETER_MM
    parts = [f"{scale:.5f} 0 0 {scale:.5f} {diameter / 2:.4f} {diameter / 2:.4f} cm"]
    parts.append(f"{_RED} rg {_RED} RG {_RING_MM} w")
    parts += _circle(_DIAMETER_MM / 2 - _RING_MM / 2)
    parts += _star(_STAR_MM)
    with _Letters() as letters:
        parts += _arc(organ, letters)
        for text, (height, size) in zip(LABELS, _LABEL_LINES, strict=True):
            parts += _line(text, height, size, letters)
    return zlib.compress("\n".join(["q", "/Ink gs", *parts, "Q"]).encode("ascii"), 9)


def _circle(radius: float) -> Iterator[str]:
    bow = radius * _KAPPA
    yield f"{radius:.4f} 0 m"
    for turn in range(4):
        x, y = _turned(radius, 0, turn * pi / 2)
        end_x, end_y = _turned(radius, 0, (turn + 1) * pi / 2)
        bow_x, bow_y = _turned(0, bow, turn * pi / 2)
        back_x, back_y = _turned(bow, 0, turn * pi / 2)
        first, second = f"{x + bow_x:.4f} {y + bow_y:.4f}", f"{end_x + back_x:.4f} {end_y + back_y:.4f}"
        yield f"{first} {second} {end_x:.4f} {end_y:.4f} c"
    yield "s"


def _star(radius: float) -> Iterator[str]:
    """Five points; the inner corners lie where the lines of a pentagram cross."""
    inner = radius * sin(pi / 10) / cos(pi / 5)
    for corner in range(10):
        length = inner if corner % 2 else radius
        x, y = _turned(0, length, corner * pi / 5)
        yield f"{x:.4f} {y:.4f} {'l' if corner else 'm'}"
    yield "f"


def _arc(text: str, letters: "_Letters") -> Iterator[str]:
    """The name from lower left over the top to lower right, feet towards the centre, narrower the longer it is."""
    step = min(_WIDEST_STEP, _WIDEST_ARC / max(1, len(text) - 1))
    narrow = min(0.92, step * (_ARC_MM - _LETTER_MM / 2) * 1.12 / _LETTER_MM)
    for place, char in enumerate(text):
        angle = ((len(text) - 1) / 2 - place) * step
        x, y = _turned(0, _ARC_MM, angle)
        yield letters.drawn(char, x, y, _LETTER_MM, angle, narrow)


def _line(text: str, height: float, size: float, letters: "_Letters") -> Iterator[str]:
    for place, char in enumerate(text):
        yield letters.drawn(char, (place - (len(text) - 1) / 2) * size * 1.04, height, size)


def _turned(x: float, y: float, angle: float) -> tuple[float, float]:
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)


class _Letters:
    """Outlines of letters from the font of titles, from a fallback where that one lacks them."""

    def __init__(self) -> None:
        self._open: list[Any] = []

    def __enter__(self) -> "_Letters":
        return self

    def __exit__(self, *_error: object) -> None:
        for font in self._open:
            font.close()

    def drawn(self, char: str, x: float, y: float, size: float, angle: float = 0.0, narrow: float = 1.0) -> str:
        """A letter as a filled path with its middle at x, y."""
        from fontTools.pens.transformPen import TransformPen

        font, glyph = self._found(char)
        if glyph is None:
            return ""
        scale, glyphs = size / font["head"].unitsPerEm, font.getGlyphSet()
        # The middle of the em box of a Chinese font lies at 0.38 em above the base line.
        middle_x, middle_y = glyphs[glyph].width / 2, 0.38 * font["head"].unitsPerEm
        across, up = scale * narrow, scale
        a, b = across * cos(angle), across * sin(angle)
        c, d = -up * sin(angle), up * cos(angle)
        pen = _path_pen(glyphs)
        moved = (a, b, c, d, x - a * middle_x - c * middle_y, y - b * middle_x - d * middle_y)
        glyphs[glyph].draw(TransformPen(pen, moved))
        return " ".join([*pen.parts, "f"])

    def _found(self, char: str) -> tuple[Any, str | None]:
        from fontTools.ttLib import TTFont

        files = [locate(next(role for role in ROLES if role.key == _ROLE)), *(Path(face.path) for face in fallbacks())]
        for place, path in enumerate(files):
            if place == len(self._open):
                self._open.append(TTFont(path, lazy=True, fontNumber=0))
            if glyph := self._open[place].getBestCmap().get(ord(char)):
                return self._open[place], glyph
        return None, None


def _path_pen(glyphs: Any) -> Any:
    from fontTools.pens.basePen import BasePen

    class PathPen(BasePen):
        """Writes PDF path operators."""

        def __init__(self) -> None:
            super().__init__(glyphs)
            self.parts: list[str] = []

        def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 - fontTools' names
            self.parts.append(f"{pt[0]:.2f} {pt[1]:.2f} m")

        def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
            self.parts.append(f"{pt[0]:.2f} {pt[1]:.2f} l")

        def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
            self.parts.append(" ".join(f"{x:.2f} {y:.2f}" for x, y in points) + " c")

        def _closePath(self) -> None:  # noqa: N802
            self.parts.append("h")

    return PathPen()

"""Characters of a sheet as pixels beside the same characters drawn by another library from the source font.

Two font files of one family name make WeasyPrint 70 print wrong characters while the text that is read back stays
right, so what is printed can be judged by its shape only.
"""

from collections.abc import Iterator
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps, ImageStat

from app.documents import fonts
from tests.support.sheet_reading import DPI, Glyph, SheetPage

_SCALE = DPI / 72
_ROLES = {role.family.replace(" ", "-"): role for role in fonts.ROLES}
TOO_FAR = 0.15
"""From here on two pictures do not show the same character: 0 is the same ink, 1 no ink in common."""

_ALIKE = ("0123456789", "〔〕（）《》【】", "，。、；：", "己已巳", "未末", "人入八", "土士", "日曰目")
"""Characters that are near to each other: each must also be nearer to itself than to its neighbours."""


def misprinted(page: SheetPage) -> Iterator[tuple[Glyph, float]]:
    """The characters of a page whose picture is not theirs, with the distance to what should stand there."""
    for line in page.lines:
        for glyph, after in zip(line.glyphs, (*line.glyphs[1:], None), strict=True):
            if glyph.face not in _ROLES:
                continue
            printed = _printed(page, glyph, after.x0 if after else glyph.x1)
            own = _distance(printed, _drawn(glyph.face, glyph.size, glyph.text))
            others = [char for group in _ALIKE if glyph.text in group for char in group if char != glyph.text]
            nearer = any(_distance(printed, _drawn(glyph.face, glyph.size, char)) < own for char in others)
            if own > TOO_FAR or nearer:
                yield glyph, own


def _box(size: float) -> tuple[int, int, int]:
    """Width, height and baseline of the cell of a character, in pixels."""
    em = size * _SCALE
    return round(em * 1.1), round(em * 1.3), round(em)


def _printed(page: SheetPage, glyph: Glyph, until: float) -> Image.Image:
    width, height, base = _box(glyph.size)
    left, line = round(glyph.x0 * _SCALE), round(glyph.baseline * _SCALE)
    # Only the character's own cell: its neighbour begins where it ends.
    wide = min(width, round((min(glyph.x1, until) - glyph.x0) * _SCALE))
    cell = Image.new("L", (width, height), 255)
    cut = page.picture.crop((left, line - base, left + wide, line - base + height))
    cell.paste(cut.convert("L"), (0, 0))
    return _ink(cell)


@lru_cache(maxsize=4000)
def _drawn(face: str, size: float, char: str) -> Image.Image:
    width, height, base = _box(size)
    cell = Image.new("L", (width, height), 255)
    font = ImageFont.truetype(str(fonts.locate(_ROLES[face])), size * _SCALE)
    ImageDraw.Draw(cell).text((0, base), char, font=font, fill=0, anchor="ls")
    return _ink(cell)


def _ink(cell: Image.Image) -> Image.Image:
    # Grey and red characters are compared by their shape as well.
    return ImageOps.autocontrast(ImageChops.invert(cell)).filter(ImageFilter.GaussianBlur(2))


def _distance(one: Image.Image, other: Image.Image) -> float:
    """The ink that is not shared, as a part of all ink; the better of nine places a pixel apart."""
    whole = float(ImageStat.Stat(one).sum[0] + ImageStat.Stat(other).sum[0])
    return min(
        float(ImageStat.Stat(ImageChops.difference(one, ImageChops.offset(other, x, y))).sum[0]) / whole
        for x in (0, -1, 1)
        for y in (0, -1, 1)
    )

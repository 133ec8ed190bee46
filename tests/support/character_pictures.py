"""Single characters as pictures: printed on a sheet, or drawn by another library straight from a font file."""

import io
import subprocess
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps, ImageStat

SIDE = 96


def ink(picture: Image.Image) -> Image.Image:
    """The ink alone in one size, a little blurred, so that two ways of drawing can be compared."""
    dark = ImageOps.invert(picture.convert("L"))
    box = dark.getbbox()
    assert box is not None, "nothing was drawn"
    return dark.crop(box).resize((SIDE, SIDE)).filter(ImageFilter.GaussianBlur(1.5))


def drawn(char: str, font: Path, index: int = 0) -> Image.Image:
    """A character drawn from a font file; of a collection the face of this index."""
    canvas = Image.new("L", (300, 300), 255)
    ImageDraw.Draw(canvas).text((60, 40), char, font=ImageFont.truetype(str(font), 160, index=index), fill=0)
    return ink(canvas)


def printed(pdf: Path, page: int) -> Image.Image:
    """The only character of a page of a PDF."""
    command = ["pdftoppm", "-r", "150", "-gray", "-f", str(page), "-l", str(page), str(pdf)]
    answer = subprocess.run(command, check=True, capture_output=True)
    return ink(Image.open(io.BytesIO(answer.stdout)))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures, in grey levels."""
    return float(ImageStat.Stat(ImageChops.difference(one, other)).mean[0])

"""Prepare the role fonts once at installation: TrueType outlines and a family name of their own.

Two reasons. WeasyPrint keys an embedded font by family and weight: two files of one family made it print wrong
characters while the text layer stayed right, so every file gets a name nobody else has. And TrueType outlines make a
notice a third faster and smaller than the CFF outlines that Fandol comes with.

Run ``python -m app.documents.font_outlines`` at set-up; it takes about ten seconds a font and does nothing when done.
"""

import hashlib
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import NamedTemporaryFile

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

from app.documents.font_files import cache_folder
from app.documents.fonts import ROLES, Role, demand_usable

_MAKE = "1"
_TOLERANCE = 1.0
_FAMILY_NAMES = {1: "{family}", 2: "Regular", 3: "{family} {digest}", 4: "{family}", 6: "{postscript}", 16: "{family}"}


def prepared(folder: Path | None = None) -> dict[str, Path]:
    """The prepared file of each role, by role key; makes what is missing. Raises ``FontMissing``."""
    folder = folder or cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    sources = {role: demand_usable(role) for role in ROLES}
    targets = {role: folder / f"{role.key}-{_digest(source)}.ttf" for role, source in sources.items()}
    todo = [role for role in ROLES if not targets[role].is_file()]
    if todo:
        # Spawned, because the caller may be a server that already runs threads.
        with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
            jobs = [pool.submit(convert, sources[role], role, targets[role]) for role in todo]
            for job in jobs:
                job.result()
    return {role.key: targets[role] for role in ROLES}


def convert(source: Path, role: Role, target: Path) -> None:
    """Write ``source`` with quadratic outlines and the role's own family name to ``target``, all or nothing."""
    # Of a collection (such as simsun.ttc) the first face is meant.
    with TTFont(source, recalcTimestamp=False, fontNumber=0) as font:
        if "glyf" not in font:
            _quadratic(font)
        _rename(font, role, _digest(source))
        with NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
            font.save(part)
        finished = Path(part.name)
        finished.chmod(0o644)
        finished.replace(target)


def _digest(source: Path) -> str:
    return hashlib.sha256(_MAKE.encode() + source.read_bytes()).hexdigest()[:12]


def _quadratic(font: TTFont) -> None:
    order = font.getGlyphOrder()
    drawn = font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(drawn)
        drawn[name].draw(Cu2QuPen(pen, _TOLERANCE, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder = order
    glyf.glyphs = glyphs
    for name in order:
        width, _ = font["hmtx"][name]
        glyphs[name].recalcBounds(glyf)
        font["hmtx"][name] = (width, getattr(glyphs[name], "xMin", 0))
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    maxp.maxZones = 1
    for field in (
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
    ):
        setattr(maxp, field, 0)
    font["post"].formatType = 3.0
    for tag in ("CFF ", "VORG"):
        if tag in font:
            del font[tag]
    font.sfntVersion = "\x00\x01\x00\x00"


def _rename(font: TTFont, role: Role, digest: str) -> None:
    names = newTable("name")
    names.names = []
    for number, pattern in _FAMILY_NAMES.items():
        text = pattern.format(family=role.family, digest=digest, postscript=role.family.replace(" ", ""))
        names.setName(text, number, 3, 1, 0x409)
    font["name"] = names
    font["OS/2"].usWeightClass = 400
    font["OS/2"].fsSelection = 0x40
    font["head"].macStyle = 0


def main() -> int:
    """Prepare every role font and say where each lies; the exit status for the shell."""
    for key, path in prepared().items():
        sys.stdout.write(f"{key} {path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

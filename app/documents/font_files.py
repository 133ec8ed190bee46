"""What a font file can print, what it is called and whether it may be embedded; read once and kept beside the fonts.

Reading the character maps of all faces takes more than a second, and the first to ask is a step that signs a notice.
So what was read is kept in the font folder under a name that changes with the file.
"""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

#: OS/2 fsType: the licence forbids embedding, subsetting, or outlines (OpenType 1.9, OS/2).
_RESTRICTED, _NO_SUBSET, _BITMAPS_ONLY = 0x0002, 0x0100, 0x0200
_USAGE = 0x000F
_FORMAT = 1
_NAMED = 8


class FontUnfit(ValueError):
    """A file cannot serve as a typeface of notices; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file: the family it calls itself, its embedding bits (fsType) and its characters."""

    family: str
    embedding: int
    characters: frozenset[str]

    @property
    def han(self) -> int:
        """How many Chinese characters it has."""
        return sum(is_han(char) for char in self.characters)


def is_han(char: str) -> bool:
    """Whether a character is a Chinese one, extensions included."""
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\U00020000" <= char <= "\U000323af"


@lru_cache(maxsize=1)
def basic_characters() -> frozenset[str]:
    """The 6,763 characters of GB 2312-80, and the figures and marks without which no notice can be written."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    han = "".join(pair.decode("gb2312", errors="ignore") for pair in rows)
    return frozenset(han + "0123456789，。、；：？！“”‘’（）《》〔〕—…·％")


def cache_folder() -> Path:
    """Where prepared fonts lie: ``ZHENGCHENG_FONT_CACHE``, else the user's cache folder."""
    if chosen := os.environ.get("ZHENGCHENG_FONT_CACHE"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "zhengcheng" / "fonts"


def read_face(path: Path, family: str = "") -> Face:
    """The face of a file; of a collection the one named ``family``, else the first.

    Raises ``FontUnfit`` if the file is no font.
    """
    stat = path.stat()
    return _face(path, family, stat.st_size, stat.st_mtime_ns)


def demand_fit(path: Path, label: str) -> Face:
    """The face of a file that is to serve the role ``label`` (仿宋, 黑体 …).

    Raises ``FontUnfit``: no font, its embedding bits forbid what a notice needs, or GB 2312 is not complete.
    """
    face = read_face(path)
    if face.embedding & _USAGE == _RESTRICTED:
        raise FontUnfit(f"字体文件{path}的许可标志（fsType）禁止嵌入文档，不能用作{label}。请换用许可嵌入的字体文件。")
    if face.embedding & _NO_SUBSET:
        raise FontUnfit(f"字体文件{path}的许可标志（fsType）禁止只嵌入所用的字，不能用作{label}。请换用其他字体文件。")
    if face.embedding & _BITMAPS_ONLY:
        raise FontUnfit(f"字体文件{path}的许可标志（fsType）只许嵌入点阵，不能用作{label}。请换用其他字体文件。")
    lacking = sorted(basic_characters() - face.characters)
    if lacking:
        shown = "".join(lacking[:_NAMED]) + ("等" if len(lacking) > _NAMED else "")
        raise FontUnfit(
            f"字体文件{path}缺少{len(lacking)}个常用字符（GB 2312 基本字符），如“{shown}”，不能用作{label}。"
            "请换用字符齐全的字体文件。"
        )
    return face


@lru_cache(maxsize=32)
def _face(path: Path, family: str, size: int, changed: int) -> Face:
    name = hashlib.sha256(f"{_FORMAT}\n{path}\n{family}\n{size}\n{changed}".encode()).hexdigest()[:16]
    kept = cache_folder() / f"coverage-{name}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        values = json.loads(kept.read_text(encoding="utf-8"))
        return Face(values["family"], values["embedding"], frozenset(values["characters"]))
    face = _read(path, family)
    # A folder that cannot be written costs a second at the next start, nothing else.
    with suppress(OSError):
        _keep(kept, face)
    return face


def _keep(target: Path, face: Face) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    values = {"family": face.family, "embedding": face.embedding, "characters": "".join(sorted(face.characters))}
    with NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, suffix=".part", delete=False) as part:
        json.dump(values, part, ensure_ascii=False)
    Path(part.name).replace(target)


def _read(path: Path, family: str) -> Face:
    # Loaded with the first text that is checked, not with the first page that is served.
    from fontTools.ttLib import TTCollection, TTFont

    try:
        if path.read_bytes()[:4] == b"ttcf":
            with TTCollection(path, lazy=True) as collection:
                faces = {_family(font): font for font in reversed(collection.fonts)}
                return _face_of(faces.get(family, collection.fonts[0]))
        with TTFont(path, lazy=True) as font:
            return _face_of(font)
    except Exception as error:
        raise FontUnfit(f"文件{path}不是可用的 TrueType 或 OpenType 字体（{type(error).__name__}）。") from error


def _face_of(font: Any) -> Face:
    embedding = font["OS/2"].fsType if "OS/2" in font else 0
    # Parsed here, so that a file that is cut off is found out now and not at the first notice.
    drawn = font.getGlyphSet()
    points = font.getBestCmap()
    assert len(drawn) > 1
    return Face(_family(font), embedding, frozenset(chr(point) for point in points))


def _family(font: Any) -> str:
    return font["name"].getBestFamilyName() or ""

"""The typefaces of GB/T 9704-2012: which file serves each, where they come from, and which characters they can print.

The proprietary faces of the standard may not be shipped. Free ones are found in Debian's ``texlive-lang-chinese``
(Fandol); an installer who holds licences points ``ZHENGCHENG_FONT_FANGSONG`` and its likes at other files. Characters
that a role lacks are printed from the fallback faces, glyph by glyph; a character nobody has refuses the notice.
"""

import ctypes
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.documents.font_files import FontUnfit, demand_fit, read_face

_FANDOL = (
    "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol",
    "/usr/share/texmf/fonts/opentype/public/fandol",
    "/usr/share/texmf-dist/fonts/opentype/public/fandol",
    "/usr/share/fonts/opentype/fandol",
)
_SILENT = frozenset(" \n\t\u3000\u00a0")
#: WeasyPrint cuts fonts down with it; without it a notice takes more than a second instead of a twentieth.
_SUBSETTER = "libharfbuzz-subset.so.0"
SUBSETTER_PACKAGE = "libharfbuzz-subset0"


@dataclass(frozen=True, slots=True)
class Role:
    """A typeface of the standard. ``family`` is our own name for it, so that no two files ever share one."""

    key: str
    label: str
    family: str
    file: str
    package: str = "texlive-lang-chinese"

    @property
    def variable(self) -> str:
        """The environment variable that points at a licensed file."""
        return f"ZHENGCHENG_FONT_{self.key.upper()}"


@dataclass(frozen=True, slots=True)
class Fallback:
    """A large face asked for single rare characters. ``family`` is its own name, known to fontconfig."""

    family: str
    path: str
    package: str
    purpose: str


ROLES = (
    Role("fangsong", "仿宋", "ZC FangSong", "FandolFang-Regular.otf"),
    Role("xiaobiaosong", "小标宋", "ZC XiaoBiaoSong", "FandolSong-Bold.otf"),
    Role("kai", "楷体", "ZC Kai", "FandolKai-Regular.otf"),
    Role("hei", "黑体", "ZC Hei", "FandolHei-Regular.otf"),
    Role("song", "宋体", "ZC Song", "FandolSong-Regular.otf"),
)
FALLBACKS = (
    Fallback(
        "Noto Serif CJK SC", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", "fonts-noto-cjk", "生僻字"
    ),
    Fallback(
        "BabelStone Han",
        "/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf",
        "fonts-babelstone-han",
        "扩展区生僻字",
    ),
)


class FontMissing(RuntimeError):
    """A role has no file that can serve it; the message says what to install or which variable to mend."""


@dataclass(frozen=True, slots=True)
class FontUse:
    """One line of the report: the file in use (``None``: none fit) and what to do about it (empty: nothing).

    ``family`` is what the file calls itself, ``han`` how many Chinese characters it has.
    """

    label: str
    path: Path | None
    advice: str
    required: bool
    family: str = ""
    han: int = 0


def locate(role: Role, environ: Mapping[str, str] | None = None) -> Path:
    """The file that serves a role: the installer's choice, else the free one. Raises ``FontMissing``."""
    chosen = (os.environ if environ is None else environ).get(role.variable, "")
    if chosen:
        path = Path(chosen)
        if not path.is_file():
            raise FontMissing(f"环境变量{role.variable}指向的字体文件不存在：{chosen}。请改正路径，或者删去该变量。")
        return path
    for folder in _FANDOL:
        path = Path(folder) / role.file
        if path.is_file():
            return path
    raise FontMissing(
        f"缺少{role.label}字体。请安装软件包{role.package}，或者用环境变量{role.variable}指定已获授权的字体文件。"
    )


def fallbacks() -> tuple[Fallback, ...]:
    """The fallback faces that are installed."""
    return tuple(face for face in FALLBACKS if Path(face.path).is_file())


def font_faces(files: Mapping[str, Path]) -> str:
    """The CSS that binds the file of each role, by role key, to the family name of our own."""
    urls = {role: files[role.key].resolve().as_uri() for role in ROLES}
    return "".join(f'@font-face{{font-family:"{role.family}";src:url("{url}")}}' for role, url in urls.items())


def environment(folder: Path) -> dict[str, str]:
    """What a process that draws sheets is started with: a fontconfig of our own in ``folder``, and little else.

    Freed memory is kept instead of being given back at every sheet, which saves a quarter of the time.
    """
    files = "".join(f"<glob>{face.path}</glob>" for face in fallbacks())
    folders = "".join(f"<dir>{name}</dir>" for name in sorted({str(Path(f.path).parent) for f in fallbacks()}))
    configuration = folder / "fonts.conf"
    configuration.write_text(
        f"<fontconfig>{folders}<cachedir>{folder}/cache</cachedir><selectfont><acceptfont>{files}"
        f"<glob>{folder}/*</glob></acceptfont><rejectfont><glob>/usr/*</glob></rejectfont></selectfont></fontconfig>",
        encoding="utf-8",
    )
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "FONTCONFIG_FILE": str(configuration),
        "MALLOC_MMAP_THRESHOLD_": "134217728",
        "MALLOC_TRIM_THRESHOLD_": "134217728",
    }


def demand_usable(role: Role, environ: Mapping[str, str] | None = None) -> Path:
    """The file that serves a role, looked into. Raises ``FontMissing``: there is none, or it may or can not serve."""
    path = locate(role, environ)
    try:
        demand_fit(path, role.label)
    except FontUnfit as unfit:
        raise FontMissing(f"{unfit}（环境变量{role.variable}）") from unfit
    return path


def can_subset() -> bool:
    """Whether the library that cuts fonts down quickly is installed."""
    try:
        ctypes.CDLL(_SUBSETTER)
    except OSError:
        return False
    return True


def report(environ: Mapping[str, str] | None = None) -> tuple[FontUse, ...]:
    """Which file serves each role and fallback, for ``doctor``."""
    lines = []
    for role in ROLES:
        try:
            path = demand_usable(role, environ)
        except FontMissing as missing:
            lines.append(FontUse(role.label, None, str(missing), required=True))
        else:
            face = read_face(path)
            lines.append(FontUse(role.label, path, "", True, face.family, face.han))
    for fallback in FALLBACKS:
        path, label = Path(fallback.path), f"{fallback.purpose}（{fallback.family}）"
        if path.is_file():
            face = read_face(path, fallback.family)
            lines.append(FontUse(label, path, "", False, face.family, face.han))
        else:
            advice = f"未安装{fallback.package}，遇{fallback.purpose}时文书可能无法签发。建议安装。"
            lines.append(FontUse(label, None, advice, False))
    return tuple(lines)


@lru_cache(maxsize=4)
def _printable(role_files: tuple[Path, ...], fallback_files: tuple[tuple[Path, str], ...]) -> frozenset[str]:
    in_every_role = frozenset.intersection(*(read_face(path).characters for path in role_files))
    return in_every_role.union(*(read_face(path, family).characters for path, family in fallback_files))


def missing_glyphs(text: str) -> set[str]:
    """The characters of ``text`` that no installed face prints; a notice holding one must be refused.

    A character counts as printable when a fallback has it or every role does, because a name may stand in any of
    them. Raises ``FontMissing`` if a role has no file.
    """
    files = tuple(locate(role) for role in ROLES)
    known = _printable(files, tuple((Path(face.path), face.family) for face in fallbacks()))
    return {char for char in set(text) - _SILENT if char not in known or unicodedata.category(char) == "Cc"}

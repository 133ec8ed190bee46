"""Characters of a notice that no installed face can print: which, and where in the notice they stand.

Asked before a notice is signed, so it reads the values alone: the words of the templates are ours, and a test holds
that all of them can be printed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from app.documents.context import NoticeContext
from app.documents.fonts import missing_glyphs

#: JSON writes control characters as escapes, which `missing_glyphs` cannot see.
_ESCAPED_CONTROL = re.compile(r"\\u00[01]|\\[bf]")
_AROUND = 6
_PLACES = {
    "title": "标题",
    "organ": "签发机关",
    "recipient": "受送达人",
    "number": "文号",
    "case": "所属事项",
    "record": "失信记录",
    "record.subject_name": "失信记录的当事人",
    "record.facts": "失信事实",
    "record.source": "来源文书",
    "record.provider": "信息提供单位",
    "content": "正文",
    "content.added_text": "补充段落",
    "content.applicant": "申请人",
    "content.contact_person": "联系人",
    "content.contact_phone": "联系电话",
    "content.hearing_place": "听取意见地点",
    "terms": "期限告知",
    "remedies": "权利救济途径",
    "basis": "依据",
    "reason": "理由",
    "attachments": "附件",
    "copies_to": "抄送机关",
    "locality_name": "地区名称",
}


class GlyphMissing(RuntimeError):
    """A character of the notice has no glyph in any installed font."""


@dataclass(frozen=True, slots=True)
class Unprintable:
    """One character without a glyph, the part of the notice where it first stands, and the words around it."""

    char: str
    place: str
    excerpt: str

    @property
    def text(self) -> str:
        """As a message names it: “䶮”（U+4DAE，见受送达人“王䶮”）."""
        seen = self.char if self.char.isprintable() else "不可见字符"
        return f"“{seen}”（U+{ord(self.char):04X}，见{self.place}“{self.excerpt}”）"


def unprintable(context: NoticeContext, text: str = "") -> tuple[Unprintable, ...]:
    """Every such character of a notice, in the order of code points; empty if it can be printed whole.

    ``text`` is the context's canonical JSON where the caller has it already. Raises ``FontMissing``.
    """
    text = text or context.to_json()
    if not missing_glyphs(text) and not _ESCAPED_CONTROL.search(text):
        return ()
    found: dict[str, Unprintable] = {}
    for path, value in _texts(asdict(context), ""):
        for char in missing_glyphs(value):
            found.setdefault(char, Unprintable(char, _place(path), _excerpt(value, char)))
    return tuple(found[char] for char in sorted(found))


def describe(characters: Iterable[Unprintable]) -> str:
    """What to tell the signer, naming each character, its code point and where it stands."""
    named = "、".join(item.text for item in characters)
    return f"下列字符没有可用的字形，文书不能签发：{named}。请核对是否录错；确为生僻字的，请管理员安装补充字体。"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, path)


def _place(path: str) -> str:
    """The words for the longest known part of a path such as ``record.source.number``."""
    parts = path.split(".")
    known = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((_PLACES[name] for name in known if name in _PLACES), "正文")


def _excerpt(value: str, char: str) -> str:
    at = value.index(char)
    words = value[max(0, at - _AROUND) : at + _AROUND + 1]
    return "".join(one if one.isprintable() else "□" for one in words)

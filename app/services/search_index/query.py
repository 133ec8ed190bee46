"""What somebody typed, understood: terms that must all be found, a condition on the last day, and what to tell him.

Whatever is typed is cut into tokens, so no sign of it ever reaches the language of an index.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.services.search_index.tokens import cut, day_token, reading_token
from workflows.kit.storable import FIRST_DAY, LAST_DAY

#: So much is read of what was typed, and so many terms.
LONGEST, MOST_TERMS = 100, 8


class Due(StrEnum):
    """A condition on the last day of the governing term."""

    LATE = "late"
    TODAY = "today"
    NEAR = "near"
    WEEK = "week"

    @property
    def label(self) -> str:
        return {"late": "已经逾期", "today": "今日到期", "near": "三个工作日内到期", "week": "本周到期"}[self.value]


#: The words that office people use for it.
_DUE = {
    "超期": Due.LATE, "逾期": Due.LATE, "已超期": Due.LATE, "已逾期": Due.LATE, "超时": Due.LATE,
    "今日到期": Due.TODAY, "今天到期": Due.TODAY, "当日到期": Due.TODAY,
    "临期": Due.NEAR, "临近到期": Due.NEAR, "即将到期": Due.NEAR, "快到期": Due.NEAR,
    "本周到期": Due.WEEK, "这周到期": Due.WEEK,
}  # fmt: skip

_QUOTED = re.compile(r'["“”„‟「『]([^"“”„‟「」『』]*)["“”„‟」』]')
_BRACKETS = re.compile(r"\s*[〔〕\[\]()【】{}<>〈〉《》]\s*")
_BETWEEN = re.compile(r"[\s,;、。，；]+")
_GLUED = ((re.compile(r"(?<=\d)\s+(?=[号年月日])"), ""), (re.compile(r"(?<=[年月])\s+(?=\d)"), ""))
_LETTERS = re.compile(r"[a-z]{2,}")
_DAY = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?|(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})月?")
_YEAR = re.compile(r"(\d{4})年")
_DAY_OF_ANY_YEAR = re.compile(r"(\d{1,2})月(\d{1,2})[日号]?")
_MONTH_OF_ANY_YEAR = re.compile(r"(\d{1,2})月份?")


@dataclass(frozen=True)
class Term:
    """One term: it is found where one of its phrases stands, or one of its marks (a day, a reading, a unit)."""

    typed: str
    phrases: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...] = ()

    def or_marked(self, marks: Sequence[str]) -> "Term":
        """The term with more marks by which it is found."""
        return replace(self, marks=tuple(dict.fromkeys((*self.marks, *marks))))

    @property
    def letters(self) -> str:
        """The letters of a term that may be pinyin; else empty."""
        (phrase, *_more) = self.phrases
        return "".join(phrase) if all(token.isascii() and token.isalpha() for token in phrase) else ""

    @property
    def has_digits(self) -> bool:
        return any(token.isascii() and not token.isalpha() for phrase in self.phrases for token in phrase)


@dataclass(frozen=True)
class Query:
    """Everything that was typed, as it was understood. `notes` say in Chinese what was left out and why."""

    typed: str
    terms: tuple[Term, ...] = ()
    due: Due | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to search for."""
        return not self.terms and self.due is None


def understand(typed: str) -> Query:
    """Read what was typed; never fails. What cannot be searched for is said in `notes`."""
    kept = typed.strip()
    notes: list[str] = []
    if len(kept) > LONGEST:
        notes.append(f"查询内容有{len(kept)}个字，只按前{LONGEST}个字查询。请缩短后再查。")
        kept = kept[:LONGEST]
    terms: list[Term] = []
    due: Due | None = None
    for text, literal in _parts(kept):
        if not literal and text in _DUE:
            due = _DUE[text]
            continue
        term = _term(text, literal=literal)
        if term is None:
            notes.append(_useless(text))
        elif len(terms) == MOST_TERMS:
            notes.append(f"一次最多查{MOST_TERMS}个词，“{text}”未作为查询条件。")
        else:
            terms.append(term)
    return Query(kept, tuple(dict.fromkeys(terms)), due, tuple(dict.fromkeys(notes)))


def _parts(typed: str) -> list[tuple[str, bool]]:
    """The parts of what was typed, each with whether it stood in quotation marks."""
    plain = unicodedata.normalize("NFKC", typed)
    parts: list[tuple[str, bool]] = []
    place = 0
    for match in _QUOTED.finditer(plain):
        parts += [(part, False) for part in _split(plain[place : match.start()])]
        parts += [(match[1].strip(), True)] if match[1].strip() else []
        place = match.end()
    return parts + [(part, False) for part in _split(plain[place:])]


def _split(plain: str) -> list[str]:
    glued = _BRACKETS.sub("〔", plain)
    for pattern, by in _GLUED:
        glued = pattern.sub(by, glued)
    return [part for part in _BETWEEN.split(glued) if part.strip("〔")]


def _term(text: str, *, literal: bool) -> Term | None:
    phrase = tuple(one.token for one in cut(text))
    if not phrase or (len(phrase) == 1 and len(phrase[0]) == 1):
        return None
    term = Term(text.strip("〔").replace("〔", " "), (phrase,))
    if literal:
        return term
    marks = list(_days(text))
    if _LETTERS.fullmatch(term.letters):
        marks.append(reading_token(term.letters))
    return term.or_marked(marks)


def _days(text: str) -> list[str]:
    """The marks of the day, month or year that a term names; none where there is no such day."""
    if match := _DAY.fullmatch(text):
        year, month, day = (int(part) for part in match.groups() if part is not None)
        return [day_token(year, month, day)] if _exists(year, month, day) else []
    if match := _MONTH.fullmatch(text):
        return [day_token(int(match[1]), int(match[2]))]
    if match := _YEAR.fullmatch(text):
        return [day_token(int(match[1]))]
    if match := _DAY_OF_ANY_YEAR.fullmatch(text):
        return [day_token(None, int(match[1]), int(match[2]))]
    if match := _MONTH_OF_ANY_YEAR.fullmatch(text):
        return [day_token(None, int(match[1]))]
    return []


def _exists(year: int, month: int, day: int) -> bool:
    return FIRST_DAY.year <= year <= LAST_DAY.year and 1 <= month <= 12 and 1 <= day <= 31


def _useless(text: str) -> str:
    shown = text.strip("〔") if len(text) <= 20 else f"{text[:20]}……"
    if any(character.isalnum() for character in text):
        if len(cut(text)) == 1:
            return f"“{shown}”只有一个字，查到的会太多，未作为查询条件。请至少输入两个字，例如姓名、单位名称或者文号。"
        if not any(character.isdigit() for character in text):
            return f"“{shown}”过长，不是可以查询的词，未作为查询条件。"
        return (
            f"“{shown}”像是证件号码、电话号码或者账号，系统不按这些内容建立索引，未作为查询条件。"
            "查公民身份号码或者统一社会信用代码的，请输入完整。"
        )
    return f"“{shown}”中没有可以查询的文字，未作为查询条件。"

"""How text is cut into tokens: one Chinese character, or one run of digits or of letters. Pure.

The index holds tokens in their order; a word is a phrase of neighbouring tokens. Fields are kept apart by a token that
nobody can type, and what is no text (a day, a unit, a reading in pinyin) is a token behind a mark that nobody can type.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

#: Between two fields: no phrase reaches across. These are private characters, which `cut` never lets through.
BREAK = "\ue000"
_MARK = "\ue001"
#: Within a pair of which one is longer than a sign.
_JOINT = "\ue002"
#: A longer run of letters and digits is no word.
LONGEST_RUN = 40
#: So many tokens of one case are indexed; a form is limited to 200,000 characters, which nobody searches to the end.
MOST_TOKENS = 20_000
#: Digits in a row from which on a run may be somebody's identity, telephone or account number: never indexed.
PERSONAL_DIGITS = 11

_SERIAL = re.compile(r"〔(\d{4})〕(\d+)")
#: One run of plain letters and digits, or one character of any other writing.
_TOKEN = re.compile(r"[0-9a-z]+|[^\x00-\x7f]")
_DIGITS = re.compile(r"\d")
_NUMBER = re.compile(r"\d+")
_ALNUM = re.compile(r"[0-9a-z]+")
_PERSONAL = re.compile(rf"\d{{{PERSONAL_DIGITS},}}")


class Cut(NamedTuple):
    """One token and where it stands in the text that was cut."""

    token: str
    start: int
    end: int


class _Folding(dict[int, str]):
    """Each character as the index has it: one letter or digit, or a blank where it separates. Worked out once."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        self[code] = found = folded if len(folded) == 1 and folded.isalnum() else " "
        return found


_FOLDING = _Folding()


def cut(text: str) -> list[Cut]:
    """The tokens of a text with their places, in order; punctuation, blanks and pictures are none.

    Full-width letters and digits count as plain ones, capitals as small ones; leading zeros of a number and 第 before
    one say nothing. A run that is too long, or may be somebody's identifier, is left out.
    """
    found: list[Cut] = []
    for match in _TOKEN.finditer(text.translate(_FOLDING)):
        token = match[0]
        if token.isascii():
            if len(token) > LONGEST_RUN or _PERSONAL.search(token):
                continue
            if token.isdigit():
                token = token.lstrip("0") or "0"
                if found and found[-1].token == "第" and found[-1].end == match.start():
                    found.pop()
        found.append(Cut(token, match.start(), match.end()))
    return found


def tokens_of(text: str) -> list[str]:
    """The tokens of a text."""
    return [one.token for one in cut(text)]


def may_hold(text: str, phrase: Sequence[str]) -> bool:
    """Whether a phrase can stand in a text at all: a cheap question before it is cut; never no where it does."""
    joined, plain = "".join(phrase), _plain(text)
    if _DIGITS.search(joined) is None:
        return joined in plain
    # Zeros before a number are not in its token, so only what stands between the numbers can be looked for.
    return all(part in plain for part in _NUMBER.split(joined))


@lru_cache(maxsize=512)
def _plain(text: str) -> str:
    """A text as its tokens are spelled, without blanks; the texts of a page are asked for one phrase after another."""
    return text.translate(_FOLDING).replace(" ", "")


def number_tokens(number: str) -> list[list[str]]:
    """The ways in which a number is written: 示信异〔2026〕12号, and without brackets 示信异202612号."""
    joined = _SERIAL.sub(r"\1\2", number)
    return [tokens_of(number)] if joined == number else [tokens_of(number), tokens_of(joined)]


def reading_token(letters: str) -> str:
    """The token of a reading in pinyin, or of initials."""
    return f"{_MARK}py{letters}"


def unit_token(unit_id: int) -> str:
    """The token of a unit that has a part in a case."""
    return f"{_MARK}un{unit_id}"


def relation_token(column: str, value: int) -> str:
    """The token of a relation by which somebody may see a case: a column of it and its value."""
    return f"{_MARK}{column.replace('_', '')}{value}"


def day_tokens(day: date) -> list[str]:
    """The tokens of a day: itself, its month, its year, and month and day of any year."""
    return [
        day_token(day.year, day.month, day.day),
        day_token(day.year, day.month),
        day_token(day.year),
        day_token(None, day.month, day.day),
        day_token(None, day.month),
    ]


def day_token(year: int | None, month: int | None = None, day: int | None = None) -> str:
    """The token of a day, a month or a year; None stands for any."""
    return _MARK + "d" + "x".join("" if part is None else str(part) for part in (year, month, day))


#: A row of so many days, or of so many months, is asked for by the day, or by the month.
_MOST_DAYS, _MOST_MONTHS = 14, 36


def span_tokens(first: date, last: date) -> list[str]:
    """Tokens of which every day from the first to the last has one; none where the span is too long to be asked."""
    days = (last - first).days + 1
    if days <= _MOST_DAYS:
        each = (first + timedelta(days=after) for after in range(days))
        return [day_token(one.year, one.month, one.day) for one in each]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [day_token(one // 12, one % 12 + 1) for one in months] if len(months) <= _MOST_MONTHS else []


#: Cases of one stretch, and of a small one.
ERA, SMALL_ERA = 16_384, 2_048
#: Of so many cases one is in the sample.
SAMPLED = 256


def place_tokens(case_id: int) -> list[str]:
    """Where a case lies among the cases, by which PostgreSQL finds the newest first: its stretches, and the sample."""
    found = [era_token(case_id // ERA), small_era_token(case_id // SMALL_ERA)]
    return [*found, sample_token()] if _scattered(case_id) % SAMPLED == 0 else found


def _scattered(case_id: int) -> int:
    """A number without any order that cases have by their keys (Knuth's multiplicative hashing)."""
    return (case_id * 2_654_435_761 & 0xFFFF_FFFF) >> 16


def era_token(era: int) -> str:
    """The token of one stretch of cases."""
    return f"{_MARK}era{era}"


def small_era_token(era: int) -> str:
    """The token of a small stretch of cases."""
    return f"{_MARK}eras{era}"


def sample_token() -> str:
    """The token of the cases in the sample."""
    return f"{_MARK}sample"


def stream(fields: Iterable[Sequence[str]], marks: Iterable[str]) -> list[str]:
    """Everything of one case in a row: each field, then what is no text."""
    row: list[str] = []
    for field in fields:
        if len(row) + len(field) > MOST_TOKENS:
            row += [*field[: MOST_TOKENS - len(row)], BREAK]
            break
        if field:
            row += [*field, BREAK]
    return [*row, *sorted(set(marks))]


def as_words(row: Sequence[str]) -> str:
    """A row of tokens as it is stored: each between blanks."""
    return f" {' '.join(row)} "


def grams_of(row: Sequence[str]) -> list[str]:
    """What is indexed: each pair of neighbours, each run of letters or digits, and each mark, once."""
    found = {gram(one, other) for one, other in pairwise(row) if one != BREAK and other[0] not in (BREAK, _MARK)}
    found.update(token for token in row if token[0] == _MARK or _ALNUM.fullmatch(token))
    return sorted(found)


def gram(one: str, other: str) -> str:
    """Two neighbours as one word of the index."""
    return f"{one}{other}" if len(one) == len(other) == 1 else f"{one}{_JOINT}{other}"

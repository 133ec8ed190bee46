"""The parts of a 发文字号: 示信用异告〔2026〕17号 is the word 示信用异告, the year 2026 and the number 17."""

import re
from dataclasses import dataclass

#: No series grows beyond what both databases keep as a number.
_SHAPE = re.compile(r"(?P<word>.*)〔(?P<year>\d{4})〕(?P<serial>[1-9]\d{0,8})号")


@dataclass(frozen=True)
class NumberParts:
    """A number taken apart; word and year name its series."""

    word: str
    year: int
    serial: int


def parts_of(number: str) -> NumberParts:
    """The parts of a number as `draw_numbers` makes it.

    Raises:
        ValueError: it is no such number.
    """
    match = _SHAPE.fullmatch(number)
    if match is None:
        raise ValueError(number)
    return NumberParts(match["word"], int(match["year"]), int(match["serial"]))

"""Make-believe codes that pass every check. Nobody is meant by them."""

from datetime import date

from workflows.identity import credit_check_character, identity_check_character


def identity_number(sequence: int = 1, born: date = date(1980, 1, 1), division: str = "110101") -> str:
    """A 公民身份号码; `sequence` (1–999) tells people of one birthday apart."""
    first = f"{division}{born:%Y%m%d}{sequence:03d}"
    return first + identity_check_character(first)


def credit_code(sequence: int = 1, division: str = "110101", kind: str = "11") -> str:
    """A 统一社会信用代码; kind 11 is an organ, 12 a public institution."""
    first = f"{kind}{division}{sequence:09d}"
    return first + credit_check_character(first)

"""公民身份号码 (GB 11643-1999) and 统一社会信用代码 (GB 32100-2015): checks with advice, and masks.

Length, characters, date and check character are hard: a code that fails is wrong. The division (行政区划) is soft,
since divisions are merged and renamed while codes stay (莱城区 371202 became 莱芜区 370116); it only gives a warning.
"""

import re
from dataclasses import dataclass
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID_LENGTH = 18

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_LENGTH = 18

#: First two digits of GB/T 2260: provinces, autonomous regions, municipalities, and the three regions beside them.
PROVINCES = frozenset(
    {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46}
    | {50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83}
)
#: People whose age would be above this were not born in a year that a code of the present can hold.
_OLDEST_YEARS = 130

#: From full-width digits and letters (！ to ～ in Unicode) to the plain ones.
_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_COMPOUND_SURNAMES_TEXT = """
欧阳 司马 上官 诸葛 司徒 东方 独孤 南宫 万俟 闻人 夏侯 尉迟 皇甫 公孙 慕容 令狐 长孙 宇文 轩辕 呼延 端木 赫连 澹台 公冶
宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 亓官 司寇 子车 颛孙 巫马 公西 漆雕 乐正 壤驷 公良 拓跋 夹谷 宰父 谷梁
段干 百里 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门
"""
_COMPOUND_SURNAMES = frozenset(_COMPOUND_SURNAMES_TEXT.split())


@dataclass(frozen=True)
class Checked:
    """A code in its normal writing. `error` is empty when the code holds; `warning` never stops anybody."""

    code: str
    error: str = ""
    warning: str = ""

    @property
    def holds(self) -> bool:
        return not self.error


def normal(code: str) -> str:
    """The code as it is stored: half-width, capital letters, no blanks or hyphens between groups."""
    return re.sub(r"[\s\-—]", "", code.translate(_HALF_WIDTH)).upper()


def check_identity_number(given: str, today: date) -> Checked:
    """Check a 公民身份号码 (GB 11643-1999; check character by ISO 7064 MOD 11-2).

    `today` is the legal day: a birthday after it is refused.
    """
    code = normal(given)
    error = _length_error(code, _ID_LENGTH, "公民身份号码") or _identity_characters(code)
    if not error:
        error = _birthday_error(code, today)
    if not error:
        expected = identity_check_character(code[:17])
        if code[17] != expected:
            error = f"第18位校验码应为{expected}，现为{code[17]}。请与身份证逐位核对。"
    return Checked(code, error, "" if error else _division_warning(code[:6], "公民身份号码第1至6位"))


def check_credit_code(given: str) -> Checked:
    """Check a 统一社会信用代码 (GB 32100-2015)."""
    code = normal(given)
    error = _length_error(code, _CREDIT_LENGTH, "统一社会信用代码") or _credit_characters(code)
    if not error:
        expected = credit_check_character(code[:17])
        if code[17] != expected:
            error = f"第18位校验码应为{expected}，现为{code[17]}。请与统一社会信用代码证书逐位核对。"
    return Checked(code, error, "" if error else _division_warning(code[2:8], "统一社会信用代码第3至8位"))


def identity_check_character(first: str) -> str:
    """The 18th character that belongs to the first 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def credit_check_character(first: str) -> str:
    """The 18th character that belongs to the first 17 (GB 32100-2015, annex)."""
    pairs = zip(first, _CREDIT_WEIGHTS, strict=True)
    total = sum(_CREDIT_ALPHABET.index(character) * weight for character, weight in pairs)
    return _CREDIT_ALPHABET[-total % 31]


def mask_identity(code: str) -> str:
    """`110***********002X`: the form of lists and search results (trust 1.7); never shown to the public at all."""
    return f"{code[:3]}{'*' * 11}{code[-4:]}" if len(code) == _ID_LENGTH else "*" * len(code)


def mask_phone(number: str) -> str:
    """`138****1234`; shorter numbers keep their last four digits only."""
    digits = normal(number)
    if len(digits) == 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return "*" * max(len(digits) - 4, 0) + digits[-4:] if len(digits) > 4 else "*" * len(digits)


def mask_name(name: str) -> str:
    """`张*`, `欧阳*`: the surname and one star, whatever the length of the given name."""
    surname = name[:2] if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else name[:1]
    return f"{surname}*" if name else ""


def _length_error(code: str, wanted: int, what: str) -> str:
    if not code:
        return f"请填写{what}。"
    if len(code) == wanted:
        return ""
    if what == "公民身份号码" and len(code) == 15 and code.isdigit():
        return "这是15位的旧身份证号码，现已停止使用。请填写现行居民身份证上的18位公民身份号码。"
    difference = f"少{wanted - len(code)}位" if len(code) < wanted else f"多{len(code) - wanted}位"
    return f"{what}应为{wanted}位，现为{len(code)}位，{difference}。请核对后重新填写。"


def _identity_characters(code: str) -> str:
    for place, character in enumerate(code, start=1):
        if character in "0123456789" or (place == _ID_LENGTH and character == "X"):
            continue
        if place == _ID_LENGTH:
            return f"第18位只能是数字或字母X，现为“{character}”。请核对。"
        return f"第{place}位只能是数字，现为“{character}”。请核对。"
    return ""


def _birthday_error(code: str, today: date) -> str:
    year, month, day = int(code[6:10]), int(code[10:12]), int(code[12:14])
    try:
        born = date(year, month, day)
    except ValueError:
        return f"第7至14位的出生日期“{code[6:14]}”不存在。请核对年、月、日。"
    if born > today:
        return f"第7至14位的出生日期{year}年{month}月{day}日晚于今天。请核对。"
    if today.year - year > _OLDEST_YEARS:
        return f"第7至14位的出生年份{year}年过早。请核对。"
    return ""


def _credit_characters(code: str) -> str:
    for place, character in enumerate(code, start=1):
        if 3 <= place <= 8 and character not in "0123456789":
            return f"第{place}位属于登记管理机关行政区划码，只能是数字，现为“{character}”。请核对。"
        if character in _CREDIT_ALPHABET:
            continue
        if character in "IOZSV":
            likely = {"I": "1", "O": "0", "Z": "2", "S": "5", "V": "U"}[character]
            return f"第{place}位不能是字母{character}（统一社会信用代码不使用I、O、Z、S、V），可能是{likely}。请核对。"
        return f"第{place}位只能是数字或大写字母，现为“{character}”。请核对。"
    return ""


def _division_warning(division: str, place: str) -> str:
    if int(division[:2]) in PROVINCES or division == "100000":
        return ""
    return f"{place}“{division}”不是现行的行政区划代码，请再核对一次；确认无误的，可以继续。"

"""What one cell says: each reading gives a value or says what is wrong with the cell and how to mend it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from app.workbooks.reading import Cell
from workflows.identity import normal
from workflows.kit.storable import FIRST_DAY, LAST_DAY, in_words

#: Excel keeps 15 digits of a number; of a longer one the last digits are gone for good.
_EXACT = 10**15
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_SHORT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_BETWEEN_NAMES = re.compile(r"[、；;，,\n]+")
_YES = {"是", "有", "对", "√", "Y", "YES", "TRUE", "1"}
_NO = {"否", "无", "不", "×", "N", "NO", "FALSE", "0"}
_AS_TEXT = "请先将该列设置为“文本”格式，再重新填写完整的内容"
_MOST_TOLD = 8
#: A text that was a formula before it became text, or that becomes one when it is pasted. No word begins like this.
_LIKE_FORMULA = ("=", "＝")

#: A reading of a cell; `since` is day 0 of the file's serial dates.
Reading = Callable[[Cell, date], Any]


class CellProblem(ValueError):
    """A cell cannot be taken; the text says why and what to do."""


def shown(cell: Cell) -> str:
    """The cell as its writer sees it, for the report and for the file that goes back to him."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    sort, value = cell
    if sort == "n":
        whole = isinstance(value, int) or (value.is_integer() and abs(value) < _EXACT)
        return str(int(value)) if whole else f"{value:.15G}"
    if sort == "b":
        return "TRUE" if value else "FALSE"
    return str(value)


def plain(text: str) -> str:
    """Text for comparing: full-width letters and digits as plain ones, no blanks, capital letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


def _value(cell: Cell) -> str | tuple[str, Any] | None:
    """Text, a pair that is neither formula nor error, or None for a blank cell."""
    if cell is None or isinstance(cell, str):
        text = cell.strip() if cell else ""
        _demand_no_formula(text)
        return text or None
    sort, value = cell
    if sort == "f":
        raise CellProblem("单元格是公式，不能导入。请复制该列，用“选择性粘贴→数值”粘贴后保存")
    if sort == "e":
        raise CellProblem(f"单元格是计算错误“{value}”。请填写实际内容")
    return sort, value


def _demand_no_formula(text: str) -> None:
    """Refuse what a refused formula has become: the rows that go back bear it as text, and would pass unchanged."""
    if text.startswith(_LIKE_FORMULA):
        raise CellProblem("以“=”开头，会被当作公式，不能导入。请填写实际内容")


def words(longest: int) -> Reading:
    """Any text of at most `longest` letters."""

    def read(cell: Cell, _since: date) -> str | None:
        value = _value(cell)
        if value is None:
            return None
        if isinstance(value, tuple) and value[0] == "d":
            raise CellProblem(f"已被 Excel 变成日期{value[1]}。{_AS_TEXT}")
        _demand_exact(value)
        text = value if isinstance(value, str) else shown(list(value))
        if len(text) > longest:
            raise CellProblem(f"最多{longest}字，现为{len(text)}字。请精简")
        return text

    return read


def code(cell: Cell, _since: date) -> str | None:
    """公民身份号码, 统一社会信用代码: half-width capitals without blanks."""
    value = _value(cell)
    if value is None:
        return None
    if isinstance(value, tuple) and value[0] != "n":
        raise CellProblem(f"不是号码。{_AS_TEXT}")
    _demand_exact(value)
    text = value.lstrip("'’") if isinstance(value, str) else shown(list(value))
    if "*" in text or "＊" in text:
        raise CellProblem("号码中有“*”，是隐去部分数字的写法。请填写完整的号码；可以留空的，留空后按名称查找")
    return normal(text)


def day(cell: Cell, since: date) -> date | None:
    """A day: a date of the workbook, its serial number, or text such as 2026-11-21, 2026/11/21, 2026年11月21日."""
    value = _value(cell)
    if value is None:
        return None
    found = _day_of_pair(*value, since) if isinstance(value, tuple) else _day_of_text(value)
    if not FIRST_DAY <= found <= LAST_DAY:
        raise CellProblem(f"日期应当在{in_words(FIRST_DAY)}至{in_words(LAST_DAY)}之间。请核对")
    return found


def choice(options: Mapping[str, str]) -> Reading:
    """One of the options, by label or by code; gives the code. `options`: code → label."""
    known = {plain(word): key for key, label in options.items() for word in (label, key)}

    def read(cell: Cell, _since: date) -> str | None:
        value = _value(cell)
        if value is None:
            return None
        found = known.get(plain(value if isinstance(value, str) else shown(list(value))))
        if found is None:
            labels = list(options.values())
            more = f"等{len(labels)}项，详见模板的下拉选项" if len(labels) > _MOST_TOLD else ""
            raise CellProblem(f"不是可选项。只能填写：{'、'.join(labels[:_MOST_TOLD])}{more}")
        return found

    return read


def yes_no(cell: Cell, _since: date) -> bool | None:
    """是 or 否, also √, ×, Y, N, TRUE, FALSE."""
    value = _value(cell)
    if value is None:
        return None
    text = plain(value if isinstance(value, str) else shown(list(value)))
    if text in _YES or text in _NO:
        return text in _YES
    raise CellProblem("只能填写“是”或者“否”")


def whole(low: int, high: int) -> Reading:
    """A whole number between two."""

    def read(cell: Cell, _since: date) -> int | None:
        value = _value(cell)
        if value is None:
            return None
        text = plain(value if isinstance(value, str) else shown(list(value)))
        if not text.isascii() or not text.isdecimal() or not low <= int(text[:9]) <= high:
            raise CellProblem(f"请填写{low}至{high}之间的整数")
        return int(text)

    return read


def names(longest: int) -> Reading:
    """Several names in one cell, with 、 or ； between them."""
    one = words(4000)

    def read(cell: Cell, since: date) -> list[str] | None:
        text = one(cell, since)
        if text is None:
            return None
        found = [name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip()]
        for name in found:
            _demand_no_formula(name)
        if any(len(name) > longest for name in found):
            raise CellProblem(f"每项最多{longest}字，多项之间用“、”分开")
        return found

    return read


def _demand_exact(value: str | tuple[str, Any]) -> None:
    """Refuse what a spreadsheet has made of a long number."""
    if isinstance(value, str):
        lost = bool(_SCIENTIFIC.fullmatch(plain(value)))
    else:
        lost = value[0] == "n" and abs(value[1]) >= _EXACT
    if lost:
        told = value if isinstance(value, str) else f"{value[1]:.5E}"
        raise CellProblem(f"长号码已被 Excel 变成数字{told}，末尾几位已经丢失。{_AS_TEXT}")


def _day_of_pair(sort: str, value: Any, since: date) -> date:
    if sort == "d":
        return date.fromisoformat(value)
    if sort == "n" and float(value).is_integer():
        written = _SHORT_DAY.fullmatch(str(int(value)))
        if written:
            return _existing(written)
        if 0 < value < 100_000:
            return since + timedelta(days=int(value))
    raise CellProblem("不是日期。请填写成“2026-11-21”")


def _day_of_text(text: str) -> date:
    written = unicodedata.normalize("NFKC", text).strip()
    spaced = re.sub(r"\s*([-/.年月日])\s*", r"\1", written)
    found = _DAY.fullmatch(spaced) or _SHORT_DAY.fullmatch(spaced)
    if not found:
        raise CellProblem("日期的写法不对。请填写成“2026-11-21”或者“2026年11月21日”，年份写四位")
    return _existing(found)


def _existing(found: re.Match[str]) -> date:
    year, month, day_of_month = (int(part) for part in found.groups())
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise CellProblem(f"日期不存在：没有{year}年{month}月{day_of_month}日。请核对") from None

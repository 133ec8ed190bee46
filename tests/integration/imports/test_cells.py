"""One cell at a time: what it says, or what is wrong with it and how to mend it."""

from datetime import date
from typing import Any

import pytest

from app.services.imports import cells
from app.services.imports.cells import CellProblem, Reading

SINCE = date(1899, 12, 30)
SEVERITY = cells.choice({"minor": "轻微", "general": "一般"})


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (["d", "2026-11-21"], date(2026, 11, 21)),
        (["n", 46347], date(2026, 11, 21)),
        (["n", 20261121], date(2026, 11, 21)),
        ("2026-11-21", date(2026, 11, 21)),
        ("2026/11/21", date(2026, 11, 21)),
        ("2026.1.5", date(2026, 1, 5)),
        ("2026年11月21日", date(2026, 11, 21)),
        (" ２０２６年 １ 月 ５ 日 ", date(2026, 1, 5)),
        ("20261121", date(2026, 11, 21)),
        ("2026-11-21 00:00:00", date(2026, 11, 21)),
        (None, None),
        ("  ", None),
    ],
)
def test_days_are_read_in_the_writings_that_are_used(cell: Any, day: date | None) -> None:
    """Issue 4.6: serial numbers, ISO, slashes, Chinese, full-width."""
    assert cells.day(cell, SINCE) == day


def test_serial_numbers_count_from_the_day_of_their_workbook() -> None:
    assert cells.day(["n", 44885], date(1904, 1, 1)) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("read", "cell", "words"),
    [
        (cells.day, "2026-02-30", "没有2026年2月30日"),
        (cells.day, "21/11/2026", "年份写四位"),
        (cells.day, "26-11-21", "年份写四位"),
        (cells.day, "1911-01-01", "1949年10月1日至2060年12月31日"),
        (cells.day, ["n", 0.5], "不是日期"),
        (cells.day, ["b", True], "不是日期"),
        (cells.day, ["f", "=TODAY()"], "选择性粘贴→数值"),
        (cells.words(40), '=HYPERLINK("http://a.example")', "以“=”开头"),
        (cells.words(10), " \t=1+1", "以“=”开头"),
        (cells.words(10), "＝A1", "以“=”开头"),
        (cells.code, "=A1", "以“=”开头"),
        (cells.names(10), "王测试、=A1", "以“=”开头"),
        (SEVERITY, "=A1", "以“=”开头"),
        (cells.words(10), ["e", "#REF!"], "计算错误“#REF!”"),
        (cells.words(3), "四个字的", "最多3字，现为4字"),
        (cells.words(10), ["d", "2026-01-08"], "已被 Excel 变成日期2026-01-08"),
        (cells.words(10), ["n", 1e15], "末尾几位已经丢失"),
        (cells.code, ["n", 1.10101199003078e17], "末尾几位已经丢失"),
        (cells.code, "1.10101E+17", "末尾几位已经丢失"),
        (cells.code, "110***********002X", "隐去部分数字"),
        (cells.code, ["d", "2026-01-08"], "“文本”格式"),
        (cells.yes_no, "也许", "“是”或者“否”"),
        (cells.whole(1, 48), "49", "1至48之间"),
        (cells.whole(1, 48), "六", "1至48之间"),
        (SEVERITY, "严重", "只能填写：轻微、一般"),
        (cells.names(3), "王测试、欧阳某某", "每项最多3字"),
    ],
)
def test_what_is_wrong_with_a_cell_is_said_with_the_way_to_mend_it(read: Reading, cell: Any, words: str) -> None:
    """Issue 4.6: formulas, errors, lost digits, dates that were names, masks, impossible days."""
    with pytest.raises(CellProblem, match=words):
        read(cell, SINCE)


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (cells.words(10), " 文字 ", "文字"),
        (cells.words(10), ["n", 12.0], "12"),
        (cells.words(10), ["n", 0.5], "0.5"),
        (cells.words(10), "-1至-3日停办", "-1至-3日停办"),
        (cells.words(10), "@示例平台", "@示例平台"),
        (cells.words(10), "+3万元", "+3万元"),
        (cells.words(10), "甲=乙", "甲=乙"),
        (cells.code, "１１０１０１ 19800101001ｘ", "11010119800101001X"),
        (cells.code, "'11010119800101001X", "11010119800101001X"),
        (cells.code, ["n", 110101], "110101"),
        (cells.yes_no, "√", True),
        (cells.yes_no, ["b", False], False),
        (cells.yes_no, "否", False),
        (cells.whole(1, 48), "１２", 12),
        (SEVERITY, " 一 般", "general"),
        (SEVERITY, "MINOR", "minor"),
        (cells.names(10), "王测试；何测试\n吴测试", ["王测试", "何测试", "吴测试"]),
        (cells.words(10), None, None),
        (SEVERITY, None, None),
        (cells.names(10), " ", None),
    ],
)
def test_cells_are_read_as_they_are_meant(read: Reading, cell: Any, value: Any) -> None:
    """Full-width digits, blanks inside codes, marks for yes and no, codes beside labels."""
    assert read(cell, SINCE) == value

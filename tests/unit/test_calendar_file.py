"""Import files of the calendar (R140): two formats, and what bad ones are told."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.kit.calendar import CalendarFileError, Fact, parse_calendar_file

NOTICE = "示例局关于2027年节假日安排的测试通知"
EXPECTED = (
    Fact(date(2026, 12, 27), True, "元旦", NOTICE),
    Fact(date(2027, 1, 1), False, "元旦", NOTICE),
)
TOML = f"""
year = 2027
source = "{NOTICE}"
days = [
  {{ date = 2027-01-01, kind = "off", name = "元旦" }},
  {{ date = 2026-12-27, kind = "work", name = "元旦" }},
]
"""
TABLES = f"""
year = 2027
[[days]]
date = "2027-01-01"
kind = "off"
name = "元旦"
source = "{NOTICE}"
[[days]]
date = 2026-12-27
kind = "上班"
name = "元旦"
source = "{NOTICE}"
"""
CSV = f"""\ufeff# year: 2027
日期,类别,名称,来源

2027-01-01,放假,元旦,{NOTICE}
2026-12-27,work,元旦,{NOTICE}
"""


@pytest.mark.parametrize("text", [TOML, TABLES, CSV], ids=["toml", "toml tables", "csv"])
def test_each_format_gives_the_same_facts(text: str) -> None:
    """R140: TOML and CSV carry the same notice."""
    assert parse_calendar_file(text) == (EXPECTED, 2027)


def test_without_a_year_the_latest_date_decides() -> None:
    """R140: a bare table is read as the notice of its latest year."""
    text = CSV.replace("# year: 2027\n", "")
    assert parse_calendar_file(text)[1] == 2027


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "文件是空的"),
        ("date,kind\n2027-01-01,off\n", "第1行：表头缺少名称、来源列，第一行应当写“日期,类别,名称,来源”"),
        (CSV.replace("2027-01-01", "2027-02-30"), "第4行：日期“2027-02-30”不存在"),
        (CSV.replace("放假", "休息"), "第4行：类别“休息”无法识别，应当为“放假”或者“上班”"),
        (CSV.replace("放假,元旦,", "放假,,"), "第4行：缺少名称"),
        (CSV.replace("2026-12-27", "2027-01-01"), "第5行：2027-01-01重复出现"),
        (CSV.replace("2027-01-01", "2061-01-01"), "第4行：日期2061-01-01超出日历范围"),
        (CSV.replace("year: 2027", "year: 2030"), "2026-12-27不属于2030年度"),
        ("date,kind,name,source\n", "没有任何一天的安排"),
        (TOML.replace("2026-12-27", "2026-13-27"), "第6行：TOML格式有误"),
        (TOML.replace("2026-12-27", "12"), "第6行：日期“12”写法不对"),
        (TOML.replace('"work"', "1"), "第6行：类别“1”无法识别"),
        (TOML.replace("days", "day"), "缺少“days”列表"),
        (TOML.replace("2027\n", '"二〇二七"\n', 1), "“year”应当是2004至2060之间的年份"),
        (TABLES.replace('name = "元旦"', "", 1), "第3行：缺少名称"),
        ("year = 2027\ndays = [{date = 2027-01-01}, {date = 2027-01-02}]\n", "第2条：类别“”无法识别"),
        ("PK\x03\x04\x00", "表头缺少"),
    ],
)
def test_bad_files_are_answered_with_the_place_and_the_way_to_mend(text: str, problem: str) -> None:
    """R140: never a stack trace; what is wrong, where, how to mend it."""
    with pytest.raises(CalendarFileError) as caught:
        parse_calendar_file(text)
    assert problem in "\n".join(caught.value.problems)


@pytest.mark.parametrize("day", ["2027/1/1", "2027.1.1", "2027年1月1日", "20270101", "2027-1-1", "2027 / 01 / 01"])
def test_a_day_is_read_as_offices_write_it(day: str) -> None:
    """R140: a table that was typed or copied from a spreadsheet needs no rewriting."""
    assert parse_calendar_file(CSV.replace("2027-01-01", day)) == (EXPECTED, 2027)


def test_the_notice_of_the_form_is_the_source_of_days_that_name_none() -> None:
    text = "日期,类别,名称\n2027-01-01,放假,元旦\n2026-12-27,上班,元旦\n"
    assert parse_calendar_file(text, NOTICE) == (EXPECTED, 2027)
    assert parse_calendar_file(CSV.replace(f"放假,元旦,{NOTICE}", "放假,元旦,"), NOTICE)[0] == EXPECTED
    assert parse_calendar_file(CSV, "另一通知")[0] == EXPECTED
    with pytest.raises(CalendarFileError, match="缺少来源"):
        parse_calendar_file(text)


def test_all_problems_are_told_at_once() -> None:
    """R140: one round of mending is enough."""
    text = CSV.replace("放假", "休息").replace("2026-12-27", "2026-02-30")
    with pytest.raises(CalendarFileError) as caught:
        parse_calendar_file(text)
    assert len(caught.value.problems) == 2

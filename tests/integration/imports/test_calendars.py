"""The yearly arrangement of holidays from a workbook."""

import datetime

import pytest

from app.services.imports.calendars import calendar_text
from app.workbooks.reading import TableRefused
from tests.support.workbooks import xlsx_with
from workflows.kit.calendar_file import CalendarFileError, parse_calendar_file

HEAD = ("日期", "类别", "名称", "来源")


def test_a_workbook_is_as_good_as_a_calendar_file() -> None:
    """Issue 4.6: days as dates, numbers and words; the year is that of the days."""
    day = datetime.date(2027, 1, 1)
    content = xlsx_with(HEAD, [day, "放假", "元旦", "通知"], ["2027年1月3日", "上班", "元旦", "通知"])
    facts, year = parse_calendar_file(calendar_text(content))
    assert year == 2027
    assert [(fact.on, fact.working, fact.name) for fact in facts] == [
        (day, False, "元旦"), (datetime.date(2027, 1, 3), True, "元旦")
    ]  # fmt: skip


def test_the_text_of_a_workbook_is_in_the_words_of_the_form() -> None:
    content = xlsx_with(HEAD[:3], [datetime.date(2027, 1, 1), "放假", "元旦"], ["2027年1月3日", "上班", "元旦"])
    text = calendar_text(content)
    assert text == "日期,类别,名称,来源\n2027-01-01,放假,元旦,\n2027-01-03,上班,元旦,\n"
    assert len(parse_calendar_file(text, "通知")[0]) == 2


def test_what_is_wrong_keeps_the_number_of_its_row() -> None:
    with pytest.raises(TableRefused, match="第2行类别：不是可选项"):
        calendar_text(xlsx_with(HEAD, ["2027-01-01", "休息", "元旦", "通知"]))
    doubled = xlsx_with(HEAD, ["2027-01-01", "放假", "元旦", "通知"], [], ["2027-01-01", "放假", "元旦", "通知"])
    with pytest.raises(CalendarFileError, match="第4行：2027-01-01重复出现"):
        parse_calendar_file(calendar_text(doubled))

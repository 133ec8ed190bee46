"""The working-day calendar (R140, R148, T6): shipped facts, provisional years, versions."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import chinese_calendar
import holidays
import pytest
from chinese_calendar import get_solar_terms
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.kit.calendar import (
    Calendar,
    CalendarFileError,
    CalendarRangeError,
    Fact,
    shipped_calendar,
)

CALENDAR = shipped_calendar()
SOURCE = "示例局关于节假日安排的测试通知"
# Worked by 国办发明电〔2005〕35号; the package does not know it.
UNKNOWN_TO_CHINESECALENDAR = {date(2005, 12, 31)}

days = st.dates(date(2004, 1, 1), date(2055, 12, 31))
published_days = st.dates(date(2020, 1, 1), date(2026, 10, 1))
numbers = st.integers(0, 250)


def each_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def off(on: str, name: str = "国庆节") -> Fact:
    return Fact(date.fromisoformat(on), False, name, SOURCE)


def work(on: str, name: str = "国庆节") -> Fact:
    return Fact(date.fromisoformat(on), True, name, SOURCE)


def notice_for_2027() -> list[Fact]:
    statutory = [fact._replace(source=SOURCE) for fact in CALENDAR.statutory if fact.on.year == 2027]
    return [*statutory, off("2027-02-09", "春节"), work("2027-02-20", "春节")]


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-09-18", 10, "2026-10-09"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-02-13", 10, "2026-03-05"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-11-20", 10, "2026-12-04"),
        ("2026-12-18", 10, "2027-01-04"),
    ],
)
def test_reference_values(start: str, n: int, end: str) -> None:
    """R140: n working days, the first day not counted, through holidays and make-up days."""
    assert CALENDAR.add_working_days(date.fromisoformat(start), n) == date.fromisoformat(end)


def test_every_day_agrees_with_chinesecalendar() -> None:
    """R140: 2004–2026 equal an independent data set, but for the one day it lacks."""
    differing = {
        day
        for day in each_day(date(2004, 1, 1), date(2026, 12, 31))
        if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)
    }
    assert differing == UNKNOWN_TO_CHINESECALENDAR


def test_every_day_agrees_with_holidays() -> None:
    """R140: 2004–2026 equal a second independent data set."""
    china = holidays.country_holidays("CN", years=range(2004, 2027))
    differing = [
        day
        for day in each_day(date(2004, 1, 1), date(2026, 12, 31))
        if CALENDAR.is_working_day(day) != china.is_working_day(day)
    ]
    assert differing == []


def test_statutory_days_of_later_years() -> None:
    """R140: the lunar and fixed statutory days of 2027–2060 equal those that `holidays` computes."""
    china = holidays.country_holidays("CN", years=range(2027, 2061), observed=False)
    assert {fact.on for fact in CALENDAR.statutory} == set(china)
    assert all(not fact.working and "放假办法" in fact.source for fact in CALENDAR.statutory)


def test_qingming_of_later_years() -> None:
    """R140: 清明节 is the day of the solar term."""
    shipped = {fact.on for fact in CALENDAR.statutory if fact.name == "清明节"}
    terms = get_solar_terms(date(2027, 1, 1), date(2060, 12, 31))
    assert shipped == {day for day, term in terms if term == "清明"}


def test_working_days_of_2026_by_month() -> None:
    """R140: 248 working days in 2026, month by month."""
    ends = [date(2025, 12, 31)] + [date(2026 + m // 12, m % 12 + 1, 1) - timedelta(days=1) for m in range(1, 13)]
    months = [CALENDAR.working_days_between(after, until) for after, until in pairwise(ends)]
    assert months == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


def test_each_fact_names_its_notice() -> None:
    """R140: every exceptional day cites the notice that made it; numbers are given where they are known."""
    assert all(fact.source.startswith("国务院") and "通知" in fact.source for fact in CALENDAR.facts)
    assert CALENDAR.published_through == 2026
    by_day = {fact.on: fact.source for fact in CALENDAR.facts}
    assert by_day[date(2026, 10, 1)].endswith("（国办发明电〔2025〕7号）")
    assert "关于延长2020年春节假期的通知" in by_day[date(2020, 1, 31)]
    assert "关于2019年" in by_day[date(2018, 12, 31)]


def test_notes_give_the_reason_of_a_day() -> None:
    """R140: a ledger can say why a day is skipped."""
    assert CALENDAR.note(date(2026, 9, 20)).reason == "调休上班"
    assert CALENDAR.note(date(2026, 10, 1)).reason == "国庆节"
    assert CALENDAR.note(date(2026, 11, 21)).reason == "双休日"
    assert CALENDAR.note(date(2026, 11, 20)).reason == "工作日"


def test_provisional_begins_after_24_december_of_the_last_published_year() -> None:
    """T6: the notice of the next year may still move the last week of this one."""
    assert not CALENDAR.is_provisional(date(2026, 12, 24))
    assert CALENDAR.is_provisional(date(2026, 12, 25))
    assert CALENDAR.is_provisional(CALENDAR.add_working_days(date(2026, 12, 18), 10))


def test_days_outside_the_calendar_are_refused_in_words() -> None:
    """T6: no silent guess before 2004 or after 2060."""
    for day in (date(2003, 12, 31), date(2061, 1, 1)):
        with pytest.raises(CalendarRangeError, match="超出工作日日历的范围"):
            CALENDAR.is_working_day(day)
    with pytest.raises(CalendarRangeError, match="超出日历范围"):
        CALENDAR.add_working_days(date(2060, 12, 1), 100)
    with pytest.raises(CalendarRangeError, match="早于日历的第一天"):
        CALENDAR.previous_working_days(date(2004, 1, 5), 10)


def test_negative_numbers_are_refused() -> None:
    """R140: a term has no negative length."""
    with pytest.raises(ValueError, match="不能为负数"):
        CALENDAR.add_working_days(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="不能为负数"):
        CALENDAR.previous_working_days(date(2026, 1, 5), -1)


@settings(deadline=None)  # the machine may be busy
@given(days, numbers, numbers)
def test_addition_is_associative(day: date, a: int, b: int) -> None:
    """T6: add(add(d, a), b) = add(d, a + b), in published and unpublished years."""
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(day, a), b) == CALENDAR.add_working_days(day, a + b)


@settings(deadline=None)  # the machine may be busy
@given(days, st.integers(1, 250))
def test_no_term_ends_on_a_rest_day(day: date, n: int) -> None:
    """T6: a term in working days ends on a working day, and its length can be counted back."""
    end = CALENDAR.add_working_days(day, n)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(day, end) == n
    assert CALENDAR.working_days_between(end, day) == 0


@settings(deadline=None)  # the machine may be busy
@given(st.dates(date(2005, 6, 1), date(2059, 1, 1)), st.integers(1, 60))
def test_counting_back_undoes_counting(day: date, n: int) -> None:
    """R140: T−n working days is the day from which n working days lead to T."""
    working = CALENDAR.next_working_day(day)
    assert CALENDAR.previous_working_days(CALENDAR.add_working_days(working, n), n) == working
    earlier = CALENDAR.previous_working_days(day, n)
    assert CALENDAR.working_days_between(earlier, day - timedelta(days=1)) == n - 1


@settings(deadline=None)  # the machine may be busy
@given(days)
def test_next_working_day_is_the_first(day: date) -> None:
    """R140: nothing but rest days lies before it."""
    found = CALENDAR.next_working_day(day)
    assert CALENDAR.is_working_day(found)
    assert not any(CALENDAR.is_working_day(between) for between in each_day(day, found - timedelta(days=1)))


@settings(deadline=None)  # the machine may be busy
@given(published_days, st.integers(1, 60), st.lists(published_days, min_size=1, max_size=5))
def test_an_added_holiday_never_shortens(day: date, n: int, holidays_added: list[date]) -> None:
    """T6: adding days off moves no term earlier; adding make-up days moves none later."""
    more_off = CALENDAR.with_facts("2026-a", [Fact(on, False, "增加放假", SOURCE) for on in holidays_added], 2026)
    more_work = CALENDAR.with_facts("2026-b", [Fact(on, True, "增加上班", SOURCE) for on in holidays_added], 2026)
    end = CALENDAR.add_working_days(day, n)
    assert more_work.add_working_days(day, n) <= end <= more_off.add_working_days(day, n)


def test_a_new_year_moves_terms_and_ends_the_provisional_mark() -> None:
    """T6, R140: the import of 2027 is a new version; the old one stays as it was."""
    after = CALENDAR.with_facts("2027", notice_for_2027(), 2027)
    start = date(2027, 2, 1)
    assert CALENDAR.is_provisional(start)
    assert not after.is_provisional(start)
    assert after.is_provisional(date(2027, 12, 25))
    assert CALENDAR.add_working_days(start, 5) == date(2027, 2, 10)
    assert after.add_working_days(start, 5) == date(2027, 2, 11)
    assert after.note(date(2027, 2, 20)).reason == "调休上班"
    assert (CALENDAR.version, after.version, after.published_through) == ("2026", "2027", 2027)


def test_a_changed_day_replaces_the_earlier_fact() -> None:
    """T6: a notice may take back a day off or a make-up day, also of an earlier year."""
    after = CALENDAR.with_facts("2026-a", [work("2026-10-07"), off("2026-10-10")], 2025)
    assert after.is_working_day(date(2026, 10, 7))
    assert not after.is_working_day(date(2026, 10, 10))
    assert after.note(date(2026, 10, 7)).reason == "工作日"
    assert after.published_through == 2026


def test_half_a_file_does_not_make_a_year_official() -> None:
    """T6: a year is published only when each of its statutory days is named."""
    with pytest.raises(CalendarFileError, match=r"2027年的安排不完整.*2027年10月1日（国庆节）.*“放假”.*“上班”"):
        CALENDAR.with_facts("2027", [off("2027-01-01", "元旦")], 2027)
    with pytest.raises(CalendarFileError, match="2027年的安排不完整"):
        CALENDAR.with_facts("2028", [f for f in CALENDAR.statutory if f.on.year == 2028], 2028)
    with pytest.raises(CalendarFileError, match="2061-01-01超出日历范围"):
        CALENDAR.with_facts("x", [off("2061-01-01")], 2026)


def test_a_changed_law_can_take_a_statutory_day_back() -> None:
    """R148: a notice that says in words that offices work on a statutory day is followed."""
    facts = [fact._replace(working=True) if fact.on == date(2027, 2, 5) else fact for fact in notice_for_2027()]
    assert CALENDAR.with_facts("2027", facts, 2027).is_working_day(date(2027, 2, 5))


def test_a_stored_version_is_rebuilt_exactly() -> None:
    """R148: the canonical text holds the whole version; equal versions have equal text."""
    after = CALENDAR.with_facts("2027-a", reversed(notice_for_2027()), 2027)
    rebuilt = Calendar.from_json(after.to_json())
    assert rebuilt == after
    assert rebuilt.to_json() == after.to_json()
    assert rebuilt != CALENDAR
    every = each_day(Calendar.first_day, Calendar.horizon)
    assert [rebuilt.note(day) for day in every] == [after.note(day) for day in every]

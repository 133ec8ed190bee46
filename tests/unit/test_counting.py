"""Counting of terms (R140, R148, T6; procedures 0 “Terms”): lengths, natures, pauses, extensions, ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.kit.calendar import Fact, shipped_calendar
from workflows.kit.counting import (
    Counting,
    Due,
    Extension,
    Nature,
    Pause,
    Skip,
    Span,
    Unit,
    due_on,
    has_ended,
    lapses_on,
    ledger,
    remaining,
    running_days_late,
)

CALENDAR = shipped_calendar()
FLOOR = Span(3, Unit.WD)
TRANSIT = Span(3, Unit.WD)

anchors = st.dates(date(2019, 1, 1), date(2029, 12, 31))
spans = st.one_of(
    st.builds(Span, st.integers(0, 60), st.just(Unit.WD)),
    st.builds(Span, st.integers(0, 90), st.just(Unit.D)),
    st.builds(Span, st.integers(0, 12), st.just(Unit.M)),
    st.builds(Span, st.integers(0, 2), st.just(Unit.Y)),
)


@st.composite
def countings(draw: st.DrawFn) -> Counting:
    """Terms of every nature with overlapping, early, late and open pauses, extensions and told days."""
    anchor = draw(anchors)
    nature = draw(st.sampled_from(Nature))
    pauses = []
    if nature is not Nature.PERIOD:
        for _ in range(draw(st.integers(0, 3))):
            began = anchor + timedelta(days=draw(st.integers(-10, 120)))
            length = draw(st.one_of(st.none(), st.integers(0, 40), st.integers(0, 40)))
            pauses.append(Pause(began, None if length is None else began + timedelta(days=length), "委托鉴定"))
    extensions = tuple(
        Extension(span, anchor, "示例依据") for span in draw(st.lists(spans, max_size=2, unique_by=lambda s: s.unit))
    )
    told = draw(st.one_of(st.none(), st.integers(0, 200)))
    not_before = None if told is None else anchor + timedelta(days=told)
    return Counting(nature, draw(spans), anchor, tuple(pauses), extensions, not_before)


def day(text: str) -> date:
    return date.fromisoformat(text)


def term(nature: Nature, span: str, anchor: str, *pauses: tuple[str, str | None]) -> Counting:
    made = tuple(Pause(day(began), day(ended) if ended else None, "委托鉴定") for began, ended in pauses)
    return Counting(nature, Span.parse(span), day(anchor), made)


def ends(counting: Counting) -> date | None:
    due = due_on(counting, CALENDAR)
    assert ledger(counting, CALENDAR).due_on == due.on
    return due.on


@pytest.mark.parametrize(
    ("code", "text", "short"),
    [
        ("5 WD", "五个工作日", "5个工作日"),
        ("30 D", "三十日", "30日"),
        ("3 M", "三个月", "3个月"),
        ("1 Y", "一年", "1年"),
        ("2 WD", "二个工作日", "2个工作日"),
        ("10 WD", "十个工作日", "10个工作日"),
        ("15 D", "十五日", "15日"),
        ("105 D", "一百零五日", "105日"),
        ("110 D", "一百一十日", "110日"),
        ("1001 D", "一千零一日", "1001日"),
        ("1010 D", "一千零一十日", "1010日"),
        ("1095 D", "一千零九十五日", "1095日"),
        ("0 D", "零日", "0日"),
    ],
)
def test_spans_are_written_as_notices_write_them(code: str, text: str, short: str) -> None:
    """R142: a notice gives a term in Chinese numerals; screens give it in digits; rule files give it as code."""
    span = Span.parse(code)
    assert (span.text, span.short, str(span)) == (text, short, code)


@pytest.mark.parametrize("text", ["5", "5 W", "-5 WD", "五 WD", "5.5 D", "12345 D", "WD 5", ""])
def test_unreadable_spans_are_refused_in_chinese(text: str) -> None:
    """R148: a rule table with a bad term says how to write it."""
    with pytest.raises(ValueError, match="应当写成数字加单位"):
        Span.parse(text)


def test_impossible_parts_are_refused() -> None:
    """R140: no negative length, no pause that ends before it begins, no paused period."""
    with pytest.raises(ValueError, match="期限长度-1不正确"):
        Span(-1, Unit.D)
    with pytest.raises(ValueError, match="早于开始日"):
        Pause(day("2026-03-02"), day("2026-03-01"), "委托鉴定")
    with pytest.raises(ValueError, match="存续期间不因任何事由暂停"):
        term(Nature.PERIOD, "3 M", "2026-03-02", ("2026-03-03", None))


@pytest.mark.parametrize(
    ("span", "anchor", "end"),
    [
        ("10 WD", "2026-09-18", "2026-10-09"),
        ("5 WD", "2026-09-30", "2026-10-13"),
        ("10 WD", "2026-02-13", "2026-03-05"),
        ("10 D", "2026-03-06", "2026-03-16"),
        ("10 D", "2026-09-21", "2026-10-08"),  # 10-01 is 国庆节
        ("10 D", "2026-09-10", "2026-09-20"),  # a Sunday that is worked: no roll
        ("1 M", "2026-01-31", "2026-02-28"),  # no 31 February; the 28th is worked
        ("1 M", "2026-03-30", "2026-04-30"),
        ("1 M", "2026-05-31", "2026-06-30"),
        ("3 M", "2026-07-02", "2026-10-08"),
        ("1 Y", "2024-02-29", "2025-02-28"),
        ("1 Y", "2025-11-21", "2026-11-23"),
        ("0 WD", "2026-11-21", "2026-11-23"),
    ],
)
def test_last_day_of_a_duty_or_right(span: str, anchor: str, end: str) -> None:
    """R140: first day not counted, corresponding day, last rest day rolls on (民法典 201–203)."""
    assert ends(term(Nature.DUTY, span, anchor)) == day(end)
    assert ends(term(Nature.RIGHT, span, anchor)) == day(end)


@pytest.mark.parametrize(
    ("span", "anchor", "end"),
    [
        ("5 Y", "2021-10-01", "2026-10-01"),
        ("3 M", "2026-07-02", "2026-10-02"),
        ("1 Y", "2024-02-29", "2025-02-28"),
        ("90 D", "2026-07-05", "2026-10-03"),
    ],
)
def test_a_period_ends_on_its_corresponding_day_even_in_a_holiday(span: str, anchor: str, end: str) -> None:
    """R140: a period ends at 24:00 of the corresponding day, rest day or not."""
    assert ends(term(Nature.PERIOD, span, anchor)) == day(end)


def test_a_period_is_provisional_only_in_working_days() -> None:
    """T6: otherwise its last day does not depend on a notice still to come; that of a duty does."""
    assert due_on(term(Nature.PERIOD, "10 WD", "2026-12-18"), CALENDAR) == Due(day("2027-01-04"), True)
    assert due_on(term(Nature.PERIOD, "5 Y", "2026-11-21"), CALENDAR) == Due(day("2031-11-21"), False)
    assert due_on(term(Nature.DUTY, "5 Y", "2026-11-21"), CALENDAR) == Due(day("2031-11-21"), True)
    assert due_on(term(Nature.DUTY, "10 WD", "2026-12-18"), CALENDAR) == Due(day("2027-01-04"), True)
    assert due_on(term(Nature.DUTY, "4 WD", "2026-12-18"), CALENDAR) == Due(day("2026-12-24"), False)


@pytest.mark.parametrize(
    ("span", "pause", "end"),
    [
        ("5 WD", ("2026-11-17", "2026-11-19"), "2026-11-25"),  # skips the 18th and 19th
        ("5 WD", ("2026-11-17", "2026-11-17"), "2026-11-23"),  # ended the day it began: nothing skipped
        ("5 WD", ("2026-11-20", "2026-11-22"), "2026-11-23"),  # over a weekend: nothing lost
        ("5 WD", ("2026-11-23", "2026-11-30"), "2026-11-23"),  # begins on the last day: too late
        ("5 WD", ("2026-11-10", "2026-11-18"), "2026-11-25"),  # began before the term did
        ("5 WD", ("2026-11-10", "2026-11-16"), "2026-11-23"),  # over before the term began
        ("5 WD", ("2026-11-10", "2026-11-15"), "2026-11-23"),
        ("10 D", ("2026-11-17", "2026-11-22"), "2026-12-01"),
        ("1 M", ("2026-11-17", "2026-11-22"), "2026-12-21"),
        ("1 M", ("2026-11-17", "2026-11-23"), "2026-12-22"),
    ],
)
def test_a_closed_pause_skips_the_days_after_its_first(span: str, pause: tuple[str, str], end: str) -> None:
    """R140: days after the day it begins, up to and including the day it ends, are skipped."""
    assert ends(term(Nature.DUTY, span, "2026-11-16", pause)) == day(end)


def test_overlapping_pauses_are_skipped_once() -> None:
    """R140: two reasons to wait do not double the wait."""
    both = term(Nature.DUTY, "5 WD", "2026-11-16", ("2026-11-18", "2026-11-24"), ("2026-11-17", "2026-11-20"))
    assert ends(both) == ends(term(Nature.DUTY, "5 WD", "2026-11-16", ("2026-11-17", "2026-11-24")))


def test_a_pause_over_a_holiday_loses_only_working_days() -> None:
    """R140: the national days inside a pause would not have counted anyway."""
    paused = term(Nature.DUTY, "5 WD", "2026-09-28", ("2026-09-30", "2026-10-08"))
    assert ends(term(Nature.DUTY, "5 WD", "2026-09-28")) == day("2026-10-10")
    assert ends(paused) == day("2026-10-12")


def test_an_open_pause_leaves_the_last_day_unknown() -> None:
    """R140: no date is promised while the term stands still; one that began too late changes nothing."""
    standing = term(Nature.DUTY, "5 WD", "2026-11-16", ("2026-11-18", None))
    assert due_on(standing, CALENDAR) == Due(None, False)
    account = ledger(standing, CALENDAR)
    assert account.paused_by == standing.pauses[0]
    assert account.days[-1].on == day("2026-11-18")
    assert account.days[-1].counted == 2
    assert ends(term(Nature.DUTY, "5 WD", "2026-11-16", ("2026-11-23", None))) == day("2026-11-23")


def test_an_extension_counts_from_the_old_last_day_in_its_own_unit() -> None:
    """R140: 30 days that roll to Monday, extended by 5 working days, then by 10 days."""
    base = term(Nature.DUTY, "30 D", "2026-10-22")
    assert ends(base) == day("2026-11-23")
    first = Extension(Span(5, Unit.WD), day("2026-11-20"), "示例依据")
    second = Extension(Span(10, Unit.D), day("2026-11-30"), "示例依据")
    once = replace(base, extensions=(first,))
    assert ends(once) == day("2026-11-30")
    assert ends(replace(base, extensions=(first, second))) == day("2026-12-10")
    legs = [(entry.leg, entry.counted) for entry in ledger(once, CALENDAR).days if entry.counted]
    assert legs[0] == (0, 1)
    assert legs[-1] == (1, 5)


def test_a_told_day_never_moves_earlier() -> None:
    """R140, T6: a make-up day added later brings the count forward, but not the day a subject was told."""
    calendar = CALENDAR.with_facts("2026-a", [Fact(day("2026-11-21"), True, "调整", "示例通知")], 2026)
    right = term(Nature.RIGHT, "5 WD", "2026-11-18")
    told = due_on(right, CALENDAR).on
    assert told == day("2026-11-25")
    assert due_on(right, calendar).on == day("2026-11-24")
    kept = replace(right, not_before=told)
    assert due_on(kept, calendar).on == told
    assert ledger(kept, calendar).days[-1].reason == "已告知的届满日不提前"
    later = CALENDAR.with_facts("2026-b", [Fact(told, False, "调整", "示例通知")], 2026)
    assert due_on(kept, later).on == day("2026-11-26")


def test_the_ledger_gives_every_day_its_reason() -> None:
    """R140, R142: anchor, weekend, holiday, make-up day, pause."""
    account = ledger(term(Nature.DUTY, "5 WD", "2026-09-24", ("2026-09-28", "2026-10-08")), CALENDAR)
    reasons = {entry.on: (entry.counted, entry.reason) for entry in account.days}
    assert reasons[day("2026-09-24")] == (None, "起算日，不计入")
    assert reasons[day("2026-09-25")] == (None, "中秋节")
    assert reasons[day("2026-09-28")] == (1, "工作日")
    assert reasons[day("2026-10-01")] == (None, "暂停：委托鉴定")
    assert reasons[day("2026-10-10")] == (3, "调休上班")
    assert reasons[day("2026-10-11")] == (None, "双休日")
    assert (account.first_day, account.due_on, account.calendar_version) == (
        day("2026-09-25"),
        day("2026-10-13"),
        CALENDAR.version,
    )
    assert account.skips == (
        Skip(day("2026-09-25"), day("2026-09-27"), "中秋节"),
        Skip(day("2026-09-29"), day("2026-10-08"), "暂停：委托鉴定"),
        Skip(day("2026-10-11"), day("2026-10-11"), "双休日"),
    )


def test_the_first_day_counted_is_the_one_with_the_number_one() -> None:
    """R140, R142: what begins before a weekend has its first working day after it; days of a calendar count at once."""
    in_working_days = ledger(term(Nature.DUTY, "3 WD", "2026-11-20"), CALENDAR)
    assert (in_working_days.first_day, in_working_days.first_counted) == (day("2026-11-21"), day("2026-11-23"))
    assert ledger(term(Nature.DUTY, "3 D", "2026-11-20"), CALENDAR).first_counted == day("2026-11-21")
    waiting = ledger(term(Nature.DUTY, "3 WD", "2026-11-20", ("2026-11-20", None)), CALENDAR)
    assert waiting.first_counted is None


def test_the_ledger_shows_the_roll_of_a_last_rest_day() -> None:
    """R140, R142: which rest day the term would have ended on, and where it went."""
    account = ledger(term(Nature.RIGHT, "10 D", "2026-09-21"), CALENDAR)
    assert [(entry.on, entry.counted, entry.reason) for entry in account.days[-8::7]] == [
        (day("2026-10-01"), 10, "计入；最后一日为国庆节，顺延"),
        (day("2026-10-08"), None, "顺延至本日届满"),
    ]
    assert account.skips == (Skip(day("2026-10-02"), day("2026-10-07"), "国庆节"),)


def test_the_last_day_runs_to_midnight() -> None:
    """R140: ended only when today is later than the last day."""
    assert not has_ended(day("2026-11-20"), day("2026-11-20"))
    assert has_ended(day("2026-11-20"), day("2026-11-21"))


def test_a_right_lapses_only_after_the_transit_time() -> None:
    """R140: what was posted on the last day is in time; a duty and a period take effect the day after."""
    due = day("2026-09-30")
    assert lapses_on(Nature.DUTY, due, TRANSIT, CALENDAR) == day("2026-10-01")
    assert lapses_on(Nature.PERIOD, due, TRANSIT, CALENDAR) == day("2026-10-01")
    assert lapses_on(Nature.RIGHT, due, TRANSIT, CALENDAR) == day("2026-10-11")
    assert lapses_on(Nature.RIGHT, due, Span(0, Unit.WD), CALENDAR) == day("2026-10-01")


@pytest.mark.parametrize(
    ("counting", "on", "rest"),
    [
        (term(Nature.DUTY, "10 WD", "2026-11-02"), "2026-11-06", "6 WD"),
        (term(Nature.DUTY, "10 WD", "2026-11-02"), "2026-11-13", "3 WD"),
        (term(Nature.DUTY, "10 WD", "2026-11-02"), "2026-11-30", "3 WD"),
        (term(Nature.DUTY, "10 WD", "2026-11-02", ("2026-11-04", None)), "2026-11-20", "8 WD"),
        (term(Nature.DUTY, "10 WD", "2026-11-02", ("2026-11-04", "2026-12-31")), "2026-11-20", "8 WD"),
        (term(Nature.DUTY, "30 D", "2026-11-02"), "2026-11-12", "20 D"),
        (term(Nature.DUTY, "1 M", "2026-11-02"), "2026-11-12", "20 D"),
        (term(Nature.DUTY, "30 D", "2026-11-02"), "2026-11-29", "3 D"),
        (term(Nature.DUTY, "30 D", "2026-11-02"), "2026-11-30", "3 WD"),
        (term(Nature.PERIOD, "30 D", "2026-11-02"), "2026-11-12", "20 D"),
    ],
)
def test_a_return_gives_the_unused_rest_or_the_floor(counting: Counting, on: str, rest: str) -> None:
    """R140: remaining days in the term's own unit, at least term.floor; pauses use nothing up."""
    assert str(remaining(counting, day(on), CALENDAR, FLOOR)) == rest


def test_overdue_days_are_working_days() -> None:
    """R140: the ladder counts T+1 and T+5 in working days."""
    assert running_days_late(day("2026-09-30"), day("2026-09-30"), CALENDAR) == 0
    assert running_days_late(day("2026-09-30"), day("2026-10-07"), CALENDAR) == 0
    assert running_days_late(day("2026-09-30"), day("2026-10-08"), CALENDAR) == 1
    assert running_days_late(day("2026-10-08"), day("2026-09-30"), CALENDAR) == 0


@settings(deadline=None)  # the machine may be busy
@given(countings())
def test_ledger_and_fast_count_agree(counting: Counting) -> None:
    """T6, R140: two independent ways to the last day, with pauses, extensions and told days."""
    due = due_on(counting, CALENDAR)
    account = ledger(counting, CALENDAR)
    assert (account.due_on, account.provisional) == (due.on, due.provisional)
    assert (account.paused_by is not None) == (due.on is None)
    assert [entry.on for entry in account.days] == [
        counting.anchor_on + timedelta(days=n) for n in range(len(account.days))
    ]
    assert due.on is None or account.days[-1].on == due.on


@settings(deadline=None)  # the machine may be busy
@given(countings())
def test_no_duty_or_right_ends_on_a_rest_day(counting: Counting) -> None:
    """T6: nor on a paused day."""
    due = due_on(counting, CALENDAR).on
    if due is not None and counting.nature is not Nature.PERIOD:
        assert CALENDAR.is_working_day(due)
        assert not any(pause.skips(due) for pause in counting.pauses)


@settings(deadline=None)  # the machine may be busy
@given(countings())
def test_pauses_and_told_days_never_shorten(counting: Counting) -> None:
    """T6, R140: taking the pauses or the told day away never gives a later day."""
    due = due_on(counting, CALENDAR).on
    if due is not None:
        for bare in (replace(counting, pauses=()), replace(counting, not_before=None)):
            without = due_on(bare, CALENDAR).on
            assert without is not None
            assert without <= due
        assert counting.not_before is None or counting.not_before <= due


@settings(deadline=None)  # the machine may be busy
@given(countings(), st.lists(st.integers(0, 120), min_size=1, max_size=4))
def test_an_added_holiday_never_shortens_a_term(counting: Counting, offsets: list[int]) -> None:
    """T6: whatever the unit; a period in days, months or years does not move at all."""
    added = [Fact(counting.anchor_on + timedelta(days=n), False, "增加放假", "示例通知") for n in offsets]
    before = due_on(counting, CALENDAR).on
    after = due_on(counting, CALENDAR.with_facts("x", added, 2026)).on
    if not counting.follows_calendar:
        assert after == before
    elif before is not None and after is not None:
        assert after >= before


@settings(deadline=None)  # the machine may be busy
@given(countings(), st.integers(0, 60))
def test_a_return_never_gives_less_than_the_floor(counting: Counting, passed: int) -> None:
    """R140: the rest ends no earlier than the floor does, and no earlier than the old last day."""
    on = counting.anchor_on + timedelta(days=passed)
    rest = remaining(counting, on, CALENDAR, FLOOR)
    renewed = due_on(Counting(Nature.DUTY, rest, on), CALENDAR).on
    assert renewed is not None
    assert renewed >= CALENDAR.add_working_days(on, FLOOR.number)


@given(countings())
@settings(max_examples=60, deadline=None)
def test_the_stretches_of_a_ledger_are_its_days(counting: Counting) -> None:
    """The same account in fewer lines: no day is left out, none told twice, and the numbers run on."""
    account = ledger(counting, CALENDAR)
    told = [
        run.first + timedelta(days=place)
        for run in account.stretches
        for place in range((run.last - run.first).days + 1)
    ]
    assert told == [day.on for day in account.days]
    by_day = {day.on: day for day in account.days}
    for run in account.stretches:
        first, last = by_day[run.first], by_day[run.last]
        assert (first.reason, first.leg) == (run.reason, run.leg)
        assert run.counted == (None if first.counted is None else (first.counted, last.counted))

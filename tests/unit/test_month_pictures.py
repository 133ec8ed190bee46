"""The months of a term: what is coloured is the ledger, and nothing else (R140; interface: the ledger)."""

from datetime import date

from app.web.month_pictures import Cell, Part, months_of
from app.web.views import TermView
from workflows.kit.calendar import shipped_calendar
from workflows.kit.counting import Counting, Extension, Ledger, Nature, Pause, Span, Unit, ledger
from workflows.rules.model import Grade

TODAY = date(2026, 9, 21)
PAUSED = Counting(
    Nature.DUTY,
    Span(10, Unit.WD),
    date(2026, 9, 18),
    (Pause(date(2026, 9, 22), date(2026, 9, 24), "等待当事人补正"),),
    (Extension(Span(2, Unit.WD), date(2026, 10, 9), "示例依据"),),
)


def cells(account: Ledger) -> dict[date, Cell]:
    return {cell.on: cell for month in months_of(account, TODAY) for week in month.weeks for cell in week if cell}


def test_every_day_of_the_ledger_is_in_its_place_and_says_why() -> None:
    account = ledger(PAUSED, shipped_calendar())
    drawn = cells(account)
    told = {on: cell.reason for on, cell in drawn.items() if cell.part is not None}
    assert told == {day.on: day.reason for day in account.days}
    assert all(cell.word for cell in drawn.values() if cell.part is not None)
    assert drawn[date(2026, 9, 18)].part is Part.ANCHOR
    # A Sunday on which offices work is the first day of the term.
    assert [(drawn[date(2026, 9, day)].part, drawn[date(2026, 9, day)].word) for day in (19, 20, 21)] == [
        (Part.SKIPPED, "休"),
        (Part.COUNTED, "1"),
        (Part.COUNTED, "2"),
    ]
    assert drawn[date(2026, 9, 23)].part is Part.PAUSED
    assert (drawn[date(2026, 9, 26)].part, drawn[date(2026, 9, 26)].word) == (Part.SKIPPED, "中秋节")
    assert account.due_on is not None
    assert drawn[account.due_on].part is Part.LAST
    assert [cell.on for cell in drawn.values() if cell.is_today] == [TODAY]
    assert Part.EXTENDED in {cell.part for cell in drawn.values()}


def test_a_week_begins_on_monday_and_has_seven_places() -> None:
    for month in months_of(ledger(PAUSED, shipped_calendar()), TODAY):
        for week in month.weeks:
            assert len(week) == 7
            assert [place for place, cell in enumerate(week) if cell] == [cell.on.weekday() for cell in week if cell]


def test_a_term_of_years_is_told_in_stretches_and_not_drawn() -> None:
    """R24: 保存期限 of five years has 1,826 days; its page must not."""
    lasting = Counting(Nature.PERIOD, Span(5, Unit.Y), date(2026, 7, 7))
    account = ledger(lasting, shipped_calendar())
    assert months_of(account, TODAY) == ()
    view = TermView.counted(
        "r", "保存期限", lasting, account, today=TODAY, basis="", start="", grade=Grade.V, light=None
    )
    assert not view.by_day
    assert [(run.first, run.last, run.counted) for run in account.stretches] == [
        (date(2026, 7, 7), date(2026, 7, 7), None),
        (date(2026, 7, 8), date(2031, 7, 7), (1, 1826)),
    ]

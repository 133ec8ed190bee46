"""The calendar of a play: the shipped one, the shipped one as of an earlier year, or days of the script's own."""

from dataclasses import replace

from app.rehearsal.script import CalendarChoice, CalendarDay, CalendarImport, Script
from workflows.kit.calendar import Calendar, Fact, shipped_calendar


def calendar_of(script: Script) -> Calendar:
    """The calendar that is in force when the play begins."""
    chosen = script.calendar
    if chosen is None:
        return shipped_calendar()
    if isinstance(chosen, CalendarChoice):
        return as_of(chosen.version)
    facts = _facts(chosen)
    return Calendar("own", max(fact.on.year for fact in facts), facts, ())


def as_of(year: int) -> Calendar:
    """The shipped calendar as it was when `year` was the last one published."""
    shipped = shipped_calendar()
    if year >= shipped.published_through:
        return shipped
    facts = tuple(fact for fact in shipped.facts if fact.on.year <= year)
    later = {fact.on.year for fact in shipped.facts if fact.on.year > year}
    # What later notices called days off by law were statutory days before; make-up days nobody could know.
    statutory = tuple(fact for fact in shipped.facts if fact.on.year in later and not fact.working and _by_law(fact))
    return replace(
        shipped, version=str(year), published_through=year, facts=facts, statutory=(*statutory, *shipped.statutory)
    )


_STATUTORY = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


def _by_law(fact: Fact) -> bool:
    """The days of 全国年节及纪念日放假办法 that have a fixed date (moon festivals are left out)."""
    return (fact.on.month, fact.on.day) in _STATUTORY


def imported_facts(act: CalendarImport) -> tuple[Fact, ...]:
    """The facts of an import: days named by the script, else the shipped facts of the year."""
    if act.days:
        return _facts(act.days)
    return tuple(fact for fact in shipped_calendar().facts if fact.on.year == act.year)


def _facts(days: list[CalendarDay]) -> tuple[Fact, ...]:
    facts = []
    for day in days:
        on = day.date.day
        assert on is not None, "a day of a calendar is dated"
        facts.append(Fact(on, day.kind == "work", day.name, day.source))
    return tuple(sorted(facts))

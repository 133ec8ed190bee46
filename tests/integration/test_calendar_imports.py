"""Importing a calendar: the dry run writes nothing and says what the import then does; an interrupted one goes on.

The rules of movement themselves (procedures, section 0; T6) are held by scenarios/calendar-import.yaml.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from app.models.history import EventRow
from app.models.terms import TermRow
from app.rehearsal.calendars import imported_facts
from app.rehearsal.loading import load_script
from app.rehearsal.pages import SCENARIOS
from app.rehearsal.player import play_script
from app.rehearsal.scratch import own_world
from app.rehearsal.script import CalendarAct
from app.rehearsal.world import World
from app.services.calendar_imports import CalendarKnown, import_calendar, preview_import
from workflows.kit.calendar import Calendar, shipped_calendar

SCRIPT = load_script(SCENARIOS / "calendar-import.yaml")
SPEC = next(act.calendar_import for act in SCRIPT.acts if isinstance(act, CalendarAct))


@pytest.fixture
def world() -> Iterator[World]:
    """The scenario up to the moment before the import."""
    acts = [act for act in SCRIPT.acts if not isinstance(act, CalendarAct)]
    with own_world() as (backend, files):
        yield play_script(
            SCRIPT.model_copy(update={"acts": acts, "expect": []}), backend, files, date(2026, 11, 21)
        ).world


@pytest.fixture
def calendar() -> Calendar:
    return shipped_calendar().with_facts(SPEC.version, imported_facts(SPEC), SPEC.year)


def _versions(world: World) -> set[str]:
    with world.backend.sessions() as session:
        return set(session.scalars(select(TermRow.calendar_version).where(TermRow.status == "running")))


def test_the_dry_run_lists_what_the_import_moves_and_writes_nothing(world: World, calendar: Calendar) -> None:
    """R34, T6."""
    seen = preview_import(world.backend, calendar, world.clock())
    assert _versions(world) == {"2026"}
    done = import_calendar(world.backend, calendar, "试", world.clock)
    assert [(move.case, move.term, move.before, move.after) for move in done.moved] == [
        (move.case, move.term, move.before, move.after) for move in seen.moved
    ]
    assert {(move.term, str(move.before), str(move.after), move.tells_subject) for move in done.moved} == {
        ("record.supplement", "2027-01-04", "2026-12-31", False),
        ("objection.supplement", "2027-01-04", "2027-01-05", True),
    }
    assert _versions(world) == {SPEC.version}


def test_an_interrupted_import_goes_on_and_moves_nothing_twice(world: World, calendar: Calendar) -> None:
    """One dossier a transaction: what was moved before the interruption stays as it is."""
    first = import_calendar(world.backend, calendar, "试", world.clock)
    again = import_calendar(world.backend, calendar, "试", world.clock)
    assert (len(first.moved), again.checked, again.moved) == (2, 0, [])
    with world.backend.sessions() as session:
        events = session.scalar(select(func.count()).select_from(EventRow).where(EventRow.sort == "moved"))
    assert events == 2


def test_another_calendar_of_the_same_version_is_refused(world: World, calendar: Calendar) -> None:
    import_calendar(world.backend, calendar, "试", world.clock)
    with pytest.raises(CalendarKnown, match=f"“{SPEC.version}”已经导入过"):
        import_calendar(world.backend, replace(calendar, facts=calendar.facts[:-1]), "试", world.clock)

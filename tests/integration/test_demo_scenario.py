"""The demo district: a scenario that reaches every state of every procedure by steps (issue 2, items 7 and 8)."""

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from app.crypto import KeyRing
from app.database import Database, make_engine
from app.models.cases import Case
from app.models.terms import TermRow
from app.rehearsal.demo import play_demo
from app.services.audit import verify
from app.services.backend import Backend
from app.services.database_purpose import ensure_marked
from app.services.demo_district import found_district
from workflows.registry import WORKFLOWS

#: A Sunday in the Spring Festival of a year whose arrangement is not published: the hardest day to date back from.
NOW = datetime(2027, 2, 7, 4, 0, tzinfo=UTC)
#: A notice lies there for the seconds in which its sheet is made.
PASSING = {("notice", "sealing")}


def test_the_demo_shows_every_state_and_every_colour(sqlite_url: str, tmp_path: Path) -> None:
    """R33–R57: green, yellow, red, paused and provisional; nothing happens after the present; chains hold."""
    database = Database.on(make_engine(sqlite_url))
    ensure_marked(database, "demo")
    with database.write() as session:
        found_district(session, NOW, lambda login: "x")
    backend = Backend(database.engine, database.sessions, KeyRing.load_or_create(tmp_path / "keys.json"), demo=True)
    seen: list[tuple[int, int]] = []

    report = play_demo(backend, tmp_path / "files", NOW, lambda done, of_all: seen.append((done, of_all)))

    with database.read() as session:
        states: dict[str, set[str]] = defaultdict(set)
        for kind, state in session.execute(select(Case.kind, Case.state)):
            states[kind].add(state)
        missing = {
            (kind, state.key) for kind, flow in WORKFLOWS.items() for state in flow.states
            if state.key not in states[kind]
        } - PASSING  # fmt: skip
        terms = list(session.scalars(select(TermRow)))
        running = [row.due_on for row in terms if row.status == "running" and row.nature != "period" and row.due_on]
        latest = max(session.scalars(select(Case.created_at)))
        audit = verify(session, backend.keys)
    database.engine.dispose()

    assert missing == set()
    days = [(due - NOW.date()).days for due in running]
    assert (min(days) < 0, 0 <= sorted(day for day in days if day >= 0)[0] <= 4, max(days) > 7) == (True, True, True)
    assert any(row.status == "paused" for row in terms)
    assert any(row.status == "running" and row.provisional for row in terms)
    assert latest <= NOW
    assert audit.holds, audit.faults
    assert seen[-1][0] == seen[-1][1]
    assert {"wang", "sun", "zhou", "li", "zhao", "xu", "qin", "you", "yang"} <= {one.login for one in report.logins}
    assert sum(report.cases[kind] for kind in WORKFLOWS if kind not in ("notice", "sync")) >= 60

"""The demo district: a scenario that reaches every state of every procedure by steps (issue 2, items 7 and 8)."""

from collections import defaultdict
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader
from sqlalchemy import and_, select

from app.crypto import KeyRing
from app.database import Database, make_engine
from app.documents.render import Renderer
from app.models.cases import Case
from app.models.history import Attachment, EventRow
from app.models.people import Unit
from app.models.terms import TermRow
from app.rehearsal.demo import play_demo
from app.rehearsal.papers import PAPERS, draw_papers
from app.services.audit import verify
from app.services.backend import Backend
from app.services.database_purpose import ensure_marked
from app.services.demo_district import found_district
from app.services.files import read_bytes
from app.services.units.register import UnitKind
from workflows.identity import check_credit_code
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

    files = tmp_path / "files"
    with Renderer() as renderer:
        papers = draw_papers(renderer)
    report = play_demo(backend, files, NOW, lambda done, of_all: seen.append((done, of_all)), papers=papers)

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
        handed_in = session.execute(
            select(Attachment.name, Attachment.sha256, Case.kind)
            .join(Case, Case.id == Attachment.case_id)
            .join(EventRow, and_(EventRow.case_id == Case.id, EventRow.seq == Attachment.event_seq))
            .where(EventRow.step.in_([step for _, step in PAPERS]))
        ).all()
        waiting = session.scalars(select(Case).where(Case.kind == "sync", Case.holder == "implementer")).all()
        units = [(unit.name, unit.code_word, unit.kind, unit.code or "") for unit in session.scalars(select(Unit))]
    database.engine.dispose()

    assert missing == set()
    days = [(due - NOW.date()).days for due in running]
    assert (min(days) < 0, 0 <= sorted(day for day in days if day >= 0)[0] <= 4, max(days) > 7) == (True, True, True)
    assert any(row.status == "paused" for row in terms)
    assert any(row.status == "running" and row.provisional for row in terms)
    assert latest <= NOW
    assert audit.holds, audit.faults
    assert {(name, kind) for name, _, kind in handed_in} == {(paper.name, kind) for (kind, _), paper in PAPERS.items()}
    for content in {read_bytes(files, sha256) for _, sha256, _ in handed_in}:
        assert "演示材料" in PdfReader(BytesIO(content)).pages[0].extract_text()
    assert {case.due_on > NOW.date() for case in waiting if case.due_on} == {True, False}, "one late, one in time"
    assert [unit for unit in units if not 2 <= len(unit[1]) <= 4 or unit[2] not in set(UnitKind)] == []
    assert len({word for _name, word, _kind, _code in units}) == len(units)
    assert [name for name, _word, _kind, code in units if check_credit_code(code).error] == []
    assert seen[-1][0] == seen[-1][1]
    assert {"wang", "sun", "zhou", "li", "zhao", "xu", "qin", "you", "yang"} <= {one.login for one in report.logins}
    assert sum(report.cases[kind] for kind in WORKFLOWS if kind not in ("notice", "sync")) >= 60

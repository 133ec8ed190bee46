"""The demo district: every state of every procedure, played up to the present day in one time line.

With a renderer every notice gets its real sheet while it is played, so that a demo shows what an office would hand out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from app.clock import MovableClock, legal_day
from app.database import read_transaction
from app.models.cases import Case
from app.rehearsal.loading import load_script
from app.rehearsal.papers import NO_PAPERS, Drawn
from app.rehearsal.player import Player, first_moment
from app.rehearsal.scratch import hurrying
from app.rehearsal.world import extend_world, plain_sheet
from app.seals.provider import SealProvider
from app.services.backend import Backend
from app.services.demo_district import DemoLogin, demo_logins
from app.services.sealing import Render
from app.settings import ROOT
from workflows.kit.calendar import shipped_calendar

SCRIPT = ROOT / "scenarios" / "demo" / "district.yaml"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class DemoReport:
    """What was played: cases by kind, and who can sign in."""

    cases: dict[str, int]
    logins: tuple[DemoLogin, ...]


def play_demo(
    backend: Backend,
    files: Path,
    now: datetime,
    progress: Progress | None = None,
    render: Render = plain_sheet,
    seals: SealProvider | None = None,
    papers: Drawn = NO_PAPERS,
) -> DemoReport:
    """Play the demo in a database in which the district was founded and nothing has happened yet.

    Args:
        files: where files are kept (`Settings.files_dir`).
        now: the present; everything happens before the legal day to which it belongs.
        progress: told (done, of all) after each case.
        render: makes the sheet of each notice; without one it is kept as plain text.
        seals: seals them; without one they are left for a seal on paper.
        papers: what people hand in with their steps; nothing if it is not given.

    Raises:
        PlayFailed: a case cannot reach its state; the tests play the whole demo.
    """
    script, today = load_script(SCRIPT), legal_day(now)
    clock = MovableClock(first_moment(script, today, shipped_calendar()))
    quiet = replace(backend, wake=lambda: None)
    with hurrying(backend.engine):
        world = extend_world(script, quiet, clock, files, render, seals)
        Player(script, world, today, papers=papers).play(progress)
    backend.wake()
    with read_transaction(backend.engine) as session:
        counted = select(Case.kind, func.count()).group_by(Case.kind).order_by(Case.kind)
        return DemoReport(dict(session.execute(counted).all()), tuple(demo_logins(session)))

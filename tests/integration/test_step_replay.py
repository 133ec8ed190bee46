"""T14: after every step, state and due dates rebuilt from the history equal the rows.

Also the invariants of `app.services.invariants` and the counts of version, round and history (R20, R36).
"""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app.crypto import KeyRing
from app.database import read_transaction, write_transaction
from app.models.cases import Case
from app.models.history import EventRow
from app.models.terms import LIVE, TermRow
from app.services.commands import Taken
from app.services.invariants import breaches
from app.services.lawbook import current_calendar
from app.services.replay import replay
from tests.support.world import World, found_world
from workflows.registry import WORKFLOWS


@dataclass
class ReplayedWorld(World):
    """A world that compares rows and history after each step."""

    compared: int = 0

    def step(self, *given: Any, **more: Any) -> Taken:
        taken = super().step(*given, **more)
        self.compare(self.case(taken.uid).dossier_id)
        return taken

    def go(self, *given: Any, **more: Any) -> None:
        super().go(*given, **more)
        for dossier_id in {case.dossier_id for case in self.rows(Case)}:
            self.compare(dossier_id)

    def compare(self, dossier_id: int) -> None:
        """Replay every case of a dossier; its rows must say the same."""
        with read_transaction(self.backend.engine) as session:
            calendar = current_calendar(session)
            for case in session.execute(select(Case).where(Case.dossier_id == dossier_id)).scalars():
                bodies = list(
                    session.execute(
                        select(EventRow.body).where(EventRow.case_id == case.id).order_by(EventRow.seq)
                    ).scalars()
                )
                made = replay(bodies, WORKFLOWS[case.kind], calendar)
                live = session.execute(
                    select(TermRow).where(TermRow.case_id == case.id, TermRow.status.in_(LIVE))
                ).scalars()
                assert (made.in_state, made.version) == (case.state, case.version), case.kind
                assert made.due == {row.key: row.due_on for row in live}, (case.kind, case.state)
                self.compared += 1


@pytest.fixture
def replayed(engine: Engine, keys: KeyRing) -> ReplayedWorld:
    return ReplayedWorld(**vars(found_world(engine, keys)))


SCRIPTS = {
    "objection to the end of its review": lambda world: world.objection_in("closed"),
    "objection that lapses": lambda world: world.objection_in("lapsed"),
    "record that expires": lambda world: world.record_in("expired"),
    "record corrected by its exemption": lambda world: world.exemption_in("correcting"),
    "rectification that fails": lambda world: world.rectification_in("failed"),
    "repair revoked": lambda world: world.repair_in("revoked"),
    "extension": lambda world: extended(world),
    "severity corrected": lambda world: corrected(world),
    "service corrected": lambda world: service_corrected(world),
}


def extended(world: World) -> None:
    """申请延期, 准予延期 and a return with the days that were left."""
    case = world.objection_in("verifying")
    world.take("head", "request_extension", case, days=3, reason="需要向有关单位核实")
    world.take("approver", "extend", case, days=3, reason="需要向有关单位核实")


def corrected(world: World) -> None:
    """更正 of the severity recomputes the periods from their own anchors."""
    record = world.record_in("listed")
    world.take("clerk", "draft_correction", record, changes={"severity": "minor"}, reason="复核后程度较轻")
    world.take("head", "request_correction", record)
    world.take("approver", "correct", record, changes={"severity": "minor"}, reason="复核后程度较轻")


def service_corrected(world: World) -> None:
    """更正送达日 re-arms what the service armed."""
    case = world.objection_in("incomplete")
    (notice,) = world.notices(case, "supplement_notice")
    world.go(world.today.replace(day=world.today.day + 2))
    form = {"served_on": world.today.isoformat(), "evidence": "系统送达回执"}
    world.take("approver", "correct_service", notice.uid, **form)


@pytest.mark.parametrize("script", SCRIPTS)
def test_history_rebuilds_the_rows_after_every_step(replayed: ReplayedWorld, script: str) -> None:
    SCRIPTS[script](replayed)
    assert replayed.compared > 10
    with read_transaction(replayed.backend.engine) as session:
        assert breaches(session) == []


def test_a_row_that_says_something_else_is_seen(replayed: ReplayedWorld) -> None:
    """The comparison bites."""
    case = replayed.objection_in("submitted")
    row = replayed.case(case)
    with write_transaction(replayed.backend.sessions) as session:
        found = session.execute(
            select(TermRow).where(TermRow.case_id == row.id, TermRow.key == "objection.acceptance")
        ).scalar_one()
        assert found.due_on is not None
        found.due_on = found.due_on.replace(year=2027)
    with pytest.raises(AssertionError, match="2027"):
        replayed.compare(row.dossier_id)

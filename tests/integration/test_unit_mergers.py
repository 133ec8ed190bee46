"""合并、撤销 of units (architecture 2: one dossier a transaction, resumable): open duties pass on, nothing is stuck."""

import pytest

from app.models.cases import Case
from app.models.history import AccessLog
from app.models.people import UnitMerger
from app.services.units.mergers import foresee
from app.services.units.names import UnitRefused
from app.services.units.succession import carry_on, carry_on_all, count_open
from tests.support.mergers import BASIS, busy_world, confirm, database, naming, propose, sound, status
from tests.support.world import World


@pytest.fixture
def busy(world: World) -> World:
    return busy_world(world)


def test_the_dry_run_counts_what_passes_and_writes_nothing(busy: World) -> None:
    before = len(busy.rows(AccessLog))
    with database(busy).read() as session:
        found = foresee(session, busy.unit_uids["provider"], busy.unit_uids["foreign"], busy.clock())
        assert count_open(session, busy.units["provider"]) == len(
            [case for case in naming(busy, "provider") if case.phase != "closed"]
        )
    counted = {(kind, relation): number for kind, relation, number in found.cases}
    assert counted[("政务失信记录", "信息提供单位")] == 2
    assert counted[("异议", "信息提供单位")] == 1
    assert found.dossiers == 2
    assert found.terms >= 2
    assert found.posts == (("李测试", "信息提供单位经办人"), ("赵测试", "单位负责人"))
    assert (found.obstacles, found.warnings, found.above) == ((), (), 0)
    assert len(busy.rows(AccessLog)) == before


def test_two_persons_merge_and_the_successor_goes_on(busy: World) -> None:
    """Proposed by one, confirmed by another; each open case gets an event; closed ones keep the old unit."""
    uid = propose(busy)
    with pytest.raises(UnitRefused, match="提出人以外的另一名"):
        confirm(busy, uid, "officer")
    assert status(busy, uid) == "proposed"
    closed = {case.uid for case in naming(busy, "provider") if case.phase == "closed"}
    moved = {case.uid for case in naming(busy, "provider")} - closed
    before = {case: case_due for case in moved for case_due in [busy.case(case).due_on]}
    confirm(busy, uid)
    assert carry_on(busy.backend, uid, busy.clock) == 0
    assert status(busy, uid) == "done"
    assert closed
    assert {case.uid for case in naming(busy, "provider")} == closed
    for case in moved:
        told = [event for event in busy.events(case, "noted") if event.step == "unit_succession"]
        assert len(told) == 1
        assert f"示例乙局并入示例丁局（{BASIS}）" in told[0].body
        assert busy.case(case).due_on == before[case], "no term changes by a merger"
    held = [busy.case(case).holder_unit_id for case in moved if busy.case(case).holder == "provider"]
    assert held
    assert set(held) == {busy.units["foreign"]}
    sound(busy)
    objection = next(case for case in naming(busy, "foreign") if case.kind == "objection")
    answer = {"facts": {"verdict": "更正为", "value": "未造成损失。"}}
    busy.take("clerk", "draft_answer", objection.uid, verdicts=answer, explanation="核查属实。")
    assert busy.steps(objection.uid)[-1] == "draft_answer", "who moved with the unit goes on where he was"
    with pytest.raises(UnitRefused, match="已经确认或者退回"):
        confirm(busy, uid, "reviewer")


def test_an_interrupted_merger_goes_on_where_it_stopped(busy: World) -> None:
    uid = propose(busy)
    confirm(busy, uid)
    assert carry_on(busy.backend, uid, busy.clock, patience=-1) == 2
    assert status(busy, uid) == "running"
    assert carry_on_all(busy.backend, busy.clock) == 1
    assert status(busy, uid) == "done"
    assert carry_on_all(busy.backend, busy.clock) == 0
    moved = [event for case in busy.rows(Case) for event in busy.events(case.uid, "noted")]
    assert len([event for event in moved if event.step == "unit_succession"]) == next(
        row.moved_cases for row in busy.rows(UnitMerger)
    )

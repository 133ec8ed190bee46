"""Repair and rectification against procedures, sections 0, 4, 5 and 5a, by taking the steps (R48–R57)."""

from datetime import date, timedelta

import pytest

from tests.support.paths import objection_form
from tests.support.world import World
from workflows.kit.calendar import shipped_calendar
from workflows.kit.errors import GuardRefused

WD = shipped_calendar().add_working_days


def test_a_repair_is_completed_over_a_target_that_stays_silent_after_its_supervision(world: World) -> None:
    """R52: SUPERVISOR names each silent target, but only once it was supervised (督办)."""
    repair = world.repair_in("executing")
    pending = [item for item in world.children(repair, "sync") if item.state == "pending"]
    silent = [item.target for item in pending]
    assert silent
    due = world.terms(pending[0].uid)["sync.confirmation"].due_on
    assert due is not None
    world.go(WD(due, 2))
    with pytest.raises(GuardRefused, match="应当逐一写明"):
        world.take("approver", "complete", repair)
    with pytest.raises(GuardRefused, match="尚未督办"):
        world.take("approver", "complete", repair, silent_targets=silent)
    for item in pending:
        world.take("approver", "supervise", item.uid, target=item.target)
    world.take("approver", "complete", repair, silent_targets=silent)
    assert world.state(repair) == "completed"


def test_a_sanction_without_months_keeps_its_statutory_period(world: World) -> None:
    """R49: 记过 lasts twelve months by 公职人员政务处分法第八条, so no repair before, and the first day is named."""
    record = world.record_in("listed", severity="轻微", sanction="记过", effective_on="2026-06-01")
    with pytest.raises(GuardRefused) as refused:
        world.open("subject", "repair", "submit", record, correction="已兑现承诺", commitment=True)
    assert max(item.possible_on for item in refused.value.unmet if item.possible_on) == date(2027, 6, 2)


def test_an_expiry_that_was_refused_is_asked_again_when_a_case_of_the_dossier_closes(world: World) -> None:
    """Section 0, R55: it shows as 到期待处理, is asked the next day, and at once when a case of the dossier closes."""
    case = world.rectification_in("explaining")
    record = next(item.uid for item in world.dossier(case) if item.kind == "record")
    late = world.terms(case)["rectification.explanation"].due_on
    done = world.terms(case)["rectification.completion"].due_on
    assert late is not None
    assert done is not None
    objection = world.open("unit_head", "objection", "submit", record, **objection_form()).uid
    world.go(done)
    assert world.case(case).escalation_level == 2
    world.go(WD(done, 1))
    row = world.terms(case)["rectification.completion"]
    assert "已经督办" in row.expiry_refused
    assert row.wakes_on is not None
    assert row.wakes_on > world.today
    world.take("unit_head", "withdraw", objection, reason="已与单位说明")
    assert world.terms(case)["rectification.completion"].wakes_on == world.today


def test_a_notice_signed_separately_waits_for_its_signer(world: World) -> None:
    """R141, section 10.1: `notice.issue` is the signer's duty; what is signed with the step never waits."""
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(WD(due, 1))
    (report,) = world.notices(objection, "supervision_report")
    assert report.state == "drafted"
    row = world.terms(report.uid)["notice.issue"]
    assert (row.holder, row.due_on) == (report.signer, WD(due + timedelta(days=1), 2))
    (letter,) = world.notices(objection, "assistance_letter")
    assert "notice.issue" not in world.terms(letter.uid, live=False)

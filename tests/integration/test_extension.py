"""延期: asked before the last day has ended, decided by the supervisor, within the cap (R34, D1)."""

import pytest

from tests.support.world import World
from workflows.kit.calendar import shipped_calendar
from workflows.kit.errors import GuardRefused

ASKED = {"days": 3, "reason": "需向第三方调取原始凭证"}


def test_an_extension_is_counted_from_the_old_last_day(world: World) -> None:
    """R34: three working days more in the demo district, asked once."""
    objection = world.objection_in("verifying")
    before = world.terms(objection)["objection.verification"].due_on
    assert before is not None
    world.take("head", "request_extension", objection, **ASKED)
    assert world.case(objection).holder == "supervisor"
    world.take("approver", "extend", objection, days=3, reason="情况属实")
    after = world.terms(objection)["objection.verification"].due_on
    assert after == shipped_calendar().add_working_days(before, 3)
    assert world.case(objection).holder == "provider"
    with pytest.raises(GuardRefused, match="已经延长过一次"):
        world.take("head", "request_extension", objection, **ASKED)


def test_a_refused_extension_gives_the_matter_back_with_its_reason(world: World) -> None:
    """R34: the term stays as it was and the provider holds the case again."""
    objection = world.objection_in("verifying")
    before = world.terms(objection)["objection.verification"].due_on
    with pytest.raises(GuardRefused, match="没有延期申请"):
        world.take("approver", "refuse_extension", objection, reason="理由不充分")
    world.take("head", "request_extension", objection, **ASKED)
    world.take("approver", "refuse_extension", objection, reason="理由不充分")
    assert world.terms(objection)["objection.verification"].due_on == before
    assert world.case(objection).holder == "provider"


def test_more_than_the_cap_cannot_be_asked(world: World) -> None:
    """R34: the refusal names the cap."""
    objection = world.objection_in("verifying")
    with pytest.raises(GuardRefused, match="最多可以延长三个工作日"):
        world.take("head", "request_extension", objection, days=4, reason="需要更多时间")

"""退回转办: information that is another unit's goes back once, within one working day (procedures, section 3; R34)."""

import pytest

from tests.support.world import World
from workflows.kit.calendar import shipped_calendar
from workflows.kit.errors import GuardRefused


def test_a_unit_sends_back_what_is_not_its_own_and_the_named_unit_gets_it(world: World) -> None:
    """R34: the objection goes to the provider that was named, with a fresh term for acceptance."""
    objection = world.objection_in("verifying")
    world.take("head", "transfer_back", objection, owner="示例丁局", reason="不是本单位提供的信息")
    assert world.state(objection) == "submitted"
    assert world.case(objection).provider_unit_id == world.units["foreign"]
    world.take("officer", "accept", objection)
    assert world.case(objection).holder_unit_id == world.units["foreign"]


def test_after_one_working_day_it_is_too_late_to_send_it_back(world: World) -> None:
    """R34: the refusal says so in Chinese and nothing has changed."""
    objection = world.objection_in("verifying")
    accepted = world.case(objection).accepted_on
    assert accepted == world.today
    world.go(shipped_calendar().add_working_days(accepted, 2))
    with pytest.raises(GuardRefused, match="一个工作日内"):
        world.take("head", "transfer_back", objection, owner="示例丁局", reason="不是本单位提供的信息")
    assert world.state(objection) == "verifying"

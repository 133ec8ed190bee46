"""Bad input to any step is refused in Chinese, never a defect: huge, nested, unstorable, impossible (issue 2, T10)."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from app.crypto import KeyRing
from tests.support.hostile import HostileWorld
from tests.support.world import found_world


@pytest.fixture
def hostile(engine: Engine, keys: KeyRing) -> HostileWorld:
    return HostileWorld(**vars(found_world(engine, keys)))


SCRIPTS: dict[str, Callable[[HostileWorld], object]] = {
    "objection": lambda world: world.objection_in("closed"),
    "objection refused": lambda world: world.objection_in("refused"),
    "objection supplemented": lambda world: world.objection_in("incomplete"),
    "record annulled": lambda world: world.record_in("annulled"),
    "record declined": lambda world: world.record_in("declined"),
    "record returned": lambda world: world.record_in("returned"),
    "record discarded": lambda world: world.record_in("discarded"),
    "rectification": lambda world: world.rectification_in("failed"),
    "repair": lambda world: world.repair_in("revoked"),
    "repair denied": lambda world: world.repair_in("closed"),
    "exemption": lambda world: world.exemption_in("correcting"),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_field_of_any_step_can_be_filled_so_that_it_breaks(hostile: HostileWorld, script: str) -> None:
    """Every step on the way, its fields made hostile one at a time, on both databases."""
    SCRIPTS[script](hostile)
    assert hostile.tries > 50
    assert not hostile.surprises, "\n".join(hostile.surprises)

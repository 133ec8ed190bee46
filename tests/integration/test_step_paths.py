"""Each state of the procedures is reached through the services, on both databases (R17, R26, R33, R44, R48, R54)."""

import pytest

from tests.support.paths import EXEMPTION, OBJECTION, RECORD, RECTIFICATION, REPAIR
from tests.support.world import World


@pytest.mark.parametrize("state", ["draft", *RECORD])
def test_record_reaches(world: World, state: str) -> None:
    assert world.state(world.record_in(state)) == state


@pytest.mark.parametrize("state", ["submitted", *OBJECTION])
def test_objection_reaches(world: World, state: str) -> None:
    assert world.state(world.objection_in(state)) == state


@pytest.mark.parametrize("state", ["ordered", "explaining", *RECTIFICATION])
def test_rectification_reaches(world: World, state: str) -> None:
    assert world.state(world.rectification_in(state)) == state


@pytest.mark.parametrize("state", ["submitted", *REPAIR])
def test_repair_reaches(world: World, state: str) -> None:
    assert world.state(world.repair_in(state)) == state


@pytest.mark.parametrize("state", ["submitted", *EXEMPTION])
def test_exemption_reaches(world: World, state: str) -> None:
    assert world.state(world.exemption_in(state)) == state

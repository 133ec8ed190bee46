"""T1 at length: 200 kills on each database."""

from pathlib import Path

import pytest

from tests.integration.test_step_killed import assert_nothing_lost_or_double, ordeal
from tests.support.world import World

pytestmark = pytest.mark.long


def test_two_hundred_kills_lose_nothing(world: World, tmp_path: Path) -> None:
    done = ordeal(world, tmp_path, 200)
    assert_nothing_lost_or_double(done)
    assert done.kills == 200

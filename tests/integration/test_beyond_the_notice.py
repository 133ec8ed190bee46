"""Listing says nothing beyond the notice (procedures, section 1; R28)."""

import pytest
from sqlalchemy import update

from app.database import write_transaction
from app.models.kinds import Record
from tests.support.world import World
from workflows.kit.errors import GuardRefused


@pytest.mark.parametrize("change", [{"severity": "serious"}, {"facts": "另有一事未告知。"}, {"behaviour": "B34"}])
def test_what_was_not_notified_cannot_be_listed(world: World, change: dict[str, str]) -> None:
    """R28: a heavier class, other facts or another behaviour need a new notice, however they came in."""
    record = world.record_in("deciding")
    with write_transaction(world.backend.sessions) as session:
        session.execute(update(Record).where(Record.id == world.case(record).id).values(**change))
    with pytest.raises(GuardRefused, match="超出了已告知"):
        world.decide("list", record, reasons="事实清楚")
    assert world.state(record) == "deciding"

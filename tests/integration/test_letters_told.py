"""What the form of an act says will be made: by the title of such a case, and nothing that no outcome makes here."""

import pytest
from flask import Flask

from app.clock import MovableClock
from tests.support.web_world import client_of, world_on


@pytest.mark.parametrize(
    ("refused", "made", "not_made"),
    [("denied", "准予信用修复决定书", "信用修复受理告知书"), ("refused", "信用修复受理告知书", "准予信用修复决定书")],
)
def test_the_review_of_a_repair_names_its_own_letters(
    app: Flask, clock: MovableClock, refused: str, made: str, not_made: str
) -> None:
    """A review changes a denial into a grant, a refusal into an acceptance."""
    world = world_on(app, clock)
    repair = world.repair_in(refused)
    world.take("subject", "request_review", repair, reason="义务已经履行")
    world.take("review_clerk", "accept_review", repair)
    page = client_of(app, "review_clerk").get(f"/cases/{repair}").text
    told = page[page.index("审批、签发后制作：") :].split("</p>")[0]
    assert told == f"审批、签发后制作：《信用修复复核决定书》、《{made}》（视办理结论）"
    assert f"《{not_made}》" not in told

"""A term of the objector runs from the service on himself, never from a copy to the provider (R35, R37, R141)."""

from sqlalchemy import update

from app.database import write_transaction
from app.models.people import User
from tests.support.serving import handed_over
from tests.support.world import World


def test_the_copy_served_on_the_provider_arms_nothing(world: World) -> None:
    """R141: an objector without electronic service keeps his review term until he is served himself."""
    objection = world.objection_in("answered")
    with write_transaction(world.backend.sessions) as session:
        session.execute(update(User).where(User.id == world["subject"].user_id).values(electronic_service_on=None))
    world.decide("decide", objection, reasons="核查属实")
    copies = {notice.recipient_unit_id is not None: notice for notice in world.notices(objection, "objection_decision")}
    assert copies[True].state == "served"
    assert copies[False].state == "issued"
    assert world.terms(objection)["objection.review_filing"].status == "awaiting"
    own = copies[False].uid
    world.take("officer", "dispatch", own, method="direct")
    world.take("officer", "confirm_service", own, **handed_over(world.today))
    row = world.terms(objection)["objection.review_filing"]
    assert (row.status, row.anchor_on) == ("running", world.today)

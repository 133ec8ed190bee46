"""Looking at cases as somebody of the world, and giving people posts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import update

from app.database import read_transaction, write_transaction
from app.models.people import PostHolding
from app.services.reading.case_page import CasePage, read_case
from app.services.reading.desk.boxes import Box
from app.services.reading.desk.listing import read_box
from app.services.reading.reader import Reader, reader_of
from app.services.reading.search import Sought, search
from tests.support.world import START, World
from workflows.kit.errors import NotFound
from workflows.registry import WORKFLOWS
from workflows.roles import Post


@contextmanager
def reading(world: World, who: str) -> Iterator[Reader]:
    """Somebody of the world with his standing of today."""
    with read_transaction(world.backend.engine) as session:
        yield reader_of(world.backend, session, world[who], world.clock())


def page_for(world: World, who: str, case: str) -> CasePage | None:
    """The page of a case as somebody sees it; None if it is not his to see."""
    with reading(world, who) as reader:
        try:
            return read_case(reader, case)
        except NotFound:
            return None


def listed_for(world: World, who: str) -> set[str]:
    """The uid of every case that any list shows to somebody."""
    with reading(world, who) as reader:
        found = {line.uid for box in Box for line in read_box(reader, box).lines}
        for kind in WORKFLOWS:
            found |= {found_line.line.uid for found_line in search(reader, Sought(kind)).lines}
    return found


def appoint(world: World, who: str, unit_id: int, post: Post, until: date | None = None) -> None:
    """Give somebody a further post."""
    with write_transaction(world.backend.sessions) as session:
        session.add(
            PostHolding(
                user_id=world[who].user_id, unit_id=unit_id, post=post.value, from_on=date(2020, 1, 1), until_on=until
            )
        )


def dismiss(world: World, who: str) -> None:
    """End every post of somebody with the day before the world's first."""
    with write_transaction(world.backend.sessions) as session:
        held = update(PostHolding).where(PostHolding.user_id == world[who].user_id)
        session.execute(held.values(until_on=START - timedelta(days=1)))

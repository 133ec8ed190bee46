"""Searching as somebody of the world, with the index brought up to date first."""

from typing import Any

from app.database import Database
from app.services.reading.reader import reader_of
from app.services.reading.search import Found, Sought, search
from app.services.search_index.keeping import refresh_all
from tests.support.world import World


def look(world: World, who: str, words: str, before: int | None = None, **filters: Any) -> Found:
    """What somebody finds."""
    database = Database.on(world.backend.engine)
    refresh_all(database)
    with database.read() as session:
        reader = reader_of(world.backend, session, world[who], world.clock())
        return search(reader, Sought(words=words, **filters), before)


def uids(found: Found) -> set[str]:
    """The cases of one page."""
    return {row.line.uid for row in found.lines}


def marked(found: Found) -> set[str]:
    """Every piece of text that is shown as found."""
    return {piece.text for row in found.lines for reason in row.reasons for piece in reason.pieces if piece.found}


def shown(found: Found) -> str:
    """Everything that the reasons of a page say."""
    return "\n".join(reason.text for row in found.lines for reason in row.reasons)

"""Two people on one case: who has moved it since a page was drawn, when, and what he did, as far as one may read it."""

from dataclasses import dataclass

from sqlalchemy import select

from app.models.history import EventRow
from app.services.reading.history import EventView, events_of
from app.services.reading.reader import Reader, case_for
from workflows.registry import workflow


@dataclass(frozen=True)
class Movement:
    """The steps that were taken meanwhile and that the reader may read, the newest first, and the state they led to."""

    steps: tuple[EventView, ...]
    state_label: str


def moved_since(reader: Reader, uid: str, version: int) -> Movement | None:
    """What became of a case after a version of it; None if nothing did. One query while nothing did.

    Raises:
        NotFound: there is no such case, or the reader may not see it.
    """
    case = case_for(reader, uid)
    if case.version <= version:
        return None
    later = select(EventRow.seq).where(EventRow.case_id == case.id, EventRow.version > version, EventRow.sort == "step")
    taken = set(reader.session.scalars(later))
    steps = tuple(event for event in events_of(reader, case) if event.seq in taken)
    return Movement(steps, workflow(case.kind).state(case.state).label)

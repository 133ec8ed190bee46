"""Who reads: a person with his standing of today, on a reading session."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.capacities import Standing, may_see, standing_of
from app.clock import legal_day
from app.models.cases import Case
from app.models.registry import MODELS
from app.services.backend import Backend
from app.services.unit_of_work import UnitOfWork
from workflows.kit.context import Actor
from workflows.kit.errors import NotFound
from workflows.registry import workflow


@dataclass(frozen=True)
class Reader:
    """One person reading at one moment."""

    backend: Backend
    session: Session
    actor: Actor
    now: datetime
    standing: Standing

    @property
    def today(self) -> date:
        return legal_day(self.now)

    @property
    def view(self) -> UnitOfWork:
        """The same questions as in a step, asked on a session that never commits."""
        return UnitOfWork(self.backend, self.session, self.now)


def reader_of(backend: Backend, session: Session, actor: Actor, now: datetime) -> Reader:
    """A signed-in person who reads now."""
    assert actor.user_id is not None
    return Reader(backend, session, actor, now, standing_of(session, actor.user_id, legal_day(now)))


def case_for(reader: Reader, uid: str) -> Case:
    """The case with the columns of its kind.

    Raises:
        NotFound: there is none, or the reader may not see it.
    """
    found = reader.session.execute(select(Case.id, Case.kind).where(Case.uid == uid)).one_or_none()
    if found is None:
        raise NotFound
    case = reader.session.get(MODELS[found.kind], found.id)
    if case is None or not may_see(workflow(case.kind), reader.standing, case):
        raise NotFound
    return case

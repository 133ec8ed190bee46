"""Who reads: a person with his standing of today, on a reading session."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session, with_polymorphic

from app.access.capacities import Standing, may_see, standing_of
from app.clock import legal_day
from app.models.cases import Case, Dossier
from app.models.registry import MODELS
from app.services.backend import Backend
from app.services.unit_of_work import UnitOfWork
from workflows.kit.context import Actor
from workflows.kit.errors import NotFound
from workflows.registry import workflow

#: A case with the columns of its kind, whichever that is, in one query.
_OF_EVERY_KIND = with_polymorphic(Case, list(MODELS.values()), flat=True)


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

    @cached_property
    def view(self) -> UnitOfWork:
        """The same questions as in a step, asked on a session that never commits, and therefore each of them once."""
        view = UnitOfWork(self.backend, self.session, self.now, readings={})
        view.standings[self.standing.user_id] = self.standing
        return view


def reader_of(backend: Backend, session: Session, actor: Actor, now: datetime) -> Reader:
    """A signed-in person who reads now."""
    assert actor.user_id is not None
    return Reader(backend, session, actor, now, standing_of(session, actor.user_id, legal_day(now)))


def case_for(reader: Reader, uid: str) -> Case:
    """The case with the columns of its kind.

    Raises:
        NotFound: there is none, or the reader may not see it.
    """
    case = reader.view.once(f"case {uid}", 0, lambda: _stored(reader.session, uid))
    if case is None or not may_see(workflow(case.kind), reader.standing, case):
        raise NotFound
    return case


def _stored(session: Session, uid: str) -> Case | None:
    """The case; the session learns of its dossier in the same query."""
    statement = select(_OF_EVERY_KIND, Dossier).join(Dossier, Dossier.id == _OF_EVERY_KIND.dossier_id)
    found = session.execute(statement.where(_OF_EVERY_KIND.uid == uid)).one_or_none()
    return found[0] if found is not None else None

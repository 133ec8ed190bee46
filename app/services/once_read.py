"""Rows that many questions about a case need, each read once while nothing changes: on a page, or at a commit.

Within a step they are asked for one at a time, since the step itself changes them (`UnitOfWork.once`).
"""

from collections.abc import Iterable

from sqlalchemy import select

from app.models.cases import Case
from app.models.history import EventRow
from app.models.kinds import Notice
from app.models.people import Recusal, Unit, User
from app.models.terms import TermRow
from app.services.unit_of_work import UnitOfWork


def history_of(work: UnitOfWork, case_id: int) -> list[EventRow]:
    """Every event of a case, oldest first."""
    statement = select(EventRow).where(EventRow.case_id == case_id).order_by(EventRow.seq)
    return work.once("events", case_id, lambda: list(work.session.execute(statement).scalars()))


def cases_of(work: UnitOfWork, dossier_id: int) -> list[Case]:
    """Every case of a dossier but its notices, in the order in which they were opened."""
    statement = select(Case).where(Case.dossier_id == dossier_id, Case.kind != "notice").order_by(Case.id)
    return work.once("cases", dossier_id, lambda: list(work.session.execute(statement).scalars()))


def terms_of_dossier(work: UnitOfWork, dossier_id: int) -> list[TermRow]:
    """Every arming of every term of a dossier, in the order in which they were opened."""
    statement = select(TermRow).where(TermRow.dossier_id == dossier_id).order_by(TermRow.id)
    return work.once("dossier terms", dossier_id, lambda: list(work.session.execute(statement).scalars()))


def terms_of_case(work: UnitOfWork, case: Case) -> list[TermRow]:
    """Every arming of every term of one case, in the order in which they were opened."""
    return [row for row in terms_of_dossier(work, case.dossier_id) if row.case_id == case.id]


def notices_of(work: UnitOfWork, case_id: int) -> list[Notice]:
    """Every notice that steps of a case made, oldest first."""
    statement = select(Notice).where(Notice.parent_id == case_id).order_by(Notice.id)
    return work.once("notices", case_id, lambda: list(work.session.execute(statement).scalars()))


def recusal_of(work: UnitOfWork, dossier_id: int, person: int) -> str:
    """Why a person declared himself out of a dossier; empty if he has not."""
    statement = select(Recusal.reason).where(Recusal.dossier_id == dossier_id, Recusal.user_id == person)
    return work.once(f"recusal {person}", dossier_id, lambda: work.session.execute(statement).scalar() or "")


def know(work: UnitOfWork, people: Iterable[int | None], units: Iterable[int | None]) -> None:
    """Read people and units at once; from then on the session knows them when they are asked for one by one."""
    for model, wanted in ((User, set(people) - {None}), (Unit, set(units) - {None})):
        if wanted:
            work.session.execute(select(model).where(model.id.in_(sorted(wanted)))).scalars().all()


def person_name(work: UnitOfWork, person: int | None) -> str:
    """The name of a person; empty for none."""
    found = work.session.get(User, person) if person is not None else None
    return found.name if found is not None else ""

"""Which of some cases, found by any index, somebody may see: asked of the cases themselves, by their keys."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from app.models.cases import Case
from app.services.among import among


def seen_of(session: Session, seen: ColumnElement[bool], ids: Sequence[int]) -> list[int]:
    """Those of the cases for which `seen` holds, the newest first.

    What is seen is asked as a value: as conditions PostgreSQL would look up each of them by an index of its own.
    """
    if not ids:
        return []
    statement = select(Case.id).where(among(session, Case.id, ids), seen.is_(true()))
    return sorted(session.execute(statement).scalars().all(), reverse=True)

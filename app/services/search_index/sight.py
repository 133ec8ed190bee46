"""Which of some cases, found by any index, somebody may see: asked of the cases themselves, by their keys."""

import json
from collections.abc import Sequence

from sqlalchemy import BigInteger, ColumnElement, any_, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.models.cases import Case


def seen_of(session: Session, seen: ColumnElement[bool], ids: Sequence[int]) -> list[int]:
    """Those of the cases for which `seen` holds, the newest first. The keys are one value, however many they are."""
    if not ids:
        return []
    if session.get_bind().dialect.name == "postgresql":
        # As text: the driver takes longer to write an array than PostgreSQL to find what is in it.
        among = Case.id == any_(cast(literal(f"{{{','.join(map(str, ids))}}}"), ARRAY(BigInteger)))
    else:
        among = Case.id.in_(select(column("value")).select_from(func.json_each(json.dumps(list(ids)))))
    statement = select(Case.id).where(among, seen)
    return sorted(session.execute(statement).scalars().all(), reverse=True)

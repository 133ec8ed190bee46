"""全部事项: every case a reader may see, filtered, newest first."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, or_, select

from app.access.capacities import visible_filter
from app.models.cases import Case
from app.services.lawbook import current_calendar
from app.services.reading.lines import CaseLine, lines_of, within_keys
from app.services.reading.reader import Reader
from workflows.registry import WORKFLOWS

PAGE = 50
#: Counts stop here; the page says 1000+.
COUNTED = 1000


@dataclass(frozen=True)
class Sought:
    """What is looked for; empty means any. `number` may be any part of a number."""

    kind: str = ""
    state: str = ""
    number: str = ""


@dataclass(frozen=True)
class Found:
    """One page of what was found; `next_before` is the key of the next page, None on the last."""

    lines: list[CaseLine]
    count: int
    next_before: int | None


def search(reader: Reader, sought: Sought, before: int | None = None) -> Found:
    """Cases the reader may see, notices left out unless they are asked for by kind; newest first."""
    wanted = _filter(reader, sought)
    counted = select(Case.id).where(wanted).limit(COUNTED).subquery()
    statement = select(Case).where(wanted).order_by(Case.id.desc()).limit(PAGE + 1)
    if before is not None:
        statement = statement.where(Case.id < within_keys(before))
    cases = reader.session.execute(statement).scalars().all()
    return Found(
        lines=lines_of(reader.session, cases[:PAGE], current_calendar(reader.session), reader.today),
        count=reader.session.execute(select(func.count()).select_from(counted)).scalar_one(),
        next_before=cases[PAGE - 1].id if len(cases) > PAGE else None,
    )


def _filter(reader: Reader, sought: Sought) -> ColumnElement[bool]:
    flows = [flow for key, flow in WORKFLOWS.items() if key == sought.kind or (not sought.kind and key != "notice")]
    sees = or_(false(), *(visible_filter(flow, reader.standing) for flow in flows))
    if sought.state:
        sees = sees & (Case.state == sought.state)
    if sought.number:
        sees = sees & Case.number.contains(sought.number, autoescape=True)
    return sees

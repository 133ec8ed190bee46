"""月度通报: one month of the district, unit by unit, with every duty that was late; the same numbers as the board.

An internal paper: it names units, case numbers and terms, and no natural person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.models.cases import Case
from app.models.people import Unit
from app.models.terms import TermRow
from app.services.reading.oversight.duties import Duty, duties_of
from app.services.reading.oversight.periods import Period
from app.services.reading.oversight.scope import (
    DUTY_UNIT,
    IS_OPEN,
    OFFICE,
    Outcome,
    falls_within,
    in_charge,
    is_office,
    outcome_on,
    standing_on,
)
from app.services.reading.oversight.trend import Met, UnitMet, met_by_unit, total_of
from app.services.reading.reader import Reader
from workflows.kit.errors import NotFound


@dataclass(frozen=True)
class Bulletin:
    """What is circulated. `late` fell due in the month; `carried` fell due before and are not met to this day.

    Both lists hold at most what was asked for; the numbers count everything.
    """

    organ: str
    month: Period
    as_of: date
    units: tuple[UnitMet, ...]
    whole: Met
    late: tuple[Duty, ...]
    late_count: int
    carried: tuple[Duty, ...]
    carried_count: int


def read_bulletin(reader: Reader, month: Period, near: int, most: int) -> Bulletin:
    """The month as it stands today.

    Args:
        near: as in `read_board`.
        most: so many late duties are listed, the longest overdue first, and as many of earlier months.

    Raises:
        NotFound: the reader works in no credit office.
    """
    if not is_office(reader):
        raise NotFound
    units = met_by_unit(reader, month)
    outcome = outcome_on(reader.today)
    was_late = and_(falls_within(*month.days), or_(outcome == Outcome.LATE.value, outcome == Outcome.OVERDUE.value))
    before = and_(IS_OPEN, TermRow.due_on < month.first, outcome == Outcome.OVERDUE.value)
    whole = total_of([row.met for row in units])
    return Bulletin(
        organ=_organ(reader),
        month=month,
        as_of=reader.today,
        units=units,
        whole=whole,
        late=_listed(reader, was_late, near, most),
        late_count=whole.counts[Outcome.LATE] + whole.counts[Outcome.OVERDUE],
        carried=_listed(reader, before, near, most),
        carried_count=_count(reader, before),
    )


def _listed(reader: Reader, where: Any, near: int, most: int) -> tuple[Duty, ...]:
    rows: Sequence[Any] = reader.session.execute(
        select(TermRow, Case, DUTY_UNIT, standing_on(reader, near), outcome_on(reader.today))
        .join(Case, Case.id == TermRow.case_id)
        .where(in_charge(reader, DUTY_UNIT), where)
        .order_by(TermRow.due_on, TermRow.id)
        .limit(most)
    ).all()
    return duties_of(reader, rows)


def _count(reader: Reader, where: Any) -> int:
    counted = select(func.count()).select_from(TermRow).join(Case, Case.id == TermRow.case_id)
    return reader.session.execute(counted.where(in_charge(reader, DUTY_UNIT), where)).scalar_one()


def _organ(reader: Reader) -> str:
    names = select(Unit.name).where(Unit.id.in_(sorted(reader.standing.units(OFFICE)))).order_by(Unit.id)
    return "、".join(reader.session.execute(names).scalars())

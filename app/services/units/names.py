"""What a unit is called on a day. Notices keep the name they were signed with, closed cases the one of their end.

A name that is entered late is one from the day of its entry: what was signed or closed before bore the old one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.models.cases import Case
from app.models.people import Unit, UnitName
from workflows.kit.errors import Refusal
from workflows.kit.storable import in_words


class UnitRefused(Refusal):
    """A unit cannot be entered, renamed or merged like this; the message says what to mend."""

    code = "UnitRefused"


@dataclass(frozen=True)
class UnitNames:
    """The names of some units, with those that they bore before: (from which day here, name), the oldest first."""

    present: dict[int, str]
    earlier: dict[int, list[tuple[date, str]]] = field(default_factory=dict)

    def on(self, unit_id: int | None, day: date | None) -> str:
        """The name on a day; without a day the present one. Empty for a unit that is not among them."""
        if unit_id is None:
            return ""
        borne = [name for since, name in self.earlier.get(unit_id, ()) if day is not None and since <= day]
        return borne[-1] if borne else self.present.get(unit_id, "")

    def in_case(self, unit_id: int | None, case: Case) -> str:
        """How a case calls the unit: a closed one as it was called when the case ended."""
        return self.on(unit_id, case.closed_on)


def unit_names(session: Session, units: Iterable[int | None]) -> UnitNames:
    """The names of these units; one query whatever their number."""
    ids = {unit for unit in units if unit is not None}
    present, earlier = dict[int, str](), defaultdict[int, list[tuple[date, str]]](list)
    rows = session.execute(
        select(Unit.id, Unit.name, UnitName)
        .outerjoin(UnitName, UnitName.unit_id == Unit.id)
        .where(Unit.id.in_(ids))
        .order_by(Unit.id, UnitName.from_on)
    )
    for unit_id, name, borne in rows:
        present[unit_id] = name
        if borne is not None:
            # Nobody enters the name that a unit was registered with; it is one from the beginning.
            entered_on = legal_day(borne.entered_at) if borne.entered_by is not None else borne.from_on
            earlier[unit_id].append((max(borne.from_on, entered_on), borne.name))
    return UnitNames(present, dict(earlier))


def apply_due_names(session: Session, today: date, only: Collection[int] = ()) -> int:
    """Let every unit bear the name that is due by today, in a writing transaction; returns how many changed."""
    newest = select(UnitName.unit_id, func.max(UnitName.from_on).label("from_on")).where(UnitName.from_on <= today)
    latest = newest.group_by(UnitName.unit_id).subquery()
    statement = (
        select(Unit, UnitName.name)
        .join(latest, latest.c.unit_id == Unit.id)
        .join(UnitName, (UnitName.unit_id == Unit.id) & (UnitName.from_on == latest.c.from_on))
        .where(Unit.name != UnitName.name)
    )
    if only:
        statement = statement.where(Unit.id.in_(only))
    changed = 0
    for unit, name in session.execute(statement).all():
        if session.scalar(select(Unit.id).where(Unit.name == name)) is None:
            unit.name = name
            changed += 1
    session.flush()
    return changed


def present_unit(session: Session, name: str, today: date) -> Unit | None:
    """The unit of this name that exists today; None if there is none.

    Raises:
        UnitRefused: it was merged or abolished; names who took over.
    """
    unit = session.scalar(select(Unit).where(Unit.name == name.strip()))
    if unit is not None:
        demand_present(unit, today)
    return unit


def exists_on(day: date) -> ColumnElement[bool]:
    """Units that were neither merged nor abolished by that day."""
    return or_(Unit.ended_on.is_(None), Unit.ended_on > day)


def demand_present(unit: Unit, today: date) -> None:
    """Raises UnitRefused for a unit that does not exist any more."""
    if unit.ended_on is not None and unit.ended_on <= today:
        raise UnitRefused(f"{unit.name}已于{in_words(unit.ended_on)}合并或者撤销。请改填承继其职权的单位，见单位名册。")

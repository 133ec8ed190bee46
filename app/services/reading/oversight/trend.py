"""按期办结: the duties that fall due in a period, by what became of them, period by period or unit by unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select

from app.models.cases import Case
from app.models.terms import TermRow
from app.services.reading.oversight.periods import Period
from app.services.reading.oversight.scope import (
    DUTY_UNIT,
    FALLS_ON,
    Holder,
    Outcome,
    falls_within,
    holders,
    in_charge,
    of_unit,
    outcome_on,
)
from app.services.reading.reader import Reader

Counts = Mapping[Outcome, int]


@dataclass(frozen=True)
class Met:
    """How many duties fell due, and what became of them."""

    counts: Counts

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def per_mille(self) -> int | None:
        """按期办结率 in tenths of a percent, rounded down so that 100 % means all; None while nothing fell due.

        What is still open and not over yet counts neither way.
        """
        decided = self.total - self.counts[Outcome.OPEN]
        return 1000 * self.counts[Outcome.ON_TIME] // decided if decided else None

    @property
    def rate(self) -> str:
        """按期办结率 as an office writes it: 92.3%; a dash while nothing fell due."""
        return "—" if self.per_mille is None else f"{self.per_mille // 10}.{self.per_mille % 10}%"


@dataclass(frozen=True)
class TrendRow:
    """One period."""

    period: Period
    met: Met


@dataclass(frozen=True)
class UnitMet:
    """One unit in one period."""

    holder: Holder
    met: Met


def read_trend(reader: Reader, periods: Sequence[Period], unit: str = "") -> tuple[TrendRow, ...]:
    """What fell due in each of the periods, which follow each other without a gap, the earliest first.

    Args:
        unit: only the duties of this unit, as in addresses; empty: of all.

    Raises:
        NotFound: as `read_board`.
    """
    place = case(*((period.last >= FALLS_ON, literal(at)) for at, period in enumerate(periods)))
    where = [falls_within(periods[0].first, periods[-1].last)]
    if unit:
        where.append(of_unit(reader.session, DUTY_UNIT, unit))
    found = _counted(reader, place, where)
    return tuple(TrendRow(period, Met(found.get(at, _none()))) for at, period in enumerate(periods))


def met_by_unit(reader: Reader, period: Period) -> tuple[UnitMet, ...]:
    """What fell due in one period by the unit that had to act; those with most late duties in front.

    Raises:
        NotFound: as `read_board`.
    """
    found = _counted(reader, DUTY_UNIT, [falls_within(*period.days)])
    known = holders(reader.session, found)
    rows = [UnitMet(known[key], Met(counts)) for key, counts in found.items()]
    return tuple(sorted(rows, key=lambda row: (-late(row.met), -row.met.total, row.holder.name)))


def total_of(rows: Sequence[Met]) -> Met:
    """All of them together."""
    return Met({outcome: sum(row.counts[outcome] for row in rows) for outcome in Outcome})


def late(met: Met) -> int:
    """Those that were not met in time, whether they are met now or not."""
    return met.counts[Outcome.LATE] + met.counts[Outcome.OVERDUE]


def _none() -> dict[Outcome, int]:
    return dict.fromkeys(Outcome, 0)


def _counted(
    reader: Reader, group: ColumnElement[Any], where: Sequence[ColumnElement[bool]]
) -> dict[Any, dict[Outcome, int]]:
    by, outcome = group.label("by"), outcome_on(reader.today).label("outcome")
    rows = reader.session.execute(
        select(by, outcome, func.count())
        .select_from(TermRow)
        .join(Case, Case.id == TermRow.case_id)
        .where(in_charge(reader, DUTY_UNIT), *where)
        .group_by(by, outcome)
    )
    found: dict[Any, dict[Outcome, int]] = {}
    for key, became, number in rows:
        found.setdefault(key, _none())[Outcome(became)] += number
    return found

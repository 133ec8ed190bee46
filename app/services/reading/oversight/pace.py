"""最慢环节: how many working days each term really took, from the day it began to the day it was met."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.models.cases import Case
from app.models.terms import TermRow
from app.services.lawbook import current_calendar
from app.services.reading.oversight.periods import Period
from app.services.reading.oversight.scope import DUTY_UNIT, IS_DUTY, in_charge, of_unit
from app.services.reading.reader import Reader
from workflows.kit.calendar import Calendar
from workflows.kit.span import Span, Unit
from workflows.registry import WORKFLOWS


@dataclass(frozen=True)
class PaceRow:
    """One term: how many were met, the working days that half and nine tenths of them took, and how many were late.

    `limits` are the lengths that the rules gave them, the most frequent first.
    """

    term: str
    label: str
    kind_label: str
    number: int
    median: int
    ninth: int
    limits: tuple[Span, ...]
    late: int

    @property
    def limit_days(self) -> int | None:
        """The limit as a number of working days; None where it is counted otherwise or differs from case to case."""
        alone = self.limits[0] if len(self.limits) == 1 else None
        return alone.number if alone is not None and alone.unit is Unit.WD else None


def read_pace(reader: Reader, period: Period, unit: str = "") -> tuple[PaceRow, ...]:
    """The terms that were met in the period, the slowest first.

    Days on which a term was paused do not count. What ended before it had begun is left out.

    Args:
        unit: only the duties of this unit, as in addresses; empty: of all.

    Raises:
        NotFound: as `read_board`.
    """
    calendar, took = current_calendar(reader.session), dict[str, Counter[int]]()
    limits, late = dict[str, Counter[Span]](), Counter[str]()
    columns = (TermRow.key, TermRow.anchor_on, TermRow.ended_on, TermRow.pauses, TermRow.number, TermRow.unit)
    over = (TermRow.ended_on > TermRow.due_on).label("over")
    where = [IS_DUTY, TermRow.anchor_on.is_not(None), TermRow.ended_on.between(*period.days)]
    if unit:
        where.append(of_unit(reader.session, DUTY_UNIT, unit))
    rows = reader.session.execute(
        select(*columns, over, func.count())
        .select_from(TermRow)
        .join(Case, Case.id == TermRow.case_id)
        .where(in_charge(reader, DUTY_UNIT), *where)
        .group_by(*columns, over)
    )
    for key, began, ended, pauses, number, length, was_late, times in rows:
        assert began is not None
        assert ended is not None
        took.setdefault(key, Counter())[_used(began, ended, json.loads(pauses), calendar)] += times
        limits.setdefault(key, Counter())[Span(number, Unit(length))] += times
        late[key] += times if was_late else 0
    found = [_row(key, days, limits[key], late[key]) for key, days in took.items()]
    return tuple(sorted(found, key=lambda row: (-row.ninth, -row.median, row.term)))


def at_share(days: Mapping[int, int], tenths: int) -> int:
    """The number of days within which so many tenths of all were met (nearest rank)."""
    wanted, seen = math.ceil(sum(days.values()) * tenths / 10), 0
    for value in sorted(days):
        seen += days[value]
        if seen >= wanted:
            return value
    raise ValueError("nothing was met")


def _row(key: str, days: Counter[int], limits: Counter[Span], late: int) -> PaceRow:
    label, kind = _labels(key)
    by_frequency = tuple(span for span, _ in limits.most_common())
    return PaceRow(key, label, kind, days.total(), at_share(days, 5), at_share(days, 9), by_frequency, late)


def _labels(key: str) -> tuple[str, str]:
    for flow in WORKFLOWS.values():
        term = flow.term(key)
        if term is not None:
            return term.label, flow.label
    return key, ""


def _used(began: date, ended: date, pauses: Sequence[Mapping[str, str | None]], calendar: Calendar) -> int:
    """Working days after the first day, which is not counted, without those of a pause."""
    used, mark = 0, began
    for pause in sorted(pauses, key=lambda pause: pause["from"] or ""):
        start = min(date.fromisoformat(pause["from"] or ""), ended)
        stop = min(date.fromisoformat(pause["to"]) if pause["to"] else ended, ended)
        if start > mark:
            used += calendar.working_days_between(mark, start)
        mark = max(mark, stop)
    return used + calendar.working_days_between(mark, ended)

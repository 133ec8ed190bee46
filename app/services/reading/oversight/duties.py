"""The duties behind a number of the board, of the trend or of the pace: filtered, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.access.capacities import may_see
from app.models.cases import Case
from app.models.terms import TermRow
from app.services.lawbook import current_calendar
from app.services.reading.exporting import AT_ONCE, whole_list
from app.services.reading.lines import NO_NUMBER, TermState, term_state, titles_of, within_keys
from app.services.reading.oversight.calls import NONE, Calls, OpenDuty, callable_by, calls_to, step_for
from app.services.reading.oversight.scope import (
    DUTY_UNIT,
    FALLS_ON,
    IS_DUTY,
    IS_OPEN,
    Holder,
    Outcome,
    falls_within,
    holders,
    in_charge,
    of_unit,
    outcome_on,
    standing_on,
    stands,
)
from app.services.reading.reader import Reader
from app.services.reading.shade import Shade
from workflows.kit.counting import running_days_late
from workflows.registry import workflow

PAGE = 50
#: Sorts what has no last day behind everything else.
_NEVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Wanted:
    """Which duties; empty means any.

    Open ones by `standing`; or, with `within`, those that fall due in a period, by `outcome`; or, with `ended`, those
    that were met in a period. `unit` as in addresses.
    """

    unit: str = ""
    kind: str = ""
    term: str = ""
    standing: Shade | None = None
    outcome: Outcome | None = None
    within: tuple[date, date] | None = None
    ended: tuple[date, date] | None = None


@dataclass(frozen=True)
class Duty:
    """One duty. `stands` is empty once it is met, `outcome` while only the day decides; `act`: the step of a call."""

    term: int
    case: str
    number: str
    title: str
    belongs_to: str
    kind_label: str
    state_label: str
    version: int
    holder: Holder
    term_label: str
    stands: Shade | None
    outcome: Outcome
    state: TermState
    ended_on: date | None
    days_late: int
    calls: Calls
    act: str

    @property
    def name(self) -> str:
        """What the case is called in a message: its number, else what it is and where it belongs."""
        return self.number or f"{self.title}（{self.belongs_to or NO_NUMBER}）"


@dataclass(frozen=True)
class DutyPage:
    """One page of duties; `next_after` stands in the address of the next page, empty on the last.

    `callable`: how many of all of them the reader can call to.
    """

    duties: tuple[Duty, ...]
    count: int
    next_after: str
    callable: int


def read_duties(reader: Reader, wanted: Wanted, near: int, after: str = "") -> DutyPage:
    """One page, the earliest last day in front.

    Args:
        near: as in `read_board`.
        after: `next_after` of the page before.

    Raises:
        NotFound: as `read_board`.
    """
    where = matching(reader, wanted, near)
    rows = _rows(reader, wanted, near, after, PAGE)
    count, callable_ones = reader.session.execute(
        _joined(select(func.count(), func.count().filter(callable_by(reader)))).where(where)
    ).one()
    return DutyPage(duties_of(reader, rows[:PAGE]), count, _next(rows, PAGE), callable_ones)


def export_duties(reader: Reader, wanted: Wanted, near: int) -> tuple[list[Duty], bool]:
    """Every duty as the pages list them, at most MOST_EXPORTED, and whether there are more; raises as `read_board`."""

    def read(after: str | None) -> tuple[tuple[Duty, ...], str | None]:
        rows = _rows(reader, wanted, near, after or "", AT_ONCE)
        return duties_of(reader, rows[:AT_ONCE]), _next(rows, AT_ONCE) or None

    return whole_list(read)


def _rows(reader: Reader, wanted: Wanted, near: int, after: str, size: int) -> Sequence[Any]:
    """Rows for `duties_of`, one more than a page has if there is another."""
    standing, order = standing_on(reader, near), _order(wanted)
    statement = _joined(select(TermRow, Case, DUTY_UNIT, standing, outcome_on(reader.today)))
    statement = statement.where(matching(reader, wanted, near))
    if (begin := _begin(after)) is not None:
        day, key = begin
        statement = statement.where(or_(order > day, and_(order == day, TermRow.id > key)))
    return reader.session.execute(statement.order_by(order, TermRow.id).limit(size + 1)).all()


def duties_of(reader: Reader, rows: Sequence[Any]) -> tuple[Duty, ...]:
    """Rows of (term, case, key of the unit, standing, outcome) as a list shows them, with five queries more."""
    session, calendar = reader.session, current_calendar(reader.session)
    titles, parents = titles_of(session, [case.id for _, case, *_ in rows]), _parents(reader, rows)
    names = holders(session, [unit for _, _, unit, *_ in rows])
    calls = calls_to(session, [OpenDuty(term, unit) for term, _, unit, *_ in rows])
    made = []
    for term, case, unit, standing, outcome in rows:
        flow = workflow(case.kind)
        known = flow.term(term.key)
        until = term.ended_on or reader.today
        made.append(
            Duty(
                term=term.id,
                case=case.uid,
                number=case.number or "",
                title=titles.get(case.id, "") or flow.label,
                belongs_to=parents.get(case.parent_id, "") if case.kind in ("notice", "sync") else "",
                kind_label=flow.label,
                state_label=flow.state(case.state).label,
                version=case.version,
                holder=names[unit],
                term_label=known.label if known else term.key,
                stands=Shade(standing) if term.ended_on is None else None,
                outcome=Outcome(outcome),
                state=term_state(term, calendar, reader.today),
                ended_on=term.ended_on,
                days_late=running_days_late(term.due_on, until, calendar) if term.due_on else 0,
                calls=calls.get(term.id, NONE),
                act=step_for(reader, case),
            )
        )
    return tuple(made)


def _joined(statement: Any) -> Any:
    return statement.select_from(TermRow).join(Case, Case.id == TermRow.case_id)


def matching(reader: Reader, wanted: Wanted, near: int) -> ColumnElement[bool]:
    """The rows of a list, of terms joined with their case. Raises `NotFound` as `read_board`."""
    parts = [in_charge(reader, DUTY_UNIT)]
    if wanted.within is not None:
        parts.append(falls_within(*wanted.within))
    elif wanted.ended is not None:
        parts.append(and_(IS_DUTY, TermRow.ended_on.between(*wanted.ended)))
    else:
        parts.append(IS_OPEN)
    if wanted.unit:
        parts.append(of_unit(reader.session, DUTY_UNIT, wanted.unit))
    if wanted.kind:
        parts.append(Case.kind == wanted.kind)
    if wanted.term:
        parts.append(TermRow.key == wanted.term)
    if wanted.standing is not None:
        parts += [TermRow.ended_on.is_(None), stands(reader, near, wanted.standing)]
    if wanted.outcome is not None:
        parts.append(outcome_on(reader.today) == wanted.outcome.value)
    return and_(*parts)


def _order(wanted: Wanted) -> ColumnElement[Any]:
    """By the last day; a late, near or normal duty always has one, so that its index gives the order."""
    if wanted.standing in (Shade.LATE, Shade.NEAR, Shade.FINE):
        return TermRow.due_on.expression
    return func.coalesce(FALLS_ON, _NEVER)


def _begin(after: str) -> tuple[date, int] | None:
    day, _, key = after.partition(".")
    try:
        return date.fromisoformat(day), within_keys(int(key))
    except ValueError:
        return None


def _next(rows: Sequence[Any], size: int) -> str:
    if len(rows) <= size:
        return ""
    term = rows[size - 1][0]
    return f"{(term.due_on or term.ended_on or _NEVER).isoformat()}.{term.id}"


def _parents(reader: Reader, rows: Sequence[Any]) -> dict[int | None, str]:
    """The numbers of the cases that notices and sync items belong to, as far as the reader may see them."""
    ids = sorted({case.parent_id for _, case, *_ in rows if case.parent_id is not None})
    parents = reader.session.execute(select(Case).where(Case.id.in_(ids))).scalars()
    return {
        parent.id: parent.number or "" for parent in parents if may_see(workflow(parent.kind), reader.standing, parent)
    }

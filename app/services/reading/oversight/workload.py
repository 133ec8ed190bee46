"""工作量: what lies with each unit now, and how much was done in a month, by unit and by the office's own people."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from app.models.cases import Case
from app.models.history import EventRow
from app.models.people import User
from app.services.lawbook import current_calendar
from app.services.reading.lines import CaseLine, lines_of, within_keys
from app.services.reading.oversight.acts import ACT_UNIT, acts_in, of_own_office
from app.services.reading.oversight.periods import Period
from app.services.reading.oversight.scope import Holder, holders, in_charge, is_office, of_unit
from app.services.reading.reader import Reader

PAGE = 50
_CASE_UNIT: ColumnElement[Any] = Case.holder_unit_id.expression


@dataclass(frozen=True)
class UnitLoad:
    """One unit: the cases that lie with it now, and the acts done for it in the month."""

    holder: Holder
    cases: int
    acts: int


@dataclass(frozen=True)
class PersonLoad:
    """One person of the office."""

    uid: str
    name: str
    acts: int


@dataclass(frozen=True)
class Workload:
    """Who has how much; `people` is empty for whoever does not work in a credit office."""

    units: tuple[UnitLoad, ...]
    people: tuple[PersonLoad, ...]


@dataclass(frozen=True)
class CasePage:
    """One page of cases; `next_after` is the key of the next page, None on the last."""

    lines: tuple[CaseLine, ...]
    count: int
    next_after: int | None


def read_workload(reader: Reader, month: Period) -> Workload:
    """Open cases and the month's acts, as far as the reader oversees and may see them.

    Raises:
        NotFound: as `read_board`.
    """
    unit = ACT_UNIT.label("unit")
    held = select(_CASE_UNIT, func.count()).where(_lies_with_somebody(reader)).group_by(_CASE_UNIT)
    done = (
        select(unit, func.count())
        .select_from(EventRow)
        .join(Case, Case.id == EventRow.case_id)
        .where(acts_in(reader, month))
        .group_by(unit)
    )
    cases: dict[int | None, int] = dict(reader.session.execute(held).all())
    acts: dict[int | None, int] = dict(reader.session.execute(done).all())
    known = holders(reader.session, {*cases, *acts})
    units = (UnitLoad(holder, cases.get(key, 0), acts.get(key, 0)) for key, holder in known.items())
    most_first = sorted(units, key=lambda row: (-row.cases, -row.acts, row.holder.name))
    return Workload(tuple(most_first), _people(reader, month))


def read_cases(reader: Reader, unit: str, after: int | None = None) -> CasePage:
    """The open cases that lie with a unit now, as in addresses, the oldest first.

    Raises:
        NotFound: as `read_board`.
    """
    where = and_(_lies_with_somebody(reader), of_unit(reader.session, _CASE_UNIT, unit))
    statement = select(Case).where(where).order_by(Case.id)
    if after is not None:
        statement = statement.where(Case.id > within_keys(after))
    found = reader.session.execute(statement.limit(PAGE + 1)).scalars().all()
    lines = lines_of(reader.session, found[:PAGE], current_calendar(reader.session), reader.today)
    count = reader.session.execute(select(func.count()).select_from(Case).where(where)).scalar_one()
    return CasePage(tuple(lines), count, found[PAGE - 1].id if len(found) > PAGE else None)


def _lies_with_somebody(reader: Reader) -> ColumnElement[bool]:
    """Open cases with a holder: those in somebody's 待办."""
    return and_(in_charge(reader, _CASE_UNIT), Case.holder.is_not(None))


def _people(reader: Reader, month: Period) -> tuple[PersonLoad, ...]:
    if not is_office(reader):
        return ()
    rows = reader.session.execute(
        select(User.uid, User.name, func.count())
        .select_from(EventRow)
        .join(Case, Case.id == EventRow.case_id)
        .join(User, User.id == EventRow.actor_id)
        .where(acts_in(reader, month), of_own_office(reader))
        .group_by(User.uid, User.name)
    )
    return tuple(sorted((PersonLoad(*row) for row in rows), key=lambda row: (-row.acts, row.name, row.uid)))

"""Pages of a box, by the key of the last row: never an offset, so that the last page is as fast as the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, union_all

from app.models.cases import Case
from app.services.lawbook import current_calendar
from app.services.reading.desk.boxes import Box, count_of, designated, held_parts, late_in_charge, unassigned
from app.services.reading.desk.marks import NO_MARK, Mark, held_for, vacancies
from app.services.reading.desk.sieve import Sieve, sifted
from app.services.reading.desk.worked import worked_on
from app.services.reading.exporting import AT_ONCE, whole_list
from app.services.reading.lines import CaseLine, lines_of, within_keys
from app.services.reading.reader import Reader

PAGE = 50


class Order(StrEnum):
    """In which order a box is listed."""

    DUE = "due"
    DUE_LAST = "due-last"
    NEWEST = "newest"
    OLDEST = "oldest"

    @property
    def by_day(self) -> bool:
        return self in (Order.DUE, Order.DUE_LAST)


@dataclass(frozen=True)
class Key:
    """The place of a row in its order: its last day (None: it has none, and comes after all that have) and its id."""

    id: int
    due_on: date | None = None

    def __str__(self) -> str:
        return f"{self.due_on.isoformat() if self.due_on else ''}.{self.id}"

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """A key out of an address; None where it is none, which begins at the first page."""
        day, _, number = text.rpartition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 20):
            return None
        try:
            return cls(within_keys(int(number)), date.fromisoformat(day) if day else None)
        except ValueError:
            return None


@dataclass(frozen=True)
class BoxPage:
    """One page of a box; `next_key` is where the next one begins, None on the last. `marks` are by uid."""

    lines: list[CaseLine]
    next_key: Key | None
    marks: Mapping[str, Mark] = field(default_factory=dict)


def orders_of(box: Box) -> tuple[Order, ...]:
    """The orders in which a box can be listed, its own first."""
    if box in (Box.DONE, Box.STARTED):
        return (Order.NEWEST, Order.OLDEST)
    return (Order.DUE, Order.DUE_LAST, Order.NEWEST, Order.OLDEST)


def read_box(
    reader: Reader,
    box: Box,
    sieve: Sieve | None = None,
    order: Order | None = None,
    after: Key | None = None,
    besides: ColumnElement[bool] | None = None,
    size: int | None = None,
) -> BoxPage:
    """One page of a box: what is due first comes first, in 已办 and 我发起的 the newest.

    Args:
        besides: what must hold of each case besides, such as that the owner of a program may act on it.
        size: rows of the page, by default as many as the screen shows.
    """
    size = size or PAGE
    order = order if order in orders_of(box) else orders_of(box)[0]
    conditions = sifted(reader, sieve) if sieve is not None else []
    if besides is not None:
        conditions.append(besides)
    if box in (Box.DONE, Box.STARTED):
        beyond = after.id if after is not None else None
        begun, newest = box is Box.STARTED, order is Order.NEWEST
        ids = worked_on(reader, conditions, begun=begun, newest=newest, after=beyond, most=size + 1)
        keys = [Key(case_id) for case_id in ids]
    else:
        keys = _keys(reader, _parts(reader, box), conditions, order, after, size)
    cases = _cases(reader, keys[:size])
    marks = vacancies(reader, cases) if box is Box.UNASSIGNED else held_for(reader, cases)
    return BoxPage(_lines(reader, cases), keys[size - 1] if len(keys) > size else None, marks)


def export_box(reader: Reader, box: Box, sieve: Sieve, order: Order) -> tuple[list[tuple[CaseLine, Mark]], bool]:
    """Every row of a box as its pages list them, at most MOST_EXPORTED, and whether there are more."""

    def read(after: Key | None) -> tuple[list[tuple[CaseLine, Mark]], Key | None]:
        page = read_box(reader, box, sieve, order, after, size=AT_ONCE)
        return [(line, page.marks.get(line.uid, NO_MARK)) for line in page.lines], page.next_key

    return whole_list(read)


def count_held(reader: Reader, sieve: Sieve, besides: ColumnElement[bool]) -> int:
    """How many cases `read_box` would list of 待办 on all its pages; COUNTED + 1 stands for more."""
    conditions = [*sifted(reader, sieve), besides]
    return count_of(reader, [and_(part, *conditions) for part in held_parts(reader)])


def next_held(reader: Reader, after: str = "") -> str | None:
    """办理下一件: the uid of what is due first in 待办, other than the case just handled; None if nothing is left."""
    for key in _keys(reader, held_parts(reader), [], Order.DUE, None, 1):
        uid = reader.session.execute(select(Case.uid).where(Case.id == key.id)).scalar_one()
        if uid != after:
            return uid
    return None


def read_designated(reader: Reader) -> BoxPage:
    """The first page of what waits for 指定办理 by the reader's office, what is due first at the top."""
    keys = _keys(reader, designated(reader), [], Order.DUE, None, PAGE)
    cases = _cases(reader, keys[:PAGE])
    return BoxPage(_lines(reader, cases), None, vacancies(reader, cases))


def _parts(reader: Reader, box: Box) -> list[ColumnElement[bool]]:
    if box is Box.HELD:
        return held_parts(reader)
    if box is Box.DRAFTS:
        return []
    return unassigned(reader) if box is Box.UNASSIGNED else [late_in_charge(reader)]


def _cases(reader: Reader, keys: Sequence[Key]) -> list[Case]:
    ids = [key.id for key in keys]
    rows = {case.id: case for case in reader.session.scalars(select(Case).where(Case.id.in_(ids)))}
    return [rows[case_id] for case_id in ids]


def _lines(reader: Reader, cases: Sequence[Case]) -> list[CaseLine]:
    calendar = current_calendar(reader.session)
    return lines_of(reader.session, cases, calendar, reader.today, with_records=True)


def _keys(
    reader: Reader,
    parts: Sequence[ColumnElement[bool]],
    conditions: Sequence[ColumnElement[bool]],
    order: Order,
    after: Key | None,
    size: int,
) -> list[Key]:
    """The keys of one page and of the row after it. What has no last day comes after everything that has one."""
    back = order in (Order.DUE_LAST, Order.NEWEST)
    if not order.by_day:
        beyond = [] if after is None else [_beyond(after.id, back=back)]
        return _merged(reader, parts, [*conditions, *beyond], ("id",), size, back=back)
    found: list[Key] = []
    undated = [*conditions, Case.due_on.is_(None)]
    if after is not None and after.due_on is None:
        undated.append(_beyond(after.id, back=back))
    else:
        dated = [*conditions, Case.due_on.is_not(None)]
        if after is not None and after.due_on is not None:
            dated += _beyond_day(after.due_on, after.id, back=back)
        found = _merged(reader, parts, dated, ("due_on", "id"), size, back=back)
    if len(found) <= size:
        found += _merged(reader, parts, undated, ("id",), size, back=back)
    return found[: size + 1]


def _beyond(case_id: int, *, back: bool) -> ColumnElement[bool]:
    return Case.id < case_id if back else Case.id > case_id


def _beyond_day(day: date, case_id: int, *, back: bool) -> list[ColumnElement[bool]]:
    """After a row in the order of days and ids; the first condition is what an index can begin at."""
    from_there = Case.due_on <= day if back else Case.due_on >= day
    return [from_there, or_(Case.due_on != day, _beyond(case_id, back=back))]


def _merged(
    reader: Reader,
    parts: Sequence[ColumnElement[bool]],
    conditions: Sequence[ColumnElement[bool]],
    columns: Sequence[str],
    size: int,
    *,
    back: bool,
) -> list[Key]:
    """The first rows of disjoint parts together: each part walks its own range of an index, and the few are merged."""
    if not parts:
        return []

    def ordered(statement: Any, source: Any) -> Any:
        wanted = [source[name].desc() if back else source[name] for name in columns]
        return statement.order_by(*wanted).limit(size + 1)

    table = Case.__table__.c
    first = [ordered(select(Case.id, Case.due_on).where(part, *conditions), table).subquery() for part in parts]
    together = union_all(*(select(part.c.id, part.c.due_on) for part in first)).subquery()
    statement = ordered(select(together.c.id, together.c.due_on), together.c)
    rows = reader.session.execute(statement, {"today": reader.today})
    return [Key(case_id, due_on) for case_id, due_on in rows]

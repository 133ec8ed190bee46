"""全部事项: every case a reader may see, filtered and searched, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.access.capacities import Standing, relation_values, visible_filter
from app.models.cases import Case
from app.services.among import among
from app.services.lawbook import current_calendar
from app.services.reading.exporting import AT_ONCE, MOST_EXPORTED
from app.services.reading.lines import CaseLine, Names, lines_of, within_keys
from app.services.reading.reader import Reader
from app.services.search_index.by_relation import Wanted, newest
from app.services.search_index.finding import find
from app.services.search_index.keeping import seconds_behind
from app.services.search_index.meant import mean
from app.services.search_index.query import Due, Query, Term
from app.services.search_index.said import named_in, said_of, whole_cases
from app.services.search_index.why import Reason, why
from workflows.registry import WORKFLOWS

PAGE = 50
#: Counts stop here; the page says 1000+.
COUNTED = 1000
#: Working days that are left when a last day is near: the first rung of the ladder.
_NEAR = 3
#: Seconds after which somebody who does not find what he has just done is told that the index is behind.
_BEHIND = 5


@dataclass(frozen=True)
class Sought:
    """What is looked for; empty means any. `words` is what was typed into the box."""

    kind: str = ""
    state: str = ""
    words: str = ""
    due: Due | None = None


@dataclass(frozen=True)
class FoundLine:
    """A case of the list, and why it is in it."""

    line: CaseLine
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Found:
    """One page of what was found; `next_before` is the key of the next page, None on the last.

    `notes` say what of the words could not be searched; `due` is the condition on the last day, from filter or words;
    `nothing_to_seek`: words were typed and none of them can be searched.
    """

    lines: list[FoundLine]
    count: int
    next_before: int | None
    notes: tuple[str, ...] = ()
    due: Due | None = None
    nothing_to_seek: bool = False
    is_behind: bool = False

    @property
    def is_capped(self) -> bool:
        """Whether there are more than are counted."""
        return self.count > COUNTED


def search(
    reader: Reader, sought: Sought, before: int | None = None, besides: ColumnElement[bool] | None = None
) -> Found:
    """Cases the reader may see, newest first; what he may not see is neither found nor counted.

    Notices are left out unless they are asked for by kind, or the words hold a number by which one may be meant.

    Args:
        besides: what must hold of each case besides, such as that the owner of a program is not its subject.
    """
    key = within_keys(before) if before is not None else None
    query, ids, count = _ids(reader, sought, key, besides, PAGE + 1)
    if sought.words and query.is_empty:
        return Found([], 0, None, query.notes, sought.due, nothing_to_seek=True)
    return Found(
        lines=_lines(reader, ids[:PAGE], query.terms) if ids else [],
        count=count,
        next_before=ids[PAGE - 1] if len(ids) > PAGE else None,
        notes=query.notes,
        due=query.due or sought.due,
        is_behind=bool(query.terms) and seconds_behind(reader.session) > _BEHIND,
    )


def export_found(reader: Reader, sought: Sought) -> tuple[list[CaseLine], bool]:
    """Every case that `search` would list, at most MOST_EXPORTED, and whether there are more."""
    ids, is_cut = found_ids(reader, sought)
    calendar, lines = current_calendar(reader.session), list[CaseLine]()
    for start in range(0, len(ids), AT_ONCE):
        some = select(Case).where(among(reader.session, Case.id, ids[start : start + AT_ONCE]))
        some = some.order_by(Case.id.desc())
        lines += lines_of(reader.session, reader.session.execute(some).scalars().all(), calendar, reader.today)
    return lines, is_cut


def found_ids(reader: Reader, sought: Sought, besides: ColumnElement[bool] | None = None) -> tuple[list[int], bool]:
    """The keys of every case that `search` would list, at most MOST_EXPORTED, and whether there are more."""
    query, ids, _count = _ids(reader, sought, None, besides, MOST_EXPORTED + 1)
    if sought.words and query.is_empty:
        return [], False
    return ids[:MOST_EXPORTED], len(ids) > MOST_EXPORTED


def _ids(
    reader: Reader, sought: Sought, before: int | None, besides: ColumnElement[bool] | None, page: int
) -> tuple[Query, list[int], int]:
    """What was typed as it was understood, the ids of a page, and the count of all."""
    query = mean(reader.session, reader.backend.keys, sought.words, reader.today) if sought.words else Query("")
    if sought.words and query.is_empty:
        return query, [], 0
    wanted = _wanted(
        reader, sought, query.due or sought.due, besides, with_notices=any(term.has_digits for term in query.terms)
    )
    if query.terms:
        hits = find(reader.session, query.terms, wanted, before=before, page=page, counted=COUNTED + 1)
        return query, hits.ids, hits.count
    return query, *newest(reader.session, wanted, before=before, page=page, counted=COUNTED + 1)


def _lines(reader: Reader, ids: Sequence[int], terms: Sequence[Term]) -> list[FoundLine]:
    rows = whole_cases(reader.session, ids) if terms else _cases(reader, ids)
    rows = sorted(rows, key=lambda case: case.id, reverse=True)
    names = Names.read(reader.session, rows, named_in(rows)) if terms else None
    lines = lines_of(
        reader.session, rows, current_calendar(reader.session), reader.today, names=names, with_records=True,
        seen=_sees(tuple(WORKFLOWS), reader.standing),
    )  # fmt: skip
    said = said_of(reader.session, rows, (names.people, names.units.present)) if names else []
    reasons = {one.case_id: why(one, terms) for one in said}
    return [FoundLine(line, reasons.get(case.id, ())) for case, line in zip(rows, lines, strict=True)]


def _cases(reader: Reader, ids: Sequence[int]) -> Sequence[Case]:
    return reader.session.execute(select(Case).where(among(reader.session, Case.id, ids))).scalars().all()


def _wanted(
    reader: Reader, sought: Sought, due: Due | None, besides: ColumnElement[bool] | None, *, with_notices: bool
) -> Wanted:
    kinds = tuple(
        key for key in WORKFLOWS if key == sought.kind or (not sought.kind and (key != "notice" or with_notices))
    )
    sees = _sees(kinds, reader.standing)
    if besides is not None:
        sees = sees & besides
    if sought.state:
        sees = sees & (Case.state == sought.state)
    days = _due_days(reader, due) if due is not None else None
    if days is not None:
        first, last = days
        sees = and_(sees, Case.phase != "closed", Case.due_on <= last, *([Case.due_on >= first] if first else []))
    return Wanted(relation_values(reader.standing), sees, kinds, sought.state, days)


@lru_cache(maxsize=256)
def _sees(kinds: tuple[str, ...], standing: Standing) -> ColumnElement[bool]:
    """What somebody sees of some kinds, as SQL; made once, like each part of it."""
    return or_(false(), *(visible_filter(WORKFLOWS[kind], standing) for kind in kinds))


def _due_days(reader: Reader, due: Due) -> tuple[date | None, date]:
    """The first and the last day of a condition; None: any day before."""
    today = reader.today
    if due is Due.LATE:
        return None, today - timedelta(days=1)
    if due is Due.TODAY:
        return today, today
    if due is Due.NEAR:
        return today, current_calendar(reader.session).add_working_days(today, _NEAR)
    return today - timedelta(days=today.weekday()), today + timedelta(days=6 - today.weekday())

"""PostgreSQL: the newest hits of an index that knows no order.

GIN answers which cases hold the words, in no order, and only once it has all of them. So it is first asked among a
sample of the cases, one in 256. That says how many hits there are about, and where: few are all taken and sorted; of
many, those of so many of the newest stretches of cases (eras) as will hold a page and its count. Sample and stretches
are tokens of the same index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, column, func, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from app.models.cases import Case
from app.services.search_index.query import Term
from app.services.search_index.standing_in import stands_in, to_be_read, ways_of
from app.services.search_index.tokens import ERA, SMALL_ERA, era_token, sample_token, small_era_token

#: So many hits in the sample stand for a page and its count; each time they do not, four times as many.
_ENOUGH, _GROWING = 6, 4
_ENTRY = table("search_entry", column("case_id"), column("words"), column("grams"))
#: The planner guesses that a rare word is common, and then reads whole tables for it, with compiled code at that.
#: It holds until this reading transaction ends, in which nothing else than rows of known keys is read.
_INDEXES_ONLY = select(
    *(func.set_config(name, "off", True) for name in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"))
)


def by_index(session: Session) -> None:
    """Make PostgreSQL read by indexes until the transaction ends; SQLite does so by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_INDEXES_ONLY)


def newest_on_postgresql(
    session: Session,
    terms: Sequence[Term],
    seen: ColumnElement[bool],
    relations: Sequence[str],
    *,
    before: int | None,
    page: int,
    counted: int,
) -> tuple[list[int], int]:
    """The ids of one page in descending order, and the count of all hits up to a limit. `by_index` goes before."""
    wanted = _Wanted(terms, seen, relations)
    first = _newest(session, wanted, None, max(page, counted) if before is None else counted)
    ids = first if before is None else _newest(session, wanted, before, page)
    return ids[:page], min(len(first), counted)


def _newest(session: Session, wanted: "_Wanted", before: int | None, most: int) -> list[int]:
    """At most so many of the newest hits below a key."""
    found: list[int] = []
    enough = _ENOUGH
    while True:
        sample = _sample(session, wanted, before, enough)
        lowest = sample[-1] if len(sample) == enough else None
        found += sorted(_hits(session, wanted, before, lowest), reverse=True)
        if lowest is None or len(found) >= most:
            return found[:most]
        before, enough = lowest, max(1, enough * (most - len(found)) // max(1, len(found)) + 1) if found else enough * 4


@dataclass(frozen=True)
class _Wanted:
    """The condition on an entry and its case."""

    terms: Sequence[Term]
    seen: ColumnElement[bool]
    relations: Sequence[str]

    def holds(
        self, grams: ColumnElement[Any], words: ColumnElement[Any], places: Sequence[str] = ()
    ) -> ColumnElement[bool]:
        """Each word of the index is a condition of its own.

        GIN then leaps from list to list, where within one tsquery it would look at every entry of the shortest list.
        """
        asked = [part for term in self.terms for part in _parts_of(term)]
        asked.append(_any([[relation] for relation in self.relations]))
        if places:
            asked.append(_any([[place] for place in places]))
        found = [grams.op("@@")(cast(one, TSQUERY)) for one in dict.fromkeys(asked)]
        return and_(*found, *(stands_in(term, words, "postgresql") for term in to_be_read(self.terms)))


def _parts_of(term: Term) -> list[str]:
    """What must all be there for a term; of several ways to it, one."""
    (first, *others) = ways_of(term)
    return [_any([first, *others])] if others else [_quoted(word) for word in first]


def _any(ways: Sequence[Sequence[str]]) -> str:
    """A tsquery that one of these rows of words fulfils."""
    return f"({' | '.join(' & '.join(map(_quoted, words)) for words in ways)})"


def _quoted(token: str) -> str:
    """A word of tsquery. Tokens hold letters, digits and private signs only, so quoting is safe."""
    return f"'{token}'"


def _sample(session: Session, wanted: _Wanted, before: int | None, most: int) -> list[int]:
    """The newest entries of the sample that hold the words, seen or not: for an estimate only."""
    statement = (
        select(_ENTRY.c.case_id)
        .where(wanted.holds(_ENTRY.c.grams, _ENTRY.c.words, [sample_token()]))
        .order_by(_ENTRY.c.case_id.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(_ENTRY.c.case_id < before)
    return list(session.execute(statement).scalars())


def _hits(session: Session, wanted: _Wanted, before: int | None, lowest: int | None) -> list[int]:
    """Every hit below one key and down to another, in no order."""
    eras = [] if lowest is None else _eras(session, lowest, before)
    statement = (
        select(Case.id)
        .join_from(_ENTRY, Case, Case.id == _ENTRY.c.case_id)
        .where(wanted.holds(_ENTRY.c.grams, _ENTRY.c.words, eras), wanted.seen)
    )
    if lowest is not None:
        statement = statement.where(_ENTRY.c.case_id >= lowest)
    if before is not None:
        statement = statement.where(_ENTRY.c.case_id < before)
    return list(session.execute(statement).scalars())


def _eras(session: Session, lowest: int, before: int | None) -> list[str]:
    """The tokens of the stretches from the newest case down to a key: of the last stretch its small ones."""
    newest = before - 1 if before is not None else session.execute(select(func.max(_ENTRY.c.case_id))).scalar() or 0
    last = min(newest, lowest // ERA * ERA + ERA - 1)
    small = [small_era_token(one) for one in range(lowest // SMALL_ERA, last // SMALL_ERA + 1)]
    return [*small, *(era_token(one) for one in range(lowest // ERA + 1, newest // ERA + 1))]

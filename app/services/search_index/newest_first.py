"""PostgreSQL: the newest hits of an index that knows no order.

GIN answers which cases hold the words, in no order, and only once it has all of them. So it is asked first for the
newest small stretch of cases. How many hits that has says how far down a page and its count will reach, if it has
some; else a sample of the cases is asked, one in 256: few hits are then all taken and sorted, of many those of as many
of the newest stretches (eras) as will do. Sample and stretches are tokens of the same index.

What may be seen is asked of the hits by their keys: planning that long condition takes longer than to find them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, column, func, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from app.services.search_index.figures import figures_of
from app.services.search_index.query import Term
from app.services.search_index.sight import seen_of
from app.services.search_index.standing_in import stands_in, to_be_read, ways_of
from app.services.search_index.tokens import ERA, SMALL_ERA, era_token, relation_token, sample_token, small_era_token

#: So many hits in the sample stand for a page and its count; each time they do not, four times as many.
_ENOUGH, _GROWING = 6, 4
#: So many hits in a stretch say how many there are in the next ones; of this many more is taken to be sure.
_TELLING, _MARGIN = 40, 1.2
#: Tokens of places that still narrow much.
_NARROW = 12
#: How the relation of a credit office to the cases that it handles begins.
_OF_OFFICE = relation_token("handling_unit_id", 0)[:-1]
#: The share of cases that is nearly all of them.
_NEARLY_ALL = 0.9
#: A word that stands in so large a share of the entries is not asked of the index where the text is read anyway: its
#: list takes longer to walk than it leaves out.
_FREQUENT = 0.4
_ENTRY = table("search_entry", column("case_id"), column("words"), column("grams"))
#: The key as a value of its own: its index would be read for the whole stretch, beside the words that are asked.
_unindexed: ColumnElement[int] = _ENTRY.c.case_id + 0
#: The planner guesses that a rare word is common, and then reads whole tables for it, compiled and with help at that.
#: It holds until this reading transaction ends, in which nothing else than rows of known keys is read.
_INDEXES_ONLY = select(
    *(func.set_config(name, "off", True) for name in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit")),
    func.set_config("max_parallel_workers_per_gather", "0", True),
)


def by_index(session: Session) -> None:
    """Make PostgreSQL read by indexes until the transaction ends; SQLite does so by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_INDEXES_ONLY)


def handles_nearly_all(session: Session, relations: Sequence[tuple[str, int]]) -> bool:
    """Whether somebody is of an office that handles nearly all cases, as far as the planner knows.

    What it handles then narrows nothing, and its list, as long as the index itself, need not be walked. On SQLite no:
    there the shortest list leads.
    """
    offices = [value for column, value in relations if column == "handling_unit_id"]
    if not offices or session.get_bind().dialect.name != "postgresql":
        return False
    known = figures_of(session).offices
    return sum(known.get(one, 0.0) for one in offices) >= _NEARLY_ALL


def newest_on_postgresql(
    session: Session,
    terms: Sequence[Term],
    seen: ColumnElement[bool],
    marks: Sequence[Sequence[str]],
    *,
    before: int | None,
    page: int,
    counted: int,
) -> tuple[list[int], int]:
    """The ids of one page in descending order, and the count of all hits up to a limit. `by_index` goes before."""
    wanted = _Wanted(terms, seen, marks, figures_of(session).grams)
    first = _newest(session, wanted, None, max(page, counted) if before is None else counted)
    ids = first if before is None else _newest(session, wanted, before, page)
    return ids[:page], min(len(first), counted)


def _newest(session: Session, wanted: "_Wanted", before: int | None, most: int) -> list[int]:
    """At most so many of the newest hits below a key."""
    found, unasked = list[int](), list[int]()
    top = before - 1 if before is not None else session.execute(select(func.max(_ENTRY.c.case_id))).scalar() or 0
    lowest: int | None = top // SMALL_ERA * SMALL_ERA
    enough = _ENOUGH
    while True:
        hits = _hits(session, wanted, top, lowest)
        unasked += hits
        if lowest is None or len(found) + len(unasked) >= most:
            found += _newest_seen(session, wanted, unasked, most - len(found))
            unasked = []
        if lowest is None or len(found) >= most:
            return found[:most]
        width, top = top - lowest + 1, lowest - 1
        if len(hits) >= _TELLING:
            far = int((most - len(found) - len(unasked)) * width / len(hits) * _MARGIN)
            lowest = max(0, top - far) // SMALL_ERA * SMALL_ERA or None
            continue
        sample = _sample(session, wanted, top, enough)
        lowest = sample[-1] if len(sample) == enough else None
        enough *= _GROWING


def _newest_seen(session: Session, wanted: "_Wanted", ids: Sequence[int], most: int) -> list[int]:
    """At most so many of these that are seen, the newest first; mostly all are, so that the rest need not be asked."""
    newest = sorted(ids, reverse=True)
    found = seen_of(session, wanted.seen, newest[:most])
    if len(found) < most:
        found += seen_of(session, wanted.seen, newest[most:])
    return found[:most]


@dataclass(frozen=True)
class _Wanted:
    """The condition on an entry, and on its case; one mark of each group is in the entry of every case wanted."""

    terms: Sequence[Term]
    seen: ColumnElement[bool]
    marks: Sequence[Sequence[str]]
    #: Shares of the entries in which the commonest words of the index stand.
    shares: Mapping[str, float]

    def holds(
        self, grams: ColumnElement[Any], words: ColumnElement[Any], places: Sequence[str] = ()
    ) -> ColumnElement[bool]:
        """Each word of the index is a condition of its own.

        GIN then leaps from list to list, where within one tsquery it would look at every entry of the shortest list.
        It asks them in this order, and begins again with the first whenever two of them disagree: a place that narrows
        much comes first, and a wide one, which is many lists by itself, is asked of what all others agree on.
        """
        asked = self._words()
        # An office handles most of what there is: it is asked last. Of others each sees little: they are asked first.
        of_offices = [group for group in self.marks if any(mark.startswith(_OF_OFFICE) for mark in group)]
        others = [group for group in self.marks if group not in of_offices]
        asked = [*map(_one_of, others), *asked, *map(_one_of, of_offices)]
        place = [_one_of(places)] if places else []
        asked = [*place, *asked] if len(places) <= _NARROW else [*asked, *place]
        found = [grams.op("@@")(cast(one, TSQUERY)) for one in dict.fromkeys(asked)]
        return and_(*found, *(stands_in(term, words, "postgresql") for term in to_be_read(self.terms)))

    def _words(self) -> list[str]:
        """What must all be there for the terms; of several ways to a term, one."""
        read, asked = to_be_read(self.terms), list[str]()
        for term in self.terms:
            ways = [self._rare(words) if term in read else words for words in ways_of(term)]
            asked += map(_quoted, ways[0]) if len(ways) == 1 else [_any(ways)]
        return asked

    def _rare(self, words: Sequence[str]) -> Sequence[str]:
        """Of words that must all be there those that narrow, at least one: the text is read for the others as well."""
        by_share = sorted(words, key=lambda word: self.shares.get(word, 0.0))
        return [word for word in by_share if self.shares.get(word, 0.0) < _FREQUENT] or by_share[:1]


def _one_of(words: Sequence[str]) -> str:
    """A tsquery that one of these words fulfils."""
    return _any([[word] for word in words])


def _any(ways: Sequence[Sequence[str]]) -> str:
    """A tsquery that one of these rows of words fulfils."""
    return f"({' | '.join(' & '.join(map(_quoted, words)) for words in ways)})"


def _quoted(token: str) -> str:
    """A word of tsquery. Tokens hold letters, digits and private signs only, so quoting is safe."""
    return f"'{token}'"


def _sample(session: Session, wanted: _Wanted, top: int, most: int) -> list[int]:
    """The newest entries of the sample that hold the words, seen or not: for an estimate only."""
    statement = (
        select(_ENTRY.c.case_id)
        .where(wanted.holds(_ENTRY.c.grams, _ENTRY.c.words, [sample_token()]), _unindexed <= top)
        .order_by(_ENTRY.c.case_id.desc())
        .limit(most)
    )
    return list(session.execute(statement).scalars().all())


def _hits(session: Session, wanted: _Wanted, top: int, lowest: int | None) -> list[int]:
    """Every hit from one key down to another, seen or not, in no order."""
    places = [] if lowest is None else _places(lowest, top)
    statement = select(_ENTRY.c.case_id).where(wanted.holds(_ENTRY.c.grams, _ENTRY.c.words, places), _unindexed <= top)
    if lowest is not None:
        statement = statement.where(_unindexed >= lowest)
    return list(session.execute(statement).scalars().all())


def _places(lowest: int, top: int) -> list[str]:
    """The tokens of the stretches from one key up to another: small ones at both ends."""
    first_whole, end_whole = -(-lowest // ERA), (top + 1) // ERA
    if first_whole >= end_whole:
        return [small_era_token(one) for one in range(lowest // SMALL_ERA, top // SMALL_ERA + 1)]
    small = [
        *range(lowest // SMALL_ERA, first_whole * ERA // SMALL_ERA),
        *range(end_whole * ERA // SMALL_ERA, top // SMALL_ERA + 1),
    ]
    return [*map(small_era_token, small), *(era_token(one) for one in range(first_whole, end_whole))]

"""PostgreSQL: the newest hits of an index that knows no order.

GIN answers which cases hold the words, in no order, and only once it has all of them. So three ways lead to the first
page, each bounded: read the newest entries by their key (common words); take all hits of the GIN index and sort them
(rare words); else go down the stretches of cases (eras), whose tokens stand in the same index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, column, func, literal, or_, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from app.models.cases import Case
from app.services.search_index.query import Term
from app.services.search_index.tokens import ERA, era_token, gram

#: Entries read by key before the index is asked.
WALK = 4_000
#: Hits of one group of eras that are taken and sorted.
_GROUP_HITS = 2_000
_MOST_ERAS = 64
_ENTRY = table("search_entry", column("case_id"), column("words"), column("grams"))
#: The planner guesses that a rare word is common, and then reads whole tables for it, with compiled code at that.
#: It holds until this reading transaction ends, in which nothing else than rows of known keys is read.
_BY_INDEX = select(
    *(func.set_config(name, "off", True) for name in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"))
)


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
    """The ids of one page in descending order, and the count of all hits up to a limit."""
    wanted = _Wanted(terms, seen, relations)
    session.execute(_BY_INDEX)
    walked = _walk(session, wanted, before, counted if before is None else page)
    if before is None and len(walked) == counted:
        return walked[:page], counted
    hits = _hits(session, wanted, counted)
    if len(hits) < counted:
        below = sorted((one for one in hits if before is None or one < before), reverse=True)
        return below[:page], len(hits)
    if len(walked) >= page:
        return walked[:page], counted
    return _down_the_eras(session, wanted, before, page), counted


@dataclass(frozen=True)
class _Wanted:
    """The condition on an entry and its case."""

    terms: Sequence[Term]
    seen: ColumnElement[bool]
    relations: Sequence[str]

    def holds(
        self, grams: ColumnElement[Any], words: ColumnElement[Any], eras: Sequence[str] = ()
    ) -> ColumnElement[bool]:
        """Pairs of neighbours say that a phrase may stand there; where it is longer than a pair the text decides.

        Each is a condition of its own: GIN then leaps from list to list, where within one tsquery it would look at
        every entry of the shortest list.
        """
        asked = [part for term in self.terms for part in _parts_of(term)]
        asked.append(_any([_quoted(relation) for relation in self.relations]))
        if eras:
            asked.append(_any([_quoted(era) for era in eras]))
        found = [grams.op("@@")(cast(one, TSQUERY)) for one in dict.fromkeys(asked)]
        return and_(*found, *(_exactly(term, grams, words) for term in self.terms))


def _parts_of(term: Term) -> list[str]:
    """What must all be there for a term; of several ways to it, one."""
    if len(term.phrases) == 1 and not term.marks:
        return _words_of(term.phrases[0])
    return [_any([*map(_phrase, term.phrases), *map(_quoted, term.marks)])]


def _exactly(term: Term, grams: ColumnElement[Any], words: ColumnElement[Any]) -> ColumnElement[bool]:
    long = [phrase for phrase in term.phrases if len(phrase) > 2]
    if not long:
        return literal(True)
    sure = [_phrase(phrase) for phrase in term.phrases if len(phrase) <= 2] + [_quoted(mark) for mark in term.marks]
    either = [func.strpos(words, f" {' '.join(phrase)} ") > 0 for phrase in long]
    return or_(*either, *([grams.op("@@")(cast(_any(sure), TSQUERY))] if sure else []))


def _walk(session: Session, wanted: _Wanted, before: int | None, most: int, down_to: int = 0) -> list[int]:
    """Hits among the newest entries below a key, newest first."""
    newest = select(_ENTRY.c.case_id, _ENTRY.c.grams, _ENTRY.c.words)
    if before is not None:
        newest = newest.where(_ENTRY.c.case_id < before)
    if down_to:
        newest = newest.where(_ENTRY.c.case_id >= down_to)
    rows = newest.order_by(_ENTRY.c.case_id.desc()).limit(ERA if down_to else WALK).subquery()
    statement = (
        select(Case.id)
        .join_from(rows, Case, Case.id == rows.c.case_id)
        .where(wanted.holds(rows.c.grams, rows.c.words), wanted.seen)
        .order_by(rows.c.case_id.desc())
        .limit(most)
    )
    return list(session.execute(statement).scalars())


def _hits(
    session: Session, wanted: _Wanted, most: int, eras: Sequence[str] = (), before: int | None = None
) -> list[int]:
    """Hits by the GIN index, in no order."""
    statement = (
        select(Case.id)
        .join_from(_ENTRY, Case, Case.id == _ENTRY.c.case_id)
        .where(wanted.holds(_ENTRY.c.grams, _ENTRY.c.words, eras), wanted.seen)
        .limit(most)
    )
    if before is not None:
        statement = statement.where(Case.id < before)
    return list(session.execute(statement).scalars())


def _down_the_eras(session: Session, wanted: _Wanted, before: int | None, page: int) -> list[int]:
    """Hits from the newest stretch of cases down, in groups that grow while little is found and shrink at too much."""
    if before is None:
        before = 1 + (session.execute(select(func.max(_ENTRY.c.case_id))).scalar() or 0)
    found: list[int] = []
    era, group = (before - 1) // ERA, 1
    while era >= 0 and len(found) < page:
        lowest = max(0, era - group + 1)
        eras = [era_token(one) for one in range(lowest, era + 1)]
        hits = _hits(session, wanted, _GROUP_HITS, eras, before)
        if len(hits) == _GROUP_HITS and group > 1:
            group = max(1, group // 4)
            continue
        if len(hits) == _GROUP_HITS:
            # So many in one stretch: reading it by key soon finds enough.
            hits = _walk(session, wanted, min(before, (era + 1) * ERA), page - len(found), era * ERA or 1)
        found += sorted(hits, reverse=True)
        era, group = lowest - 1, min(group * 2, _MOST_ERAS)
    return found[:page]


def _any(parts: Sequence[str]) -> str:
    return f"({' | '.join(parts)})"


def _phrase(phrase: Sequence[str]) -> str:
    return f"({' & '.join(_words_of(phrase))})"


def _words_of(phrase: Sequence[str]) -> list[str]:
    """A phrase as words of the index: its pairs, or the one token that it is."""
    if len(phrase) == 1:
        return [_quoted(phrase[0])]
    return [_quoted(gram(one, other)) for one, other in pairwise(phrase)]


def _quoted(token: str) -> str:
    """A word of tsquery. Tokens hold letters, digits and private signs only, so quoting is safe."""
    return f"'{token}'"

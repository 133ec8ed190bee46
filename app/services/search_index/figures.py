"""What PostgreSQL's planner knows of the index and of the cases, by the figures that ANALYZE keeps.

They change when a table is analysed anew, which is rare: a process asks for them once in a while and not with each
search. Before the first ANALYZE there are none. They say what is asked first or not at all of an index, never what is
found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, TextClause, text
from sqlalchemy.orm import Session

#: Seconds after which they are asked for again.
_KEPT_FOR = 60.0
_OFFICES = text(
    "SELECT unit, share FROM pg_stats,"
    " unnest(most_common_vals::text::bigint[], most_common_freqs) AS known(unit, share)"
    " WHERE schemaname = current_schema() AND tablename = 'cases' AND attname = 'handling_unit_id'"
)
#: The frequencies of elements end with three figures about all of them, which stand beside no element.
_GRAMS = text(
    "SELECT gram, share FROM pg_stats,"
    " unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known(gram, share)"
    " WHERE schemaname = current_schema() AND tablename = 'search_entry' AND attname = 'grams' AND gram IS NOT NULL"
)


@dataclass(frozen=True)
class Figures:
    """Shares of all cases: those that an office handles, and those in whose entry a word of the index stands."""

    offices: Mapping[int, float] = field(default_factory=dict)
    grams: Mapping[str, float] = field(default_factory=dict)


_known: WeakKeyDictionary[Engine, tuple[float, Figures]] = WeakKeyDictionary()
_lock = Lock()


def figures_of(session: Session) -> Figures:
    """The figures, at most a minute old; of SQLite, which keeps none that would help here, always none."""
    engine = session.get_bind().engine
    if engine.dialect.name != "postgresql":
        return Figures()
    with _lock:
        kept = _known.get(engine)
    if kept is not None and monotonic() - kept[0] < _KEPT_FOR:
        return kept[1]
    found = Figures(_shares(session, _OFFICES), _shares(session, _GRAMS))
    with _lock:
        _known[engine] = (monotonic(), found)
    return found


def _shares(session: Session, statement: TextClause) -> dict[Any, float]:
    return {row[0]: row[1] for row in session.execute(statement)}

"""已办 and 我发起的: cases by the steps that somebody took, for himself or that others took for him (委托代办).

The ids come in order out of an index on the history, in pieces; each piece is then looked at for what may be seen and
is wanted. So the first page costs the same whether somebody has worked on a hundred cases or on a million.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute

from app.access.hands import sees
from app.models.cases import Case
from app.models.history import EventRow
from app.services.reading.reader import Reader

#: Nobody has to work these off: their counts stop early.
COUNTED_WORKED = 100
#: Ids looked at in the first piece; every further one is twice as long, up to the longest.
_PIECE, _LONGEST = 200, 6400


def worked_on(
    reader: Reader,
    conditions: Sequence[ColumnElement[bool]] = (),
    *,
    begun: bool,
    newest: bool = True,
    after: int | None = None,
    most: int,
) -> list[int]:
    """Ids of at most `most` cases that the reader has worked on (or has `begun`), beyond the id `after`, in order."""
    wanted = [Case.kind != "notice", sees(reader.standing), *conditions]
    found: list[int] = []
    for ids in _pieces(reader, begun=begun, newest=newest, after=after, first=max(_PIECE, most * 2)):
        kept = set(reader.session.scalars(select(Case.id).where(Case.id.in_(ids), *wanted)))
        found += [case_id for case_id in ids if case_id in kept]
        if len(found) >= most:
            break
    return found[:most]


def count_worked(reader: Reader, *, begun: bool) -> int:
    """How many there are; COUNTED_WORKED + 1 stands for more."""
    return len(worked_on(reader, begun=begun, most=COUNTED_WORKED + 1))


def _pieces(reader: Reader, *, begun: bool, newest: bool, after: int | None, first: int) -> Iterator[list[int]]:
    """Ids of the cases in whose history the reader stands, in order, piece by piece."""
    length = first
    while True:
        streams = [_stream(reader, column, length, begun=begun, newest=newest, after=after) for column in _COLUMNS]
        # A stream that was cut off says nothing about what lies beyond its last id.
        ends = [stream[-1] for stream in streams if len(stream) == length]
        ids = {case_id for stream in streams for case_id in stream}
        if ends:
            after = max(ends) if newest else min(ends)
            ids = {case_id for case_id in ids if (case_id >= after if newest else case_id <= after)}
        if ids:
            yield sorted(ids, reverse=newest)
        if not ends:
            return
        length = min(length * 2, _LONGEST)


_COLUMNS = (EventRow.actor_id, EventRow.principal_id)


def _stream(
    reader: Reader,
    column: InstrumentedAttribute[int | None],
    length: int,
    *,
    begun: bool,
    newest: bool,
    after: int | None,
) -> list[int]:
    statement = select(EventRow.case_id).where(column == reader.standing.user_id).distinct().limit(length)
    if begun:
        # Written out, so that both databases see that the index of first events answers it.
        statement = statement.where(EventRow.seq == literal_column("1"))
    if after is not None:
        statement = statement.where(EventRow.case_id < after if newest else EventRow.case_id > after)
    order = EventRow.case_id.desc() if newest else EventRow.case_id
    return list(reader.session.scalars(statement.order_by(order)))

"""Gapless numbers per organ, series and year, drawn last in the transaction and in the order of their series."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from app.database import insert_into
from app.models.history import NumberSeries

_SERIES = cast(Table, NumberSeries.__table__)


@dataclass(frozen=True)
class NumberRequest:
    """Somebody needs the next number of a series: `word` 示信异 and `year` 2026 give 示信异〔2026〕17号."""

    word: str
    year: int
    give: Callable[[str], None]

    @property
    def series(self) -> str:
        return f"{self.word}/{self.year}"


def draw_numbers(session: Session, requests: list[NumberRequest]) -> None:
    """Draw all numbers asked for; series are locked in the order of their key, so nobody waits in a ring.

    One statement a number: it makes the row of a new series, or raises and locks it until the commit.
    """
    for request in sorted(requests, key=lambda item: item.series):
        draw = insert_into(session, _SERIES).values(key=request.series, last=1)
        draw = draw.on_conflict_do_update(index_elements=["key"], set_={"last": _SERIES.c.last + 1})
        last = session.execute(draw.returning(_SERIES.c.last)).scalar_one()
        request.give(f"{request.word}〔{request.year}〕{last}号")
    requests.clear()

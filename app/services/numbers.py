"""Gapless numbers per organ, series and year, drawn last in the transaction and in the order of their series."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.history import NumberSeries


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
    """Draw all numbers asked for; series are locked in the order of their key, so nobody waits in a ring."""
    for request in sorted(requests, key=lambda item: item.series):
        row = session.execute(
            select(NumberSeries).where(NumberSeries.key == request.series).with_for_update()
        ).scalar_one_or_none()
        if row is None:
            row = _new_series(session, request.series)
        row.last += 1
        session.flush()
        request.give(f"{request.word}〔{request.year}〕{row.last}号")
    requests.clear()


def _new_series(session: Session, key: str) -> NumberSeries:
    """Make the row of a series, also when another transaction makes it at the same moment."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        session.execute(insert(NumberSeries).values(key=key, last=0).on_conflict_do_nothing())
    else:
        session.add(NumberSeries(key=key, last=0))
        session.flush()
    return session.execute(select(NumberSeries).where(NumberSeries.key == key).with_for_update()).scalar_one()

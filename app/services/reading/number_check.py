"""Whether the numbers of notices are without a gap: each series counted as a whole, whoever may see its notices.

Copies of dossiers from another system bear numbers that were not drawn here, and do not count.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.history import NumberSeries
from app.models.kinds import Notice
from app.services.reading.copies import not_a_copy


@dataclass(frozen=True)
class Series:
    """One row of numbers. `missing` are the numbers that were drawn and that no notice bears."""

    word: str
    year: int
    organ: str
    count: int
    voided: int
    missing: tuple[int, ...]

    @property
    def without_gap(self) -> bool:
        return not self.missing


def check_series(session: Session, organs: Mapping[tuple[str, int], str]) -> tuple[Series, ...]:
    """The check of each series that is named by word and year; `organs` gives the name that stands beside it."""
    if not organs:
        return ()
    rows = session.execute(
        select(
            Notice.number_word,
            Notice.number_year,
            func.count().label("borne"),
            func.count().filter(Notice.state == "voided").label("voided"),
        )
        .select_from(Notice)
        .where(
            not_a_copy(),
            Notice.number_word.in_({word for word, _ in organs}),
            Notice.number_year.in_({year for _, year in organs}),
        )
        .group_by(Notice.number_word, Notice.number_year)
        .order_by(Notice.number_year.desc(), Notice.number_word)
    ).all()
    keys = {f"{word}/{year}": (word, year) for word, year in organs}
    drawn = session.execute(select(NumberSeries.key, NumberSeries.last).where(NumberSeries.key.in_(keys)))
    last = {keys[key]: number for key, number in drawn}
    return tuple(
        Series(
            word,
            year,
            organs[word, year],
            borne,
            voided,
            _missing(session, word, year, borne, last.get((word, year), 0)),
        )
        for word, year, borne, voided in rows
        if word is not None and year is not None and (word, year) in organs
    )


def _missing(session: Session, word: str, year: int, borne: int, last: int) -> tuple[int, ...]:
    """No two notices share a number (the table sees to it), so as many notices as numbers leave no gap."""
    if borne == last:
        return ()
    serials = (
        select(Notice.number_serial)
        .select_from(Notice)
        .where(not_a_copy(), Notice.number_word == word, Notice.number_year == year)
    )
    known = {serial for serial in session.execute(serials).scalars() if serial is not None}
    return tuple(serial for serial in range(1, max([last, *known]) + 1) if serial not in known)

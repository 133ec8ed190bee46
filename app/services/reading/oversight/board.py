"""The board: units by how the duties stand that they have to meet."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from app.models.cases import Case
from app.models.terms import TermRow
from app.services.reading.oversight.scope import DUTY_UNIT, IS_OPEN, Holder, holders, in_charge, standing_on
from app.services.reading.reader import Reader
from app.services.reading.shade import Shade


@dataclass(frozen=True)
class UnitRow:
    """The open duties of one unit, counted by how they stand."""

    holder: Holder
    counts: Mapping[Shade, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Board:
    """Units with their counts, most urgent first, and the sum of all."""

    rows: tuple[UnitRow, ...]
    whole: UnitRow


def read_board(reader: Reader, near: int) -> Board:
    """The board, as far as the reader oversees and may see.

    Args:
        near: a duty with this many working days left, or fewer, is near (临期).

    Raises:
        NotFound: the reader neither works in a credit office nor heads a unit.
    """
    unit, standing = DUTY_UNIT.label("unit"), standing_on(reader, near).label("standing")
    counted = reader.session.execute(
        select(unit, standing, func.count())
        .select_from(TermRow)
        .join(Case, Case.id == TermRow.case_id)
        .where(IS_OPEN, in_charge(reader, DUTY_UNIT))
        .group_by(unit, standing)
    ).all()
    known = holders(reader.session, [row[0] for row in counted])
    found: dict[Holder, dict[Shade, int]] = {}
    for key, stands, number in counted:
        found.setdefault(known[key], dict.fromkeys(Shade, 0))[Shade(stands)] += number
    rows = [UnitRow(holder, counts) for holder, counts in found.items()]
    whole = {standing: sum(row.counts[standing] for row in rows) for standing in Shade}
    urgent_first = sorted(rows, key=lambda row: (*(-row.counts[standing] for standing in Shade), row.holder.name))
    return Board(tuple(urgent_first), UnitRow(Holder("", "合计"), whole))

"""人员与单位: the units of the system as a system administrator sees them; no case and no identifier of a person."""

from dataclasses import dataclass

from sqlalchemy import select

from app.models.people import Locality, Unit
from app.services.reading.reader import Reader
from workflows.kit.errors import NotFound
from workflows.roles import Post


@dataclass(frozen=True)
class UnitLine:
    """One unit with its public code."""

    name: str
    code: str
    locality: str
    superior: str
    on_system: bool


def list_units(reader: Reader) -> tuple[UnitLine, ...]:
    """Every unit in the order of its entry.

    Raises:
        NotFound: the reader is no system administrator.
    """
    if not reader.standing.units(frozenset({Post.SYSADMIN})):
        raise NotFound
    units = reader.session.execute(select(Unit).order_by(Unit.id)).scalars().all()
    names = {unit.id: unit.name for unit in units}
    places = {row.key: row.name for row in reader.session.execute(select(Locality)).scalars()}
    return tuple(
        UnitLine(
            unit.name,
            unit.code or "",
            places.get(unit.locality, unit.locality),
            names.get(unit.superior_id or 0, ""),
            unit.on_system,
        )
        for unit in units
    )

"""What the rule set in force charges a unit with: documents name units, and know nothing of mergers and renames."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.people import Unit, UnitName
from app.services.lawbook import LawMissing, rule_set_in_force


@dataclass(frozen=True)
class Charge:
    """The entry of a unit in the rules of its locality: the name it stands under, and what it is charged with."""

    locality: str
    name: str
    entries: tuple[str, ...]


def charge_of(session: Session, unit: Unit, today: date) -> Charge | None:
    """The entry in force, by the present name or one that the unit bore; None where the rules do not name it."""
    try:
        _, rules = rule_set_in_force(session, unit.locality, today)
    except LawMissing:
        return None
    borne = select(UnitName.name).where(UnitName.unit_id == unit.id, UnitName.from_on <= today)
    names = (unit.name, *session.scalars(borne.order_by(UnitName.from_on.desc())))
    listed = {one.name: one for one in rules.units if one.fields or one.duties}
    found = next((listed[name] for name in names if name in listed), None)
    return Charge(rules.name, found.name, (*found.fields, *found.duties)) if found is not None else None

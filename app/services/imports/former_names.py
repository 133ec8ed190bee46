"""Units that a file calls by a name they bear no more: renamed, merged into another, or abolished.

Documents keep the name of their day, so a table made from them brings it along.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.people import Unit, UnitMerger, UnitName
from app.services.imports.cells import plain
from workflows.kit.storable import in_words


@dataclass(frozen=True)
class Former:
    """The unit that bore a name. `told`: what became of it; `is_there`: it goes on under its present name."""

    unit_id: int
    name: str
    locality: str
    told: str
    is_there: bool


class FormerNames:
    """Every name that no unit bears any more, read once for a whole file."""

    def __init__(self, session: Session, today: date) -> None:
        self._today = today
        columns = select(Unit.id, Unit.name, Unit.code, Unit.locality, Unit.ended_on)
        self._units = {row.id: row for row in session.execute(columns)}
        taken_over = select(UnitMerger.predecessor_id, UnitMerger.successor_id, UnitMerger.manner)
        self._mergers = {
            row.predecessor_id: row
            for row in session.execute(taken_over.where(UnitMerger.status.in_(("running", "done"))))
        }
        borne = defaultdict[int, list[tuple[date, str]]](list)
        names = select(UnitName.unit_id, UnitName.from_on, UnitName.name).where(UnitName.from_on <= today)
        for unit_id, since, name in session.execute(names.order_by(UnitName.unit_id, UnitName.from_on)):
            borne[unit_id].append((since, name))
        self._by_name: dict[str, list[Former]] = defaultdict(list)
        self._by_code: dict[str, Former] = {}
        for unit_id, unit in self._units.items():
            if self._has_ended(unit_id):
                ended = self._ended(unit_id)
                self._by_name[plain(unit.name)].append(ended)
                if unit.code:
                    self._by_code[unit.code] = ended
            for (_since, name), (until, _next) in zip(borne[unit_id], borne[unit_id][1:], strict=False):
                if plain(name) != plain(unit.name):
                    self._by_name[plain(name)].append(self._renamed(unit_id, name, until))

    def of(self, name: str) -> tuple[Former, ...]:
        """The units that bore this name; there is more than one where it was given again."""
        return tuple(self._by_name.get(plain(name), ()))

    def of_code(self, code: str) -> Former | None:
        """The unit of this 统一社会信用代码 that does not exist any more."""
        return self._by_code.get(code)

    def _has_ended(self, unit_id: int) -> bool:
        ended_on = self._units[unit_id].ended_on
        return ended_on is not None and ended_on <= self._today

    def _renamed(self, unit_id: int, name: str, until: date) -> Former:
        if self._has_ended(unit_id):
            return self._ended(unit_id)
        unit = self._units[unit_id]
        told = f"“{name}”已于{in_words(until)}更名，现为“{unit.name}”"
        return Former(unit_id, unit.name, unit.locality, told, is_there=True)

    def _ended(self, unit_id: int) -> Former:
        unit, merger, heir = self._units[unit_id], self._mergers.get(unit_id), self._heir(unit_id)
        day = in_words(unit.ended_on)
        if merger is None:
            told = f"“{unit.name}”已于{day}撤销"
        elif merger.manner == "merged":
            told = f"“{unit.name}”已于{day}并入“{heir}”"
        else:
            told = f"“{unit.name}”已于{day}撤销，职权由“{heir}”行使"
        return Former(unit_id, unit.name, unit.locality, told, is_there=False)

    def _heir(self, unit_id: int) -> str:
        """Who has the duties of the unit today; an heir may have been merged in his turn."""
        seen = set[int]()
        while unit_id in self._mergers and unit_id not in seen and self._has_ended(unit_id):
            seen.add(unit_id)
            unit_id = self._mergers[unit_id].successor_id
        return str(self._units[unit_id].name)

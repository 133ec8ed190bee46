"""What a row of the desk says besides the case: for whom the reader acts in it (代 乙), and why nobody can (待分派)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.access.capacities import hats_on
from app.models.cases import Case
from app.models.people import Locality, Unit, User
from app.services.reading.reader import Reader
from workflows.roles import Capacity

_IN_THE_OFFICE = frozenset({Capacity.OFFICE.value, Capacity.SUPERVISOR.value})


@dataclass(frozen=True)
class Mark:
    """`for_whom`: the name of the colleague in whose post the reader has the case. `vacancy`: why nobody can act.

    `can_hand_up`: the superior office can be asked to handle it (指定办理).
    """

    for_whom: str = ""
    vacancy: str = ""
    can_hand_up: bool = False


NO_MARK = Mark()


def held_for(reader: Reader, cases: Sequence[Case]) -> dict[str, Mark]:
    """Cases by uid that the reader has only in a colleague's post (委托代办)."""
    if not reader.standing.deputised:
        return {}
    ids = {held.principal.user_id for held in reader.standing.deputised}
    names = dict(reader.session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
    found = {}
    for case in cases:
        own, *others = hats_on(reader.standing, case)
        if case.holder is not None and case.holder not in own.capacities:
            principal = next((hat.principal for hat in others if case.holder in hat.capacities), None)
            if principal is not None:
                found[case.uid] = Mark(for_whom=names[principal])
    return found


def vacancies(reader: Reader, cases: Sequence[Case]) -> dict[str, Mark]:
    """Why nobody can act on each of the cases, by uid, and whether the superior office can be asked to."""
    ids = {case.holder_unit_id for case in cases} - {None}
    units = {unit.id: unit for unit in reader.session.scalars(select(Unit).where(Unit.id.in_(ids)))}
    places = {place.key: place.superior_unit_id for place in reader.session.scalars(select(Locality))}
    found = {}
    for case in cases:
        assert case.holder is not None
        superior = places.get(case.locality)
        above = superior is not None and superior != case.handling_unit_id
        unit = units.get(case.holder_unit_id or 0)
        found[case.uid] = Mark(
            vacancy=_why(unit, Capacity(case.holder)), can_hand_up=above and case.holder in _IN_THE_OFFICE
        )
    return found


def _why(unit: Unit | None, holder: Capacity) -> str:
    if unit is None:
        return "当事人的账号已停用，所交纸质材料由经办人代录"
    if not unit.on_system and holder is not Capacity.IMPLEMENTER:
        return f"{unit.name}未接入本系统，所交纸质材料由经办人代录"
    if holder is Capacity.IMPLEMENTER:
        return f"{unit.name}没有可以办理的经办人（缺岗、账号停用或者均应回避），由信用管理部门经办人确认"
    return f"{unit.name}没有可以办理的{holder.label}（缺岗、账号停用或者均应回避）"

"""督办: every running duty in the reader's charge, by the unit that has to act, and how far away its last day is."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import or_, select

from app.access.capacities import visible_filter
from app.models.cases import Case
from app.models.people import Unit
from app.models.terms import TermRow
from app.services.lawbook import current_calendar
from app.services.reading.copies import not_a_copy
from app.services.reading.lines import TermState, term_state
from app.services.reading.reader import Reader
from workflows.kit.counting import Nature
from workflows.kit.errors import NotFound
from workflows.registry import WORKFLOWS, workflow
from workflows.roles import RELATIONS, Capacity, Post

_IN_CHARGE = frozenset({Post.OFFICER, Post.APPROVER})
_PERSON = "个人当事人"


class Standing(StrEnum):
    """How a duty stands."""

    LATE = "late"
    NEAR = "near"
    FINE = "fine"
    PAUSED = "paused"

    @property
    def label(self) -> str:
        return {"late": "逾期", "near": "临期", "fine": "正常", "paused": "暂停"}[self.value]


@dataclass(frozen=True)
class Duty:
    """One running duty. `act` is the step by which the reader can call to it (remind, supervise); empty: none."""

    case: str
    number: str
    kind_label: str
    state_label: str
    version: int
    unit: str
    term_label: str
    standing: Standing
    state: TermState
    act: str

    @property
    def name(self) -> str:
        """What the case is called in a message: its number, else its kind."""
        return self.number or f"{self.kind_label}（尚未编号）"


@dataclass(frozen=True)
class UnitRow:
    """The duties of one unit, counted by how they stand."""

    unit: str
    counts: dict[Standing, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Oversight:
    """The board: units with their counts, the sum of all, and the duties themselves, most urgent first."""

    rows: tuple[UnitRow, ...]
    whole: UnitRow
    duties: tuple[Duty, ...]

    def of(self, unit: str, standing: str) -> tuple[Duty, ...]:
        """The duties behind one number; empty words mean any."""
        return tuple(
            duty
            for duty in self.duties
            if (not unit or duty.unit == unit) and (not standing or duty.standing == standing)
        )


def read_oversight(reader: Reader, near: int) -> Oversight:
    """The board of a credit office.

    Args:
        near: a duty with this many working days left, or fewer, is near (临期).

    Raises:
        NotFound: the reader handles or approves in no credit office.
    """
    units = reader.standing.units(_IN_CHARGE)
    if not units:
        raise NotFound
    sees = or_(*(visible_filter(flow, reader.standing) for flow in WORKFLOWS.values()))
    rows = reader.session.execute(
        select(TermRow, Case)
        .join(Case, Case.id == TermRow.case_id)
        .where(
            TermRow.nature == Nature.DUTY.value,
            TermRow.status.in_(("running", "paused")),
            Case.handling_unit_id.in_(sorted(units)),
            not_a_copy(),
            sees,
        )
        .order_by(TermRow.due_on.is_(None), TermRow.due_on, TermRow.id)
    ).all()
    names = _names(reader, [case for _, case in rows])
    calendar = current_calendar(reader.session)
    duties = tuple(_duty(reader, row, case, names, term_state(row, calendar, reader.today), near) for row, case in rows)
    by_unit = {unit: [duty for duty in duties if duty.unit == unit] for unit in sorted({d.unit for d in duties})}
    counted = [_row(unit, found) for unit, found in by_unit.items()]
    return Oversight(
        tuple(sorted(counted, key=lambda row: (-row.counts[Standing.LATE], -row.counts[Standing.NEAR], row.unit))),
        _row("合计", list(duties)),
        duties,
    )


def _row(unit: str, duties: list[Duty]) -> UnitRow:
    return UnitRow(unit, {standing: sum(duty.standing is standing for duty in duties) for standing in Standing})


def _names(reader: Reader, cases: list[Case]) -> dict[int, str]:
    columns = {relation.column for relations in RELATIONS.values() for relation in relations if relation.posts}
    ids = {getattr(case, column) for case in cases for column in columns} - {None}
    rows = reader.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _duty(reader: Reader, row: TermRow, case: Case, names: dict[int, str], state: TermState, near: int) -> Duty:
    flow = workflow(case.kind)
    term = flow.term(row.key)
    return Duty(
        case=case.uid,
        number=case.number or "",
        kind_label=flow.label,
        state_label=flow.state(case.state).label,
        version=case.version,
        unit=_who(Capacity(row.holder), case, names),
        term_label=term.label if term else row.key,
        standing=_standing(reader, state, near),
        state=state,
        act=_act(reader, case),
    )


def _who(holder: Capacity, case: Case, names: dict[int, str]) -> str:
    """The unit that has to act, by the relation that its capacity means on this case."""
    for relation in RELATIONS.get(holder, ()):
        unit_id = getattr(case, relation.column)
        if relation.posts and unit_id is not None:
            return names[unit_id]
    return _PERSON


def _standing(reader: Reader, state: TermState, near: int) -> Standing:
    if state.status == "paused" or state.due_on is None:
        return Standing.PAUSED
    if reader.today > state.due_on:
        return Standing.LATE
    return Standing.NEAR if state.days <= near else Standing.FINE


def _act(reader: Reader, case: Case) -> str:
    flow = workflow(case.kind)
    for post, key in ((Post.OFFICER, "remind"), (Post.APPROVER, "supervise")):
        step = flow.step(key)
        held = case.handling_unit_id in reader.standing.units(frozenset({post}))
        if held and step is not None and step.move_from(case.state) is not None:
            return key
    return ""

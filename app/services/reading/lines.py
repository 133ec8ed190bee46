"""A case as one line of a list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.models.cases import Case
from app.models.kinds import Notice
from app.models.kinds_more import SyncItem
from app.models.people import User
from app.models.terms import LIVE, TermRow
from app.services.among import among
from app.services.units.names import UnitNames, unit_names
from workflows.identity import mask_name
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Nature, running_days_late
from workflows.registry import workflow
from workflows.roles import Capacity

_LARGEST_KEY = 2**63 - 1
#: What a list says in place of the number of a case without one.
NO_NUMBER = "尚无文号"


@dataclass(frozen=True)
class TermState:
    """The governing term of a case: its last day and how far away it is, in working days."""

    key: str
    status: str
    due_on: date | None
    days: int
    provisional: bool


@dataclass(frozen=True)
class CaseLine:
    """What a list shows of a case."""

    uid: str
    kind: str
    kind_label: str
    title: str
    number: str
    subject: str
    state: str
    state_label: str
    phase: str
    version: int
    holder: str
    holder_label: str
    from_unit: str
    opened_on: date | None
    outcome: str
    term: TermState | None
    #: Of a case without a number of its own: the number of the record that it is about.
    about: str = ""
    #: Of the same the number of the case that it came of, where that is not the record.
    came_of: str = ""
    #: The unit that holds the case; empty where a person does, or nobody.
    holder_unit: str = ""

    @property
    def hangs_on(self) -> str:
        """The number by which a case without one is known: of the case that it came of, else of its record."""
        return self.came_of or self.about


def within_keys(number: int) -> int:
    """A key or an offset out of an address, brought into what both databases can compare."""
    return max(0, min(number, _LARGEST_KEY))


class Names:
    """Names of people and units by id, read once per list."""

    def __init__(self, people: Mapping[Any, str], units: UnitNames) -> None:
        self.people, self.units = people, units

    @classmethod
    def read(
        cls, session: Session, cases: Iterable[Case], besides: tuple[set[int | None], set[int | None]] = (set(), set())
    ) -> "Names":
        """The names that the lines of these cases say, and those of some people and units besides."""
        people, units = (own | more for own, more in zip(named_in(cases), besides, strict=True))
        found = session.execute(select(User.id, User.name).where(User.id.in_(people - {None})))
        return cls(dict(found.all()), unit_names(session, units))

    def subject(self, case: Case, *, masked: bool) -> str:
        if case.subject_unit_id is not None:
            return self.units.in_case(case.subject_unit_id, case)
        name = self.people.get(case.subject_person_id or 0, "")
        return mask_name(name) if masked else name

    def unit(self, unit_id: int | None, case: Case) -> str:
        return self.units.in_case(unit_id, case)


def named_in(cases: Iterable[Case]) -> tuple[set[int | None], set[int | None]]:
    """Ids of the people and of the units that the lines of these cases name."""
    listed = list(cases)
    people = {case.subject_person_id for case in listed}
    units = {case.subject_unit_id for case in listed} | {case.provider_unit_id for case in listed}
    units |= {case.handling_unit_id for case in listed} | {case.holder_unit_id for case in listed}
    return people, units


def lines_of(
    session: Session,
    cases: Sequence[Case],
    calendar: Calendar,
    today: date,
    *,
    names: Names | None = None,
    terms: Iterable[TermRow] | None = None,
    with_records: bool = False,
    seen: ColumnElement[bool] | None = None,
) -> list[CaseLine]:
    """The lines of a list, in its order, with five queries more whatever its length.

    Args:
        names, terms: what has been read of these cases already.
        with_records: say of a case without a number which record it is about and which case it came of; one query
            more if there are any.
        seen: which of those the reader may see, for a list of cases that others work on.
    """
    if terms is None:
        ids = [case.id for case in cases]
        live = select(TermRow).where(among(session, TermRow.case_id, ids), TermRow.status.in_(LIVE))
        terms = session.execute(live.where(TermRow.nature != Nature.PERIOD.value)).scalars()
    named, titles = names or Names.read(session, cases), _titles(session, cases)
    states = governing(terms, calendar, today)
    above = _above(session, cases, seen) if with_records else Above({}, {})
    return [_line(case, named, titles.get(case.id, ""), states.get(case.id), above) for case in cases]


class Above(NamedTuple):
    """Numbers of the records that cases without a number are about, by dossier, and of the cases that they came of."""

    records: Mapping[int, str]
    parents: Mapping[int, str]

    def came_of(self, case: Case) -> str:
        return self.parents.get(case.parent_id, "") if case.parent_id is not None else ""


def _above(session: Session, cases: Sequence[Case], seen: ColumnElement[bool] | None) -> Above:
    """What stands above the cases without a number; it is asked for only if there are such."""
    bare = [case for case in cases if not case.number and case.kind != "record"]
    if not bare:
        return Above({}, {})
    parents = {case.parent_id for case in bare if case.parent_id is not None}
    rows = session.execute(
        select(Case.id, Case.dossier_id, Case.kind, Case.number).where(
            or_(
                and_(Case.dossier_id.in_({case.dossier_id for case in bare}), Case.kind == "record"),
                Case.id.in_(parents),
            ),
            *([] if seen is None else [seen]),
        )
    ).all()
    return Above(
        {row.dossier_id: row.number or "" for row in rows if row.kind == "record"},
        {row.id: row.number or "" for row in rows if row.kind != "record"},
    )


def titles_of(session: Session, ids: list[int]) -> dict[int, str]:
    """What a notice or a sync item is called by; every other case goes by its procedure."""
    return {**_notice_titles(session, ids), **_sync_titles(session, ids)}


def _titles(session: Session, cases: Sequence[Case]) -> dict[int, str]:
    """The same where the kinds are known: nothing is asked for what is not there."""
    notices = [case.id for case in cases if case.kind == "notice"]
    items = [case.id for case in cases if case.kind == "sync"]
    found = _notice_titles(session, notices) if notices else {}
    return found | (_sync_titles(session, items) if items else {})


def _notice_titles(session: Session, ids: list[int]) -> dict[int, str]:
    return dict(session.execute(select(Notice.id, Notice.title).where(Notice.id.in_(ids))).all())


def _sync_titles(session: Session, ids: list[int]) -> dict[int, str]:
    targets = session.execute(select(SyncItem.id, SyncItem.target_label).where(SyncItem.id.in_(ids)))
    return {case_id: f"同步至{label}" for case_id, label in targets}


def _line(case: Case, names: Names, title: str, term: TermState | None, above: Above) -> CaseLine:
    flow = workflow(case.kind)
    state = flow.state(case.state)
    return CaseLine(
        uid=case.uid,
        kind=case.kind,
        kind_label=flow.label,
        title=title or flow.label,
        number=case.number or "",
        subject=names.subject(case, masked=False),
        state=case.state,
        state_label=state.label,
        phase=case.phase,
        version=case.version,
        holder=case.holder or "",
        holder_label=Capacity(case.holder).label if case.holder else "",
        from_unit=names.unit(case.provider_unit_id, case),
        opened_on=case.opened_on,
        outcome=case.outcome or "",
        term=term,
        about="" if case.number else above.records.get(case.dossier_id, ""),
        came_of="" if case.number else above.came_of(case),
        holder_unit=names.unit(case.holder_unit_id, case),
    )


def governing(rows: Iterable[TermRow], calendar: Calendar, today: date) -> dict[int, TermState]:
    """Per case the live duty or right with the earliest last day; a paused one if nothing runs."""
    found: dict[int, TermRow] = {}
    for row in rows:
        if row.status not in LIVE or row.nature == Nature.PERIOD:
            continue
        best = found.get(row.case_id)
        if best is None or _rank(row) < _rank(best):
            found[row.case_id] = row
    return {case_id: term_state(row, calendar, today) for case_id, row in found.items()}


def _rank(row: TermRow) -> tuple[bool, date, bool]:
    return (row.due_on is None, row.due_on or date.max, row.status != "paused")


def term_state(row: TermRow, calendar: Calendar, today: date) -> TermState:
    """A term with the working days that are left, or by which it is overdue."""
    days = 0
    if row.due_on is not None:
        late = today > row.due_on
        days = running_days_late(row.due_on, today, calendar) if late else _left(row.due_on, today, calendar)
    return TermState(row.key, row.status, row.due_on, days, row.provisional)


def _left(due_on: date, today: date, calendar: Calendar) -> int:
    return calendar.working_days_between(today, due_on)

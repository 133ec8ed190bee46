"""One record as its subject sees it: what, who, until when, what may be done about it, and what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.services.reading.filing import Filing
from app.services.reading.lines import CaseLine, TermState
from app.services.reading.outlook import Outlook
from workflows.forms.record import RecordField
from workflows.roles import Capacity

_RETENTION = "record.retention"
_SUBJECTS = frozenset({Capacity.SUBJECT.value, Capacity.SUBJECT_HEAD.value})


@dataclass(frozen=True)
class FieldLine:
    """One field of a record with its words, and whether an objection to it may be made or is being handled."""

    field: str
    label: str
    recorded: str
    contestable: bool
    disputed: bool


@dataclass(frozen=True)
class PeriodLine:
    """How long something lasts: 保存期限, 最短公示期限 …"""

    key: str
    label: str
    until: date | None
    provisional: bool


@dataclass(frozen=True)
class RightLine:
    """A right of the subject with its last day; `on` is the uid of the case where it is used."""

    label: str
    case: str
    case_label: str
    state: TermState


@dataclass(frozen=True)
class OwnNotice:
    """A notice that was served on the reader or his unit."""

    uid: str
    title: str
    number: str
    served_on: date | None
    about_record: bool


@dataclass(frozen=True)
class OwnCase:
    """The record itself or an open case on it, and what happens next: who has it, until when, what follows by itself.

    `term` is the label of the term that governs it, empty where none does.
    """

    line: CaseLine
    term: str
    outlook: Outlook

    @property
    def is_his(self) -> bool:
        """Whether it is the reader's side that has to act now."""
        return self.line.holder in _SUBJECTS


def _first_day(terms: Iterable[TermState | None]) -> date:
    return min((term.due_on for term in terms if term is not None and term.due_on is not None), default=date.max)


@dataclass(frozen=True)
class RecordCard:
    """One record as its subject sees it."""

    line: CaseLine
    behaviour: str
    severity: str
    provider: str
    listed_on: date | None
    marks: tuple[str, ...]
    periods: tuple[PeriodLine, ...]
    fields: tuple[FieldLine, ...]
    rights: tuple[RightLine, ...]
    notices: tuple[OwnNotice, ...]
    cases: tuple[OwnCase, ...]
    #: The record itself, while it moves or while nothing else on it does; None once it has ended.
    next: OwnCase | None
    statement: Filing | None
    filings: tuple[Filing, ...]
    #: Whether it is about a unit, and whether the reader writes for that unit without being its head.
    about_unit: bool
    for_unit: bool
    version: int
    #: Whether notices reach the subject through the system; a person has to have agreed to it.
    electronic_service: bool

    @property
    def waits(self) -> tuple[int, date] | None:
        """How what waits for the reader ranks: first what he has to do, then what he may do for some days yet; within
        each by its last day. None where nothing waits.
        """
        moving = [item for item in (*self.cases, self.next) if item is not None]
        owed = [item.line.term for item in moving if item.is_his]
        if owed:
            return 0, _first_day(owed)
        heard = self.statement is not None and self.statement.possible
        open_to_him = [item.state for item in self.rights]
        open_to_him += [item.line.term for item in moving if item.outlook.leaves_a_choice and item.line.term]
        return (1, _first_day(open_to_him)) if open_to_him or heard else None

    @property
    def contestable(self) -> tuple[FieldLine, ...]:
        """The fields to which an objection may be made today."""
        return tuple(item for item in self.fields if item.contestable)

    @property
    def facts(self) -> str:
        """What is recorded, in the words of the record."""
        return next(item.recorded for item in self.fields if item.field == RecordField.FACTS)

    @property
    def last_day(self) -> PeriodLine | None:
        """保存期限: with its last day an objection and every application on the record end; None once it has ended."""
        return next((period for period in self.periods if period.key == _RETENTION), None)

    @property
    def notice(self) -> OwnNotice | None:
        """The newest letter about the record itself (告知书 or decision), not about what was filed on it."""
        own = (notice for notice in self.notices if notice.about_record)
        return next(own, next(iter(self.notices), None))


@dataclass(frozen=True)
class CreditPage:
    """The home of a civil servant, or of those who speak for a unit (`of_unit`)."""

    of_unit: bool
    cards: tuple[RecordCard, ...]
    electronic_service: bool

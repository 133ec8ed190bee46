"""所涉记录: the record that a case is about, for those who decide on it and have no record of their own to open.

The organ of tolerance and the body of review answer for a record whose page is not theirs. While such a case is open
they read in it what the record says and what was handed in with it, and nothing else of the record (ADR 0021).
"""

from dataclasses import dataclass

from app.access.capacities import may_see, reading_capacities
from app.models.cases import Case
from app.models.kinds import Record
from app.services.effects.record import snapshot
from app.services.once_read import cases_of
from app.services.reading.reader import Reader
from app.services.reading.summaries import Choices, Summary, choices_of, recorded_words, summary_of
from app.services.units.names import UnitNames
from workflows.forms.record import RecordField
from workflows.registry import workflow
from workflows.roles import Capacity
from workflows.rules.model import RuleSet

#: The kinds of case in which another organ than those of the record decides on it.
_KINDS = frozenset({"objection", "repair", "exemption"})
_DECIDERS = frozenset({Capacity.TOLERANCE, Capacity.TOLERANCE_HEAD, Capacity.REVIEW_OFFICE, Capacity.REVIEWER})
#: No text is put in the place of these; the whole record is annulled, its subject is another record.
_NEVER_CORRECTED = frozenset({RecordField.RECORD, RecordField.SUBJECT})


@dataclass(frozen=True)
class RecordAtIssue:
    """What the record says: its number, its state in words, its lines and what they rest on."""

    number: str
    state: str
    summary: Summary


@dataclass(frozen=True)
class Correctable:
    """A field of the record that may be corrected: what it says, and what it may say instead where that is a choice."""

    field: RecordField
    recorded: str
    choices: Choices


def record_read_through(reader: Reader, case: Case) -> Record | None:
    """The record that the reader reads in this case since its own page is closed to him; None: there is none."""
    if case.kind not in _KINDS or case.phase == "closed" or not reading_capacities(reader.standing, case) & _DECIDERS:
        return None
    record = record_of(reader, case)
    return None if record is None or may_see(workflow("record"), reader.standing, record) else record


def record_of(reader: Reader, case: Case) -> Record | None:
    """The record of the case's dossier; the case itself if it is one."""
    return next((one for one in cases_of(reader.view, case.dossier_id) if isinstance(one, Record)), None)


def record_at_issue(record: Record, units: UnitNames, rules: RuleSet) -> RecordAtIssue:
    """The record in words, as it stands."""
    state = workflow("record").state(record.state).label
    return RecordAtIssue(record.number or "", state, summary_of(units, record, rules))


def correctable(record: Record, rules: RuleSet) -> tuple[Correctable, ...]:
    """Every field of a record that a step may correct."""
    recorded, person = snapshot(record), record.subject_person_id is not None
    return tuple(
        Correctable(field, recorded_words(field, recorded, rules), choices_of(field, recorded, rules, person=person))
        for field in RecordField
        if field not in _NEVER_CORRECTED
    )

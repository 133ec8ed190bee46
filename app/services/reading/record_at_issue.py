"""所涉记录: the record that a case is about, for those who decide on it and have no record of their own to open.

The organ of tolerance and the body of review answer for a record whose page is not theirs. While such a case is open
they read in it what the record says and what was handed in with it, and nothing else of the record (ADR 0021).
"""

import json
from dataclasses import dataclass

from app.access.capacities import may_see, reading_capacities
from app.models.cases import Case
from app.models.kinds import Record
from app.services.effects.record import snapshot
from app.services.once_read import cases_of, history_of, recusal_of
from app.services.reading.reader import Reader
from app.services.reading.recorded import Choices, choices_of, recorded_words
from app.services.reading.summaries import Summary, summary_of
from app.services.units.names import UnitNames
from workflows.forms.record import RecordField
from workflows.registry import workflow
from workflows.roles import REVIEWING, Capacity
from workflows.rules.model import RuleSet

#: The kinds of case in which another organ than those of the record decides on it.
_KINDS = frozenset({"objection", "repair", "exemption"})
_TOLERANCE = frozenset({Capacity.TOLERANCE, Capacity.TOLERANCE_HEAD})
#: Where its unit writes it, and nobody has signed what is written.
_AT_ITS_UNIT = frozenset({"draft", "returned", "head_review"})
#: Whose papers are part of a record.
_ITS_SIDES = frozenset(
    {
        Capacity.SUBJECT, Capacity.SUBJECT_HEAD, Capacity.PROVIDER, Capacity.PROVIDER_HEAD, Capacity.FINDER,
        Capacity.FINDER_HEAD,
    }
)  # fmt: skip
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
    """The record that the reader reads in this case since its own page is closed to him; None: there is none.

    Not while it is back at its unit, whose clerk is at work on it, and not for one who may not act on the case (回避):
    this sight is for deciding only.
    """
    if case.kind not in _KINDS or case.phase == "closed" or not _decides(reader, case):
        return None
    record = record_of(reader, case)
    if record is None or record.state in _AT_ITS_UNIT or _is_out(reader, case):
        return None
    return None if may_see(workflow("record"), reader.standing, record) else record


def _decides(reader: Reader, case: Case) -> bool:
    """Whether he is of the organ that decides on it; the body of review only while the review lies with it."""
    deciders = _TOLERANCE | REVIEWING if case.holder in REVIEWING else _TOLERANCE
    return bool(reading_capacities(reader.standing, case) & deciders)


def _is_out(reader: Reader, case: Case) -> bool:
    """Whether he works in the recorded unit or declared himself out of the dossier."""
    standing = reader.standing
    if case.subject_unit_id is not None and case.subject_unit_id in standing.works_in:
        return True
    return bool(recusal_of(reader.view, case.dossier_id, standing.user_id))


def record_of(reader: Reader, case: Case) -> Record | None:
    """The record of the case's dossier; the case itself if it is one."""
    return next((one for one in cases_of(reader.view, case.dossier_id) if isinstance(one, Record)), None)


def record_at_issue(reader: Reader, record: Record, units: UnitNames) -> RecordAtIssue:
    """The record in words, as it stands, by the rules of its own filing."""
    assert record.rule_set_id is not None
    state = workflow("record").state(record.state).label
    return RecordAtIssue(record.number or "", state, summary_of(units, record, reader.view.rules(record.rule_set_id)))


def handed_in_with(reader: Reader, record: Record) -> frozenset[int]:
    """Numbers (seq) of the events by which its unit and its parties handed in papers that are part of the record.

    What the office wrote, and what a clerk drafted for a request that his head may not have signed, is not.
    """
    requests = {step.requested_by for step in workflow("record").steps}
    return frozenset(
        row.seq
        for row in history_of(reader.view, record.id)
        if row.sort == "step" and row.step not in requests and json.loads(row.body)["as"] in _ITS_SIDES
    )


def correctable(record: Record, rules: RuleSet) -> tuple[Correctable, ...]:
    """Every field of a record that a step may correct.

    Args:
        rules: of the case by which it is corrected.
    """
    recorded, person = snapshot(record), record.subject_person_id is not None
    return tuple(
        Correctable(field, recorded_words(field, recorded, rules), choices_of(field, recorded, rules, person=person))
        for field in RecordField
        if field not in _NEVER_CORRECTED
    )

"""What the subject of a record may file on it today: judged by the tables, on a case that is never stored."""

from dataclasses import dataclass, replace
from datetime import date

from app.models.cases import Case
from app.services.contexts import context_of
from app.services.opening import child_of
from app.services.reading.reader import Reader
from workflows.forms.objection import DisputedField, Ground, SubmitObjectionForm
from workflows.forms.record import RecordField
from workflows.kit.context import Context
from workflows.kit.engine import acting_capacity, unmet_guards
from workflows.kit.errors import UnmetGuard
from workflows.objection_guards import record_is_contestable
from workflows.registry import workflow
from workflows.repair_gate import GateLine, gate, unmet_dates
from workflows.roles import Capacity

_SUBJECT = frozenset({Capacity.SUBJECT, Capacity.SUBJECT_HEAD})
#: Whoever writes for a unit may write all the same; its head files it.
_LEFT_TO_THE_HEAD = "head_files_for_the_unit"


@dataclass(frozen=True)
class Filing:
    """An application the subject may file, or why he may not and from which day on.

    `by_head`: the reader writes for a unit, whose head has to file it.
    """

    kind: str
    label: str
    reasons: tuple[str, ...] = ()
    possible_on: date | None = None
    by_head: bool = False
    gate: tuple[GateLine, ...] = ()
    #: The reasons in short, as a card has room for: until when what it waits for lasts, instead of the whole sentence.
    brief: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        return not self.reasons


def filing_of(reader: Reader, record: Case, kind: str) -> Filing:
    """Whether the subject may file an application of a kind (repair, exemption) on a record today."""
    ctx = _context(reader, record, kind)
    step = workflow(kind).step("submit")
    assert step is not None
    acting_as = acting_capacity(step, ctx)
    if acting_as is None:
        return Filing(kind, step.label, (f"“{step.label}”须由当事人提出。",))
    unmet = [item for item in unmet_guards(step, ctx, acting_as, with_form=False) if item.guard != _LEFT_TO_THE_HEAD]
    lines = gate(ctx) if kind == "repair" else ()
    return Filing(
        kind,
        step.label,
        tuple(item.text for item in unmet),
        max((item.possible_on for item in unmet if item.possible_on), default=None),
        writes_for_the_head(reader, record),
        lines,
        tuple(_in_short(item, lines) for item in unmet),
    )


def _in_short(item: UnmetGuard, lines: tuple[GateLine, ...]) -> str:
    waits = [line.note for line in unmet_dates(lines)]
    if item.possible_on is None:
        return item.text
    return "，".join(waits) or item.detail or item.label


def statement_of(reader: Reader, record: Case) -> Filing | None:
    """Whether the subject may be heard on a record (陈述申辩) today; None where its state knows no such act."""
    step = workflow("record").step("state")
    assert step is not None
    if step.move_from(record.state) is None:
        return None
    ctx = context_of(reader.view, record, reader.actor)
    acting_as = acting_capacity(step, ctx)
    if acting_as is None:
        return None
    unmet: tuple[UnmetGuard, ...] = unmet_guards(step, ctx, acting_as, with_form=False)
    return Filing("record", step.label, tuple(item.text for item in unmet))


def contestable_fields(reader: Reader, record: Case) -> tuple[RecordField, ...]:
    """The fields to which an objection may be made in the record's present state."""
    ctx = _context(reader, record, "objection")
    return tuple(field for field in RecordField if record_is_contestable.check(_disputing(ctx, field)) is True)


def writes_for_the_head(reader: Reader, record: Case) -> bool:
    """Whether the reader writes for a recorded unit without being its head."""
    if record.subject_unit_id is None:
        return False
    return Capacity.SUBJECT_HEAD not in context_of(reader.view, record, reader.actor).capacities


def _context(reader: Reader, record: Case, kind: str) -> Context:
    # Not added to the session: nothing of it is ever stored.
    return context_of(reader.view, child_of(reader.view, record, kind), reader.actor)


def _disputing(ctx: Context, field: RecordField) -> Context:
    item = DisputedField(field=field, ground=Ground.OTHER)
    return replace(ctx, form=SubmitObjectionForm(fields=[item], reason="—"))

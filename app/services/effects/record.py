"""What the steps of a record write besides its state."""

import json
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import select

from app.models.cases import Case
from app.models.kinds import Notice, Record, RecordRevision, Statement
from app.models.kinds_more import Exemption
from app.models.people import Unit, User
from app.models.terms import LIVE, TermRow
from app.services import terms
from app.services.applying import SYSTEM, StepRun, apply_step
from app.services.opening import child_of
from app.services.recipients import Party
from app.services.units.names import UnitRefused, present_unit
from workflows.forms.record import RecordContent, RecordField
from workflows.kit.errors import FieldError, FormIncomplete, GuardRefused, UnmetGuard
from workflows.kit.forms import parse_form

_PLAIN = (
    "source_number", "source_on", "source_organ", "effective_on", "under_remedy", "sanction_months", "behaviour",
    "key_field", "facts", "conduct_ended_on", "conduct_continues", "loss", "influence", "responsible_persons",
    "secret_free",
)  # fmt: skip
#: Columns behind the contestable fields.
COLUMNS = {
    RecordField.BEHAVIOUR: "behaviour",
    RecordField.FACTS: "facts",
    RecordField.SEVERITY: "severity",
    RecordField.SOURCE_DOCUMENT: "source_number",
    RecordField.EFFECTIVE_ON: "effective_on",
    RecordField.CONDUCT_ENDED_ON: "conduct_ended_on",
    RecordField.RESPONSIBLE_PERSONS: "responsible_persons",
    RecordField.DISCLOSURE_LEVEL: "disclosure_level",
}

_DAYS = frozenset({RecordField.EFFECTIVE_ON, RecordField.CONDUCT_ENDED_ON})
#: What the record's form cannot do without; a correction is read as one field of it.
_ANY_RECORD = {"subject": "—", "source_type": "judgment", "behaviour": "—", "severity": "minor"}


def keep_record_content(run: StepRun) -> None:
    """Write what the unit typed; the subject is named by the uid of a person or a unit.

    Raises:
        FormIncomplete: no such person or unit, or what a record was reported with is taken out of it.
        GuardRefused: it is the writer himself, or a unit in which he works (回避).
    """
    record, form = run.case, run.ctx.form
    assert isinstance(record, Record)
    assert isinstance(form, RecordContent)
    _keep_subject(run, record, form.subject)
    # Only now the subject is known about whom the step is taken.
    if ground := run.ctx.facts.recusal_ground():
        raise GuardRefused((UnmetGuard("not_recused", "没有应当回避的情形", f"您应当回避：{ground}"),))
    if record.number is not None:
        _keep_what_was_reported(form)
    if form.finder:
        record.finder_unit_id = _unit_named(run, form.finder).id
    for name in _PLAIN:
        setattr(record, name, getattr(form, name))
    record.source_type = form.source_type.value
    record.severity = form.severity.value if form.severity else ""
    record.disclosure_level = form.disclosure_level.value
    record.sanction = form.sanction.value if form.sanction else None
    record.exemption = form.exemption.value if form.exemption else None
    record.revision = record.revision or 1


def _keep_what_was_reported(form: RecordContent) -> None:
    """Of a record that was sent back, notices and terms may be made: it is never without its gravity and its act."""
    lacking = [name for name in ("behaviour", "severity") if not getattr(form, name)]
    if lacking:
        fields = RecordContent.model_fields
        raise FormIncomplete(tuple(FieldError(name, fields[name].title or name, "尚未填写") for name in lacking))


def _keep_subject(run: StepRun, record: Record, uid: str) -> None:
    session = run.work.session
    record.subject_person_id = session.execute(select(User.id).where(User.uid == uid)).scalar_one_or_none()
    record.subject_unit_id = session.execute(select(Unit.id).where(Unit.uid == uid)).scalar_one_or_none()
    unit = session.get(Unit, record.subject_unit_id) if record.subject_unit_id is not None else None
    if unit is not None and unit.ended_on is not None and unit.ended_on <= run.work.today:
        raise FormIncomplete((FieldError("subject", "主体", f"{unit.name}已不再存续，请选择承继其职权的单位"),))
    if record.subject_person_id is None and record.subject_unit_id is None:
        raise FormIncomplete((FieldError("subject", "主体", "名册中没有这个人或者单位，请重新选择"),))


def _uid_of(run: StepRun, named: str) -> str:
    """The uid behind a full name, as an answer to an objection writes it; what is no name is a uid already.

    Raises:
        FormIncomplete: several people or units bear the name.
    """
    session = run.work.session
    found = [
        uid
        for model in (User, Unit)
        for uid in session.execute(select(model.uid).where(model.name == named).limit(2)).scalars()
    ]
    if len(found) > 1:
        raise FormIncomplete((FieldError("subject", "主体", f"名册中有几个“{named}”，请先在名册中区分"),))
    return found[0] if found else named


def _unit_named(run: StepRun, name: str) -> Unit:
    try:
        unit = present_unit(run.work.session, name, run.work.today)
    except UnitRefused as ended:
        raise FormIncomplete((FieldError("finder", "认定单位", ended.message),)) from None
    if unit is None:
        raise FormIncomplete((FieldError("finder", "认定单位", "单位名册中没有这个单位，请核对全称"),))
    return unit


def keep_statement(run: StepRun) -> None:
    """陈述申辩 of the subject, with the day that counts."""
    run.work.session.add(
        Statement(
            record_id=run.case.id,
            text=run.ctx.form.text,
            late_reason=run.ctx.form.late_reason,
            made_on=run.ctx.in_time_on,
            author_id=run.ctx.actor.user_id,
        )
    )


def claim_exemption(run: StepRun) -> None:
    """The unit answered that the act may be exempt (R22): its head files for it with the record."""
    record = run.case
    assert isinstance(record, Record)
    claimed = select(Exemption.id).where(Exemption.dossier_id == record.dossier_id, Exemption.claimed_by == "provider")
    if record.exemption != "claimed" or run.work.session.execute(claimed).first() is not None:
        return
    form = {
        "situation": "信息提供单位报送时提请认定",
        "circumstances": record.facts or "报送时回答可能符合免责容错情形",
    }
    case = child_of(run.work, record, "exemption")
    apply_step(run.work, case, "submit", run.ctx.actor, form)


def revise_record(run: StepRun) -> None:
    """Put the correction into force and keep the text it replaces."""
    record, form = run.case, run.ctx.form
    assert isinstance(record, Record)
    before = snapshot(record)
    for field, value in form.changes.items():
        _change(run, record, RecordField(field), value)
    run.work.session.add(
        RecordRevision(
            record_id=record.id,
            revision=record.revision,
            body=json.dumps(before, ensure_ascii=False, sort_keys=True),
            replaced_at=run.ctx.now,
            reason=form.reason,
        )
    )
    record.revision += 1


def _change(run: StepRun, record: Record, field: RecordField, value: Any) -> None:
    if field is RecordField.SUBJECT:
        _keep_subject(run, record, _uid_of(run, str(value)))
    elif field in COLUMNS:
        setattr(record, COLUMNS[field], _typed(field, value))
    if field is RecordField.CONDUCT_ENDED_ON:
        record.conduct_continues = record.conduct_ended_on is None


def _typed(field: RecordField, value: Any) -> Any:
    """The value as the record's own form reads that field: its kind, its length, its codes and days.

    Raises:
        FormIncomplete: it is none that the record could have been given.
    """
    if field in _DAYS and not value:
        return None
    if field is RecordField.RESPONSIBLE_PERSONS and isinstance(value, str):
        value = [name for name in value.split("、") if name]
    try:
        form = parse_form(RecordContent, {**_ANY_RECORD, COLUMNS[field]: value})
    except FormIncomplete as refusal:
        errors = (FieldError("changes", field.label, error.message) for error in refusal.errors)
        raise FormIncomplete(tuple(errors)) from None
    typed = getattr(form, COLUMNS[field])
    return typed.value if isinstance(typed, Enum) else typed


def snapshot(record: Record) -> dict[str, Any]:
    """The contestable fields as they stand, in plain values."""
    values = {field.value: getattr(record, column) for field, column in COLUMNS.items()}
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in {**values, "source_type": record.source_type}.items()
    }


def recompute_periods(run: StepRun) -> None:
    """Severity and end of conduct decide the periods: their running terms are reckoned anew from their own anchors."""
    record, ctx = run.case, run.ctx
    assert isinstance(record, Record)
    rows = run.work.session.execute(
        select(TermRow).where(TermRow.case_id == record.id, TermRow.nature == "period", TermRow.status.in_(LIVE))
    ).scalars()
    for row in rows:
        rule = ctx.rules.term(row.key)
        if rule is not None and rule.by_severity is not None:
            span = rule.for_severity(record.severity).span
            assert span is not None
            row.number, row.unit = span.number, span.unit.value
        if row.key == "record.retention":
            row.anchor_on = record.conduct_ended_on
            row.status = "running" if row.anchor_on else "awaiting"
        terms.reckon(row, ctx.calendar, ctx.rules, ctx.today)
        run.event.content.setdefault("recounted", []).append(terms.term_note("recount", row))


def replace_unserved_notices(run: StepRun) -> None:
    """What was signed but not served yet still says what was corrected: a new one takes its place."""
    run.after.append(lambda: _replace_unserved(run))


def _replace_unserved(run: StepRun) -> None:
    from app.services.noticing import draft_notice

    statement = select(Notice).where(
        Notice.parent_id == run.case.id,
        Notice.key.in_(("record_notice", "record_decision")),
        Case.phase != "closed",
        Notice.id.not_in(run.work.signed_notices or {0}),
    )
    for old in list(run.work.session.execute(statement.order_by(Notice.id)).scalars()):
        apply_step(run.work, old, "void", SYSTEM, {"reason": "记录已经更正，由新的文书代替"})
        party = Party(old.recipient_person_id, old.recipient_unit_id, old.electronic)
        new = draft_notice(run.work, run.case, run.ctx, old.key, party, run.signing_as)
        # It says what the step that made the first one said, of the record as corrected.
        new.occasion = old.occasion


EFFECTS = {
    "keep_record_content": keep_record_content,
    "keep_statement": keep_statement,
    "claim_exemption": claim_exemption,
    "revise_record": revise_record,
    "recompute_periods": recompute_periods,
    "replace_unserved_notices": replace_unserved_notices,
}

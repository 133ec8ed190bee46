"""表格 for whoever hands them in: blank, or with what a case and the reader's own draft already say."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.capacities import may_see
from app.documents.blank_forms import FilledForm, form_pdf, form_text
from app.documents.render import shared_renderer
from app.models.cases import Case
from app.models.kinds import Notice, Record
from app.models.kinds_more import Rectification
from app.models.people import Locality
from app.services.drafts import find_draft
from app.services.lawbook import rule_set
from app.services.notice_content.parties import subject_name, unit_name
from app.services.notice_content.record_facts import real_number
from app.services.notice_content.wording import behaviour_words, day, field_words
from app.services.reading.attached import Download
from app.services.reading.reader import Reader, case_for
from app.services.service_addresses import Addressee, confirmed_address
from workflows.blank_forms import FORMS
from workflows.forms.objection import Ground
from workflows.forms.record import RecordField, Severity
from workflows.kit.errors import NotFound
from workflows.registry import workflow

Known = dict[str, Any]


def blank_form(session: Session, key: str, *, demo: bool) -> FilledForm:
    """A form with nothing but the office to which it is handed, where the installation serves one locality only.

    Raises:
        NotFound: there is no such form.
    """
    if key not in FORMS:
        raise NotFound
    places = session.execute(select(Locality.office_unit_id)).scalars().all()
    office = unit_name(session, places[0]) if len(places) == 1 else ""
    return FilledForm(key, office, {}, demo)


def form_of(reader: Reader, key: str, uid: str) -> FilledForm:
    """A form that goes with a case, with what the case says and what the reader has typed for it so far.

    An address is filled in for its owner alone.

    Raises:
        NotFound: there is no such form or case, the form does not go with it, or it is not the reader's to see.
    """
    case = case_for(reader, uid)
    if key not in FORMS or case.kind not in FORMS[key].goes_with:
        raise NotFound
    known: Known = {"name": subject_name(reader.session, case), "matter": _matter(case)}
    known |= _of_record(reader, case) | _of_rectification(reader, case) | _of_address(reader, case)
    if isinstance(case, Record):
        known |= _typed(reader, key, case)
    filled = {name: value for name, value in known.items() if value}
    return FilledForm(key, unit_name(reader.session, case.handling_unit_id), filled, reader.backend.demo)


def form_sheet(form: FilledForm, *, as_pdf: bool) -> Download:
    """The form as a sheet to be printed. Raises what the renderer raises."""
    if not as_pdf:
        return Download(f"{form.title}.txt", "text/plain", form_text(form).encode())
    return Download(f"{form.title}.pdf", "application/pdf", form_pdf(form, shared_renderer()))


@cache
def blank_sheet(key: str, office: str, demo: bool, as_pdf: bool) -> Download:
    """A blank form, drawn once per process: it is open to everybody and must cost nothing to ask for."""
    return form_sheet(FilledForm(key, office, {}, demo), as_pdf=as_pdf)


def _matter(case: Case) -> str:
    number = real_number(case.number, case.uid)
    return f"{workflow(case.kind).label}{f'（{number}）' if number else ''}"


def _of_record(reader: Reader, case: Case) -> Known:
    record = reader.session.execute(
        select(Record).where(Record.dossier_id == case.dossier_id).order_by(Record.id).limit(1)
    ).scalar_one_or_none()
    if record is None or record.rule_set_id is None or not may_see(workflow("record"), reader.standing, record):
        return {}
    return {
        "record_number": real_number(record.number, record.uid),
        "provider": unit_name(reader.session, record.provider_unit_id),
        "behaviour": behaviour_words(rule_set(reader.session, record.rule_set_id), record.behaviour),
        "listed_on": day(record.listed_on) if record.listed_on else "",
        "severity": Severity(record.severity).label,
    }


def _of_rectification(reader: Reader, case: Case) -> Known:
    if not isinstance(case, Rectification):
        return {}
    order = reader.session.execute(
        select(Notice.number)
        .where(Notice.parent_id == case.id, Notice.key == "rectification_order", Notice.state != "voided")
        .order_by(Notice.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    return {
        "case_number": real_number(case.number, case.uid),
        "order_number": order or "",
        "problems": case.problems,
        "tasks": list(case.requirements),
    }


def _of_address(reader: Reader, case: Case) -> Known:
    if case.subject_person_id is None or case.subject_person_id != reader.actor.user_id:
        return {}
    found = confirmed_address(reader.session, reader.backend.keys, Addressee(person_id=case.subject_person_id))
    return {"address": found.address, "receiver": found.receiver, "phone": found.phone} if found is not None else {}


def _typed(reader: Reader, key: str, record: Record) -> Known:
    """What the reader's draft of this application holds."""
    draft = find_draft(reader, key, "submit", record.uid) if key in ("objection", "repair") else None
    if draft is None:
        return {}
    first = {name: values[0] for name, values in draft.typed.items() if values}
    known: Known = {"reason": first.get("reason", ""), "correction": first.get("correction", "")}
    fields = [RecordField(name) for name in draft.typed.get("field", ()) if name in set(RecordField)]
    known["fields"] = [_disputed(reader, record, field, first) for field in fields]
    return known


def _disputed(reader: Reader, record: Record, field: RecordField, first: Mapping[str, str]) -> dict[str, str]:
    rules = rule_set(reader.session, record.rule_set_id) if record.rule_set_id is not None else None
    value = getattr(record, field.value, None)
    ground = first.get(f"ground-{field.value}", "")
    return {
        "label": field.label,
        "recorded": field_words(field, value, rules) if rules is not None and value else "",
        "ground": next((item.label for item in Ground if item.value == ground), ""),
        "wanted": first.get(f"wanted-{field.value}", ""),
    }

"""提出异议, 申请修复, 申请容错免责, 陈述申辩: what the subject of a record files, from its card in three presses.

Whatever is posted is first kept as a draft with its files; only then it is judged. A refusal loses nothing.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.drafts import Draft, find_draft, hand_over, keep_file, keep_only_files, save_draft
from app.services.file_kinds import FileRefused
from app.services.reading.case_page import read_case
from app.services.reading.credit import read_card
from app.services.reading.credit_card import RecordCard
from app.services.reading.filing import Filing
from app.services.reading.repetition import taken_before
from app.services.service_consent import confirm_electronic_service
from app.services.steps import Taken, TakeStep, take_step
from app.web import disputes
from app.web.forms import Field, Kind, Option, SummaryLine, fields_of, parse_posted, summary_of
from app.web.forms.posted import Posted
from app.web.reading import current_reader, signed_in
from app.web.typed import posted_of, typed_values
from workflows.forms.exemption import SubmitExemptionForm
from workflows.forms.objection import SubmitObjectionForm
from workflows.forms.record import StatementForm
from workflows.forms.repair import SubmitRepairForm
from workflows.kit.errors import FieldError, FormIncomplete, GuardRefused, Refusal
from workflows.kit.forms import StepForm, parse_form
from workflows.registry import workflow

blueprint = Blueprint("applications", __name__, url_prefix="/credit/records")

FILES = "files"
#: The one form has no field of its own for what is enclosed: the names of the files say it.
_ENCLOSED = "evidence"


@dataclass(frozen=True)
class Application:
    """One kind of application: the procedure it opens, or the step it takes on the record itself."""

    path: str
    kind: str
    step: str
    title: str
    form: type[StepForm]
    template: str = "applications/form.html"

    @property
    def opens(self) -> bool:
        return self.step == "submit"


APPLICATIONS = {
    item.path: item
    for item in (
        Application("objection", "objection", "submit", "提出异议", SubmitObjectionForm, "applications/objection.html"),
        Application("repair", "repair", "submit", "申请修复", SubmitRepairForm),
        Application("exemption", "exemption", "submit", "申请容错免责", SubmitExemptionForm),
        Application("statement", "record", "state", "陈述申辩", StatementForm),
    )
}


@blueprint.get("/<uid>/<path>")
@login_required
def write(uid: str, path: str) -> ResponseReturnValue:
    """The form: as the draft left it, else with what the record and the link say."""
    application = _application(path)
    with current_reader() as reader:
        card = read_card(reader, uid)
        draft = find_draft(reader, application.kind, application.step, uid)
    typed = posted_of(draft)
    for field in request.args.getlist("field"):
        disputes.tick(typed, field, card)
    return _page(application, uid, typed)


@blueprint.post("/<uid>/<path>")
@login_required
def file(uid: str, path: str) -> ResponseReturnValue:
    """Keep what was typed; then keep it only (保存草稿), or file it."""
    application = _application(path)
    draft, refused = _keep(application, uid)
    with current_reader() as reader:
        card = read_card(reader, uid)
    if request.form.get("act") == "save" or (application.opens and card.for_unit):
        return _kept(application, uid, card, refused)
    if refused:
        return _page(application, uid, request.form, _wrong(application), refused), 422
    try:
        taken = _take(application, uid)
    except FormIncomplete as refusal:
        return _page(application, uid, request.form, refusal.errors), 422
    except GuardRefused as refusal:
        lines = [SummaryLine(text) for text in refusal.elsewhere]
        return _page(application, uid, request.form, refusal.at_fields, lines), 422
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _page(application, uid, request.form, lines=[SummaryLine(refusal.message)]), refusal.status
    with current_reader() as reader:
        hand_over(reader, draft, taken)
    if taken.repeated:
        flash(gettext("本申请此前已经提交，没有重复提交。"), "done")
    return redirect(url_for("credit.applications.filed", uid=taken.uid, path=path), 303)


@blueprint.post("/<uid>/<path>/draft")
@login_required
def autosave(uid: str, path: str) -> ResponseReturnValue:
    """Keep what is typed, every half minute; answers with the line that says so."""
    application = _application(path)
    typed = typed_values()
    with current_reader() as reader:
        read_card(reader, uid)
        filed = taken_before(reader, uid, application.step, request.form.get("key", ""))
        texts = [value for name, values in typed.items() if name != "field" for value in values]
        if filed is not None or not any(value.strip() for value in texts):
            # Nothing was written yet, or it is filed already: a visit leaves no draft behind.
            return "", 204
        draft = save_draft(reader, application.kind, application.step, uid, typed)
    return render_template("_parts/saved.html", draft=draft, automatic=True)


@blueprint.get("/<uid>/<path>/filed")
@login_required
def filed(uid: str, path: str) -> ResponseReturnValue:
    """The result: number, what happens next and when, and the receipt."""
    application = _application(path)
    with current_reader() as reader:
        page = read_case(reader, uid)
    term = workflow(page.line.kind).term(page.line.term.key) if page.line.term else None
    return render_template(
        "applications/filed.html", application=application, case_page=page, term_label=term.label if term else ""
    )


def _application(path: str) -> Application:
    if path not in APPLICATIONS:
        abort(404)
    return APPLICATIONS[path]


def _keep(application: Application, uid: str) -> tuple[Draft, list[SummaryLine]]:
    """Keep text and files; files that are not taken are named, the others stay."""
    folder, refused = installation().settings.files_dir, []
    with current_reader() as reader:
        read_card(reader, uid)
        draft = save_draft(reader, application.kind, application.step, uid, typed_values())
        keep_only_files(reader, draft, request.form.getlist(FILES))
        for upload in request.files.getlist(f"{FILES}-upload"):
            if not upload.filename:
                continue
            try:
                keep_file(reader, folder, draft, upload.filename, upload.read())
            except FileRefused as refusal:
                refused.append(SummaryLine(refusal.message, f"f-{FILES}"))
    return draft, refused


def _wrong(application: Application) -> tuple[FieldError, ...]:
    """What is wrong in the fields of a form whose file was refused: all of it is told at once."""
    try:
        parse_form(application.form, _given(application, request.form))
    except FormIncomplete as refusal:
        return refusal.errors
    return ()


def _kept(application: Application, uid: str, card: RecordCard, refused: list[SummaryLine]) -> ResponseReturnValue:
    if refused:
        return _page(application, uid, request.form, lines=refused), 422
    if card.for_unit and request.form.get("act") != "save":
        flash(gettext("草稿已保存。单位的申请由单位负责人签发提出，负责人登录后可以在信用记录页面看到本草稿。"), "done")
    else:
        flash(gettext("草稿已保存，90日内可以继续填写。"), "done")
    return redirect(url_for("credit.applications.write", uid=uid, path=application.path), 303)


def _take(application: Application, uid: str) -> Taken:
    own, actor = installation(), signed_in()
    if request.form.get("electronic") == "true":
        confirm_electronic_service(own.backend, actor.user_id, own.clock())
    given = _given(application, request.form)
    if _ENCLOSED in application.form.model_fields:
        with current_reader() as reader:
            found = find_draft(reader, application.kind, application.step, uid)
        given[_ENCLOSED] = list(dict.fromkeys(item.name for item in found.files)) if found else []
    command = TakeStep(
        application.step,
        actor.actor,
        given,
        case="" if application.opens else uid,
        opens=application.kind if application.opens else "",
        parent=uid if application.opens else "",
        expected_version=None if application.opens else _version(),
        key=request.form.get("key") or None,
    )
    return take_step(own.backend, command, own.clock())


def _version() -> int:
    """The version that the page was drawn from. A form without one never fits: no act without having seen the case."""
    return request.form.get("version", default=-1, type=int)


def _given(application: Application, posted: Posted) -> dict[str, Any]:
    if application.path == "objection":
        return disputes.given(posted)
    return parse_posted(application.form, posted)


def _page(
    application: Application,
    uid: str,
    posted: Posted,
    errors: tuple[FieldError, ...] = (),
    lines: list[SummaryLine] | None = None,
) -> str:
    """Draw the form with what was typed. Read anew: what this request has kept is part of it."""
    with current_reader() as reader:
        card = read_card(reader, uid)
        draft = find_draft(reader, application.kind, application.step, uid)
    given = _given(application, posted)
    fields = [item for item in fields_of(application.form, given, errors) if item.name != _ENCLOSED]
    blocks = disputes.blocks_of(card.fields, posted, errors) if application.path == "objection" else ()
    summary = disputes.summary(blocks, fields, errors) if blocks else summary_of(fields, errors)
    summary_lines = [*summary, *(lines or [])]
    return render_template(
        application.template,
        application=application,
        card=card,
        draft=draft,
        key=posted.get("key") or secrets.token_hex(16),
        blocks=blocks,
        in_dispute=[line.label for line in card.fields if line.disputed and blocks],
        fields={item.name: item for item in fields},
        files=_files(draft, lines or []),
        lines=summary_lines,
        failed=bool(summary_lines),
        filing=_filing(application, card),
        ask_service=not card.electronic_service,
        electronic=posted.get("electronic") == "true",
    )


def _filing(application: Application, card: RecordCard) -> Filing | None:
    """Whether this may be filed today, where that is known before the form is filled in."""
    if application.path == "objection":
        return None
    if application.path == "statement":
        state = card.line.state_label
        over = Filing(
            "record", application.title, (gettext("本记录现为“%(state)s”，已不在陈述申辩阶段。", state=state),)
        )
        return card.statement or over
    over = Filing(application.kind, application.title, (gettext("本记录已经终结。"),))
    return next((item for item in card.filings if item.kind == application.kind), over)


def _files(draft: Draft | None, lines: list[SummaryLine]) -> Field:
    kept = draft.files if draft else ()
    wrong = "；".join(line.text for line in lines if line.anchor == f"f-{FILES}")
    return Field(
        Kind.FILES,
        FILES,
        gettext("证明材料"),
        values=tuple(item.uid for item in kept),
        options=tuple(Option(item.uid, item.name) for item in kept),
        error=wrong,
    )

"""记录登记: a clerk finds the subject, writes the record, saves the draft, and submits it to his head."""

import secrets
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.accounts import AccountRefused, Accounts
from app.services.drafts import Draft, find_draft, hand_over, keep_file, keep_only_files, save_draft
from app.services.file_kinds import FileRefused
from app.services.outsiders import register_outsider
from app.services.reading.asked_back import asked_back
from app.services.reading.imports import origin_of
from app.services.reading.reader import Reader, case_for
from app.services.reading.repetition import opened_before, taken_before
from app.services.reading.subjects import (
    Subject,
    draft_of_record,
    foresee,
    rules_of_clerk,
    search_subjects,
    subject_of,
)
from app.services.steps import Taken, TakeStep, take_step
from app.web.forms import Field, Kind, Option, SummaryLine, fields_of, parse_posted, summary_of
from app.web.reading import current_reader, signed_in
from app.web.typed import posted_of, typed_values
from workflows.forms.record import RecordContent
from workflows.identity import check_identity_number
from workflows.kit.errors import FieldError, FormIncomplete, GuardRefused, NotFound, Refusal
from workflows.rules.model import RuleSet

blueprint = Blueprint("records", __name__, url_prefix="/records")

FILES = "files"
#: Of a 统一社会信用代码, and of a 公民身份号码.
_CODE_LENGTH = 18
#: Where the fields stand on the page.
PARTS = (
    ("来源文书", ("source_type", "source_number", "source_on", "source_organ", "effective_on", "under_remedy",
              "sanction", "sanction_months", "finder")),
    ("失信行为", ("behaviour", "key_field", "facts", "conduct_ended_on", "conduct_continues", "responsible_persons")),
    ("失信程度与公开层级", ("loss", "influence", "severity", "disclosure_level")),
    ("免责容错与保密", ("exemption", "secret_free")),
)  # fmt: skip

#: A draft may lack these; what is submitted may not.
_DEMANDED = (
    "source_number", "source_on", "source_organ", "effective_on", "behaviour", "facts", "severity", "exemption",
)  # fmt: skip
#: Questions whose answers are all shown, though a draft may leave them open.
_ALL_SHOWN = ("severity", "exemption")


@blueprint.get("/new")
@login_required
def new() -> ResponseReturnValue:
    """Find the subject first; with a subject, the form, as a draft left it."""
    uid = request.args.get("subject", "")
    if not uid:
        return _search_page(request.args.get("q", ""))
    with current_reader() as reader:
        if subject_of(reader, uid) is None:
            raise NotFound
        typed = posted_of(find_draft(reader, "record", "create", ""))
    # What was written about somebody else does not belong here.
    given = parse_posted(RecordContent, typed) if typed.get("subject") == uid else {}
    return _form_page("", given | {"subject": uid})


@blueprint.get("/find")
@login_required
def find() -> ResponseReturnValue:
    """What fits what is typed so far, for the part of the page below it."""
    text = request.args.get("q", "").strip()
    with current_reader() as reader:
        rules_of_clerk(reader)
        found = search_subjects(reader, text)
    # Half a code is no mistake yet.
    half = text[:1].isdigit() and len(text) < _CODE_LENGTH
    return render_template("records/_found.html", found=found) if text and not half else ""


@blueprint.post("/new")
@login_required
def create() -> ResponseReturnValue:
    """Keep what was typed, then open the draft of the record; 提交审签 submits it at once."""
    return _write("")


@blueprint.get("/<uid>/edit")
@login_required
def edit(uid: str) -> ResponseReturnValue:
    """The draft of a record, or one that was sent back."""
    with current_reader() as reader:
        content, _version = draft_of_record(reader, uid)
        typed = posted_of(find_draft(reader, "record", "edit", uid))
    return _form_page(uid, parse_posted(RecordContent, typed) if typed else content)


@blueprint.post("/<uid>/edit")
@login_required
def change(uid: str) -> ResponseReturnValue:
    """Keep the changed draft; 提交审签 submits it."""
    return _write(uid)


@blueprint.get("/preview")
@login_required
def preview() -> ResponseReturnValue:
    """The terms in advance, for the part of the page that follows what is typed."""
    with current_reader() as reader:
        lines = foresee(reader, request.args.get("severity", ""), _day(request.args.get("conduct_ended_on", "")))
    return render_template("records/_preview.html", foreseen=lines)


@blueprint.post("/draft")
@login_required
def autosave() -> ResponseReturnValue:
    """Keep what is typed, every half minute; answers with the line that says so."""
    uid = request.form.get("record", "")
    with current_reader() as reader:
        rules_of_clerk(reader)
        if uid:
            draft_of_record(reader, uid)
        if _is_taken(reader, uid, request.form.get("key", "")):
            return "", 204
        draft = save_draft(reader, "record", "edit" if uid else "create", uid, typed_values())
    return render_template("_parts/saved.html", draft=draft, automatic=True)


@blueprint.post("/people")
@login_required
def register_person() -> ResponseReturnValue:
    """Enter somebody who does not work in any unit of the system, and go on with him as the subject."""
    own, name, number = installation(), request.form.get("name", ""), request.form.get("identity_number", "")
    with current_reader() as reader:
        rules_of_clerk(reader)
        checked = check_identity_number(number, reader.today)
        known = search_subjects(reader, checked.code).subjects if checked.holds else ()
    if known:
        flash(gettext("该公民身份号码已在名册中，已为您选定。"), "done")
        return redirect(url_for("records.new", subject=known[0].uid), 303)
    errors = [] if name.strip() else [SummaryLine(gettext("姓名：尚未填写"), "f-name")]
    if not checked.holds:
        errors.append(SummaryLine(gettext("公民身份号码：%(error)s", error=checked.error), "f-identity_number"))
    if errors:
        return _search_page("", errors, name, number), 422
    accounts = Accounts(own.database, own.keys, own.passwords)
    try:
        uid = register_outsider(accounts, name, checked.code, own.clock(), signed_in().user_id)
    except AccountRefused as refusal:
        return _search_page("", [SummaryLine(refusal.message, "f-identity_number")], name, number), 422
    flash(gettext("已登记。") + checked.warning, "done")
    return redirect(url_for("records.new", subject=uid), 303)


def _is_taken(reader: Reader, uid: str, key: str) -> bool:
    return taken_before(reader, uid, "edit", key) is not None if uid else opened_before(reader, key)


def _write(uid: str) -> ResponseReturnValue:
    given = parse_posted(RecordContent, request.form)
    draft, refused = _keep(uid)
    if request.form.get("act") == "preview" or refused:
        return _form_page(uid, given, lines=refused), 422 if refused else 200
    own, step = installation(), "edit" if uid else "create"
    try:
        taken = take_step(own.backend, _command(step, uid, given, _version()), own.clock())
    except FormIncomplete as refusal:
        if request.form.get("act") == "save":
            flash(gettext("草稿已保存，90日内可以继续填写。"), "done")
            goal = url_for("records.edit", uid=uid) if uid else url_for("records.new", subject=given.get("subject", ""))
            return redirect(goal, 303)
        return _form_page(uid, given, refusal.errors), 422
    except Refusal as refusal:
        return _refused(uid, given, refusal)
    with current_reader() as reader:
        hand_over(reader, draft, taken)
    if request.form.get("act") != "submit":
        flash(gettext("草稿已保存，尚未提交审签。"), "done")
        return redirect(url_for("records.edit", uid=taken.uid), 303)
    return _submit(taken, given)


def _submit(taken: Taken, given: dict[str, Any]) -> ResponseReturnValue:
    own = installation()
    command = TakeStep("submit", signed_in().actor, case=taken.uid, key=f"{request.form.get('key', '')}-submit")
    try:
        submitted = take_step(own.backend, command, own.clock())
    except Refusal as refusal:
        return _refused(taken.uid, given, refusal)
    if submitted.repeated:
        flash(gettext("这一步此前已经办理，没有重复办理。"), "done")
    flash(gettext("已提交单位负责人审签；负责人签发后报送信用管理部门。"), "done")
    return redirect(url_for("cases.show", uid=taken.uid), 303)


def _refused(uid: str, given: dict[str, Any], refusal: Refusal) -> ResponseReturnValue:
    if refusal.status == 404:
        raise refusal
    texts = [item.text for item in refusal.unmet] if isinstance(refusal, GuardRefused) else [refusal.message]
    return _form_page(uid, given, lines=[SummaryLine(text) for text in texts]), refusal.status


def _command(step: str, uid: str, given: dict[str, Any], version: int | None) -> TakeStep:
    return TakeStep(
        step,
        signed_in().actor,
        given,
        case=uid,
        opens="" if uid else "record",
        expected_version=version if uid else None,
        key=request.form.get("key") or None,
    )


def _version() -> int:
    """The version that the page was drawn from. A form without one never fits: no act without having seen the case."""
    return request.form.get("version", default=-1, type=int)


def _keep(uid: str) -> tuple[Draft, list[SummaryLine]]:
    """Keep text and files before anything is judged; files that are not taken are named."""
    refused = []
    with current_reader() as reader:
        rules_of_clerk(reader)
        if uid:
            draft_of_record(reader, uid)
        draft = save_draft(reader, "record", "edit" if uid else "create", uid, typed_values())
        keep_only_files(reader, draft, request.form.getlist(FILES))
        for upload in request.files.getlist(f"{FILES}-upload"):
            if not upload.filename:
                continue
            try:
                keep_file(reader, installation().settings.files_dir, draft, upload.filename, upload.read(), "provider")
            except FileRefused as refusal:
                refused.append(SummaryLine(refusal.message, f"f-{FILES}"))
    return draft, refused


def _search_page(text: str, errors: list[SummaryLine] | None = None, name: str = "", number: str = "") -> str:
    with current_reader() as reader:
        rules_of_clerk(reader)
        found = search_subjects(reader, text)
        begun = subject_of(reader, posted_of(find_draft(reader, "record", "create", "")).get("subject", ""))
    return render_template(
        "records/subject.html",
        begun=begun,
        q=text,
        found=found,
        errors=errors or [],
        failed=bool(errors),
        name=name,
        number=number,
    )


def _form_page(
    uid: str, given: dict[str, Any], errors: tuple[FieldError, ...] = (), lines: list[SummaryLine] | None = None
) -> str:
    with current_reader() as reader:
        rules, subject = rules_of_clerk(reader), subject_of(reader, str(given.get("subject", "")))
        draft = find_draft(reader, "record", "edit" if uid else "create", uid)
        version = draft_of_record(reader, uid)[1] if uid else 0
        origin = origin_of(reader, uid) if uid else None
        asked = asked_back(reader, case_for(reader, uid)) if uid else ()
        foreseen = foresee(reader, str(given.get("severity", "")), _day(str(given.get("conduct_ended_on") or "")))
    drawn = fields_of(RecordContent, given, errors, choices=_choices(rules, subject))
    fields = {item.name: item for item in drawn}
    fields |= {name: replace(fields[name], required=True) for name in _DEMANDED}
    fields |= {name: replace(fields[name], kind=Kind.RADIO) for name in _ALL_SHOWN}
    summary = [*summary_of([item for item in drawn if item.name != "subject"], errors), *(lines or [])]
    return render_template(
        "records/form.html",
        uid=uid,
        origin=origin,
        asked_back=[item for item in asked if "edit" in item.redone_by],
        subject=subject,
        version=version,
        key=secrets.token_hex(16),
        parts=[(title, [fields[name] for name in names]) for title, names in PARTS],
        files=_files(draft, lines or []),
        foreseen=foreseen,
        draft=draft,
        lines=summary,
        failed=bool(summary),
    )


def _choices(rules: RuleSet, subject: Subject | None) -> dict[str, list[Option]]:
    fields = {field.key: field.label for field in rules.key_fields}
    behaviours = [
        Option(item.id, f"{item.id} {item.label}")
        for item in rules.behaviours
        if item.recordable and (subject is None or subject.kind in item.subject_kinds)
    ]
    return {
        "behaviour": behaviours,
        "key_field": [Option("", gettext("不选")), *(Option(*item) for item in fields.items())],
    }


def _files(draft: Draft | None, lines: list[SummaryLine]) -> Field:
    kept = draft.files if draft else ()
    return Field(
        Kind.FILES,
        FILES,
        gettext("来源文书和证明材料"),
        values=tuple(item.uid for item in kept),
        options=tuple(Option(item.uid, item.name) for item in kept),
        error="；".join(line.text for line in lines if line.anchor == f"f-{FILES}"),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

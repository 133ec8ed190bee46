"""What the steps of a notice write besides its state, and what its parent learns from its service."""

from datetime import timedelta

from sqlalchemy import func, select

from app.models.cases import Case
from app.models.history import Attachment
from app.models.kinds import Notice
from app.models.registry import MODELS
from app.models.terms import LIVE, TermRow
from app.services import terms
from app.services.applying import SYSTEM, StepRun, apply_step
from app.services.contexts import context_of
from app.services.holding import settle_holder
from app.services.notice_content.parties import serves_the_subject
from app.services.notice_text import put_to_seal as seal
from workflows.catalogue import NOTICES, Signing
from workflows.forms.notice import ServiceMethod
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.registry import workflow
from workflows.roles import Capacity


def _notice(run: StepRun) -> Notice:
    assert isinstance(run.case, Notice)
    return run.case


def keep_edit(run: StepRun) -> None:
    """What stands in the allowed places; the standard text is the template's and cannot be touched.

    What the office would have signed under its standing authorisation is the approver's to sign once it was edited.
    """
    notice, kind = _notice(run), NOTICES[_notice(run).key]
    written = run.ctx.form.model_dump(include=set(kind.editable) - {"added_text"})
    notice.added_text = run.ctx.form.added_text
    notice.edits = {place: value for place, value in written.items() if value} or None
    if kind.signing is Signing.OFFICE:
        notice.signer = Capacity[kind.signer_for("OFFICE", edited=True)].value


def put_to_seal(run: StepRun) -> None:
    """Signed separately: numbered and rendered now."""
    seal(run.work, _notice(run))
    run.work.signed_notices.add(run.case.id)


def keep_bytes(run: StepRun) -> None:
    """成文: the sheet exists; where the recipient takes it electronically it is served in this transaction."""
    notice = _notice(run)
    notice.sha256, notice.issued_on = run.ctx.form.sha256, run.ctx.today
    if notice.electronic:
        run.work.session.flush()
        run.after.append(lambda: _serve_electronically(run, notice))


def _serve_electronically(run: StepRun, notice: Notice) -> None:
    apply_step(run.work, notice, "dispatch", SYSTEM, {"method": ServiceMethod.ELECTRONIC.value})
    _arrive(run, notice)


def _arrive(run: StepRun, notice: Notice) -> None:
    served = {"served_on": run.ctx.today.isoformat(), "method": ServiceMethod.ELECTRONIC.value}
    apply_step(run.work, notice, "confirm_service", SYSTEM, served)


def tell_parent_of_dispatch(run: StepRun) -> None:
    """Dispatch ends the terms that run until then, and shows a record to its subject."""
    keep_dispatch(run)
    notice = _notice(run)
    parent = parent_of(run)
    notice.subject_sees = True
    if notice.key == "record_notice":
        _show_to_subject(run, parent)
    live = terms.live_terms(run.work, parent.id)
    for term in workflow(parent.kind).terms:
        if notice.key in term.ends_on_dispatch and term.key in live and serves_the_subject(notice, parent):
            row = live.pop(term.key)
            terms.close(row, run.ctx.today, "met")
            content = {"terms": [terms.term_note("close", row)], "notice": notice.uid}
            terms.note_on_case(run.work, parent, "ended", term.key, content)
    run.work.session.flush()
    settle_holder(run.work, parent, workflow(parent.kind), live)


def keep_dispatch(run: StepRun) -> None:
    """How it was sent, the first time or again; what is sent into the recipient's inbox has arrived there."""
    notice, form = _notice(run), run.ctx.form
    notice.method, notice.dispatched_on = form.method.value, run.ctx.today
    notice.service = {**(notice.service or {}), "dispatch": form.model_dump(mode="json")}
    if form.method is ServiceMethod.ELECTRONIC and not run.ctx.actor.is_system:
        run.after.append(lambda: _arrive(run, notice))


def _show_to_subject(run: StepRun, record: Case) -> None:
    """He is told of the record, and with it of what already hangs on it (an exemption that its unit asked for)."""
    record.subject_sees = True
    hanging = select(Case).where(Case.parent_id == record.id, Case.kind != "notice")
    for case in run.work.session.execute(hanging).scalars():
        case.subject_sees = True


def keep_service(run: StepRun) -> None:
    """The day of service and the fields of its method, from the 送达回证."""
    notice, form = _notice(run), run.ctx.form
    if files := getattr(form, "files", None):
        _demand_own(run, files)
    notice.served_on = form.served_on
    notice.service = {**(notice.service or {}), **form.model_dump(mode="json")}


def keep_receipt(run: StepRun) -> None:
    """The signed 送达回证 that was not at hand when the service was registered."""
    notice, form = _notice(run), run.ctx.form
    _demand_own(run, form.files)
    kept = (notice.service or {}).get("files", [])
    notice.service = {**(notice.service or {}), "files": [*kept, *form.files]}


def _demand_own(run: StepRun, files: list[str]) -> None:
    """A 送达回证 is a file that its registrar has just handed in, not a word.

    Raises:
        FormIncomplete: one of them was not uploaded by him for this step.
    """
    own = select(func.count()).where(
        Attachment.uid.in_(files), Attachment.uploaded_by == run.ctx.actor.user_id, Attachment.case_id.is_(None)
    )
    if run.work.session.execute(own).scalar_one() != len(set(files)):
        raise FormIncomplete((FieldError("files", "送达回证", "没有找到上传的文件，请重新选择文件后提交"),))


def keep_announcement(run: StepRun) -> None:
    """公告: it begins on the day it was posted."""
    notice, form = _notice(run), run.ctx.form
    notice.method, notice.announced_on = ServiceMethod.ANNOUNCEMENT.value, form.posted_on
    notice.service = {**(notice.service or {}), "announcement": form.model_dump(mode="json")}


def keep_deemed_service(run: StepRun) -> None:
    """The announcement is over: served on the day after its last day, however late the clock was to notice."""
    last = run.ctx.facts.term_due_on("notice.announcement")
    assert last is not None
    _notice(run).served_on = last + timedelta(days=1)


def tell_parent_of_service(run: StepRun) -> None:
    """The parent learns the day of service: it takes the step that waits for it, or arms the term; else it is noted."""
    notice = _notice(run)
    run.after.append(lambda: _tell(run, notice))


def _tell(run: StepRun, notice: Notice) -> None:
    parent = parent_of(run)
    assert notice.served_on is not None
    # A copy for the provider or the office tells them, but starts nothing for the party.
    if not serves_the_subject(notice, parent):
        return
    flow = workflow(parent.kind)
    waiting = next((s for s in flow.steps_from(parent.state) if s.on_service == notice.key), None)
    if waiting is not None:
        apply_step(run.work, parent, waiting.key, SYSTEM, {"served_on": notice.served_on.isoformat()})
    _arm(run, parent, notice, "awaiting")


def rearm_parent(run: StepRun) -> None:
    """更正送达日: what this service armed is counted from the corrected day, with an event."""
    if serves_the_subject(_notice(run), parent_of(run)):
        run.after.append(lambda: _arm(run, parent_of(run), _notice(run), "running"))


def _arm(run: StepRun, parent: Case, notice: Notice, status: str) -> None:
    rows = run.work.session.execute(
        select(TermRow).where(TermRow.case_id == parent.id, TermRow.awaits == notice.key, TermRow.status.in_(LIVE))
    ).scalars()
    ctx = context_of(run.work, parent, SYSTEM)
    for row in [row for row in rows if row.status == status]:
        assert notice.served_on is not None
        terms.arm(run.work, row, notice.served_on, ctx)
        content = {"terms": [terms.term_note("arm", row)], "notice": notice.uid}
        terms.note_on_case(run.work, parent, "armed", row.key, content)
    run.work.session.flush()
    settle_holder(run.work, parent, workflow(parent.kind), terms.live_terms(run.work, parent.id))


def parent_of(run: StepRun) -> Case:
    """The case the notice belongs to, with the columns of its kind."""
    assert run.case.parent_id is not None
    kind = run.work.session.execute(select(Case.kind).where(Case.id == run.case.parent_id)).scalar_one()
    parent = run.work.session.get(MODELS[kind], run.case.parent_id)
    assert parent is not None
    return parent


EFFECTS = {
    "keep_edit": keep_edit,
    "put_to_seal": put_to_seal,
    "keep_bytes": keep_bytes,
    "tell_parent_of_dispatch": tell_parent_of_dispatch,
    "keep_dispatch": keep_dispatch,
    "keep_service": keep_service,
    "keep_receipt": keep_receipt,
    "keep_announcement": keep_announcement,
    "keep_deemed_service": keep_deemed_service,
    "tell_parent_of_service": tell_parent_of_service,
    "rearm_parent": rearm_parent,
}

"""Taking a step from a page: one POST, one `take_step`; what is refused is shown in its own form, as typed."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services import step_drafts
from app.services.commands import Paper, Taken, TakeStep
from app.services.drafts import drafts_on, keep_only_files
from app.services.file_kinds import FileRefused
from app.services.preview import foresee_step
from app.services.reading.case_page import CasePage, read_case
from app.services.reading.movement import Movement, moved_since
from app.services.reading.paper import party_id
from app.services.reading.repetition import taken_before
from app.services.recusals import declare_recusal
from app.services.steps import take_step
from app.web import previewing
from app.web.acts import Act, PaperForm, acts_of
from app.web.case_forms import FILES, ActForm, Attempt, holds_text
from app.web.cases import case_response
from app.web.forms import parse_posted, reshaped
from app.web.inner_forms import without_idle_values
from app.web.phrasing import phrase_put_in
from app.web.reading import current_reader, signed_in
from app.web.refusals import kept_texts, wants_problem
from app.web.typed import typed_values
from workflows.kit.errors import (
    FieldError,
    FormIncomplete,
    GuardRefused,
    KeyReused,
    NotFound,
    Refusal,
    Stale,
    TextChanged,
)
from workflows.kit.forms import StepForm, parse_form
from workflows.registry import workflow

blueprint = Blueprint("acting", __name__)

#: Lists from whose rows an act can be taken, and to which one then returns.
_BACK_TO = {"desk": "inbox.show", "service": "service_board.show"}


@dataclass(frozen=True)
class Posted:
    """What the page sent: the act it belongs to, its content, and the files kept on the way."""

    act: Act
    given: dict[str, Any]
    paper: dict[str, Any]
    files: tuple[str, ...]


@blueprint.post("/cases/<uid>/recusal")
@login_required
def recuse(uid: str) -> ResponseReturnValue:
    """自行回避 from the dossier of a case."""
    own = installation()
    declare_recusal(own.backend, signed_in().actor, uid, request.form.get("reason", ""), own.clock())
    flash(gettext("已登记回避，您不再办理本案卷的事项。"), "done")
    return redirect(url_for("inbox.show"), 303)


@blueprint.post("/cases/<uid>/steps/<step>")
@login_required
def take(uid: str, step: str) -> ResponseReturnValue:
    """Take a step on a case, or the step that opens another case from it."""
    with current_reader() as reader:
        page = read_case(reader, uid)
        act = _act(page, step)
        before = taken_before(reader, uid, step, request.form.get("key", ""))
    if act is None and before is not None:
        return _done(before)
    if act is None:
        # Not offered any more: the service says why, and the typed text is given back.
        command = TakeStep(step, signed_in().actor, {}, case=uid, expected_version=_version())
        try:
            take_step(installation().backend, command, installation().clock())
        except Refusal as refusal:
            return _overtaken(uid, refusal)
        raise NotFound
    try:
        posted = _read(uid, act, before)
    except FileRefused as refusal:
        return _file_refused(uid, act, refusal)
    if (changed := _redrawn(act)) is not None:
        return _again(uid, replace(posted, given=changed), 200)
    try:
        if asked := previewing.wanted():
            return _previewed(page, posted, asked)
        taken = _take(uid, posted)
    except TextChanged as refusal:
        foreseen = previewing.foreseen_by(_command(uid, posted))
        return _again(uid, posted, refusal.status, unmet=(refusal.message,), foreseen=foreseen)
    except FormIncomplete as refusal:
        return _again(uid, posted, refusal.status, errors=refusal.errors)
    except PaperIncomplete as refusal:
        return _again(uid, posted, 422, paper_errors=refusal.errors)
    except GuardRefused as refusal:
        located = _inner_errors(posted) if any(item.guard == "proposal_is_takeable" for item in refusal.unmet) else ()
        unmet = () if located else refusal.elsewhere
        return _again(uid, posted, refusal.status, errors=(*located, *refusal.at_fields), unmet=unmet)
    except (Stale, KeyReused) as refusal:
        # Where the act is not offered any more there is no form to show: the page of the refusal gives the text back.
        if wants_problem() or not _still_offered(uid, act):
            return _overtaken(uid, refusal)
        return _again(uid, posted, refusal.status, unmet=(refusal.message,))
    own = installation()
    step_drafts.hand_in(own.database, signed_in().user_id, posted.files, taken, own.clock())
    with current_reader() as reader:
        step_drafts.end_step_form(reader, uid, act.id)
    return _done(taken)


@blueprint.post("/cases/<uid>/steps/<step>/draft")
@login_required
def autosave(uid: str, step: str) -> ResponseReturnValue:
    """Keep what is typed into the form of an act; answers with the line that says so."""
    with current_reader() as reader:
        page = read_case(reader, uid)
        act = _act(page, step)
        if act is None or taken_before(reader, uid, step, request.form.get("key", "")) is not None:
            # The act was taken or is not offered any more: there is no form to which a draft could come back.
            return "", 204
        draft = step_drafts.save_step_form(reader, uid, step, act.id, act.label, typed_values())
    return render_template("_parts/saved.html", draft=draft, automatic=True)


def _redrawn(act: Act) -> dict[str, Any] | None:
    """The form with a row more or less, or with a sentence put in; None where no such button was pressed."""
    if (written := phrase_put_in(request.form)) is not None:
        return parse_posted(act.model, written, sub_forms=act.sub_forms, prefix=act.id)
    return reshaped(act.model, request.form, sub_forms=act.sub_forms, prefix=act.id)


class PaperIncomplete(Exception):
    """What the office says about the paper itself is missing or wrong."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("paper")
        self.errors = errors


def _movement(uid: str) -> Movement | None:
    with current_reader() as reader:
        return moved_since(reader, uid, _version())


def _overtaken(uid: str, refusal: Refusal) -> ResponseReturnValue:
    """An act that another was quicker than: who, when, what he did, the way to the new state, and what was typed.

    Raises:
        Refusal: the refusal itself, where nobody has moved the case or a program asks.
    """
    movement = _movement(uid) if refusal.status == 409 and not wants_problem() else None
    if movement is None:
        raise refusal
    page = render_template(
        "errors/moved.html", uid=uid, movement=movement, message=refusal.message, kept=kept_texts(), failed=True
    )
    return page, refusal.status


def _act(page: CasePage, step: str) -> Act | None:
    wanted = request.form.get("form", step)
    return next((act for act in acts_of(page) if act.id == wanted and act.step == step), None)


def _still_offered(uid: str, act: Act) -> bool:
    with current_reader() as reader:
        return any(known.id == act.id and known.possible for known in acts_of(read_case(reader, uid)))


def _paper(act: Act) -> str:
    return f"{act.id}-paper"


def _version() -> int:
    """The version that the page was drawn from. A form without one never fits: no act without having seen the case."""
    return request.form.get("version", default=-1, type=int)


def _file_refused(uid: str, act: Act, refusal: FileRefused) -> ResponseReturnValue:
    """The form once more with what is wrong with its file, and with whatever else is wrong in its fields."""
    with current_reader() as reader:
        kept = next((draft.files for draft in drafts_on(reader, uid) if draft.act == act.id), ())
    files = tuple((item.uid, item.name) for item in kept)
    posted = _typed(act, tuple(item.uid for item in kept))
    wrong = (*_wrong(act.model, posted.given), *(_inner_errors(posted) if act.proposes else ()))
    attempt = Attempt(
        act.id,
        posted.given,
        posted.paper,
        # A file is missing because it was refused: that is told already.
        errors=tuple(error for error in wrong if error.field != FILES),
        paper_errors=_wrong(PaperForm, posted.paper) if act.on_paper else (),
        unmet=(refusal.message,),
        files=files,
    )
    return case_response(uid, attempt, 422)


def _wrong(model: type[StepForm], given: dict[str, Any]) -> tuple[FieldError, ...]:
    try:
        parse_form(model, given)
    except FormIncomplete as refusal:
        return refusal.errors
    return ()


def _read(uid: str, act: Act, before: Taken | None) -> Posted:
    return _typed(act, _kept_files(uid, act, before))


def _typed(act: Act, files: tuple[str, ...]) -> Posted:
    given = without_idle_values(parse_posted(act.model, request.form, sub_forms=act.sub_forms, prefix=act.id))
    if act.proposes:
        given = {"form": {}, **given, "step": act.proposes}
    paper = parse_posted(PaperForm, request.form, prefix=_paper(act)) if act.on_paper else {}
    if FILES in act.model.model_fields:
        given[FILES] = list(files)
    return Posted(act, given, paper, files)


def _kept_files(uid: str, act: Act, before: Taken | None) -> tuple[str, ...]:
    """The files of the form, those that come with this request kept first; what came before is known by its bytes."""
    folder = installation().settings.files_dir
    kept = [known for known in request.form.getlist(f"{act.id}-files") if known]
    uploads = [item for item in request.files.getlist(f"{act.id}-files-upload") if item.filename]
    if not uploads:
        return tuple(kept)
    with current_reader() as reader:
        draft = None
        for item in uploads:
            name, content = item.filename or "", item.read()
            known = step_drafts.handed_in(reader, before, name, content) if before is not None else ""
            if not known:
                draft = draft or step_drafts.save_step_form(reader, uid, act.step, act.id, act.label, typed_values())
                known = step_drafts.keep_with_form(reader, folder, draft, name, content)
            kept.append(known)
    return tuple(dict.fromkeys(kept))


def _take(uid: str, posted: Posted) -> Taken:
    own = installation()
    return take_step(own.backend, _command(uid, posted), own.clock())


def _previewed(page: CasePage, posted: Posted, asked: str) -> ResponseReturnValue:
    """The notices of the step as they would read, with everything typed; or one of them as a marked sheet."""
    own, uid = installation(), page.line.uid
    if asked == previewing.LIVE:
        return previewing.beside_the_form(_command(uid, posted), ActForm(posted.act, posted.given), page)
    foreseen = foresee_step(own.backend, _command(uid, posted), own.clock())
    if asked != previewing.TEXT:
        return previewing.sheet_of(foreseen.specimens, asked)
    return _again(uid, posted, 200, foreseen=foreseen)


def _command(uid: str, posted: Posted) -> TakeStep:
    act = posted.act
    return TakeStep(
        act.step,
        signed_in().actor,
        posted.given,
        case="" if act.opens else uid,
        opens=act.opens,
        parent=uid if act.opens else "",
        expected_version=None if act.opens else _version(),
        key=request.form.get("key") or None,
        paper=_paper_of(uid, posted) if act.on_paper else None,
        shown=previewing.mark_held(act, posted.given),
    )


def _paper_of(uid: str, posted: Posted) -> Paper:
    try:
        form = parse_form(PaperForm, posted.paper)
    except FormIncomplete as refusal:
        raise PaperIncomplete(refusal.errors) from None
    assert isinstance(form, PaperForm)
    with current_reader() as reader:
        return Paper(party_id(reader, uid, form.person), form.received_on, form.posted_on)


def _inner_errors(posted: Posted) -> tuple[FieldError, ...]:
    """What is wrong inside a proposal, at the field where it is wrong."""
    model = posted.act.sub_forms["form"]
    try:
        parse_form(model, posted.given.get("form"))  # type: ignore[arg-type]
    except FormIncomplete as refusal:
        return tuple(FieldError(f"form.{error.field}", error.label, error.message) for error in refusal.errors)
    return ()


def _again(uid: str, posted: Posted, status: int, **found: Any) -> ResponseReturnValue:
    """The page once more, with everything that was typed, and what is wrong with it or would come of it."""
    with current_reader() as reader:
        files = step_drafts.names_of(reader, posted.files)
        if status >= 400 and holds_text(posted.act):
            draft = step_drafts.save_step_form(
                reader, uid, posted.act.step, posted.act.id, posted.act.label, typed_values()
            )
            keep_only_files(reader, draft, posted.files)
    attempt = Attempt(posted.act.id, posted.given, posted.paper, files=files, **found)
    return case_response(uid, attempt, status, _movement(uid) if status == 409 else None)


def _done(taken: Taken) -> ResponseReturnValue:
    if taken.repeated:
        flash(gettext("这一步此前已经办理，没有重复办理。"), "done")
    flow = workflow(taken.kind)
    step = flow.step(taken.step)
    label = step.label if step else ""
    if (back := _BACK_TO.get(request.form.get("back", ""))) is not None:
        words = gettext("已%(act)s：%(number)s。", act=label, number=taken.number or flow.label)
        flash(words, "done")
        return redirect(url_for(back), 303)
    try:
        with current_reader() as reader:
            read_case(reader, taken.uid)
    except NotFound:
        flash(gettext("“%(act)s”已办理，本事项不再由您经办。", act=label), "done")
        return redirect(url_for("home.show"), 303)
    return redirect(url_for("cases.show", uid=taken.uid, done=taken.step), 303)

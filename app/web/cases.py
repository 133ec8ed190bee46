"""案件: one page for every kind, the list of all one may see, and the files handed in with a case."""

from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import Blueprint, make_response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.extensions import installation
from app.services.access_log import Act as Logged
from app.services.access_log import record
from app.services.agreeing import note_opened
from app.services.dossier_bundle.exporting import dossier_view
from app.services.drafts import drafts_on
from app.services.phrases import phrases_at_hand
from app.services.reading.asked_back import AskedBack
from app.services.reading.attached import PICTURES, read_material
from app.services.reading.case_page import CasePage, read_case
from app.services.reading.movement import Movement, moved_since
from app.services.reading.sheets import sheets_of
from app.services.reading.wording import mark_of_draft, words_of
from app.web.acts import ELSEWHERE, Act, acts_of
from app.web.case_forms import ActForm, Attempt, draw
from app.web.case_tabs import chosen, tabs_of
from app.web.case_views import identity_of, light_of, strip_for, term_view, timeline_of
from app.web.diagrams import course_of
from app.web.previewing import before_signing, mark_shown
from app.web.reading import current_reader, signed_in
from app.web.search import export_page, records_page, search_page
from app.web.views import Link
from workflows.blank_forms import forms_for
from workflows.kit.errors import NotFound

blueprint = Blueprint("cases", __name__)

#: So many events stand beside the case; the log has them all.
NEWEST = 12


@blueprint.get("/cases/<uid>")
@login_required
def show(uid: str) -> ResponseReturnValue:
    """The page of a case; after an act (`done`) it begins with what came of it."""
    return case_response(uid)


@blueprint.get("/cases/<uid>/moved")
@login_required
def moved(uid: str) -> ResponseReturnValue:
    """For an open page, now and then: who has moved the case since it was drawn; nothing while nobody has."""
    with current_reader() as reader:
        movement = moved_since(reader, uid, request.args.get("version", default=0, type=int))
    return render_template("cases/_moved.html", movement=movement, uid=uid) if movement else ("", 204)


blueprint.add_url_rule("/cases", "search", login_required(search_page))
blueprint.add_url_rule("/cases/export", "export", login_required(export_page), methods=["POST"])
blueprint.add_url_rule("/cases/export/records", "export_records", login_required(records_page), methods=["POST"])


@blueprint.get("/cases/<uid>/materials/<material>")
@login_required
def download(uid: str, material: str) -> ResponseReturnValue:
    """A file handed in with the case, always as a download; who took it is logged."""
    return _handed_out(uid, material, Logged.DOWNLOADED)


@blueprint.get("/cases/<uid>/materials/<material>/picture")
@login_required
def look_at(uid: str, material: str) -> ResponseReturnValue:
    """A picture handed in with the case, for the page to show in its place; who looked at it is logged.

    It is sent as a download all the same: a page shows it, but its own address never opens as a document (trust 1.10).
    """
    return _handed_out(uid, material, Logged.VIEWED, only=PICTURES)


def _handed_out(uid: str, material: str, act: Logged, only: frozenset[str] = frozenset()) -> ResponseReturnValue:
    own = installation()
    with current_reader() as reader:
        found = read_material(reader, uid, material, own.settings.files_dir)
    if only and found.media_type not in only:
        raise NotFound
    record(own.database, own.keys, act, signed_in().user_id, own.clock(), target=material)
    answer = send_file(
        BytesIO(found.content), mimetype=found.media_type, as_attachment=True, download_name=found.name, max_age=0
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def case_response(
    uid: str, attempt: Attempt | None = None, status: int = 200, movement: Movement | None = None
) -> ResponseReturnValue:
    """The page of a case, with a form that could not be taken drawn as it was typed.

    Raises:
        NotFound: there is none, or the reader may not see it.
    """
    with current_reader() as reader:
        page = read_case(reader, uid)
        sheets = sheets_of(reader, uid) if page.line.kind == "notice" else ()
        words = words_of(reader, uid) if page.line.kind == "notice" else ""
        draft_mark = mark_of_draft(reader, uid) if page.draft else ""
        dossier = dossier_view(reader, uid)
        drafts = {draft.act: draft for draft in drafts_on(reader, uid)}
        phrases = phrases_at_hand(reader)
    own = installation()
    record(own.database, own.keys, Logged.VIEWED, signed_in().user_id, own.clock(), target=uid)
    wanted = request.args.get("act", "")
    acts = () if dossier.imported_at else acts_of(page)
    forms = [
        draw(act, page, attempt, asked_for=act.id == wanted, draft=drafts.get(act.id), phrases=phrases) for act in acts
    ]
    if attempt is None:
        forms = [before_signing(uid, form, page) for form in forms]
    forms = [replace(form, shown=mark_shown(form, draft_mark)) for form in forms]
    if attempt is None:
        _note_opened(page, forms)
    lines = [line for form in forms for line in form.lines]
    tabs = tabs_of(page, len(sheets))
    chosen_tab = chosen(tabs, request.args.get("tab", ""))
    content = render_template(
        "cases/case.html",
        page=page,
        help_about=page.line.kind,
        movement=movement,
        uid=uid,
        sheets=sheets,
        words=words,
        identity=identity_of(page, page.today),
        strip=strip_for(page.line.kind, page.line.state, page.passed, closed=page.line.phase == "closed"),
        open_forms=[form for form in forms if form.act.possible and not form.act.answer],
        answers=[form for form in forms if form.act.possible and form.act.answer],
        elsewhere=[] if dossier.imported_at else _elsewhere(page),
        dossier=dossier,
        barred=_barred(forms),
        asked_back=_asked_of_barred(forms),
        lines=lines,
        failed=status >= 400,
        result=_result(page),
        tabs=tabs,
        tab=chosen_tab,
        entries=timeline_of(page.events[:NEWEST], page.notices),
        **_told(page, chosen_tab),
        related=[(line, light_of(line.term, page.today)) for line in page.related],
        party_forms=forms_for(page.line.kind),
        today=page.today,
    )
    return make_response(content, status)


def _barred(forms: list[ActForm]) -> list[Act]:
    """What cannot be done now; not what an open act of the same name would seem to contradict (退回修改)."""
    offered = {form.act.label for form in forms if form.act.possible}
    return [form.act for form in forms if not form.act.possible and form.act.label not in offered]


def _asked_of_barred(forms: list[ActForm]) -> list[AskedBack]:
    """What is asked of the reader's side though he has no form for it now: the clerk of a unit prepares what its head
    hands in, and what cannot be submitted yet is mended first.
    """
    at_forms = {item for form in forms if form.act.possible for item in form.act.asked_back}
    asked = dict.fromkeys(item for form in forms if not form.act.possible for item in form.act.asked_back)
    return [item for item in asked if item not in at_forms]


def _note_opened(page: CasePage, forms: list[ActForm]) -> None:
    """Whoever opens a case that waits for his decision, and is shown what he would sign, may agree to it later."""
    own = installation()
    for form in forms:
        if form.act.agrees and form.act.main and not form.act.opens and (form.shown or not form.act.makes):
            mark = form.shown.partition(":")[0]
            note_opened(own.database, signed_in().user_id, page.line.uid, page.version, mark, own.clock())


def _told(page: CasePage, tab: str) -> dict[str, Any]:
    """What only one tab shows."""
    if tab == "course":
        return {"course": course_of(page.line.kind, page.line.state, page.events)}
    if tab != "terms":
        return {}
    views = [(term, term_view(term, page.today, page.events)) for term in page.terms]
    return {
        "terms": [view for term, view in views if term.ended_on is None],
        "ended_terms": [view for term, view in views if term.ended_on is not None],
    }


def _elsewhere(page: CasePage) -> list[Link]:
    """Links to the pages of possible acts that are not drawn here."""
    pages = ELSEWHERE.get(page.line.kind, {})
    return [
        Link(offer.label, url_for(pages[offer.step], uid=page.line.uid))
        for offer in page.offers
        if offer.step in pages and offer.possible
    ]


def _result(page: CasePage) -> str:
    """The label of the act that the reader has just taken here; empty if he has not."""
    taker, step, label = page.last_step
    return label if request.args.get("done") == step and taker == signed_in().user_id else ""

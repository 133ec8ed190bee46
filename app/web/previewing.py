"""预览文书: what a step would make, on its own form, as text and as a marked sheet, before anybody signs it."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.extensions import installation
from app.services.commands import TakeStep
from app.services.preview import Foreseen, foresee_step
from app.services.reading.case_page import CasePage
from app.services.reading.sheets import specimen_sheet
from app.services.specimens import Specimen, mark_of
from app.web.acts import Act
from app.web.case_forms import ActForm, foreseeing
from app.web.reading import signed_in
from workflows.kit.errors import FormIncomplete, GuardRefused, NotFound, Refusal
from workflows.kit.forms import parse_form

#: The name under which a form asks for a preview: `text` for the page with the texts, `live` for the part of the page
#: that follows the typing, or the place of a sheet that is wanted as a file.
ASKED = "preview"
TEXT, LIVE = "text", "live"
#: Under this name the form says which texts it was shown with.
SHOWN = "shown"
#: Marks that no text was shown; no text has this mark.
NOTHING = "-"


def wanted() -> str:
    """What kind of preview the posted form asks for; empty for none: then the step is taken."""
    return request.form.get(ASKED, "")


def sheet_of(specimens: tuple[Specimen, ...], place: str) -> ResponseReturnValue:
    """One of the specimens as a sheet.

    Raises:
        NotFound: the step makes no such notice (any more).
    """
    specimen = {str(number): one for number, one in enumerate(specimens)}.get(place)
    if specimen is None:
        raise NotFound("没有可以预览的文书，请返回上一页重新预览。")
    made = specimen_sheet(specimen.context, as_pdf=installation().settings.renderer == "pdf")
    answer = send_file(BytesIO(made.content), mimetype=made.media_type, download_name=made.name, max_age=0)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def mark_shown(form: ActForm, draft: str = "") -> str:
    """What the form of an act carries so that the signature holds the texts that stand beside it; empty for none.

    The texts of a step belong to what its form says: whoever goes on typing departs from them knowingly. `draft` marks
    the text of a drafted notice, which no form of its signature changes.
    """
    if form.act.step == "sign":
        return draft
    if not form.specimens or not form.act.makes:
        return ""
    return f"{mark_of(specimen.text for specimen in form.specimens)}:{_form_mark(form.act, form.given)}"


def mark_held(act: Act, given: Mapping[str, Any]) -> str:
    """The mark of the texts that the step must make, as the posted form says."""
    mark, colon, form = request.form.get(SHOWN, "").partition(":")
    if act.step == "sign":
        return mark or NOTHING
    return mark if colon and form == _form_mark(act, given) else ""


def _form_mark(act: Act, given: Mapping[str, Any]) -> str:
    try:
        return mark_of([parse_form(act.model, given).model_dump_json()])
    except FormIncomplete:
        return NOTHING


def beside_the_form(command: TakeStep, form: ActForm, page: CasePage) -> ResponseReturnValue:
    """The part of a form that shows what is being written as a letter, or what is still missing for it."""
    own = installation()
    foreseen = Foreseen()
    lacking: tuple[str, ...] = ()
    try:
        foreseen = foresee_step(own.backend, command, own.clock())
    except FormIncomplete as refusal:
        lacking = tuple(dict.fromkeys(f"{error.label}：{error.message}" for error in refusal.errors))
    except GuardRefused as refusal:
        lacking = tuple(item.text for item in refusal.unmet)
    except NotFound:
        raise
    except Refusal as refusal:
        lacking = (refusal.message,)
    item = foreseeing(form, foreseen, page)
    return render_template("cases/_letters.html", item=replace(item, shown=mark_shown(item)), lacking=lacking)


def foreseen_by(command: TakeStep) -> Foreseen:
    """What would come of a step as it stands; nothing where it could not be taken now."""
    own = installation()
    try:
        return foresee_step(own.backend, command, own.clock())
    except Refusal:
        return Foreseen()


def before_signing(uid: str, form: ActForm, page: CasePage) -> ActForm:
    """The form of an agreement to a proposal, with what its reader signs if he agrees to it as it stands."""
    act = form.act
    if not (act.main and act.agrees and act.makes):
        return form
    command = TakeStep(
        act.step,
        signed_in().actor,
        form.given,
        case="" if act.opens else uid,
        opens=act.opens,
        parent=uid if act.opens else "",
        expected_version=None if act.opens else page.version,
    )
    return foreseeing(form, foreseen_by(command), page)

"""预览文书: what a step would make, on its own form, as text and as a marked sheet, before anybody signs it."""

from io import BytesIO

from flask import request, send_file
from flask.typing import ResponseReturnValue

from app.extensions import installation
from app.services.commands import TakeStep
from app.services.preview import Specimen, preview_step
from app.services.reading.case_page import CasePage
from app.services.reading.sheets import specimen_sheet
from app.web.acts import Act
from app.web.reading import signed_in
from workflows.kit.errors import NotFound, Refusal

#: The name under which the buttons of a form ask for a preview: `text`, or the place of the sheet wanted as a file.
ASKED = "preview"
TEXT = "text"


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


def before_signing(uid: str, act: Act, page: CasePage) -> tuple[Specimen, ...]:
    """What the reader signs if he agrees to the proposal as it stands; nothing where it could not be taken now."""
    if not (act.main and act.agrees and act.makes):
        return ()
    own = installation()
    command = TakeStep(
        act.step,
        signed_in().actor,
        act.given,
        case="" if act.opens else uid,
        opens=act.opens,
        parent=uid if act.opens else "",
        expected_version=None if act.opens else page.version,
    )
    try:
        return preview_step(own.backend, command, own.clock())
    except Refusal:
        return ()

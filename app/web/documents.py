"""文书: the sheet of a notice, and the sheets that accompany its service."""

from io import BytesIO

from flask import Blueprint, make_response, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.extensions import installation
from app.services.access_log import Act, record
from app.services.reading.attached import Download
from app.services.reading.sheets import accompanying_sheet, drafted_sheet, read_sheet
from app.web.reading import current_reader, signed_in

blueprint = Blueprint("documents", __name__)

_LOOK_AGAIN_SECONDS = 3


@blueprint.get("/documents/<uid>.pdf")
@login_required
def sheet(uid: str) -> ResponseReturnValue:
    """The sheet as it was sealed; a page that looks again by itself while it is being made."""
    own = installation()
    with current_reader() as reader:
        found = read_sheet(reader, uid, own.settings.files_dir)
    if found.download is None:
        answer = make_response(render_template("documents/in_the_making.html", sheet=found))
        answer.headers["Refresh"] = str(_LOOK_AGAIN_SECONDS)
        return answer
    return _handed_out(uid, found.download)


@blueprint.get("/documents/<uid>/specimen.pdf")
@login_required
def specimen(uid: str) -> ResponseReturnValue:
    """A draft marked 样张, made now."""
    with current_reader() as reader:
        found = drafted_sheet(reader, uid, as_pdf=installation().settings.renderer == "pdf")
    return _handed_out(uid, found)


@blueprint.get("/documents/<uid>/<any(receipt, terms):which>.pdf")
@login_required
def accompanying(uid: str, which: str) -> ResponseReturnValue:
    """送达回证 or 期限告知单, made now."""
    with current_reader() as reader:
        found = accompanying_sheet(reader, uid, which, as_pdf=installation().settings.renderer == "pdf")
    return _handed_out(uid, found)


def _handed_out(uid: str, found: Download) -> ResponseReturnValue:
    own = installation()
    record(own.database, own.keys, Act.DOWNLOADED, signed_in().user_id, own.clock(), target=uid)
    answer = send_file(BytesIO(found.content), mimetype=found.media_type, download_name=found.name, max_age=0)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

"""表格下载: the forms that a party fills in, blank for everybody, or filled in from a case for whoever may see it."""

from io import BytesIO

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.extensions import installation
from app.services.access_log import Act, record
from app.services.reading.party_forms import blank_form, blank_sheet, form_of, form_sheet
from app.web.reading import current_reader, signed_in
from workflows.blank_forms import FORMS
from workflows.kit.errors import NotFound

blueprint = Blueprint("party_forms", __name__, url_prefix="/forms")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The list of forms; open to everybody."""
    return render_template("forms/list.html", forms=FORMS.values())


@blueprint.get("/<key>.pdf")
def sheet(key: str) -> ResponseReturnValue:
    """A form to be printed: blank, or with `case` filled in from a case that the reader may see."""
    own = installation()
    as_pdf = own.settings.renderer == "pdf"
    if uid := request.args.get("case", ""):
        if not current_user.is_authenticated:
            raise NotFound
        with current_reader() as reader:
            form = form_of(reader, key, uid)
        made = form_sheet(form, as_pdf=as_pdf)
        record(own.database, own.keys, Act.DOWNLOADED, signed_in().user_id, own.clock(), target=uid)
    else:
        with own.database.read() as session:
            empty = blank_form(session, key, demo=own.backend.demo)
        made = blank_sheet(empty.key, empty.office, empty.labelled_demo, as_pdf)
    answer = send_file(BytesIO(made.content), mimetype=made.media_type, download_name=made.name, max_age=0)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

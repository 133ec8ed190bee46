"""案卷: the whole dossier of a case as one file, for those who handle it; what for is asked and logged."""

from io import BytesIO

from flask import Blueprint, make_response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.access_log import Act, record
from app.services.dossier_bundle.exporting import dossier_view, export_for, snapshot
from app.services.dossier_bundle.index_sheet import index_maker
from app.services.reading.reader import reader_of
from app.web.reading import current_reader, signed_in
from workflows.kit.errors import NotFound

blueprint = Blueprint("dossiers", __name__)

LONGEST_PURPOSE = 200


@blueprint.get("/cases/<uid>/dossier")
@login_required
def ask(uid: str) -> ResponseReturnValue:
    """Where the purpose is typed."""
    return _form(uid)


@blueprint.post("/cases/<uid>/dossier")
@login_required
def export(uid: str) -> ResponseReturnValue:
    """The bundle, as a download; it is logged before it is handed out."""
    purpose = " ".join(request.form.get("purpose", "").split())
    if problem := _problem(purpose):
        return _form(uid, purpose, problem)
    own = installation()
    with snapshot(own.database) as session:
        reader = reader_of(own.backend, session, signed_in().actor, own.clock())
        index = index_maker(as_pdf=own.settings.renderer == "pdf")
        bundle = export_for(reader, uid, own.settings.files_dir, index, own.seals)
    person = signed_in()
    record(own.database, own.keys, Act.EXPORTED, person.user_id, own.clock(), target=bundle.dossier, purpose=purpose)
    answer = send_file(
        BytesIO(bundle.content), mimetype="application/zip", as_attachment=True, download_name=bundle.name, max_age=0
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _form(uid: str, purpose: str = "", problem: str = "") -> ResponseReturnValue:
    with current_reader() as reader:
        if not dossier_view(reader, uid).may_export:
            raise NotFound
    content = render_template(
        "dossier/export.html", uid=uid, purpose=purpose, problem=problem, longest=LONGEST_PURPOSE, failed=bool(problem)
    )
    return make_response(content, 422 if problem else 200)


def _problem(purpose: str) -> str:
    if not purpose:
        return gettext("请填写导出用途。")
    if len(purpose) > LONGEST_PURPOSE:
        return gettext("导出用途最多%(longest)s字，请精简。", longest=LONGEST_PURPOSE)
    return ""

"""批量导入: templates, upload, the report of the dry run, confirming, progress, what goes back, taking back."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.services.imports.batches import KEPT, confirm, discard, drop, upload
from app.services.imports.first_passwords import take_first_passwords
from app.services.imports.kinds import Kind, kind_of, kinds_for
from app.services.imports.layout import Layout
from app.services.imports.penalties import mapping
from app.services.reading.imports import batches_of, read_batch, rows_to_mend
from app.services.reading.reader import Reader
from app.web.forms import SummaryLine
from app.web.handing_out import hand_out, list_workbook, log_export
from app.web.import_workbooks import rows_to_mend_xlsx, template_xlsx
from app.web.reading import current_reader, signed_in
from app.web.spreadsheet import Table
from app.workbooks.reading import LARGEST_FILE, MOST_ROWS
from app.workbooks.values import Content
from workflows.kit.errors import NotFound, Refusal

blueprint = Blueprint("imports", __name__, url_prefix="/imports")

#: So much above the limit a file is still read, to be refused by its name and size.
_FORM_AROUND_IT = 2 * 2**20


@blueprint.url_value_preprocessor
def limit_size(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Before anything reads the request: what is far too large is answered with 413, unread."""
    request.max_content_length = LARGEST_FILE + _FORM_AROUND_IT


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """What may be imported, and what was."""
    with current_reader() as reader:
        kinds = _demand_kinds(reader)
        lines, next_before = batches_of(reader, request.args.get("before", type=int))
    return render_template("imports/index.html", kinds=kinds, lines=lines, next_before=next_before)


@blueprint.get("/new/<key>")
@login_required
def new(key: str) -> ResponseReturnValue:
    """Where a file is handed over, with what it has to look like."""
    return _upload_page(key)


@blueprint.post("/new/<key>")
@login_required
def take(key: str) -> ResponseReturnValue:
    """Keep the file and go to its batch, where the dry run shows."""
    given = request.files.get("table")
    try:
        with current_reader() as reader:
            _kind_for(reader, key)
            if given is None or not given.filename:
                return _upload_page(key, gettext("尚未选择文件。请选择填写好的文件后上传。")), 422
            uid = upload(reader, key, given.filename, given.read(), request.form.get("unit", type=int))
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _upload_page(key, refusal.message), 422
    return redirect(url_for("imports.show", uid=uid), 303)


@blueprint.get("/template/<key>")
@login_required
def template(key: str) -> ResponseReturnValue:
    """The template of a kind as a workbook."""
    with current_reader() as reader:
        _kind_for(reader, key)
        layout = _layout(reader, key)
        content = template_xlsx(layout, reader.now)
    return hand_out(content, f"{layout.title}导入模板", f"template-{key}", "xlsx")


@blueprint.get("/<uid>")
@login_required
def show(uid: str) -> ResponseReturnValue:
    """One batch: where it stands, what is wrong, what can be done."""
    return _batch_page(uid)


@blueprint.get("/<uid>/progress")
@login_required
def progress(uid: str) -> ResponseReturnValue:
    """The part of the page that follows the work; once nothing goes on any more the page is loaded anew."""
    with current_reader() as reader:
        page = read_batch(reader, uid)
    answer = make_response(render_template("imports/_progress.html", page=page))
    if not page.line.status.is_working:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/<uid>/confirm")
@login_required
def make(uid: str) -> ResponseReturnValue:
    """Have the rows made."""
    try:
        with current_reader() as reader:
            confirm(reader, uid, request.form.get("mode", ""), again=bool(request.form.get("again")))
    except Refusal as refusal:
        return _refused(uid, refusal)
    return redirect(url_for("imports.show", uid=uid), 303)


@blueprint.post("/<uid>/discard")
@login_required
def take_back(uid: str) -> ResponseReturnValue:
    """整批作废."""
    try:
        with current_reader() as reader:
            discard(reader, uid)
    except Refusal as refusal:
        return _refused(uid, refusal)
    return redirect(url_for("imports.show", uid=uid), 303)


@blueprint.post("/<uid>/drop")
@login_required
def give_up(uid: str) -> ResponseReturnValue:
    """不导入: nothing is made, the rows are removed."""
    try:
        with current_reader() as reader:
            drop(reader, uid)
    except Refusal as refusal:
        return _refused(uid, refusal)
    flash(gettext("未导入，已删除所上传的内容。"), "done")
    return redirect(url_for("imports.index"), 303)


@blueprint.post("/<uid>/to-mend")
@login_required
def to_mend(uid: str) -> ResponseReturnValue:
    """The rows that were not made, with the reasons, as a workbook; that it was taken out is logged."""
    with current_reader() as reader:
        page = read_batch(reader, uid)
        found = rows_to_mend(reader, uid)
        kept = list(found.rows)
        content = rows_to_mend_xlsx(found.layout, found.headings, kept, reader.now)
    log_export(uid, len(kept))
    return hand_out(content, f"{page.line.number}有误的行", "rows-to-mend", "xlsx")


@blueprint.post("/<uid>/passwords")
@login_required
def passwords(uid: str) -> ResponseReturnValue:
    """The first passwords of the accounts of a batch, once."""
    try:
        with current_reader() as reader:
            found = take_first_passwords(reader, uid)
            table = Table("初始密码", ("姓名", "账号", "初始密码"), [tuple(map(Content, row)) for row in found])
            content = list_workbook(table)
    except Refusal as refusal:
        return _refused(uid, refusal)
    return hand_out(content, table.title, "first-passwords", "xlsx")


def _kind_for(reader: Reader, key: str) -> Kind:
    kind = kind_of(key)
    if kind not in kinds_for(reader):
        raise NotFound("没有这一类导入，或者您没有导入的岗位。")
    return kind


def _demand_kinds(reader: Reader) -> tuple[Kind, ...]:
    kinds = kinds_for(reader)
    if not kinds:
        raise NotFound("您没有批量导入的岗位。")
    return kinds


def _layout(reader: Reader, key: str) -> Layout:
    kind = kind_of(key)
    units = reader.standing.units(frozenset({kind.post}))
    return kind.layout(reader, min(units) if kind.of_unit else None)


def _upload_page(key: str, problem: str = "") -> str:
    with current_reader() as reader:
        kind = _kind_for(reader, key)
        layout = _layout(reader, key)
    own = [held for held in signed_in().posts if kind.of_unit and held.post is kind.post]
    return render_template(
        "imports/new.html",
        kind=kind,
        layout=layout,
        units=own if len(own) > 1 else [],
        mapping=mapping() if key == "penalties" else (),
        problem=problem,
        failed=bool(problem),
        most_rows=MOST_ROWS,
        most_megabytes=LARGEST_FILE // 2**20,
    )


def _batch_page(uid: str, problem: str = "") -> str:
    with current_reader() as reader:
        page = read_batch(
            reader,
            uid,
            request.args.get("faults", default=0, type=int),
            request.args.get("drafts", default=0, type=int),
        )
    lines = [SummaryLine(problem)] if problem else []
    return render_template("imports/show.html", page=page, lines=lines, failed=bool(problem), kept_days=KEPT.days)


def _refused(uid: str, refusal: Refusal) -> ResponseReturnValue:
    if refusal.status == 404:
        raise refusal
    return _batch_page(uid, refusal.message), refusal.status

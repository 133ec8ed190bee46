"""重新登录之后: the form that was sent in vain comes back as it was filled in; nothing is sent by itself."""

from collections.abc import Callable, Mapping

from flask import Blueprint, current_app, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.exceptions import HTTPException

from app.extensions import installation
from app.services.drafts import Draft, save_draft
from app.services.kept_forms import Sent, forget_form, kept_form
from app.services.reading.case_page import read_case
from app.services.reading.credit import read_card
from app.services.reading.reader import Reader
from app.services.reading.subjects import draft_of_record, rules_of_clerk
from app.services.step_drafts import save_step_form
from app.web.acts import acts_of
from app.web.applications import APPLICATIONS
from app.web.drafts import address_of, prose
from app.web.reading import current_reader, signed_in
from app.web.refusals import own_path
from app.web.typed import MACHINERY
from workflows.kit.errors import Refusal

blueprint = Blueprint("kept", __name__, url_prefix="/kept")

Restore = Callable[[Reader, Mapping[str, str], Sent], Draft | None]


@blueprint.get("/<token>")
@login_required
def show(token: str) -> ResponseReturnValue:
    """Back to the form with what was typed; where there is no such form any more, the text to be copied."""
    own = installation()
    sent = kept_form(own.database, own.keys, signed_in(), token, own.clock())
    draft = _restored(sent)
    if draft is None:
        texts = prose(sent.fields)
        return render_template("drafts/kept.html", texts=texts, page=own_path(sent.page, ""), files=sent.files)
    forget_form(own.database, signed_in(), token)
    flash(gettext("您刚才填写的内容已经填回，尚未提交。请核对后提交。"), "done")
    if sent.files:
        flash(gettext("附件没有保留，请重新选择：%(names)s。", names="、".join(sent.files)), "error")
    return redirect(address_of(draft))


def _restored(sent: Sent) -> Draft | None:
    try:
        endpoint, values = current_app.url_map.bind("").match(sent.path, method="POST")
    except HTTPException:
        return None
    restore = _RESTORED.get(endpoint)
    if restore is None:
        return None
    try:
        with current_reader() as reader:
            return restore(reader, values, sent)
    except Refusal:
        return None


def _typed(sent: Sent) -> dict[str, list[str]]:
    return {name: list(values) for name, values in sent.fields.items() if name not in MACHINERY}


def _application(reader: Reader, values: Mapping[str, str], sent: Sent) -> Draft | None:
    known = APPLICATIONS.get(values["path"])
    if known is None:
        return None
    read_card(reader, values["uid"])
    return save_draft(reader, known.kind, known.step, values["uid"], _typed(sent))


def _record(reader: Reader, values: Mapping[str, str], sent: Sent) -> Draft | None:
    rules_of_clerk(reader)
    uid = values.get("uid", "")
    if uid:
        draft_of_record(reader, uid)
    return save_draft(reader, "record", "edit" if uid else "create", uid, _typed(sent))


def _act(reader: Reader, values: Mapping[str, str], sent: Sent) -> Draft | None:
    wanted = next(iter(sent.fields.get("form", ())), values["step"])
    acts = acts_of(read_case(reader, values["uid"]))
    act = next((act for act in acts if act.id == wanted and act.step == values["step"]), None)
    return save_step_form(reader, values["uid"], act.step, act.id, act.label, _typed(sent)) if act is not None else None


_RESTORED: dict[str, Restore] = {
    "credit.applications.file": _application,
    "records.create": _record,
    "records.change": _record,
    "acting.take": _act,
}

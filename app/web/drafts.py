"""草稿: where a draft goes on, and throwing one away. The list itself stands on the desk and on 我的信用记录."""

import re
from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.services.drafts import Draft, discard_draft, draft_by_uid
from app.services.reading.case_page import read_case
from app.services.reading.draft_list import draft_line
from app.web.acts import acts_of
from app.web.applications import APPLICATIONS
from app.web.reading import current_reader
from app.web.refusals import own_path
from app.web.typed import MACHINERY

#: What a choice, a box or a kept file posts: nobody has typed it.
_CODE = re.compile(r"[a-z_]+|[0-9a-f-]{36}")

blueprint = Blueprint("drafts", __name__, url_prefix="/drafts")


def address_of(draft: Draft) -> str:
    """The page on which a draft goes on."""
    if draft.act:
        return url_for("cases.show", uid=draft.case, act=draft.act, _anchor=f"act-{draft.act}")
    if draft.kind == "record" and draft.step == "edit":
        return url_for("records.edit", uid=draft.case)
    if draft.kind == "record" and draft.step == "create":
        return url_for("records.new", subject="".join(draft.typed.get("subject", ())[:1]))
    known = (item for item in APPLICATIONS.values() if (item.kind, item.step) == (draft.kind, draft.step))
    if (application := next(known, None)) is not None:
        return url_for("credit.applications.write", uid=draft.case, path=application.path)
    return url_for("drafts.show", uid=draft.uid)


def prose(typed: Mapping[str, Sequence[str]]) -> list[str]:
    """What somebody has typed himself, of all that a form holds."""
    return [
        text
        for name, values in typed.items()
        if name not in MACHINERY
        for text in values
        if text.strip() and not _CODE.fullmatch(text)
    ]


@blueprint.get("/<uid>")
@login_required
def show(uid: str) -> ResponseReturnValue:
    """Go on with a draft; where its act is not possible any more, its text is shown to be copied."""
    with current_reader() as reader:
        draft = draft_by_uid(reader, uid)
        line = draft_line(reader, draft)
        goes_on = not draft.act
        if draft.act and line.case:
            goes_on = any(act.id == draft.act and act.possible for act in acts_of(read_case(reader, line.case)))
    if goes_on:
        return redirect(address_of(draft))
    texts = prose(draft.typed)
    return render_template("drafts/left_over.html", line=line, texts=texts)


@blueprint.post("/<uid>/discard")
@login_required
def discard(uid: str) -> ResponseReturnValue:
    """Throw a draft away, and go back to the list or to the form, which is then as it was before."""
    with current_reader() as reader:
        draft = draft_by_uid(reader, uid)
        where = address_of(draft)
        if draft.act and not draft_line(reader, draft).case:
            where = url_for("home.show")
        discard_draft(reader, uid)
    flash(gettext("草稿已删除。"), "done")
    return redirect(own_path(request.form.get("next", ""), where), 303)

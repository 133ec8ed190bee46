"""常用语: the sentences of a unit, kept by those who write its opinions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.phrases import LONGEST, MOST, UnitPhrases, keep_phrases, phrases_kept
from app.web.forms import Field, Kind, summary_of
from app.web.reading import current_reader, signed_in
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.phrases import PhraseUse

blueprint = Blueprint("phrases", __name__, url_prefix="/phrases")


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """The sentences of each unit for which the reader writes, by use."""
    return _page()


@blueprint.post("")
@login_required
def keep() -> ResponseReturnValue:
    """Keep those of one unit."""
    own, unit = installation(), request.form.get("unit", "")
    given = {use: request.form[use.value] for use in PhraseUse if use.value in request.form}
    try:
        keep_phrases(own.database, own.keys, signed_in().user_id, unit, given, own.clock())
    except FormIncomplete as refusal:
        return _page(unit, given, refusal.errors), 422
    flash(gettext("常用语已保存。"), "done")
    return redirect(url_for("phrases.show"), 303)


def _page(unit: str = "", given: dict[PhraseUse, str] | None = None, errors: tuple[FieldError, ...] = ()) -> str:
    with current_reader() as reader:
        units = phrases_kept(reader)
    drawn = [(known, _fields(known, given or {}, errors) if known.uid == unit else _fields(known)) for known in units]
    lines = summary_of([field for _, fields in drawn for field in fields])
    return render_template(
        "phrases/show.html", units=drawn, lines=lines, failed=bool(lines), most=MOST, longest=LONGEST
    )


def _fields(
    unit: UnitPhrases, given: dict[PhraseUse, str] | None = None, errors: tuple[FieldError, ...] = ()
) -> list[Field]:
    return [
        Field(
            Kind.TEXT,
            kept.use.value,
            kept.use.label,
            required=True,
            value=(given or {}).get(kept.use, "\n".join(kept.texts)),
            error="；".join(error.message for error in errors if error.field == kept.use.value),
        )
        for kept in unit.uses
    ]

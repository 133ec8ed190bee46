"""The switch 中文/English of the shell. Notices and whatever is stored stay Chinese."""

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from app.web.refusals import own_path

blueprint = Blueprint("language", __name__)

LANGUAGES = frozenset({"zh", "en"})


@blueprint.post("/language")
def choose() -> ResponseReturnValue:
    """Keep the choice in the session and go back to the page it was made on."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(own_path(request.form.get("next", ""), url_for("home.show")))

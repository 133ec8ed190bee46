"""The address `/`: everybody's own first page."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.web.shell import Shell

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    """Go to the first area that one's posts open; without any, say whom to ask."""
    areas = Shell().navigation
    return redirect(url_for(areas[0].endpoint)) if areas else render_template("home.html")

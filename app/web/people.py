"""人员与单位: accounts, posts and units, read-only; changes are made by the system administrator's commands."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.extensions import installation
from app.services.people import list_accounts
from app.services.reading.roster import list_units
from app.web.reading import current_reader

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """Who has an account and which posts, and the units."""
    own = installation()
    with current_reader() as reader:
        units = list_units(reader)
    return render_template("people/show.html", units=units, accounts=list_accounts(own.database, own.clock()))

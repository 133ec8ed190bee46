"""我的信用记录: the home of a civil servant and of those who speak for a recorded unit."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.reading.credit import read_credit
from app.services.reading.draft_list import draft_lines
from app.services.service_consent import confirm_electronic_service
from app.web import applications
from app.web.case_views import light_of
from app.web.reading import current_reader, signed_in

blueprint = Blueprint("credit", __name__)
blueprint.register_blueprint(applications.blueprint)


@blueprint.get("/credit")
@login_required
def show() -> ResponseReturnValue:
    """Own records as cards: what, who, until when, and what one may do about each."""
    return _home()


@blueprint.get("/credit/unit")
@login_required
def unit() -> ResponseReturnValue:
    """The same for whoever speaks for a recorded unit."""
    return _home(unit=True)


def _home(*, unit: bool = False) -> str:
    with current_reader() as reader:
        page, drafts = read_credit(reader, unit=unit), draft_lines(reader)
        today = reader.today
    return render_template(
        "credit/show.html",
        title=gettext("本单位信用记录") if page.of_unit else gettext("我的信用记录"),
        page=page,
        drafts=drafts,
        light=lambda term: light_of(term, today),
    )


@blueprint.post("/credit/service-address")
@login_required
def confirm_service() -> ResponseReturnValue:
    """Sign the 送达地址确认书."""
    own = installation()
    confirm_electronic_service(own.backend, signed_in().user_id, own.clock())
    flash(gettext("已签署送达地址确认书。今后的文书将通过本系统送达，请及时登录查看。"), "done")
    return redirect(url_for("credit.show"), 303)

"""委托代办: one's own delegations, given and taken, and a new one; an administrator's pages use the same service."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from pydantic import Field

from app.extensions import installation
from app.services.delegations import (
    LONGEST,
    Holding,
    Wanted,
    delegate_post,
    delegations_of,
    end_delegation,
    holdings_of,
)
from app.web.forms import Option, fields_of, parse_posted, summary_of
from app.web.reading import current_reader, signed_in
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.kit.forms import Line, StepForm, parse_form
from workflows.roles import Post

blueprint = Blueprint("delegations", __name__, url_prefix="/delegations")


class DelegationForm(StepForm):
    """Which post, to whom, from when to when, and why."""

    post: Line = Field(title="委托的岗位")
    delegate: Line = Field(title="受托人")
    from_on: date = Field(title="起始日期")
    until_on: date = Field(title="截止日期", description="当日24时自动结束，也可以提前结束")
    reason: Line = Field(title="事由", description="例如：外出培训、年休假")


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """One's delegations and the form of a new one."""
    return _page({}, (), 200)


@blueprint.post("")
@login_required
def entrust() -> ResponseReturnValue:
    """Let a colleague act in one of one's posts."""
    own, given = installation(), parse_posted(DelegationForm, request.form)
    try:
        form = parse_form(DelegationForm, given)
        assert isinstance(form, DelegationForm)
        unit, _, post = form.post.partition("/")
        known = next((one for one in Post if one.value == post), None)
        if known is None:
            raise FormIncomplete((FieldError("post", "委托的岗位", "请选择一个岗位"),))
        wanted = Wanted(signed_in().uid, unit, known, form.delegate, form.from_on, form.until_on, form.reason)
        delegate_post(own.database, own.keys, signed_in().actor, wanted, own.clock())
    except FormIncomplete as refusal:
        return _page(given, refusal.errors, 422)
    flash(gettext("已设置委托代办，到期自动结束。"), "done")
    return redirect(url_for("delegations.show"), 303)


@blueprint.post("/<uid>/end")
@login_required
def end(uid: str) -> ResponseReturnValue:
    """End a delegation before its last day."""
    own = installation()
    end_delegation(own.database, own.keys, signed_in().actor, uid, own.clock())
    flash(gettext("委托已经结束。"), "done")
    return redirect(url_for("delegations.show"), 303)


def _page(given: dict[str, Any], errors: tuple[FieldError, ...], status: int) -> ResponseReturnValue:
    with current_reader() as reader:
        user_id = reader.standing.user_id
        lines = delegations_of(reader.session, user_id, reader.today)
        holdings = holdings_of(reader.session, user_id, reader.today)
        today = reader.today
    posts = [held for held in holdings if held.colleagues]
    given = {"post": _code(posts[0]) if len(posts) == 1 else "", "from_on": today.isoformat(), **given}
    fields = fields_of(DelegationForm, given, errors, choices={"post": _posts(posts), "delegate": _colleagues(posts)})
    return render_template(
        "delegations/show.html",
        lines=lines,
        holdings=holdings,
        possible=bool(posts),
        fields=fields,
        errors=summary_of(fields, errors),
        longest=LONGEST.days,
        failed=bool(errors),
    ), status


def _code(held: Holding) -> str:
    return f"{held.unit}/{held.post.value}"


def _posts(holdings: list[Holding]) -> list[Option]:
    return [Option(_code(held), f"{held.unit_name} · {held.post.label}") for held in holdings]


def _colleagues(holdings: list[Holding]) -> list[Option]:
    found = {uid: name for held in holdings for uid, name in held.colleagues}
    return [Option(uid, name) for uid, name in found.items()]

"""单位: the system administrator enters units, puts them right and renames them from a day on."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import legal_day
from app.extensions import installation
from app.services.administration.forms import NewUnitForm, ReasonedForm, RenameForm, UnitFactsForm
from app.services.administration.units import (
    UnitPage,
    count_open_of,
    list_mergers,
    list_units,
    locality_choices,
    read_unit,
    unit_choices,
)
from app.services.units.register import UnitFacts, UnitRegister
from app.web.forms import Attempt, Form, Option, parsed, small_form, typed_into
from app.web.presentation import legal_date
from app.web.reading import current_reader, for_posts, signed_in
from workflows.kit.errors import NotFound, Refusal
from workflows.roles import Post

blueprint = Blueprint("units", __name__, url_prefix="/units")

_OURS = for_posts(Post.SYSADMIN)
#: Name and locality stand first, though the form of the facts is the older one.
_FIRST = ("name", "locality")


@blueprint.get("")
@_OURS
def show() -> ResponseReturnValue:
    """The units that fit, and mergers that wait or run."""
    words, ended = request.args.get("q", "").strip()[:100], request.args.get("ended") == "true"
    with current_reader() as reader:
        units, mergers = list_units(reader, words, ended=ended), list_mergers(reader, waiting=True)
    return render_template("administration/units.html", units=units, mergers=mergers, words=words, ended=ended)


@blueprint.get("/new")
@_OURS
def new() -> ResponseReturnValue:
    """The form of a unit."""
    return _new_page()


@blueprint.post("/new")
@_OURS
def create() -> ResponseReturnValue:
    """登记单位."""
    typed, own = typed_into(NewUnitForm, "new", request.form), installation()
    try:
        form = parsed(NewUnitForm, typed)
        uid = _register().enter(form.name, form.locality, _facts(form), own.clock(), signed_in().user_id)
    except Refusal as refusal:
        return _new_page(Attempt("new", typed, refusal)), 422
    flash(gettext("已登记单位。"), "done")
    return redirect(url_for("units.unit", uid=uid), 303)


@blueprint.get("/<uid>")
@_OURS
def unit(uid: str) -> ResponseReturnValue:
    """One unit: facts, names past and to come, who works there, what was changed by whom."""
    return _unit_page(uid)


@blueprint.post("/<uid>/facts")
@_OURS
def change(uid: str) -> ResponseReturnValue:
    """修改登记."""

    def act(form: UnitFactsForm) -> str:
        changed = _register().change(uid, _facts(form), installation().clock(), signed_in().user_id)
        return gettext("已修改登记。") if changed else gettext("登记内容没有变化。")

    return _act(uid, "facts", UnitFactsForm, act)


@blueprint.post("/<uid>/name")
@_OURS
def rename(uid: str) -> ResponseReturnValue:
    """更名, from a day on; documents already signed and closed matters keep the old name.

    A day in the past is rarely meant: what it changes is shown first, and it is entered when it comes again.
    """
    own = installation()

    def ask(form: RenameForm) -> str:
        if form.from_on >= legal_day(own.clock()):
            return ""
        with current_reader() as reader:
            number = count_open_of(reader, uid)
        return gettext(
            "启用日期%(day)s早于今日：更名立即生效，未办结的事项%(number)s件改用新名称；名称沿革记为自该日起启用，"
            "此前已签发的文书和已办结的事项仍用原名称。请核对更名文件，无误的再次提交。",
            day=legal_date(form.from_on),
            number=number,
        )

    def act(form: RenameForm) -> str:
        _register().rename(uid, form.name, form.from_on, form.basis, own.clock(), signed_in().user_id)
        if form.from_on <= legal_day(own.clock()):
            return gettext("已更名。已签发的文书和已办结的事项仍用原名称。")
        return gettext("已登记更名，到启用日期自动使用新名称。")

    return _act(uid, "rename", RenameForm, act, ask)


@blueprint.post("/<uid>/name/<day>/withdraw")
@_OURS
def withdraw(uid: str, day: str) -> ResponseReturnValue:
    """撤回 a rename whose day has not come."""

    def act(form: ReasonedForm) -> str:
        try:
            from_on = date.fromisoformat(day)
        except ValueError:
            raise NotFound("没有这次更名，可能已经撤回。请刷新页面核对。") from None
        _register().withdraw_rename(uid, from_on, form.reason, installation().clock(), signed_in().user_id)
        return gettext("已撤回更名，单位名称不变。")

    return _act(uid, "withdraw", ReasonedForm, act)


def _register() -> UnitRegister:
    own = installation()
    return UnitRegister(own.database, own.keys)


def _facts(form: UnitFactsForm) -> UnitFacts:
    return UnitFacts(**{name: getattr(form, name) for name in UnitFactsForm.model_fields})


def _act(
    uid: str, name: str, model: type[Form], act: Callable[[Form], str], ask: Callable[[Form], str] | None = None
) -> ResponseReturnValue:
    """Do what one form says. `ask` gives what to look at before: it is done when the same day comes a second time."""
    typed = typed_into(model, name, request.form)
    try:
        form = parsed(model, typed)
        question = ask(form) if ask is not None else ""
        if question and request.form.get("sure", "") != request.form.get(f"{name}-from_on", ""):
            return _unit_page(uid, Attempt(name, typed), question)
        done = act(form)
    except NotFound:
        raise
    except Refusal as refusal:
        return _unit_page(uid, Attempt(name, typed, refusal)), 422
    flash(done, "done")
    return redirect(url_for("units.unit", uid=uid), 303)


def _new_page(attempt: Attempt | None = None) -> str:
    with current_reader() as reader:
        places, units = locality_choices(reader), unit_choices(reader)
    given = {"locality": places[0][0]} if len(places) == 1 else {}
    choices = {"locality": _options(places), "superior": [Option("", gettext("无")), *_options(units)]}
    form = small_form(NewUnitForm, "new", attempt, given=given, choices=choices)
    fields = sorted(form.fields, key=lambda field: field.name.removeprefix("new-") not in _FIRST)
    return render_template("administration/unit_new.html", lines=form.lines, fields=fields, failed=bool(form.lines))


def _unit_page(uid: str, attempt: Attempt | None = None, question: str = "") -> str:
    with current_reader() as reader:
        page = read_unit(reader, uid)
        units = unit_choices(reader, besides=(uid,))
    choices = {"superior": [Option("", gettext("无")), *_options(units)]}
    forms = {
        "facts": small_form(UnitFactsForm, "facts", attempt, given=_present(page), choices=choices),
        "rename": small_form(RenameForm, "rename", attempt),
        "withdraw": small_form(ReasonedForm, "withdraw", attempt),
    }
    lines = [line for form in forms.values() for line in form.lines]
    return render_template(
        "administration/unit.html",
        page=page,
        forms=forms,
        lines=lines,
        failed=bool(lines),
        question=question,
        sure=request.form.get("rename-from_on", ""),
    )


def _present(page: UnitPage) -> dict[str, object]:
    line = page.line
    return {
        "short_name": page.short_name,
        "code": line.code,
        "code_word": line.code_word,
        "kind": page.kind_code or None,
        "responsibilities": page.responsibilities,
        "superior": page.superior_uid,
        "address": page.address,
        "phone": page.phone,
        "on_system": line.on_system,
    }


def _options(pairs: tuple[tuple[str, str], ...]) -> list[Option]:
    return [Option(value, label) for value, label in pairs]

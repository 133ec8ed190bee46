"""规则 over time: versions, two side by side, and changes: proposed by one keeper, confirmed or rejected by another."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.extensions import installation
from app.services.administration.forms import ConfirmRulesForm, ReasonedForm
from app.services.administration.rule_forms import (
    OTHER,
    VALUES,
    EvidenceForm,
    Section,
    SeverityTermChangeForm,
    entry_of,
    form_for,
)
from app.services.reading.rule_versions import Effect, demand_keeper, effects_of, read_versions
from app.services.reading.rule_versions import compare as compare_sets
from app.services.rule_changes import Known, changed_rules, known_of, misfit, propose_change
from app.services.rule_sets import RulesRefused, chosen, confirm, demand_later, reject
from app.web.forms import Attempt, Option, parsed, small_form, typed_into
from app.web.reading import current_reader, for_posts, signed_in
from workflows.kit.errors import FieldError, FormIncomplete, NotFound, Refusal
from workflows.roles import Post
from workflows.rules import RuleSet
from workflows.rules.comparing import Difference, differences, length_of
from workflows.setting_choices import CHOICES, setting_in_words

blueprint = Blueprint("rule_changes", __name__, url_prefix="/rules")

_KEEPERS = for_posts(Post.RULES_KEEPER)


@blueprint.get("/<locality>/versions")
@login_required
def versions(locality: str) -> ResponseReturnValue:
    """The rule sets of a locality; two of them are chosen to be compared."""
    with current_reader() as reader:
        found = read_versions(reader, locality)
    trouble = misfit(installation().database, locality) if found.keeps else ""
    return render_template("rules/versions.html", found=found, trouble=trouble)


@blueprint.get("/<locality>/compare")
@login_required
def compare(locality: str) -> ResponseReturnValue:
    """Two sets side by side, and what the newer one means for new cases."""
    old, new = (request.args.get(name, default=0, type=int) for name in ("old", "new"))
    return _comparison(locality, min(old, new), max(old, new))


@blueprint.get("/<locality>/<any(terms, switches):section>/<key>/change")
@_KEEPERS
def change(locality: str, section: Section, key: str) -> ResponseReturnValue:
    """The form of one rule, with its present value."""
    return _change_page(locality, section, key)


@blueprint.post("/<locality>/<any(terms, switches):section>/<key>/change")
@_KEEPERS
def propose(locality: str, section: Section, key: str) -> ResponseReturnValue:
    """试算 shows what would change for new cases; 提交 enters a rule set for another keeper to confirm."""
    typing = _model(locality, section, key)
    typed, own = typed_into(typing.model, "rule", request.form), installation()
    try:
        form = parsed(typing.model, typed)
        entry = entry_of(section, key, form, typing.known.documents)
        _demand_later(form)
        if request.form.get("act") != "propose":
            rules, making, _continues = changed_rules(own.database, locality, entry)
            tried = Tried(rules, making.base, form.in_force_from)
            return _change_page(locality, section, key, Attempt("rule", typed), tried)
        number = propose_change(
            own.database, own.keys, locality, entry, form.in_force_from, signed_in().login, own.clock()
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _change_page(locality, section, key, Attempt("rule", typed, refusal)), 422
    flash(gettext("已录入第%(number)s号规则集，待另一名规则管理员确认后施行。", number=number), "done")
    return redirect(url_for("rule_changes.proposal", locality=locality, number=number), 303)


@blueprint.get("/<locality>/<int:number>")
@_KEEPERS
def proposal(locality: str, number: int) -> ResponseReturnValue:
    """One set beside the one it was made on, to be confirmed or rejected."""
    return _proposal_page(locality, number)


@blueprint.post("/<locality>/<int:number>/confirm")
@_KEEPERS
def confirm_set(locality: str, number: int) -> ResponseReturnValue:
    """确认 by the second keeper."""
    typed, own = typed_into(ConfirmRulesForm, "confirm", request.form), installation()
    try:
        _demand(locality)
        form = parsed(ConfirmRulesForm, typed)
        line = confirm(
            own.database, locality, number, signed_in().login, own.clock(), form.in_force_from, keys=own.keys
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _proposal_page(locality, number, Attempt("confirm", typed, refusal)), 422
    flash(gettext("已确认第%(number)s号规则集；此前收到的事项仍按原规则办理。", number=line.number), "done")
    return redirect(url_for("rule_changes.versions", locality=locality), 303)


@blueprint.post("/<locality>/<int:number>/reject")
@_KEEPERS
def reject_set(locality: str, number: int) -> ResponseReturnValue:
    """退回, or withdrawn by whoever entered it."""
    typed, own = typed_into(ReasonedForm, "reject", request.form), installation()
    try:
        _demand(locality)
        form = parsed(ReasonedForm, typed)
        reject(own.database, locality, number, signed_in().login, form.reason, own.clock(), keys=own.keys)
    except NotFound:
        raise
    except Refusal as refusal:
        return _proposal_page(locality, number, Attempt("reject", typed, refusal)), 422
    flash(gettext("已退回第%(number)s号规则集，现行规则不变。", number=number), "done")
    return redirect(url_for("rule_changes.versions", locality=locality), 303)


def _demand(locality: str) -> None:
    with current_reader() as reader:
        demand_keeper(reader, locality)


def _demand_later(form: EvidenceForm) -> None:
    """Asked by 试算 too: an example reckoned from a day that 提交 refuses shows nothing.

    Raises:
        FormIncomplete: the rules would hold from today or earlier.
    """
    try:
        demand_later(form.in_force_from, installation().clock())
    except RulesRefused as refusal:
        raise FormIncomplete((FieldError("in_force_from", "规则施行日期", refusal.message),)) from None


@dataclass(frozen=True)
class Typing:
    """The form of an entry: its model, its label, what it holds now, and what is known about it."""

    model: type[EvidenceForm]
    label: str
    now: dict[str, object]
    known: Known


@dataclass(frozen=True)
class Tried:
    """What 试算 made: the rules as they would be, the number of the set they stand on, and their first day."""

    rules: RuleSet
    base: int
    start: date


def _model(locality: str, section: Section, key: str) -> Typing:
    """The form of an entry as it stands in the newest set that is not rejected.

    Raises:
        NotFound: the reader does not keep these rules, or there is no such entry.
    """
    with current_reader() as reader:
        demand_keeper(reader, locality)
        newest = next(line for line in read_versions(reader, locality).lines if not line.rejected_by)
    database = installation().database
    known = known_of(database, locality)
    try:
        rules = chosen(database, locality, str(newest.number))
        return Typing(*form_for(rules, section, key, known.documents), known)
    except KeyError:
        raise NotFound("规则集中没有这一项。请从规则页进入。") from None


def _change_page(
    locality: str,
    section: Section,
    key: str,
    attempt: Attempt | None = None,
    tried: Tried | None = None,
) -> str:
    typing = _model(locality, section, key)
    documents = typing.known.documents
    choices = {
        "document": [
            *(Option(one.key, f"{one.title}{f'（{one.number}）' if one.number else ''}") for one in documents.values()),
            Option(OTHER, gettext("另行登记的文件")),
        ]
    }
    if section == "switches" and key in CHOICES:
        choices["value"] = [Option(value, words) for value, words in CHOICES[key].items()]
    effects: tuple[Effect, ...] = ()
    found: tuple[Difference, ...] = ()
    with current_reader() as reader:
        given = typing.now | {"in_force_from": reader.today + timedelta(days=1)}
        if tried is not None:
            before = chosen(installation().database, locality, str(tried.base))
            effects = effects_of(before, tried.rules, reader.view.calendar, tried.start)
            found = differences(before, tried.rules, setting_in_words)
    form = small_form(typing.model, "rule", attempt, given=given, choices=choices)
    fields = sorted(form.fields, key=lambda field: field.name.removeprefix("rule-") not in VALUES)
    return render_template(
        "rules/change.html",
        locality=locality,
        label=typing.label,
        key=key,
        section=section,
        form_of=replace(form, fields=tuple(fields)),
        tried=tried is not None,
        effects=effects,
        found=found,
        limits=typing.known.limits.get(key, ()) if section == "terms" else (),
        by_severity=issubclass(typing.model, SeverityTermChangeForm),
        length_of=length_of,
        failed=bool(form.lines),
    )


def _proposal_page(locality: str, number: int, attempt: Attempt | None = None) -> str:
    with current_reader() as reader:
        demand_keeper(reader, locality)
        found = read_versions(reader, locality)
        line = next((one for one in found.lines if one.number == number), None)
        if line is None:
            raise NotFound("没有这一号规则集。请从版本列表中选择。")
        base = line.base or max(
            (one.number for one in found.lines if one.confirmed_by and one.number < number), default=number
        )
        comparison = compare_sets(reader, locality, base, number)
    forms = {
        "confirm": small_form(ConfirmRulesForm, "confirm", attempt, given={"in_force_from": line.in_force_from}),
        "reject": small_form(ReasonedForm, "reject", attempt),
    }
    lines = [one for form in forms.values() for one in form.lines]
    return render_template(
        "rules/proposal.html",
        found=comparison,
        line=line,
        forms=forms,
        lines=lines,
        mine=line.entered_by == signed_in().login,
        failed=bool(lines),
    )


def _comparison(locality: str, old: int, new: int) -> str:
    with current_reader() as reader:
        found = compare_sets(reader, locality, old, new)
    return render_template("rules/compare.html", found=found)

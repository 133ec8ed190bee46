"""流程: each procedure as its table says, with the terms of one's locality; for everybody who signs in."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.services.reading.lawbook_view import read_lawbook
from app.web.diagrams import picture
from app.web.reading import current_reader
from workflows.catalogue import NOTICES
from workflows.kit.definition import OPENING, Phase, StartKind, State, Step, Term, Workflow
from workflows.kit.describe import holder_label
from workflows.kit.diagram import outline
from workflows.kit.errors import NotFound
from workflows.kit.proposals import PROPOSAL_STEPS
from workflows.kit.soundness_names import destinations
from workflows.registry import WORKFLOWS
from workflows.roles import Capacity
from workflows.rules.model import SEVERITIES, RuleSet, TermRule

blueprint = Blueprint("procedures", __name__, url_prefix="/procedures")

PHASES = {Phase.OPEN: "办理中", Phase.DECIDED: "已有结论", Phase.CLOSED: "已终结"}


@dataclass(frozen=True)
class StepRow:
    """One step: from where to where, who takes it, on which conditions, and the notices that come of it."""

    label: str
    ways: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    by: tuple[str, ...]
    proposed: bool
    conditions: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True)
class TermRow:
    """One term of the procedure as this locality has it; `rule` None: it has none."""

    label: str
    nature: str
    holder: str
    starts: tuple[str, ...]
    rule: TermRule | None
    then: tuple[str, ...]


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """All procedures."""
    return render_template("rules/procedures.html", flows=WORKFLOWS.values())


@blueprint.get("/<kind>")
@login_required
def show(kind: str) -> ResponseReturnValue:
    """One procedure: picture, states, steps, terms.

    Raises:
        NotFound: there is no such procedure or locality.
    """
    flow = WORKFLOWS.get(kind)
    if flow is None:
        raise NotFound("没有这一程序，请从列表中选择。")
    with current_reader() as reader:
        page = read_lawbook(reader, request.args.get("locality", ""))
    return render_template(
        "rules/procedure.html",
        flow=flow,
        page=page,
        picture=picture(flow),
        outline=outline(flow),
        phases=PHASES,
        holder_label=holder_label,
        steps=tuple(step_rows(flow)),
        terms=tuple(term_rows(flow, page.rules)),
        severities=SEVERITIES,
    )


def step_rows(flow: Workflow) -> Iterator[StepRow]:
    """Every step of the table but those of 拟办, which the page explains once."""
    for step in flow.steps:
        if step.key in PROPOSAL_STEPS:
            continue
        yield StepRow(
            step.label,
            tuple(_ways(step)),
            tuple(capacity.label for capacity in Capacity if capacity in step.by),
            step.on_proposal,
            tuple(condition.label for condition in step.guards),
            tuple(dict.fromkeys(NOTICES[draft.notice].title for draft in step.notices)),
        )


def _ways(step: Step) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Where it leads, and from which states it leads there; no destination for a step that stays."""
    by_target: dict[tuple[State, ...], list[str]] = {}
    for move in step.moves:
        to = tuple(state for state in destinations(step, move.source) if state is not move.source)
        by_target.setdefault(to, []).append("" if move.source is OPENING else move.source.label)
    for target, sources in by_target.items():
        yield tuple(state.label for state in target), tuple(source for source in sources if source)


def term_rows(flow: Workflow, rules: RuleSet) -> Iterator[TermRow]:
    """Every term of the table with the length and basis of a locality."""
    for term in flow.terms:
        rule = rules.term(term.key)
        yield TermRow(
            term.label,
            term.nature.label,
            "" if term.holder is Capacity.SYSTEM else holder_label(term),
            tuple(dict.fromkeys(_starts(flow, term, rule))),
            rule,
            tuple(step.label for key in term.on_expiry if (step := flow.step(key)) is not None),
        )


def _starts(flow: Workflow, term: Term, rule: TermRule | None) -> Iterator[str]:
    for start in term.starts:
        if start.kind is StartKind.SERVICE:
            yield f"收到《{NOTICES[start.of].title}》之日"
        elif rule is not None and rule.anchor_label:
            yield rule.anchor_label
        elif (step := flow.step(start.step)) is not None:
            yield f"办理“{step.label}”之日"

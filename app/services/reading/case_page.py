"""The case page: one view for every kind, read with a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType, SimpleNamespace
from typing import Any

from app.access.capacities import may_see, reading_capacities
from app.models.cases import Case
from app.services.acting_for import done_by
from app.services.contexts import context_of
from app.services.next_hand import following_step, titles_by_outcome, titles_of
from app.services.once_read import cases_of, person_name, terms_of_case, terms_of_dossier
from app.services.reading.approval import Approval, approval_of
from app.services.reading.asked_back import AskedBack, asked_back, returned_work
from app.services.reading.attached import Material, materials_of, materials_of_record
from app.services.reading.case_names import read_names
from app.services.reading.case_notices import NoticeView, notice_views
from app.services.reading.draft_view import DraftView, draft_of
from app.services.reading.form_lines import form_lines
from app.services.reading.history import EventView, audiences_of, events_of, last_step_of, states_passed
from app.services.reading.lines import CaseLine, Names, lines_of
from app.services.reading.outlook import Elsewhere, NotYet, Outlook, elsewhere, not_yet, outlook_of
from app.services.reading.paper import PaperEntry, paper_entries
from app.services.reading.proposals import Proposable, opening_of, proposable
from app.services.reading.reader import Reader, case_for
from app.services.reading.record_at_issue import (
    Correctable,
    RecordAtIssue,
    correctable,
    record_at_issue,
    record_of,
    record_read_through,
)
from app.services.reading.service_view import ServiceView, service_of
from app.services.reading.summaries import Summary, summary_of
from app.services.reading.terms import TermDetail, terms_of
from app.services.reading.told import Part, withheld_parts
from workflows.kit.context import Context, Proposal
from workflows.kit.definition import Audience, Fork, Step
from workflows.kit.engine import Offer, offers
from workflows.kit.errors import FormIncomplete
from workflows.kit.forms import StepForm, parse_form
from workflows.kit.proposals import refused_content
from workflows.registry import workflow
from workflows.repair_gate import GateLine, gate
from workflows.roles import OFFICIAL, PROPOSER, Capacity

NOTHING: Mapping[str, Any] = MappingProxyType({})
#: Kinds with steps that correct the record itself.
_CORRECTING = frozenset({"record", "exemption"})


@dataclass(frozen=True)
class OfferView:
    """An act: possible now with its form, or greyed with its reasons. `opens` is the kind of case that it begins.

    `makes` are the notices that it makes, `leads_to` those that a head will sign who agrees to what it drafts;
    `by_outcome` are those of `makes` that only some outcomes make.
    """

    step: str
    label: str
    form: type[StepForm]
    reasons: tuple[str, ...]
    on_proposal: bool
    decides: bool
    prefilled: Mapping[str, Any]
    makes: tuple[str, ...]
    leads_to: tuple[str, ...] = ()
    by_outcome: tuple[str, ...] = ()
    opens: str = ""
    #: The drafting step whose text this act signs (审签).
    signs: str = ""
    #: Of what is proposed: whether it could be decided with the content that was proposed.
    agreeable: bool = True

    @property
    def possible(self) -> bool:
        return not self.reasons


@dataclass(frozen=True)
class ProposalView:
    """A live proposal or request: what is wanted and why."""

    step: str
    step_label: str
    opinion: str
    author: str
    waits_for: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CasePage:
    """Everything the page of a case shows to one reader."""

    line: CaseLine
    version: int
    resting: str
    marks: tuple[str, ...]
    #: Keys of the states in which the case has been.
    passed: frozenset[str]
    summary: Summary
    #: The record that the case is about, for those who decide on it and may not open it; else None.
    record: RecordAtIssue | None
    #: What the record says of each field that a step may correct; empty where none may.
    correctable: tuple[Correctable, ...]
    offers: tuple[OfferView, ...]
    proposal: ProposalView | None
    #: What a clerk has drafted (拟定) and the reader is to sign now.
    drafted: EventView | None
    #: What to check before one agrees to the proposal.
    approval: Approval | None
    events: tuple[EventView, ...]
    terms: tuple[TermDetail, ...]
    notices: tuple[NoticeView, ...]
    related: tuple[CaseLine, ...]
    parent: CaseLine | None
    capacities: tuple[str, ...]
    today: date
    proposable: tuple[Proposable, ...]
    #: Whether the reader acts here for an organ, and so may declare himself out (自行回避).
    may_recuse: bool
    #: Whether the reader is the one who has to act now.
    holds: bool
    checklist: tuple[GateLine, ...]
    materials: tuple[Material, ...]
    #: What was handed in with that record.
    record_materials: tuple[Material, ...]
    paper: tuple[PaperEntry, ...]
    #: How a notice is served, for those who serve it.
    service: ServiceView | None
    #: Of a drafted notice: where it may be edited, and how it differs from the standard text.
    draft: DraftView | None
    #: The taker of the newest step, to greet him with what came of it: his user id, the step and its label.
    last_step: tuple[int | None, str, str]
    #: Who holds it, by when, and what comes after; None once it is closed.
    outlook: Outlook | None
    #: Acts whose turn comes later, and acts that are somebody else's now.
    not_yet: tuple[NotYet, ...]
    elsewhere: tuple[Elsewhere, ...]
    #: What was sent back or asked for and is not done yet.
    asked_back: tuple[AskedBack, ...]
    #: What was filled in before it was sent back, by step.
    returned_work: Mapping[str, Mapping[str, Any]]


def read_case(reader: Reader, uid: str) -> CasePage:
    """The page of a case.

    Raises:
        NotFound: there is none, or the reader may not see it.
    """
    case = case_for(reader, uid)
    flow, view = workflow(case.kind), reader.view
    ctx = context_of(view, case, reader.actor)
    siblings, through = _siblings(reader, case), record_read_through(reader, case)
    names = read_names(reader, case, ctx, siblings if through is None else [*siblings, through])
    terms = terms_of_dossier(view, case.dossier_id)
    # Whoever confirms an item may not see the record; its number is what he has to act on.
    of_target = case.kind == "sync"
    lines = lines_of(
        reader.session, [case, *siblings], ctx.calendar, reader.today, names=names, terms=terms, with_records=of_target
    )
    line = lines[0]
    withheld = withheld_parts(reader, case)
    offered, asked = offers(flow, ctx), asked_back(reader, case)
    returned = returned_work(reader, case, asked)
    events, materials = events_of(reader, case), materials_of(reader, case)
    proposal, details = _proposal(reader, case, ctx), terms_of(reader, case, ctx.rules, ctx.calendar)
    summary = summary_of(names.units, case, ctx.rules, withheld)
    if of_target:
        summary = replace(summary, pairs=(("所涉记录", line.about), *summary.pairs, *_record_now(reader, case)))
    return CasePage(
        line=line,
        version=case.version,
        resting=flow.state(case.state).resting if not case.holder else "",
        marks=_marks(ctx, case),
        passed=states_passed(reader, case),
        summary=summary,
        record=record_at_issue(reader, through, names.units) if through is not None else None,
        correctable=_correctable(reader, case, ctx),
        offers=(*(_offer(offer, case, ctx, returned) for offer in offered), *_opening(reader, case, ctx)),
        proposal=proposal,
        drafted=_drafted(case, offered, events),
        approval=_approval(reader, case, ctx, materials, details) if proposal is not None else None,
        events=events,
        terms=details,
        notices=notice_views(reader, case, events, names),
        related=tuple(lines[1:]),
        parent=next((known for known, one in zip(lines[1:], siblings, strict=True) if one.id == case.parent_id), None),
        capacities=tuple(sorted(capacity.label for capacity in ctx.capacities)),
        today=reader.today,
        proposable=proposable(reader, case, ctx),
        may_recuse=bool(ctx.capacities & OFFICIAL) and not ctx.facts.recusal_ground(),
        holds=case.holder in ctx.capacities,
        checklist=_checklist(ctx, withheld) if case.kind == "repair" else (),
        materials=materials,
        record_materials=materials_of_record(reader, through) if through is not None else (),
        paper=paper_entries(reader, case) if Capacity.OFFICE in ctx.capacities else (),
        service=service_of(reader, case, ctx.capacities),
        draft=draft_of(reader, case),
        last_step=last_step_of(reader, case),
        outlook=_outlook(reader, case, line, names) if case.phase != "closed" else None,
        not_yet=not_yet(ctx),
        elsewhere=elsewhere(ctx),
        asked_back=asked,
        returned_work=returned,
    )


def _correctable(reader: Reader, case: Case, ctx: Context) -> tuple[Correctable, ...]:
    """For those who decide or report on a record; nobody else corrects one."""
    if case.kind not in _CORRECTING or not reading_capacities(reader.standing, case) & OFFICIAL:
        return ()
    record = record_of(reader, case)
    return correctable(record, ctx.rules) if record is not None else ()


def _drafted(case: Case, offered: Sequence[Offer], events: Sequence[EventView]) -> EventView | None:
    """审签: the newest draft of what the reader may sign now; a letter is read as a letter."""
    if case.kind == "notice":
        return None
    signed = {offer.step.four_eyes for offer in offered if not offer.unmet and not offer.step.on_proposal} - {""}
    return next((event for event in events if event.step in signed and event.lines), None)


def _outlook(reader: Reader, case: Case, line: CaseLine, names: Names) -> Outlook:
    unit = names.unit(case.holder_unit_id, case)
    return outlook_of(case, terms_of_case(reader.view, case), unit, line.term.key if line.term else "")


def _opening(reader: Reader, case: Case, ctx: Context) -> list[OfferView]:
    """The act that opens another case from this one, where it is proposed here."""
    found = opening_of(reader, case, ctx.proposal.step) if ctx.proposal is not None else None
    if found is None:
        return []
    offered = offers(workflow(found.kind), found.ctx)
    mine = [offer for offer in offered if offer.step is found.step]
    return [replace(_offer(offer, found.case, found.ctx), opens=found.kind) for offer in mine]


def _siblings(reader: Reader, case: Case) -> list[Case]:
    rows = cases_of(reader.view, case.dossier_id)
    return [row for row in rows if row is not case and may_see(workflow(row.kind), reader.standing, row)]


def _checklist(ctx: Context, withheld: frozenset[Part]) -> tuple[GateLine, ...]:
    if Part.FINDINGS not in withheld:
        return gate(ctx)
    return gate(replace(ctx, case=SimpleNamespace(findings=None, commitment=ctx.case.commitment)))


def _marks(ctx: Context, case: Case) -> tuple[str, ...]:
    marks = []
    if case.kind == "record" and ctx.facts.pending_objection():
        marks.append("异议中")
    if case.kind == "record" and ctx.facts.waiting_exemption():
        marks.append("容错认定中")
    return tuple(marks)


def _offer(offer: Offer, case: Case, ctx: Context, returned: Mapping[str, Mapping[str, Any]] = NOTHING) -> OfferView:
    step = offer.step
    prefilled = returned.get(step.key, NOTHING)
    if ctx.proposal is not None and ctx.proposal.step == step.key:
        prefilled = ctx.proposal.form
    return OfferView(
        step=step.key,
        label=step.label,
        form=step.form,
        reasons=tuple(item.text for item in offer.unmet),
        on_proposal=step.on_proposal,
        decides=bool(step.notices),
        prefilled=prefilled,
        makes=titles_of(step, case, ctx),
        leads_to=_leads_to(step, case, ctx),
        by_outcome=titles_by_outcome(step, case, ctx),
        signs="" if step.on_proposal else step.four_eyes,
        agreeable=_agreeable(step, ctx),
    )


def _agreeable(step: Step, ctx: Context) -> bool:
    """Whether the live proposal may be agreed to as it stands; what it lacks its decider can still fill in."""
    if ctx.proposal is None or ctx.proposal.step != step.key:
        return True
    try:
        return not refused_content(step, replace(ctx, form=parse_form(step.form, ctx.proposal.form)))
    except FormIncomplete:
        return True


def _leads_to(step: Step, case: Case, ctx: Context) -> tuple[str, ...]:
    move = step.move_from(ctx.case.state)
    if move is None or isinstance(move.to, Fork):
        return ()
    state = move.to or move.source
    following = following_step(workflow(ctx.case.kind), step, state.key)
    return titles_of(following, case, ctx) if following is not None else ()


def _proposal(reader: Reader, case: Case, ctx: Context) -> ProposalView | None:
    proposal: Proposal | None = ctx.proposal
    if proposal is None:
        return None
    step = workflow(case.kind).decidable(proposal.step)
    assert step is not None
    if _audience_of_proposal(case, step).value not in audiences_of(reader, case):
        return None
    return ProposalView(
        step=step.key,
        step_label=step.label,
        opinion=proposal.opinion,
        author=done_by(person_name(reader.view, proposal.author_id), person_name(reader.view, proposal.principal_id)),
        waits_for=proposal.holder.label,
        lines=form_lines(step.form, proposal.form),
    )


def _record_now(reader: Reader, case: Case) -> tuple[tuple[str, str], ...]:
    """What a target has to show from now on, as long as it has not taken it over."""
    record = record_of(reader, case) if case.phase != "closed" else None
    return (("记录现状", workflow("record").state(record.state).label),) if record is not None else ()


def _approval(
    reader: Reader, case: Case, ctx: Context, materials: tuple[Material, ...], terms: tuple[TermDetail, ...]
) -> Approval | None:
    """For those who decide within the office, and those who prepare it; a party is told by the decision."""
    if ctx.proposal is None or not ctx.capacities & (frozenset(PROPOSER) | frozenset(PROPOSER.values())):
        return None
    opening = opening_of(reader, case, ctx.proposal.step)
    step = opening.step if opening is not None else workflow(case.kind).step(ctx.proposal.step)
    assert step is not None
    return approval_of(case, step, opening.ctx if opening is not None else ctx, materials, terms)


def _audience_of_proposal(case: Case, step: Step) -> Audience:
    """A signed request is read by whoever reads the act of requesting; what a clerk proposes stays inside."""
    asking = workflow(case.kind).step(step.requested_by) if step.requested_by and not step.or_proposed else None
    return asking.audience if asking is not None else Audience.INSIDE

"""The case page: one view for every kind, read with a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from app.access.capacities import may_see
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.people import User
from app.services.acting_for import done_by
from app.services.contexts import context_of
from app.services.lawbook import current_calendar
from app.services.next_hand import following_step, titles_of
from app.services.reading.approval import Approval, approval_of
from app.services.reading.attached import Material, materials_of
from app.services.reading.draft_view import DraftView, draft_of
from app.services.reading.form_lines import form_lines
from app.services.reading.history import EventView, audiences_of, events_of, last_step_of
from app.services.reading.lines import CaseLine, lines_of
from app.services.reading.paper import PaperEntry, paper_entries
from app.services.reading.proposals import Proposable, opening_of, proposable
from app.services.reading.reader import Reader, case_for
from app.services.reading.service_view import ServiceView, service_of
from app.services.reading.summaries import Summary, summary_of
from app.services.reading.terms import TermDetail, terms_of
from app.services.reading.told import Part, withheld_parts
from app.services.units.names import unit_names
from workflows.kit.context import Context, Proposal
from workflows.kit.definition import Audience, Fork, Step
from workflows.kit.engine import Offer, offers
from workflows.kit.forms import StepForm
from workflows.registry import workflow
from workflows.repair_gate import GateLine, gate
from workflows.roles import OFFICIAL, PROPOSER, Capacity


@dataclass(frozen=True)
class OfferView:
    """An act: possible now with its form, or greyed with its reasons. `opens` is the kind of case that it begins.

    `makes` are the notices that it makes, `leads_to` those that a head will sign who agrees to what it drafts.
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
    opens: str = ""

    @property
    def possible(self) -> bool:
        return not self.reasons


@dataclass(frozen=True)
class NoticeView:
    """A notice of the case, as its list of documents shows it."""

    uid: str
    title: str
    number: str
    state_label: str
    recipient: str
    signed_on: date | None
    served_on: date | None
    has_sheet: bool


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
    strip: tuple[tuple[str, bool], ...]
    summary: Summary
    offers: tuple[OfferView, ...]
    proposal: ProposalView | None
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
    paper: tuple[PaperEntry, ...]
    #: How a notice is served, for those who serve it.
    service: ServiceView | None
    #: Of a drafted notice: where it may be edited, and how it differs from the standard text.
    draft: DraftView | None
    #: The taker of the newest step, to greet him with what came of it: his user id, the step and its label.
    last_step: tuple[int | None, str, str]


def read_case(reader: Reader, uid: str) -> CasePage:
    """The page of a case.

    Raises:
        NotFound: there is none, or the reader may not see it.
    """
    case = case_for(reader, uid)
    flow = workflow(case.kind)
    ctx = context_of(reader.view, case, reader.actor)
    calendar = current_calendar(reader.session)
    siblings = _siblings(reader, case)
    lines = lines_of(reader.session, [case, *siblings], calendar, reader.today)
    related = [line for line in lines[1:] if line.kind != "notice"]
    withheld = withheld_parts(reader, case)
    proposal, terms = _proposal(reader, case, ctx), terms_of(reader, case, ctx.rules, calendar)
    materials = materials_of(reader, case)
    return CasePage(
        line=lines[0],
        version=case.version,
        resting=flow.state(case.state).resting if not case.holder else "",
        marks=_marks(ctx, case),
        strip=tuple((state.label, state.key == case.state) for state in flow.states if state.phase.value != "closed"),
        summary=summary_of(reader.session, case, ctx.rules, withheld),
        offers=(*(_offer(offer, ctx) for offer in offers(flow, ctx)), *_opening(reader, case, ctx)),
        proposal=proposal,
        approval=_approval(reader, case, ctx, materials, terms) if proposal is not None else None,
        events=events_of(reader, case),
        terms=terms,
        notices=_notices(reader, case),
        related=tuple(related),
        parent=next(
            (line for line, sibling in zip(lines[1:], siblings, strict=True) if sibling.id == case.parent_id), None
        ),
        capacities=tuple(sorted(capacity.label for capacity in ctx.capacities)),
        today=reader.today,
        proposable=proposable(reader, case, ctx),
        may_recuse=bool(ctx.capacities & OFFICIAL) and not ctx.facts.recusal_ground(),
        holds=case.holder in ctx.capacities,
        checklist=_checklist(ctx, withheld) if case.kind == "repair" else (),
        materials=materials,
        paper=paper_entries(reader, case) if Capacity.OFFICE in ctx.capacities else (),
        service=service_of(reader, case, ctx.capacities),
        draft=draft_of(reader, case),
        last_step=last_step_of(reader, case),
    )


def _opening(reader: Reader, case: Case, ctx: Context) -> list[OfferView]:
    """The act that opens another case from this one, where it is proposed here."""
    found = opening_of(reader, case, ctx.proposal.step) if ctx.proposal is not None else None
    if found is None:
        return []
    offered = offers(workflow(found.kind), found.ctx)
    return [replace(_offer(offer, found.ctx), opens=found.kind) for offer in offered if offer.step is found.step]


def _siblings(reader: Reader, case: Case) -> list[Case]:
    rows = reader.session.execute(
        select(Case)
        .where(Case.dossier_id == case.dossier_id, Case.id != case.id, Case.kind != "notice")
        .order_by(Case.id)
    ).scalars()
    return [row for row in rows if may_see(workflow(row.kind), reader.standing, row)]


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


def _offer(offer: Offer, ctx: Context) -> OfferView:
    step = offer.step
    prefilled: Mapping[str, Any] = {}
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
        makes=titles_of(step),
        leads_to=_leads_to(step, ctx),
    )


def _leads_to(step: Step, ctx: Context) -> tuple[str, ...]:
    move = step.move_from(ctx.case.state)
    if move is None or isinstance(move.to, Fork):
        return ()
    state = move.to or move.source
    following = following_step(workflow(ctx.case.kind), step, state.key)
    return titles_of(following) if following is not None else ()


def _proposal(reader: Reader, case: Case, ctx: Context) -> ProposalView | None:
    proposal: Proposal | None = ctx.proposal
    if proposal is None:
        return None
    step = workflow(case.kind).decidable(proposal.step)
    assert step is not None
    if _audience_of_proposal(case, step).value not in audiences_of(reader, case):
        return None
    author, principal = (
        reader.session.get(User, person) if person is not None else None
        for person in (proposal.author_id, proposal.principal_id)
    )
    return ProposalView(
        step=step.key,
        step_label=step.label,
        opinion=proposal.opinion,
        author=done_by(author.name if author else "", principal.name if principal else None),
        waits_for=proposal.holder.label,
        lines=form_lines(step.form, proposal.form),
    )


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


def _notices(reader: Reader, case: Case) -> tuple[NoticeView, ...]:
    rows = reader.session.execute(
        select(Notice).where(Notice.parent_id == case.id).order_by(Notice.id.desc())
    ).scalars()
    seen = [row for row in rows if may_see(workflow("notice"), reader.standing, row)]
    people = {row.recipient_person_id for row in seen} - {None}
    units = {row.recipient_unit_id for row in seen} - {None}
    names = dict(reader.session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    bodies = unit_names(reader.session, units)
    flow = workflow("notice")
    return tuple(
        NoticeView(
            uid=row.uid,
            title=row.title,
            number=row.number or "",
            state_label=flow.state(row.state).label,
            recipient=names.get(row.recipient_person_id or 0, "") or bodies.on(row.recipient_unit_id, row.signed_on),
            signed_on=row.signed_on,
            served_on=row.served_on,
            has_sheet=row.sha256 is not None,
        )
        for row in seen
    )

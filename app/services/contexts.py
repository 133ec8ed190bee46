"""The Context of one step: who acts in which capacities, on what day, under which calendar and rule set."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select

from app.access.capacities import capacities_on, hats_on
from app.models.cases import Case, ProposalRow
from app.models.people import Unit
from app.services.commands import Paper
from app.services.facts import SqlFacts
from app.services.lawbook import rule_set_in_force
from app.services.settled_facts import SettledFacts
from app.services.unit_of_work import UnitOfWork
from workflows.kit.context import Actor, Context, Hat, Proposal
from workflows.kit.errors import FieldError, FormIncomplete, NotPermitted
from workflows.kit.storable import FIRST_DAY, in_words
from workflows.roles import OFFICIAL, RELATIONS, Capacity

_LIVE_PROPOSAL = select(ProposalRow).where(ProposalRow.case_id == bindparam("case"), ProposalRow.status == "live")


def context_of(
    work: UnitOfWork,
    case: Case,
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    *,
    step: str = "",
    expected_version: int | None = None,
    paper: Paper | None = None,
) -> Context:
    """Make the context in which a step on this case is judged.

    Raises:
        NotPermitted: something is entered from paper by somebody who is not of the handling office.
        FormIncomplete: the days of the paper cannot be right.
        LawMissing: the database holds no calendar or rule set.
    """
    session, today = work.session, work.today
    if paper is not None:
        _demand_possible_days(work, case, paper)
    if case.rule_set_id is not None:
        rules = work.rules(case.rule_set_id)
    else:
        _, rules = rule_set_in_force(session, case.locality, paper.received_on if paper else today)
    calendar = work.calendar
    hats = _hats(work, case, actor, paper)
    return Context(
        case=case,
        actor=actor,
        now=work.now,
        today=today,
        capacities=frozenset().union(*(hat.capacities for hat in hats)),
        calendar=calendar,
        rules=rules,
        facts=_facts_for(work)(work, case, actor.user_id, calendar, today),
        proposal=_proposal(work, case, step),
        given=given,
        expected_version=expected_version,
        received_on=paper.received_on if paper else None,
        counts_on=(paper.posted_on or paper.received_on) if paper else None,
        on_behalf_of=paper.on_behalf_of if paper else None,
        hats=hats if len(hats) > 1 else (),
        acting_for=hats[0].principal,
    )


def _facts_for(work: UnitOfWork) -> type[SqlFacts]:
    return SqlFacts if work.readings is None else SettledFacts


def _hats(work: UnitOfWork, case: Case, actor: Actor, paper: Paper | None) -> tuple[Hat, ...]:
    """In what quality the actor may act; what he enters from paper is taken in the quality of whose paper it is."""
    if actor.user_id is None:
        return (Hat(None, frozenset({Capacity.SYSTEM})),)
    hats = hats_on(work.standing(actor.user_id), case)
    if paper is None:
        return hats
    entering = next((hat for hat in hats if Capacity.OFFICE in hat.capacities), None)
    if entering is None:
        raise NotPermitted("代录", Capacity.OFFICE.label)
    on_paper = capacities_on(replace(work.standing(paper.on_behalf_of), deputised=()), case)
    usable = frozenset(one for one in on_paper if one not in OFFICIAL or _acts_on_paper(work, case, one))
    return (Hat(entering.principal, usable),)


def _acts_on_paper(work: UnitOfWork, case: Case, capacity: Capacity) -> bool:
    """An organ acts on paper only while it is not on the system (代录, procedures, section 0)."""
    units = [getattr(case, relation.column) for relation in RELATIONS[capacity]]
    return not any(work.session.get_one(Unit, unit).on_system for unit in units if unit is not None)


def _demand_possible_days(work: UnitOfWork, case: Case, paper: Paper) -> None:
    """Paper has come by today, after what it answers, and was posted before it came.

    Raises:
        FormIncomplete: which day cannot be right.
    """
    known = case if case.opened_on is not None or case.parent_id is None else work.session.get_one(Case, case.parent_id)
    begun = known.opened_on or FIRST_DAY
    wrong = []
    if paper.received_on > work.today:
        wrong.append(FieldError("received_on", "收到日期", "不得晚于今天"))
    elif paper.received_on < begun:
        wrong.append(FieldError("received_on", "收到日期", f"不得早于所涉事项的立案日期（{in_words(begun)}）"))
    if paper.posted_on is not None and not begun <= paper.posted_on <= paper.received_on:
        wrong.append(FieldError("posted_on", "邮戳日期", f"应当在{in_words(begun)}至收到日期之间"))
    if wrong:
        raise FormIncomplete(tuple(wrong))


def live_proposal(work: UnitOfWork, case: Case, step: str = "") -> ProposalRow | None:
    """The proposal or signed request that somebody has to act on now.

    Args:
        step: the opening step of a case that does not exist yet; its proposal lies on the case it hangs on.
    """
    lies_on = case.id if case.is_stored else case.parent_id
    if lies_on is None:
        return None
    if lies_on not in work.proposals:
        work.proposals[lies_on] = work.session.execute(_LIVE_PROPOSAL, {"case": lies_on}).scalar_one_or_none()
    row = work.proposals[lies_on]
    if row is None or row.status != "live" or (not case.is_stored and row.step != step):
        return None
    return row


def _proposal(work: UnitOfWork, case: Case, step: str) -> Proposal | None:
    row = live_proposal(work, case, step)
    if row is None:
        return None
    return Proposal(row.step, json.loads(row.form), row.opinion, row.author_id, Capacity(row.holder), row.principal_id)

"""Term rows: opened, closed, paused, extended, armed by service, recomputed. `due_on` is always their pure function."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from app.models.cases import Case
from app.models.terms import LIVE, TermRow
from app.services.events import PendingEvent
from app.services.unit_of_work import UnitOfWork
from app.services.wakes import next_wake
from workflows.kit.calendar import Calendar
from workflows.kit.context import Context
from workflows.kit.counting import Counting, Due, Extension, Nature, Pause, Span, Unit, due_on, remaining
from workflows.kit.definition import Start, StartKind, Term
from workflows.kit.termplan import TermAct, TermMove
from workflows.registry import workflow
from workflows.rules.model import RuleSet, TermRule

_OF_CASE = select(TermRow).where(TermRow.case_id == bindparam("case")).order_by(TermRow.arming)


@dataclass
class KeptTerms:
    """The terms of one case: those that run, are paused or await a service, and the newest arming of each, by key."""

    live: dict[str, TermRow] = field(default_factory=dict)
    newest: dict[str, TermRow] = field(default_factory=dict)


def kept_terms(work: UnitOfWork, case_id: int) -> KeptTerms:
    """Read every term that a case has had."""
    kept = KeptTerms()
    for row in work.session.execute(_OF_CASE, {"case": case_id}).scalars():
        kept.newest[row.key] = row
        if row.status in LIVE:
            kept.live[row.key] = row
    return kept


def live_terms(work: UnitOfWork, case_id: int) -> dict[str, TermRow]:
    """The terms of a case that run, are paused or await a service, by key."""
    return kept_terms(work, case_id).live


def counting_of(row: TermRow) -> Counting:
    """What decides the last day of a term, read from its row.

    Raises:
        AssertionError: the term still awaits its first day.
    """
    assert row.anchor_on is not None, "an awaiting term has no last day"
    return Counting(
        nature=Nature(row.nature),
        span=Span(row.number, Unit(row.unit)),
        anchor_on=row.anchor_on,
        pauses=tuple(
            Pause(date.fromisoformat(item["from"]), _day(item["to"]), item["cause"]) for item in json.loads(row.pauses)
        ),
        extensions=tuple(
            Extension(Span.parse(item["span"]), date.fromisoformat(item["on"]), item["basis"])
            for item in json.loads(row.extensions)
        ),
        not_before=row.told_on,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def reckon(row: TermRow, calendar: Calendar, rules: RuleSet, today: date, fired: frozenset[str] = frozenset()) -> None:
    """Recompute last day, provisional mark and next waking of a live term from what its row holds."""
    row.calendar_version = calendar.version
    if row.anchor_on is None:
        row.status, row.due_on, row.wakes_on = "awaiting", None, None
        return
    due: Due = due_on(counting_of(row), calendar)
    row.due_on, row.provisional = due.on, due.provisional
    row.wakes_on = next_wake(row, calendar, rules, today, fired) if row.status == "running" else None


def apply_plan(
    work: UnitOfWork, case: Case, step: str, ctx: Context, plan: tuple[TermAct, ...], kept: KeptTerms
) -> list[dict[str, Any]]:
    """Turn the plan of a step into rows; returns what the event of the step notes about terms."""
    noted: list[dict[str, Any]] = []
    live = kept.live
    for act in plan:
        row = live.get(act.term.key)
        if act.move is TermMove.OPEN:
            assert act.start is not None
            opened = _open(work, case, act.term, act.start, step, ctx, kept.newest.get(act.term.key))
            if opened is not None:
                live[act.term.key] = kept.newest[act.term.key] = opened
                noted.append(term_note("open", opened))
        elif row is not None:
            _change(act.move, row, case, step, ctx)
            if act.move is TermMove.CLOSE:
                live.pop(act.term.key)
            noted.append(term_note(act.move.value, row))
    return noted


def _change(move: TermMove, row: TermRow, case: Case, step: str, ctx: Context) -> None:
    if move is TermMove.CLOSE:
        close(row, max(ctx.in_time_on, row.anchor_on or ctx.in_time_on), "met")
    elif move is TermMove.PAUSE:
        pause(row, ctx, "等待补正")
    elif move is TermMove.RESUME:
        resume(row, ctx)


def term_note(act: str, row: TermRow) -> dict[str, Any]:
    """What an event keeps of a term, enough to rebuild its last day (trust, T14)."""
    return {
        "act": act,
        "term": row.key,
        "arming": row.arming,
        "anchor": row.anchor_on,
        "length": f"{row.number} {row.unit}",
        "due": row.due_on,
        "calendar": row.calendar_version,
    }


def _open(
    work: UnitOfWork, case: Case, term: Term, start: Start, step: str, ctx: Context, last: TermRow | None
) -> TermRow | None:
    rule = _rule(term, case, ctx)
    if rule is None or rule.span is None:
        return None
    span, anchor, awaits = rule.span, _anchor(start, step, rule, case, ctx), ""
    if term.length_in and getattr(case, term.length_in):
        span = Span(getattr(case, term.length_in), rule.span.unit)
    if start.kind is StartKind.SERVICE:
        anchor, awaits = None, start.of
    elif start.kind is StartKind.DATE:
        # What counts from a service is counted anew when the day of service is corrected.
        awaits = _served_by(case, step) or ("" if anchor else start.of)
    if start.resumes and last is not None:
        span, anchor = _rest(last, ctx), ctx.today
    row = TermRow(
        case_id=case.id,
        dossier_id=case.dossier_id,
        key=term.key,
        arming=last.arming + 1 if last else 1,
        nature=term.nature.value,
        holder=getattr(case, term.holder_in) if term.holder_in else term.holder.value,
        number=span.number,
        unit=span.unit.value,
        anchor_on=anchor,
        anchor=rule.anchor or step,
        awaits=awaits,
        pauses="[]",
        extensions="[]",
        basis=rule.basis.text,
        grade=rule.grade.value,
        status="running" if anchor else "awaiting",
        opened_at=ctx.now,
        expiry_refused="",
        provisional=False,
    )
    reckon(row, ctx.calendar, ctx.rules, ctx.today)
    # The day of a right is told to its holder with the service and never moves earlier from then on.
    row.told_on = row.due_on if term.nature is Nature.RIGHT else None
    work.session.add(row)
    return row


def _served_by(case: Case, step: str) -> str:
    """The notice whose service takes this step; empty for every other step."""
    taken = workflow(case.kind).step(step)
    return taken.on_service if taken else ""


def _rule(term: Term, case: Case, ctx: Context) -> TermRule | None:
    rule = ctx.rules.term(term.key)
    if rule is not None and rule.by_severity is not None:
        return rule.for_severity(getattr(case, "severity", None) or ctx.facts.record_severity())
    return rule


def _rest(last: TermRow, ctx: Context) -> Span:
    """What is left of a term that was met and is returned: never less than `term.floor`."""
    floor = ctx.rules.term("term.floor")
    assert floor is not None
    assert floor.span is not None
    return remaining(counting_of(last), last.ended_on or ctx.today, ctx.calendar, floor.span)


def _anchor(start: Start, step: str, rule: TermRule, case: Case, ctx: Context) -> date | None:
    if start.kind is StartKind.DATE:
        value: date | None = getattr(ctx.form, start.of, None) or getattr(case, start.of, None)
        return value
    if start.of == "today":
        return ctx.today
    if rule.anchor in {"received", "received_complete"}:
        return case.complete_on or case.received_on or ctx.today
    if rule.anchor == "publication_or_listing":
        return getattr(case, "published_on", None) or ctx.today
    # What came on paper was received on the day it arrived, not on the day it was entered (代录).
    return ctx.filed_on


def close(row: TermRow, today: date, status: str) -> None:
    """End a term: `met` by a step, `lapsed` when its expiry was carried out."""
    if row.status == "paused":
        _end_pause(row, today)
    row.status, row.ended_on, row.wakes_on = status, today, None


def pause(row: TermRow, ctx: Context, cause: str) -> None:
    """Skip the days after today until `resume`; a period is never paused."""
    if row.status != "running" or row.nature == Nature.PERIOD:
        return
    pauses = json.loads(row.pauses)
    row.pauses = json.dumps([*pauses, {"from": ctx.today.isoformat(), "to": None, "cause": cause}], ensure_ascii=False)
    row.status = "paused"
    reckon(row, ctx.calendar, ctx.rules, ctx.today)


def resume(row: TermRow, ctx: Context) -> None:
    """End the running pause with today."""
    if row.status != "paused":
        return
    _end_pause(row, ctx.filed_on)
    row.status = "running"
    reckon(row, ctx.calendar, ctx.rules, ctx.today)


def _end_pause(row: TermRow, today: date) -> None:
    pauses = json.loads(row.pauses)
    pauses[-1]["to"] = max(today.isoformat(), pauses[-1]["from"])
    row.pauses = json.dumps(pauses, ensure_ascii=False)


def extend(row: TermRow, days: int, basis: str, ctx: Context) -> None:
    """Add days in the term's own unit, counted from its old last day."""
    extensions = json.loads(row.extensions)
    extensions.append({"span": f"{days} {row.unit}", "on": ctx.today.isoformat(), "basis": basis})
    row.extensions = json.dumps(extensions, ensure_ascii=False)
    reckon(row, ctx.calendar, ctx.rules, ctx.today)


def arm(work: UnitOfWork, row: TermRow, served_on: date, ctx: Context) -> None:
    """A service happened: the awaiting (or, on a corrected day, the running) term counts from it."""
    row.anchor_on, row.status = served_on, "running"
    reckon(row, ctx.calendar, ctx.rules, ctx.today)
    row.told_on = row.due_on if row.nature == Nature.RIGHT else None


def note_on_case(
    work: UnitOfWork, case: Case, sort: str, what: str, content: dict[str, Any], audience: str = "parties"
) -> None:
    """An event that is no step: it leaves the version as it is."""
    work.events.append(
        PendingEvent(case, sort, what, None, work.now, audience, content, version=case.version, round=case.round)
    )


def governing_due(rows: list[TermRow]) -> date | None:
    """The last day that colours the case: the earliest of its running duties and rights."""
    days = [row.due_on for row in rows if row.due_on and row.nature != Nature.PERIOD and row.status == "running"]
    return min(days, default=None)

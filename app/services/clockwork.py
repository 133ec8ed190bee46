"""What the clock does to one due term: rungs of its ladder, and the step that its expiry takes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.models.cases import Case
from app.models.registry import MODELS
from app.models.terms import RungRow, TermRow
from app.services import terms
from app.services.applying import SYSTEM, apply_step
from app.services.contexts import context_of
from app.services.holding import settle_holder
from app.services.noticing import draft_notice
from app.services.recipients import holder_of
from app.services.unit_of_work import UnitOfWork
from app.services.wakes import expiry_day, next_wake, rung_days
from workflows.kit.context import Context
from workflows.kit.errors import GuardRefused
from workflows.registry import workflow
from workflows.roles import Capacity

EXPIRY = "expiry"
_REMINDERS = frozenset({"t-3", "t-1"})
#: What SYSTEM fills in where an expiry step has a form.
_EXPIRY_FORMS: dict[str, Mapping[str, Any]] = {
    "decline": {"ground": "retention_over", "reason": "保存期限届满，不再记录"},
}


def fire_term(work: UnitOfWork, term_id: int, kind: str) -> bool:
    """Do everything that is due on one running term of a case of this kind today; the dossier is locked.

    Returns:
        False when somebody else was faster and nothing is due any more.
    """
    row = work.session.get(TermRow, term_id)
    if row is None or row.status != "running" or row.wakes_on is None or row.wakes_on > work.today:
        return False
    case = work.session.get(MODELS[kind], row.case_id)
    assert case is not None
    ctx = context_of(work, case, SYSTEM)
    fired = _fired(work, row)
    if row.calendar_version != ctx.calendar.version:
        _reckon_by_newer_calendar(work, case, ctx, row, fired)
    over = expiry_day(row, ctx.calendar, ctx.rules)
    is_over = over is not None and over <= work.today and EXPIRY not in fired
    days = {name: day for name, day in rung_days(row, ctx.calendar).items() if name not in fired and day <= work.today}
    for name in sorted(days, key=days.__getitem__):
        _fire_rung(work, case, ctx, row, name, overtaken=_is_overtaken(name, days, row, work.today))
        fired |= {name}
    if is_over:
        fired |= _expire(work, case, ctx, row)
    if row.status == "running":
        expired = EXPIRY in fired
        row.wakes_on = next_wake(row, ctx.calendar, ctx.rules, work.today, fired, expired=expired)
    return True


def _reckon_by_newer_calendar(work: UnitOfWork, case: Case, ctx: Context, row: TermRow, fired: frozenset[str]) -> None:
    """A term that the import of a calendar has not reached yet: its day moves with an event, as there."""
    before = row.due_on
    terms.reckon(row, ctx.calendar, ctx.rules, ctx.today, fired)
    if before != row.due_on:
        content = {"terms": [terms.term_note("move", row)], "before": before, "calendar": ctx.calendar.version}
        terms.note_on_case(work, case, "moved", row.key, content)


def _fired(work: UnitOfWork, row: TermRow) -> frozenset[str]:
    return frozenset(work.session.execute(select(RungRow.rung).where(RungRow.term_id == row.id)).scalars())


def _is_overtaken(name: str, days: Mapping[str, date], row: TermRow, today: date) -> bool:
    """A reminder that a late sweep finds together with a later rung, or after the last day, reminds of nothing."""
    assert row.due_on is not None
    return name in _REMINDERS and (today > row.due_on or any(day > days[name] for day in days.values()))


def _fire_rung(work: UnitOfWork, case: Case, ctx: Context, row: TermRow, name: str, *, overtaken: bool) -> None:
    assert row.due_on is not None
    work.session.add(
        RungRow(term_id=row.id, case_id=case.id, rung=name, due_on=row.due_on, fired_at=work.now, overtaken=overtaken)
    )
    content = {"term": row.key, "arming": row.arming, "rung": name, "due": row.due_on, "overtaken": overtaken}
    terms.note_on_case(work, case, "rung", row.key, content, "inside" if name not in _REMINDERS else "parties")
    if overtaken:
        return
    if name == "t+1" and not _expiry_reminds(case, row):
        for party in holder_of(work, case, Capacity(row.holder)):
            draft_notice(work, case, ctx, "reminder", party, Capacity.SYSTEM, reason=row.key)
    elif name == "t+5":
        _take_last_rung(work, case, row)
    elif name in _REMINDERS:
        work.put_out(f"remind:{case.uid}:{row.key}:{row.arming}:{name}", "remind", case.id)


def _expiry_reminds(case: Case, row: TermRow) -> bool:
    """Whether the step on expiry sends the 催办通知书 itself."""
    flow = workflow(case.kind)
    term = flow.term(row.key)
    steps = [flow.step(key) for key in term.on_expiry] if term else []
    return any(draft.notice == "reminder" for step in steps if step for draft in step.notices)


def _take_last_rung(work: UnitOfWork, case: Case, row: TermRow) -> None:
    term = workflow(case.kind).term(row.key)
    if term is not None and term.on_last_rung:
        _try_step(work, case, row, term.on_last_rung)


def _try_step(work: UnitOfWork, case: Case, row: TermRow, step: str) -> str:
    """Take a step of the clock in a savepoint; returns why it was refused, empty if it was taken."""
    try:
        with work.attempt():
            apply_step(work, case, step, SYSTEM, _EXPIRY_FORMS.get(step, {}))
    except GuardRefused as refusal:
        work.session.refresh(row)
        work.session.refresh(case)
        return refusal.message
    return ""


def _expire(work: UnitOfWork, case: Case, ctx: Context, row: TermRow) -> frozenset[str]:
    """Take the step that expiry calls for; a refused one is shown as 到期待处理 and asked again tomorrow."""
    flow = workflow(case.kind)
    term = flow.term(row.key)
    assert term is not None
    step = next((key for key in term.on_expiry if (s := flow.step(key)) and s.move_from(case.state)), None)
    if step is None:
        if not term.ladder:
            terms.close(row, work.today, "lapsed")
            content = {"terms": [terms.term_note("lapse", row)]}
            terms.note_on_case(work, case, "ended", row.key, content, "inside")
        return _claim_expiry(work, case, row)
    why = _try_step(work, case, row, step)
    if why:
        if not row.expiry_refused:
            terms.note_on_case(work, case, "noted", "expiry_refused", {"term": row.key, "why": why}, "inside")
        row.expiry_refused = why[:400]
        return frozenset()
    row.expiry_refused = ""
    if row.status == "met":
        row.status = "lapsed"
    settle_holder(work, case, flow, terms.live_terms(work, case.id))
    return _claim_expiry(work, case, row)


def _claim_expiry(work: UnitOfWork, case: Case, row: TermRow) -> frozenset[str]:
    assert row.due_on is not None
    work.session.add(
        RungRow(term_id=row.id, case_id=case.id, rung=EXPIRY, due_on=row.due_on, fired_at=work.now, overtaken=False)
    )
    work.session.flush()
    return frozenset({EXPIRY})

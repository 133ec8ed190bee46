"""Pauses that follow from other cases: settled at the end of each transaction for the whole dossier."""

from sqlalchemy import select

from app.models.cases import Case
from app.models.terms import TermRow
from app.services import terms
from app.services.contexts import context_of
from app.services.facts import OBJECTION_PENDING
from app.services.unit_of_work import UnitOfWork
from workflows.kit.context import SYSTEM
from workflows.registry import WORKFLOWS, workflow

#: Terms that pause while a question of Facts is true, and why in words.
PAUSED_WHILE = {
    term.key: (kind, term.paused_while) for kind, flow in WORKFLOWS.items() for term in flow.terms if term.paused_while
}
CAUSES = {
    "waiting_exemption": "等待容错免责认定",
    "decision_waits": "等待异议审定或者容错免责认定",
}


def settle_pauses(work: UnitOfWork) -> None:
    """Pause and resume what waits for other cases of the dossier, with an event on each case concerned."""
    _ask_refused_expiries_again(work)
    if work.dossier is None or not any(_may_pause(case, before) for case, before in work.touched.values()):
        return
    rows = work.session.execute(
        select(TermRow).where(
            TermRow.dossier_id == work.dossier.id,
            TermRow.key.in_(list(PAUSED_WHILE)),
            TermRow.status.in_(("running", "paused")),
        )
    ).scalars()
    for row in list(rows):
        case = work.session.get(Case, row.case_id)
        assert case is not None
        _settle(work, case, row)


def _may_pause(case: Case, before: str) -> bool:
    """Whether what happened to this case can change what waits: an objection only by becoming or ceasing pending."""
    if case.kind == "objection":
        return (case.state in OBJECTION_PENDING) != (before in OBJECTION_PENDING)
    return case.kind in {"record", "exemption"}


def _ask_refused_expiries_again(work: UnitOfWork) -> None:
    """A case of the dossier closed: what kept an expiry from being carried out may be gone, so the sweep asks now."""
    if work.dossier is None or not any(case.phase == "closed" for case, _ in work.touched.values()):
        return
    rows = work.session.execute(
        select(TermRow).where(
            TermRow.dossier_id == work.dossier.id, TermRow.status == "running", TermRow.expiry_refused != ""
        )
    ).scalars()
    for row in rows:
        row.wakes_on = work.today


def _settle(work: UnitOfWork, case: Case, row: TermRow) -> None:
    from app.services.holding import settle_holder

    question = PAUSED_WHILE[row.key][1]
    ctx = context_of(work, case, SYSTEM)
    waits = bool(getattr(ctx.facts, question)())
    if waits == (row.status == "paused"):
        return
    if waits:
        terms.pause(row, ctx, CAUSES[question])
    else:
        terms.resume(row, ctx)
    act = "paused" if waits else "resumed"
    content = {"terms": [terms.term_note(act, row)], "cause": CAUSES[question]}
    terms.note_on_case(work, case, act, row.key, content, "inside")
    work.session.flush()
    settle_holder(work, case, workflow(case.kind), terms.live_terms(work, case.id))

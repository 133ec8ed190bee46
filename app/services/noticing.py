"""Notices that a step makes: each is a case of its own, drafted by SYSTEM in the step's transaction."""

import secrets

from app.models.cases import Case
from app.models.kinds import Notice
from app.services.applying import SYSTEM, StepRun, apply_step
from app.services.notice_text import put_to_seal
from app.services.opening import child_of
from app.services.recipients import Party, holder_of, recipients_of
from app.services.terms import live_terms
from app.services.unit_of_work import UnitOfWork
from workflows.catalogue import NOTICES, NoticeKind
from workflows.kit.context import Context
from workflows.kit.counting import Nature, has_ended
from workflows.kit.definition import Recipient
from workflows.roles import Capacity

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def draft_notices(run: StepRun) -> None:
    """Draft every notice of the step; one notice per recipient."""
    for draft in run.outcome.notices:
        for party in _parties(run, draft.to):
            draft_notice(run.work, run.case, run.ctx, draft.notice, party, run.signing_as)


def _parties(run: StepRun, to: Recipient) -> list[Party]:
    """Whom the notice reaches; a reminder goes to whoever owes the duty that is late, not to who holds the case."""
    if to is not Recipient.HOLDER:
        return recipients_of(run.work, run.case, to)
    flow, wanted = run.workflow, getattr(run.ctx.form, "target", "")
    late = [
        row
        for row in live_terms(run.work, run.case.id).values()
        if row.nature == Nature.DUTY and row.due_on is not None and has_ended(row.due_on, run.work.today)
    ]
    named = [row for row in late if (term := flow.term(row.key)) and wanted in (row.key, term.label)]
    first = min(named or late, key=lambda row: (row.due_on, row.key), default=None)
    return holder_of(run.work, run.case, Capacity(first.holder)) if first is not None else []


def draft_notice(
    work: UnitOfWork, case: Case, ctx: Context, key: str, party: Party, taken_by: Capacity, reason: str = ""
) -> Notice:
    """Draft one notice; where its signer took the step, it is signed with it and goes to be sealed."""
    kind = NOTICES[key]
    office_signs = ctx.rules.flag("notices.office_signs")
    signer = kind.signer_for(taken_by.name, office_signs=office_signs)
    born_signed = kind.born_signed(taken_by.name, office_signs=office_signs)
    notice = child_of(work, case, "notice")
    assert isinstance(notice, Notice)
    notice.rule_set_id = case.rule_set_id
    notice.key, notice.title = kind.key, title_of(kind, case, ctx)
    notice.signer = _signer_capacity(signer).value
    notice.organ_unit_id = organ_of(case, notice.signer)
    notice.recipient_person_id, notice.recipient_unit_id = party.person_id, party.unit_id
    notice.electronic = party.electronic
    notice.served = True
    notice.added_text, notice.context, notice.reason = "", "", reason
    notice.code = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    notice.subject_sees = False
    notice.occasion = case.version
    apply_step(work, notice, "draft", SYSTEM, {"key": kind.key, "signed": born_signed})
    work.signed_notices.add(notice.id)
    if born_signed:
        put_to_seal(work, notice)
    return notice


def title_of(kind: NoticeKind, case: Case, ctx: Context) -> str:
    """The title as the locality words it."""
    rules = ctx.rules
    return kind.title_for(
        case_kind=case.kind, review_word=rules.text("review_word"), decider=rules.text("objection.decider")
    )


def _signer_capacity(name: str) -> Capacity:
    """SYSTEM signs in the name of the credit office."""
    return Capacity.OFFICE if name == "SYSTEM" else Capacity[name]


def organ_of(case: Case, signer: str) -> int:
    """The unit whose mark stands at the head of the notice."""
    unit_id = {
        Capacity.PROVIDER_HEAD: case.provider_unit_id,
        Capacity.FINDER_HEAD: case.finder_unit_id,
        Capacity.REVIEWER: case.review_unit_id,
        Capacity.TOLERANCE_HEAD: case.tolerance_unit_id,
    }.get(Capacity(signer), case.handling_unit_id)
    assert unit_id is not None
    return unit_id

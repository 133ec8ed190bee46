"""异议: the procedure of an objection to a record (procedures, section 3; R33–R37)."""

from workflows.forms.common import (
    AbsenceForm,
    ExtensionRequestForm,
    RemindForm,
    RequestSupplementForm,
    ReviewRequestForm,
    SupplementForm,
)
from workflows.forms.objection import (
    AnswerForm,
    DecideObjectionForm,
    DecideReviewForm,
    ExtendForm,
    RefuseObjectionForm,
    RefuseReviewForm,
    ReturnAnswerForm,
    SignAnswerForm,
    SubmitObjectionForm,
    TransferBackForm,
)
from workflows.guards import (
    as_proposed,
    head_files_for_the_unit,
    late_without_reason,
    reviewer_took_no_part,
    supplement_not_requested_yet,
)
from workflows.kit.context import Context
from workflows.kit.counting import Nature
from workflows.kit.definition import (
    OPENING,
    Audience,
    Cascade,
    Draft,
    Fork,
    Phase,
    Recipient,
    State,
    Step,
    Term,
    Workflow,
    at,
    from_today,
    moves,
    on_service_of,
    resumed_at,
    stay,
)
from workflows.kit.forms import NoForm, ReasonForm
from workflows.kit.proposals import no_live_proposal, with_proposal_steps
from workflows.objection_guards import (
    about_the_offices_own,
    answer_came_from_the_provider,
    answer_covers_the_dispute,
    extension_is_allowed,
    extension_is_requested,
    extension_within_cap,
    filing_term_kept_or_excused,
    is_about_more_than_the_period,
    is_about_the_period_only,
    no_objection_on_same_fields,
    not_the_same_again,
    not_transferred_by_this_unit,
    not_worse_for_the_objector,
    nothing_returned_yet,
    provider_is_late_and_warned,
    record_is_contestable,
    refusal_ground_holds,
    review_annuls,
    review_is_consistent_and_not_worse,
    review_result_changes,
    some_duty_is_late,
    some_field_changes,
    term_still_runs,
    transfer_is_early,
    upholds_the_objection_as_answered,
    verdict_outcome,
    verdicts_annul,
)
from workflows.roles import Capacity as C

OPEN, DECIDED_PHASE, CLOSED_PHASE = Phase.OPEN, Phase.DECIDED, Phase.CLOSED

SUBMITTED = State("submitted", "待受理", OPEN, C.OFFICE)
INCOMPLETE = State("incomplete", "待补正", OPEN, C.SUBJECT)
VERIFYING = State("verifying", "核查中", OPEN, C.PROVIDER)
SIGNING = State("signing", "待审签", OPEN, C.PROVIDER_HEAD)
ANSWERED = State("answered", "待审定", OPEN, C.OFFICE)
DECIDED = State("decided", "已审定", DECIDED_PHASE, resting="当事人可以申请复核；申请复核期限届满后自动办结")
REFUSED = State("refused", "不予受理", DECIDED_PHASE, resting="当事人可以申请复核；申请复核期限届满后自动办结")
REVIEW_SUBMITTED = State("review_submitted", "复核待受理", OPEN, C.REVIEW_OFFICE)
REVIEWING = State("reviewing", "复核中", OPEN, C.REVIEW_OFFICE)
CLOSED = State("closed", "已办结", CLOSED_PHASE)
LAPSED = State("lapsed", "视为放弃", CLOSED_PHASE)
WITHDRAWN = State("withdrawn", "已撤回", CLOSED_PHASE)
TERMINATED = State("terminated", "已终止", CLOSED_PHASE)

HANDLING = (SUBMITTED, INCOMPLETE, VERIFYING, SIGNING, ANSWERED)
#: Where the end of the record ends the objection too; a decision that stands runs its course (procedures, section 0).
HANDLED = (*HANDLING, REVIEW_SUBMITTED, REVIEWING)
UNFINISHED = (*HANDLING, DECIDED, REFUSED, REVIEW_SUBMITTED, REVIEWING)
EVERY = (*UNFINISHED, CLOSED, LAPSED, WITHDRAWN, TERMINATED)
AT_PROVIDER = (VERIFYING, SIGNING)
SUBJECT = frozenset({C.SUBJECT, C.SUBJECT_HEAD})

#: States of the record in which a decision can still change it.
_RECORD_REPORTED = frozenset(
    {"screening", "returned", "head_review", "noticing", "statement_open", "deciding", "listed", "repaired", "expired"}
)
CORRECTS = Cascade("record", "correct", _RECORD_REPORTED, when=some_field_changes, form="correction_from_verdicts")
ANNULS = Cascade("record", "annul", _RECORD_REPORTED, when=verdicts_annul, form="annulment_from_verdicts")


def _ends_with_the_period(state: State) -> Fork:
    """An objection about the period alone has lost its object; one about more goes on where it stands."""

    def choose(ctx: Context) -> State:
        return state if is_about_more_than_the_period.check(ctx) is True else TERMINATED

    return Fork("about_the_period_only", (TERMINATED, state), choose)


STEPS = with_proposal_steps(
    (
        Step("submit", "提出异议", moves({OPENING: SUBMITTED}), SUBJECT, SubmitObjectionForm,
             guards=(head_files_for_the_unit, record_is_contestable, no_objection_on_same_fields, not_the_same_again),
             notices=(Draft("objection_receipt", Recipient.APPLICANT),),
             effects=("keep_objection", "file_case"), basis="R33"),
        Step("request_supplement", "一次性告知补正", moves({SUBMITTED: INCOMPLETE}), frozenset({C.OFFICE}),
             RequestSupplementForm, guards=(supplement_not_requested_yet,),
             notices=(Draft("supplement_notice", Recipient.APPLICANT),), ends_round=True, redone_by=("supplement",)),
        Step("supplement", "补正", moves({INCOMPLETE: SUBMITTED}), SUBJECT, SupplementForm,
             guards=(head_files_for_the_unit,), effects=("note_complete",)),
        Step("lapse", "视为放弃", moves({INCOMPLETE: LAPSED}), frozenset({C.SYSTEM}), NoForm,
             notices=(Draft("lapse_notice", Recipient.APPLICANT),)),
        Step("refuse", "不予受理", moves({SUBMITTED: REFUSED}), frozenset({C.SUPERVISOR}), RefuseObjectionForm,
             guards=(refusal_ground_holds,), on_proposal=True,
             notices=(Draft("objection_refusal", Recipient.APPLICANT),)),
        Step("accept", "受理", moves({SUBMITTED: VERIFYING}), frozenset({C.OFFICE, C.SYSTEM}), NoForm,
             notices=(Draft("objection_acceptance", Recipient.APPLICANT),
                      Draft("assistance_letter", Recipient.PROVIDER)), effects=("note_acceptance",),
             basis="R34"),
        Step("accept_own", "受理（本机关更正范围）", moves({SUBMITTED: ANSWERED}), frozenset({C.OFFICE}), NoForm,
             guards=(about_the_offices_own,), notices=(Draft("objection_acceptance", Recipient.APPLICANT),),
             effects=("note_acceptance",)),
        Step("transfer_back", "退回转办", moves({VERIFYING: SUBMITTED}), frozenset({C.PROVIDER_HEAD}),
             TransferBackForm, guards=(transfer_is_early, not_transferred_by_this_unit),
             effects=("pass_to_named_unit",), audience=Audience.PROVIDER, redone_by=("accept", "accept_own")),
        Step("request_extension", "申请延期", stay(*AT_PROVIDER), frozenset({C.PROVIDER_HEAD}), ExtensionRequestForm,
             guards=(extension_is_allowed, extension_within_cap, term_still_runs, no_live_proposal),
             effects=("request_decision",), audience=Audience.PROVIDER),
        Step("extend", "准予延期", stay(*AT_PROVIDER), frozenset({C.SUPERVISOR}), ExtendForm,
             guards=(extension_is_allowed, extension_within_cap), on_proposal=True, requested_by="request_extension",
             together=as_proposed,
             notices=(Draft("extension_notice", Recipient.APPLICANT), Draft("extension_notice", Recipient.PROVIDER)),
             effects=("extend_verification",)),
        Step("refuse_extension", "不准延期", stay(*AT_PROVIDER), frozenset({C.SUPERVISOR}), ReasonForm,
             guards=(extension_is_requested,), effects=("end_proposal",), audience=Audience.PROVIDER),
        Step("draft_answer", "拟定核查意见", moves({VERIFYING: SIGNING}), frozenset({C.PROVIDER}), AnswerForm,
             guards=(answer_covers_the_dispute,), effects=("keep_answer",), audience=Audience.PROVIDER, basis="R35"),
        Step("reject_answer", "退回修改", moves({SIGNING: VERIFYING}), frozenset({C.PROVIDER_HEAD}), ReasonForm,
             audience=Audience.PROVIDER, ends_round=True, redone_by=("draft_answer",)),
        Step("answer", "反馈核查结果", moves({SIGNING: ANSWERED}), frozenset({C.PROVIDER_HEAD}), SignAnswerForm,
             four_eyes="draft_answer", notices=(Draft("verification_feedback", Recipient.APPLICANT),), basis="R35"),
        Step("return_answer", "退回重新核查", moves({ANSWERED: VERIFYING}), frozenset({C.OFFICE}), ReturnAnswerForm,
             guards=(nothing_returned_yet, answer_came_from_the_provider), audience=Audience.PROVIDER,
             ends_round=True, redone_by=("draft_answer", "answer")),
        Step("escalate", "督办", stay(*AT_PROVIDER), frozenset({C.SYSTEM}), NoForm,
             notices=(Draft("supervision", Recipient.PROVIDER),
                      Draft("supervision_report", Recipient.PROVIDER_SUPERIOR)), audience=Audience.PROVIDER),
        Step("remind", "催办", stay(*UNFINISHED), frozenset({C.OFFICE}), RemindForm, guards=(some_duty_is_late,),
             notices=(Draft("reminder", Recipient.HOLDER),), audience=Audience.PROVIDER),
        Step("supervise", "督办", stay(*UNFINISHED), frozenset({C.SUPERVISOR}), RemindForm,
             guards=(some_duty_is_late,), notices=(Draft("supervision", Recipient.HOLDER),),
             audience=Audience.PROVIDER),
        Step("decide_without_answer", "径行审定", moves(dict.fromkeys(AT_PROVIDER, DECIDED)),
             frozenset({C.SUPERVISOR}), DecideObjectionForm,
             guards=(provider_is_late_and_warned, answer_covers_the_dispute), on_proposal=True,
             notices=(Draft("objection_decision", Recipient.APPLICANT),
                      Draft("objection_decision", Recipient.PROVIDER)),
             cascades=(CORRECTS, ANNULS), effects=("keep_decision", "open_sync_items_if_still_shown")),
        Step("decide", "审定", moves({ANSWERED: DECIDED}), frozenset({C.SUPERVISOR}), DecideObjectionForm,
             guards=(not_worse_for_the_objector,), on_proposal=True, together=upholds_the_objection_as_answered,
             notices=(Draft("objection_decision", Recipient.APPLICANT),
                      Draft("objection_decision", Recipient.PROVIDER)),
             cascades=(CORRECTS, ANNULS), effects=("keep_decision", "open_sync_items_if_still_shown"), basis="R36"),
        Step("request_review", "申请复核", moves({DECIDED: REVIEW_SUBMITTED, REFUSED: REVIEW_SUBMITTED}), SUBJECT,
             ReviewRequestForm, guards=(head_files_for_the_unit, filing_term_kept_or_excused),
             effects=("keep_review_request", "bring_in_review_body"), basis="R37"),
        Step("accept_review", "受理复核", moves({REVIEW_SUBMITTED: REVIEWING}), frozenset({C.REVIEW_OFFICE}), NoForm,
             guards=(reviewer_took_no_part,)),
        Step("refuse_review", "不予受理复核", moves({REVIEW_SUBMITTED: CLOSED}), frozenset({C.REVIEWER}),
             RefuseReviewForm, guards=(late_without_reason, reviewer_took_no_part), on_proposal=True,
             notices=(Draft("review_refusal", Recipient.APPLICANT),)),
        Step("decide_review", "复核决定", moves({REVIEWING: CLOSED}), frozenset({C.REVIEWER}), DecideReviewForm,
             guards=(reviewer_took_no_part, review_is_consistent_and_not_worse), on_proposal=True,
             notices=(Draft("review_decision", Recipient.APPLICANT), Draft("review_decision", Recipient.OFFICE)),
             cascades=(Cascade("record", "correct", _RECORD_REPORTED, when=review_result_changes,
                               form="correction_from_verdicts"),
                       Cascade("record", "annul", _RECORD_REPORTED, when=review_annuls,
                               form="annulment_from_verdicts")),
             effects=("keep_review_decision", "open_sync_items_if_still_shown"), basis="R37"),
        Step("close", "办结", moves({DECIDED: CLOSED, REFUSED: CLOSED}), frozenset({C.SYSTEM}), NoForm),
        Step("withdraw", "撤回", moves({**dict.fromkeys(HANDLING, WITHDRAWN), REVIEW_SUBMITTED: CLOSED,
                                      REVIEWING: CLOSED}), SUBJECT, ReasonForm,
             guards=(head_files_for_the_unit,)),
        Step("terminate", "终止", moves(dict.fromkeys(HANDLED, TERMINATED)), frozenset({C.SYSTEM}), AbsenceForm,
             notices=(Draft("termination_notice", Recipient.APPLICANT),), effects=("void_unserved_notices",)),
        Step("record_expired", "记录期满",
             moves({state: _ends_with_the_period(state) for state in HANDLED}), frozenset({C.SYSTEM}), AbsenceForm,
             notices=(Draft("termination_notice", Recipient.APPLICANT, is_about_the_period_only),),
             effects=("void_unserved_notices_if_ended",)),
    )
)  # fmt: skip

TERMS = (
    Term("objection.acceptance", "受理期限", Nature.DUTY, C.OFFICE,
         (*at("submit", "supplement"), *from_today("transfer_back")), frozenset({SUBMITTED}), on_expiry=("accept",)),
    Term("objection.supplement", "补正期限", Nature.RIGHT, C.SUBJECT,
         on_service_of("supplement_notice", "request_supplement"), frozenset({INCOMPLETE}), on_expiry=("lapse",)),
    Term("objection.verification", "核查期限", Nature.DUTY, C.PROVIDER, (*at("accept"), *resumed_at("return_answer")),
         frozenset(AT_PROVIDER), on_expiry=("escalate",)),
    Term("objection.total", "异议办理总期限", Nature.DUTY, C.OFFICE, at("submit", "supplement"),
         frozenset({SUBMITTED, *AT_PROVIDER, ANSWERED, DECIDED, REFUSED}),
         ends_on_dispatch=frozenset({"objection_decision", "objection_refusal"})),
    Term("objection.own_decision", "本机关异议处理期限", Nature.DUTY, C.OFFICE, at("accept_own"),
         frozenset({ANSWERED})),
    Term("objection.decision", "审定期限", Nature.DUTY, C.OFFICE, at("answer"), frozenset({ANSWERED})),
    Term("objection.review_filing", "申请复核期限", Nature.RIGHT, C.SUBJECT,
         (*on_service_of("objection_decision", "decide", "decide_without_answer"),
          *on_service_of("objection_refusal", "refuse")),
         frozenset({DECIDED, REFUSED}), on_expiry=("close",)),
    Term("objection.review", "复核期限", Nature.DUTY, C.REVIEW_OFFICE, at("request_review"),
         frozenset({REVIEW_SUBMITTED, REVIEWING})),
)  # fmt: skip

_FROM_ACCEPTANCE = frozenset(EVERY) - {SUBMITTED, INCOMPLETE, LAPSED}

OBJECTION = Workflow(
    key="objection",
    label="异议",
    states=EVERY,
    steps=STEPS,
    terms=TERMS,
    visible={
        **dict.fromkeys((C.SUBJECT, C.SUBJECT_HEAD, C.OFFICE, C.SUPERVISOR), frozenset(EVERY)),
        **dict.fromkeys((C.PROVIDER, C.PROVIDER_HEAD), _FROM_ACCEPTANCE),
        # They have to do with a case from the request for review on (`bring_in_review_body`).
        **dict.fromkeys((C.REVIEW_OFFICE, C.REVIEWER), frozenset({REVIEW_SUBMITTED, REVIEWING, CLOSED, TERMINATED})),
    },
    number_word="异",
    decides_at={
        "decide": verdict_outcome,
        "decide_without_answer": verdict_outcome,
        "refuse": lambda ctx: "不予受理",
        "decide_review": lambda ctx: ctx.form.result.label,
    },
)

"""信用修复: the procedure of a credit repair (procedures, section 5; R48–R52)."""

from workflows.forms.common import (
    AbsenceForm,
    RemindForm,
    RequestSupplementForm,
    ReviewRequestForm,
    SupplementForm,
)
from workflows.forms.repair import (
    ApproveRepairForm,
    CompleteSyncForm,
    DecideRepairReviewForm,
    DenyRepairForm,
    RefuseRepairForm,
    RefuseRepairReviewForm,
    RepairFindingForm,
    RepairReviewResult,
    RevokeRepairForm,
    SignFindingForm,
    SubmitRepairForm,
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
from workflows.kit.proposals import with_proposal_steps
from workflows.repair_guards import (
    changed_decision_is_possible,
    correction_lies_behind,
    dates_allow_filing,
    every_line_is_met,
    filing_term_kept_or_excused,
    finder_is_late_and_warned,
    finding_covers_the_gate,
    finding_may_be_returned,
    no_open_repair,
    no_other_repair,
    record_can_be_repaired,
    refused_step_was_denial,
    repair_is_unfinished,
    review_accepts,
    review_grants,
    review_outcome,
    some_duty_is_late,
    subject_was_heard,
    sync_is_complete,
    unmet_lines_named,
)
from workflows.roles import Capacity as C

OPEN, DECIDED, CLOSED_PHASE = Phase.OPEN, Phase.DECIDED, Phase.CLOSED
_REVIEWABLE = "当事人可以申请复核；申请复核期限届满后自动办结"

SUBMITTED = State("submitted", "待受理", OPEN, C.OFFICE)
INCOMPLETE = State("incomplete", "待补正", OPEN, C.SUBJECT)
VERIFYING = State("verifying", "核实中", OPEN, C.FINDER)
SIGNING = State("signing", "待审签", OPEN, C.FINDER_HEAD)
PROPOSED = State("proposed", "待审批", OPEN, C.OFFICE)
EXECUTING = State("executing", "同步中", OPEN, resting="同步事项全部确认后，自动转为已修复")
REFUSED = State("refused", "不予受理", DECIDED, resting=_REVIEWABLE)
DENIED = State("denied", "不予修复", DECIDED, resting=_REVIEWABLE)
COMPLETED = State("completed", "已修复", DECIDED, resting="所涉记录终结后自动办结")
REVIEW_SUBMITTED = State("review_submitted", "复核待受理", OPEN, C.REVIEW_OFFICE)
REVIEWING = State("reviewing", "复核中", OPEN, C.REVIEW_OFFICE)
CLOSED = State("closed", "已办结", CLOSED_PHASE)
LAPSED = State("lapsed", "视为放弃", CLOSED_PHASE)
WITHDRAWN = State("withdrawn", "已撤回", CLOSED_PHASE)
REVOKED = State("revoked", "已撤销修复", CLOSED_PHASE)
TERMINATED = State("terminated", "已终止", CLOSED_PHASE)

HANDLING = (SUBMITTED, INCOMPLETE, VERIFYING, SIGNING, PROPOSED)
IN_REVIEW = (REVIEW_SUBMITTED, REVIEWING)
UNFINISHED = (*HANDLING, EXECUTING, REFUSED, DENIED, *IN_REVIEW)
EVERY = (*UNFINISHED, COMPLETED, CLOSED, LAPSED, WITHDRAWN, REVOKED, TERMINATED)
SUBJECT = frozenset({C.SUBJECT, C.SUBJECT_HEAD})
SUPERVISOR = frozenset({C.SUPERVISOR})
REVIEWER = frozenset({C.REVIEWER})
RECORD_IS_LISTED = frozenset({"listed"})


def _review_leads_to(ctx: Context) -> State:
    """变更 of a denial works as `approve`, of a refusal as `accept`; 维持 ends the matter."""
    if ctx.form.result is RepairReviewResult.UPHELD:
        return CLOSED
    return EXECUTING if refused_step_was_denial(ctx) else VERIFYING


STEPS = with_proposal_steps(
    (
        Step("submit", "申请修复", moves({OPENING: SUBMITTED}), SUBJECT, SubmitRepairForm,
             guards=(head_files_for_the_unit, record_can_be_repaired, no_open_repair, dates_allow_filing,
                     correction_lies_behind),
             notices=(Draft("repair_receipt", Recipient.APPLICANT),), effects=("keep_repair", "file_case"),
             basis="R48、R49"),
        Step("request_supplement", "一次性告知补正", moves({SUBMITTED: INCOMPLETE}), frozenset({C.OFFICE}),
             RequestSupplementForm, guards=(supplement_not_requested_yet,),
             notices=(Draft("supplement_notice", Recipient.APPLICANT),), ends_round=True, redone_by=("supplement",)),
        Step("supplement", "补正", moves({INCOMPLETE: SUBMITTED}), SUBJECT, SupplementForm,
             guards=(head_files_for_the_unit,), effects=("note_complete",)),
        Step("lapse", "视为放弃", moves({INCOMPLETE: LAPSED}), frozenset({C.SYSTEM}), NoForm,
             notices=(Draft("lapse_notice", Recipient.APPLICANT),)),
        Step("refuse", "不予受理", moves({SUBMITTED: REFUSED}), SUPERVISOR, RefuseRepairForm,
             guards=(unmet_lines_named,), on_proposal=True,
             notices=(Draft("repair_refusal", Recipient.APPLICANT),), effects=("keep_unmet_lines",)),
        Step("accept", "受理", moves({SUBMITTED: VERIFYING}), frozenset({C.OFFICE, C.SYSTEM}), NoForm,
             notices=(Draft("repair_acceptance", Recipient.APPLICANT),)),
        Step("draft_finding", "拟定核实意见", moves({VERIFYING: SIGNING}), frozenset({C.FINDER}), RepairFindingForm,
             guards=(finding_covers_the_gate,), effects=("keep_finding",), audience=Audience.PROVIDER),
        Step("reject_finding", "退回修改", moves({SIGNING: VERIFYING}), frozenset({C.FINDER_HEAD}), ReasonForm,
             audience=Audience.PROVIDER, ends_round=True, redone_by=("draft_finding",)),
        Step("verify", "核实", moves({SIGNING: PROPOSED}), frozenset({C.FINDER_HEAD}), SignFindingForm,
             four_eyes="draft_finding", audience=Audience.PROVIDER, basis="R50"),
        Step("return_finding", "退回重新核实", moves({PROPOSED: VERIFYING}), frozenset({C.OFFICE}), ReasonForm,
             guards=(finding_may_be_returned,), audience=Audience.PROVIDER, ends_round=True,
             redone_by=("draft_finding", "verify")),
        Step("go_on", "径行审查", moves({VERIFYING: PROPOSED, SIGNING: PROPOSED}), frozenset({C.OFFICE}),
             RepairFindingForm, guards=(finder_is_late_and_warned, finding_covers_the_gate),
             effects=("keep_finding",), audience=Audience.PROVIDER),
        Step("approve", "准予修复", moves({PROPOSED: EXECUTING}), SUPERVISOR, ApproveRepairForm,
             guards=(every_line_is_met,), on_proposal=True, together=as_proposed,
             notices=(Draft("repair_decision", Recipient.APPLICANT),),
             cascades=(Cascade("record", "repair", RECORD_IS_LISTED),), effects=("open_sync_items",), basis="R52"),
        Step("deny", "不予修复", moves({PROPOSED: DENIED}), SUPERVISOR, DenyRepairForm, guards=(unmet_lines_named,),
             on_proposal=True, notices=(Draft("repair_denial", Recipient.APPLICANT),),
             effects=("keep_unmet_lines",)),
        Step("complete", "完成同步", moves({EXECUTING: COMPLETED}), frozenset({C.SYSTEM, C.SUPERVISOR}),
             CompleteSyncForm, guards=(sync_is_complete,), basis="R52"),
        Step("request_review", "申请复核", moves({REFUSED: REVIEW_SUBMITTED, DENIED: REVIEW_SUBMITTED}), SUBJECT,
             ReviewRequestForm, guards=(head_files_for_the_unit, filing_term_kept_or_excused, no_other_repair),
             effects=("keep_review_request", "bring_in_review_body")),
        Step("accept_review", "受理复核", moves({REVIEW_SUBMITTED: REVIEWING}), frozenset({C.REVIEW_OFFICE}), NoForm,
             guards=(reviewer_took_no_part,)),
        Step("refuse_review", "不予受理复核", moves({REVIEW_SUBMITTED: CLOSED}), REVIEWER, RefuseRepairReviewForm,
             guards=(late_without_reason, reviewer_took_no_part), on_proposal=True,
             notices=(Draft("review_refusal", Recipient.APPLICANT),)),
        Step("decide_review", "复核决定",
             moves({REVIEWING: Fork("review_result", (CLOSED, EXECUTING, VERIFYING), _review_leads_to)}), REVIEWER,
             DecideRepairReviewForm, guards=(reviewer_took_no_part, changed_decision_is_possible), on_proposal=True,
             notices=(Draft("review_decision", Recipient.APPLICANT), Draft("review_decision", Recipient.OFFICE),
                      Draft("repair_decision", Recipient.APPLICANT, review_grants),
                      Draft("repair_acceptance", Recipient.APPLICANT, review_accepts)),
             cascades=(Cascade("record", "repair", RECORD_IS_LISTED, when=review_grants),),
             effects=("keep_review_decision", "open_sync_items_if_granted")),
        Step("close", "办结", moves({REFUSED: CLOSED, DENIED: CLOSED}), frozenset({C.SYSTEM}), NoForm),
        Step("revoke", "撤销修复", moves({EXECUTING: REVOKED, COMPLETED: REVOKED}), SUPERVISOR, RevokeRepairForm,
             guards=(subject_was_heard,), on_proposal=True,
             notices=(Draft("repair_revocation", Recipient.APPLICANT),),
             cascades=(Cascade("record", "restore", frozenset({"repaired"})),)),
        Step("remind", "催办", stay(*HANDLING, *IN_REVIEW), frozenset({C.OFFICE}), RemindForm,
             guards=(some_duty_is_late,), notices=(Draft("reminder", Recipient.HOLDER),),
             audience=Audience.PROVIDER),
        Step("supervise", "督办", stay(*HANDLING, *IN_REVIEW), SUPERVISOR, RemindForm,
             guards=(some_duty_is_late,), notices=(Draft("supervision", Recipient.HOLDER),),
             audience=Audience.PROVIDER),
        Step("withdraw", "撤回", moves({**dict.fromkeys(HANDLING, WITHDRAWN), **dict.fromkeys(IN_REVIEW, CLOSED)}),
             SUBJECT, ReasonForm, guards=(head_files_for_the_unit,)),
        # What was granted is not undone by the end of its record: a completed repair is closed, not terminated.
        Step("terminate", "终止", moves({**dict.fromkeys(UNFINISHED, TERMINATED), COMPLETED: CLOSED}),
             frozenset({C.SYSTEM}), AbsenceForm,
             notices=(Draft("termination_notice", Recipient.APPLICANT, repair_is_unfinished),),
             effects=("void_unserved_notices",)),
    )
)  # fmt: skip

TERMS = (
    Term("repair.acceptance", "受理期限", Nature.DUTY, C.OFFICE, at("submit", "supplement"), frozenset({SUBMITTED}),
         on_expiry=("accept",)),
    Term("repair.total", "修复办理总期限", Nature.DUTY, C.OFFICE, (*at("submit"), *from_today("decide_review")),
         frozenset(HANDLING), paused_in=frozenset({INCOMPLETE})),
    Term("repair.supplement", "补正期限", Nature.RIGHT, C.SUBJECT,
         on_service_of("supplement_notice", "request_supplement"), frozenset({INCOMPLETE}), on_expiry=("lapse",)),
    Term("repair.verification", "核实期限", Nature.DUTY, C.FINDER,
         (*at("accept"), *from_today("decide_review"), *resumed_at("return_finding")),
         frozenset({VERIFYING, SIGNING})),
    Term("repair.review_filing", "申请复核期限", Nature.RIGHT, C.SUBJECT,
         (*on_service_of("repair_refusal", "refuse"), *on_service_of("repair_denial", "deny")),
         frozenset({REFUSED, DENIED}), on_expiry=("close",)),
    Term("repair.review", "复核期限", Nature.DUTY, C.REVIEW_OFFICE, at("request_review"), frozenset(IN_REVIEW)),
)  # fmt: skip

REPAIR = Workflow(
    key="repair",
    label="信用修复",
    states=EVERY,
    steps=STEPS,
    terms=TERMS,
    visible={
        **dict.fromkeys((C.SUBJECT, C.SUBJECT_HEAD, C.OFFICE, C.SUPERVISOR), frozenset(EVERY)),
        # The body of review from the request on (`bring_in_review_body`), also of what it has granted.
        **dict.fromkeys((C.FINDER, C.FINDER_HEAD, C.PROVIDER, C.PROVIDER_HEAD, C.REVIEW_OFFICE, C.REVIEWER),
                        frozenset(EVERY) - {SUBMITTED, INCOMPLETE, LAPSED}),
    },
    number_word="修",
    decides_at={
        "refuse": lambda ctx: "不予受理",
        "approve": lambda ctx: "准予修复",
        # What was decided at `approve` or in review stands when the last target has taken it over.
        "complete": lambda ctx: ctx.case.outcome,
        "deny": lambda ctx: "不予修复",
        "decide_review": review_outcome,
        "revoke": lambda ctx: "撤销修复",
    },
)  # fmt: skip

"""整改: the procedure of a rectification ordered from an organ (procedures, section 4; R53–R57)."""

from workflows.forms.common import AbsenceForm, ExtensionRequestForm, RemindForm, ServedForm
from workflows.forms.rectification import (
    AcceptPlanForm,
    CompletionForm,
    EscalateForm,
    ExplanationForm,
    ExtendCompletionForm,
    FailForm,
    GiveUpForm,
    OrderForm,
    PassForm,
    ProgressForm,
    ReopenForm,
    SignDraftForm,
)
from workflows.guards import as_proposed, subject_is_unit
from workflows.kit.counting import Nature
from workflows.kit.definition import (
    OPENING,
    Cascade,
    Draft,
    Phase,
    Recipient,
    State,
    Step,
    Term,
    Workflow,
    at,
    from_date,
    from_today,
    moves,
    resumed_at,
    stay,
)
from workflows.kit.forms import ReasonForm
from workflows.kit.proposals import no_live_proposal, with_proposal_steps
from workflows.rectification_guards import (
    completion_drafted,
    completion_still_runs,
    criticism_has_reason,
    each_task_has_evidence,
    escalation_is_due,
    explanation_drafted,
    extension_is_allowed,
    extension_is_requested,
    extension_within_cap,
    failed_less_than_twice,
    new_date_leaves_the_floor,
    no_other_rectification,
    order_was_served,
    plan_within_new_term,
    plan_within_term,
    record_is_listed,
    rectification_is_hopeless,
    reopening_is_requested,
    rises_to_criticism,
    rises_to_reminder,
    rises_to_supervision,
    some_duty_is_late,
    task_is_planned,
)
from workflows.roles import Capacity as C

OPEN = Phase.OPEN

ORDERED = State("ordered", "待送达", OPEN, resting="限期整改通知书送达后，自动进入待书面说明")
EXPLAINING = State("explaining", "待书面说明", OPEN, C.SUBJECT)
PLAN_REVIEW = State("plan_review", "方案待审", OPEN, C.OFFICE)
RECTIFYING = State("rectifying", "整改中", OPEN, C.SUBJECT)
REPORTED = State("reported", "待验收", OPEN, C.OFFICE)
FAILED = State("failed", "整改不到位", Phase.DECIDED,
               resting="当事单位可以申请恢复整改；所涉记录终结后自动终止")  # fmt: skip
PASSED = State("passed", "验收通过", Phase.CLOSED)
TERMINATED = State("terminated", "已终止", Phase.CLOSED)

RUNNING = (EXPLAINING, PLAN_REVIEW, RECTIFYING)
UNFINISHED = (ORDERED, *RUNNING, REPORTED, FAILED)
EVERY = (*UNFINISHED, PASSED, TERMINATED)
SUBJECT = frozenset({C.SUBJECT, C.SUBJECT_HEAD})
SUBJECT_HEAD = frozenset({C.SUBJECT_HEAD})
SUPERVISOR = frozenset({C.SUPERVISOR})

#: The case does not exist before it, so its proposal (拟办) lies on the record; the kit adds no steps for it here.
ORDER = Step(
    "order", "下达限期整改通知", moves({OPENING: ORDERED}), SUPERVISOR, OrderForm,
    guards=(subject_is_unit, record_is_listed, no_other_rectification), on_proposal=True,
    notices=(Draft("rectification_order", Recipient.SUBJECT),),
    cascades=(Cascade("record", "note_rectification", frozenset({"listed", "repaired"})),),
    effects=("keep_order", "file_case"), basis="R53、R54",
)  # fmt: skip

STEPS = (
    ORDER,
    *with_proposal_steps((
        Step("start", "整改通知送达", moves({ORDERED: EXPLAINING}), frozenset({C.SYSTEM}), ServedForm,
             on_service="rectification_order"),
        Step("draft_explanation", "拟定书面说明", stay(EXPLAINING), SUBJECT, ExplanationForm,
             guards=(plan_within_term,), effects=("keep_explanation",), basis="R53"),
        Step("reject_explanation", "退回修改", stay(EXPLAINING), SUBJECT_HEAD, ReasonForm,
             guards=(explanation_drafted,), ends_round=True, redone_by=("draft_explanation",)),
        Step("explain", "书面说明原因", moves({EXPLAINING: PLAN_REVIEW}), SUBJECT_HEAD, SignDraftForm,
             guards=(explanation_drafted,), four_eyes="draft_explanation", basis="R53"),
        Step("return_plan", "退回重报", moves({PLAN_REVIEW: EXPLAINING}), frozenset({C.OFFICE}), ReasonForm,
             ends_round=True, redone_by=("draft_explanation", "explain")),
        Step("accept_plan", "同意方案", moves({PLAN_REVIEW: RECTIFYING}), frozenset({C.OFFICE, C.SYSTEM}),
             AcceptPlanForm),
        Step("report_progress", "报送进展", stay(PLAN_REVIEW, RECTIFYING), SUBJECT, ProgressForm,
             guards=(task_is_planned,), effects=("keep_progress",), basis="R54、R57"),
        Step("request_extension", "申请延期", stay(*RUNNING), SUBJECT_HEAD, ExtensionRequestForm,
             guards=(extension_is_allowed, extension_within_cap, completion_still_runs, no_live_proposal),
             effects=("request_decision",)),
        Step("extend", "准予延期", stay(*RUNNING), SUPERVISOR, ExtendCompletionForm,
             guards=(extension_is_allowed, extension_within_cap), on_proposal=True,
             requested_by="request_extension", together=as_proposed,
             notices=(Draft("extension_notice", Recipient.SUBJECT),), effects=("extend_completion",)),
        Step("refuse_extension", "不准延期", stay(*RUNNING), SUPERVISOR, ReasonForm,
             guards=(extension_is_requested,), effects=("end_proposal",)),
        Step("draft_completion", "拟报验收", stay(PLAN_REVIEW, RECTIFYING), SUBJECT, CompletionForm,
             guards=(each_task_has_evidence,), effects=("keep_completion",)),
        Step("reject_completion", "退回修改", stay(PLAN_REVIEW, RECTIFYING), SUBJECT_HEAD, ReasonForm,
             guards=(completion_drafted,), ends_round=True, redone_by=("draft_completion",)),
        Step("report_completion", "报请验收", moves({PLAN_REVIEW: REPORTED, RECTIFYING: REPORTED}), SUBJECT_HEAD,
             SignDraftForm, guards=(completion_drafted,), four_eyes="draft_completion", basis="R54"),
        Step("fail", "验收不通过", moves({REPORTED: RECTIFYING}), SUPERVISOR, FailForm,
             guards=(failed_less_than_twice, new_date_leaves_the_floor), on_proposal=True,
             notices=(Draft("rectification_return", Recipient.SUBJECT),), effects=("restart_completion",),
             ends_round=True, redone_by=("draft_completion", "report_completion")),
        Step("pass", "验收通过", moves({REPORTED: PASSED}), SUPERVISOR, PassForm, on_proposal=True,
             together=as_proposed,
             notices=(Draft("rectification_closure", Recipient.SUBJECT),), basis="R54"),
        Step("remind", "催办", stay(*RUNNING, REPORTED), frozenset({C.OFFICE}), RemindForm,
             guards=(some_duty_is_late,), notices=(Draft("reminder", Recipient.HOLDER),),
             effects=("raise_escalation",), basis="R55"),
        Step("supervise", "督办", stay(*RUNNING, REPORTED), SUPERVISOR, RemindForm,
             guards=(some_duty_is_late,), notices=(Draft("supervision", Recipient.HOLDER),),
             effects=("raise_escalation",), basis="R55"),
        Step("escalate", "提升督办层级", stay(*RUNNING), frozenset({C.SYSTEM, C.SUPERVISOR}), EscalateForm,
             guards=(escalation_is_due, criticism_has_reason),
             notices=(Draft("reminder", Recipient.SUBJECT, rises_to_reminder),
                      Draft("supervision", Recipient.SUBJECT, rises_to_supervision),
                      Draft("circular", Recipient.SUBJECT, rises_to_criticism),
                      Draft("accountability_referral", Recipient.DISCIPLINE, rises_to_criticism)),
             effects=("raise_escalation",), basis="R55、R64"),
        Step("give_up", "认定整改不到位", moves(dict.fromkeys((*RUNNING, REPORTED), FAILED)), SUPERVISOR, GiveUpForm,
             guards=(rectification_is_hopeless,), on_proposal=True,
             notices=(Draft("accountability_referral", Recipient.DISCIPLINE),), basis="R55、R64"),
        Step("request_reopen", "申请恢复整改", stay(FAILED), SUBJECT_HEAD, ReopenForm,
             guards=(plan_within_new_term, new_date_leaves_the_floor, no_live_proposal),
             effects=("request_decision",)),
        Step("reopen", "恢复整改", moves({FAILED: RECTIFYING}), SUPERVISOR, ReopenForm,
             guards=(plan_within_new_term, new_date_leaves_the_floor), on_proposal=True,
             requested_by="request_reopen", effects=("restart_completion",), ends_round=True),
        Step("refuse_reopen", "不予恢复整改", stay(FAILED), SUPERVISOR, ReasonForm,
             guards=(reopening_is_requested,), effects=("end_proposal",)),
        Step("terminate", "终止", moves(dict.fromkeys(UNFINISHED, TERMINATED)), frozenset({C.SYSTEM}), AbsenceForm,
             notices=(Draft("termination_notice", Recipient.SUBJECT, order_was_served),),
             effects=("void_unserved_notices",)),
    )),
)  # fmt: skip

TERMS = (
    Term("rectification.explanation", "书面说明期限", Nature.DUTY, C.SUBJECT,
         (*from_date("served_on", "start"), *resumed_at("return_plan")), frozenset({EXPLAINING}),
         on_expiry=("escalate",), on_last_rung="escalate"),
    Term("rectification.plan", "方案审查期限", Nature.DUTY, C.OFFICE, at("explain"), frozenset({PLAN_REVIEW}),
         on_expiry=("accept_plan",)),
    Term("rectification.completion", "整改期限", Nature.DUTY, C.SUBJECT,
         (*from_date("served_on", "start"), *from_today("fail", "reopen")), frozenset(RUNNING),
         on_expiry=("escalate",), on_last_rung="escalate", length_in="completion_days"),
    Term("rectification.verification", "验收期限", Nature.DUTY, C.OFFICE, at("report_completion"),
         frozenset({REPORTED})),
)  # fmt: skip

RECTIFICATION = Workflow(
    key="rectification",
    label="整改",
    states=EVERY,
    steps=STEPS,
    terms=TERMS,
    visible={
        **dict.fromkeys((C.SUBJECT, C.SUBJECT_HEAD), frozenset(EVERY) - {ORDERED}),
        **dict.fromkeys((C.PROVIDER, C.PROVIDER_HEAD, C.FINDER, C.FINDER_HEAD), frozenset(EVERY)),
        **dict.fromkeys((C.OFFICE, C.SUPERVISOR), frozenset(EVERY)),
    },
    number_word="整",
    decides_at={"pass": lambda ctx: "验收通过", "give_up": lambda ctx: "整改不到位"},
)
"""Passing opens the way to repair; `failed` keeps it shut (`Facts.rectification_passed`)."""

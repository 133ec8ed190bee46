"""容错免责: the procedure of exemption and tolerance (procedures, section 6; R44–R47).

The organ with the cadre-management power decides, never the credit office; that may register the organ's document.
"""

from workflows.exemption_guards import (
    changes_fit_the_outcome,
    claimed_for_a_notified_subject,
    correction_follows,
    document_is_dated,
    head_files_for_the_unit,
    no_open_exemption,
    organ_has_the_power,
    organ_is_late_and_warned,
    outcome_label,
    record_is_in_the_window,
    record_still_waits,
    some_duty_is_late,
    tolerance_is_granted,
    tolerance_is_partial,
    withdrawn_by_the_applicant,
)
from workflows.forms.common import AbsenceForm, RemindForm
from workflows.forms.exemption import (
    ConfirmCorrectionForm,
    DecideExemptionForm,
    ExemptionFindingForm,
    ProceedForm,
    RefuseExemptionForm,
    RegisterFindingForm,
    SubmitExemptionForm,
)
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
    moves,
    stay,
)
from workflows.kit.forms import NoForm, ReasonForm
from workflows.roles import Capacity as C

OPEN, CLOSED_PHASE = Phase.OPEN, Phase.CLOSED

SUBMITTED = State("submitted", "待受理", OPEN, C.TOLERANCE)
EXAMINING = State("examining", "核实中", OPEN, C.TOLERANCE)
SIGNING = State("signing", "待审签", OPEN, C.TOLERANCE_HEAD)
CORRECTING = State("correcting", "纠错中", Phase.DECIDED, C.TOLERANCE)
CLOSED = State("closed", "已办结", CLOSED_PHASE)
REFUSED = State("refused", "不予受理", CLOSED_PHASE)
WITHDRAWN = State("withdrawn", "已撤回", CLOSED_PHASE)
TERMINATED = State("terminated", "已终止", CLOSED_PHASE)

HANDLING = (SUBMITTED, EXAMINING, SIGNING)
AT_FINDING = (EXAMINING, SIGNING)
EVERY = (*HANDLING, CORRECTING, CLOSED, REFUSED, WITHDRAWN, TERMINATED)
APPLICANTS = frozenset({C.SUBJECT, C.SUBJECT_HEAD, C.PROVIDER_HEAD})
TOLERANCE_HEAD = frozenset({C.TOLERANCE_HEAD})

#: States of the record in which a finding can still change it.
_RECORD_REPORTED = frozenset(
    {"screening", "returned", "head_review", "noticing", "statement_open", "deciding", "listed", "repaired", "expired"}
)
#: 予以: the record is no longer one; 部分: it is corrected; 不予: it goes on.
CHANGES_RECORD = (
    Cascade("record", "exempt", _RECORD_REPORTED, when=tolerance_is_granted, form="exemption_granted"),
    Cascade("record", "correct", _RECORD_REPORTED, when=tolerance_is_partial, form="correction_from_exemption"),
)
AS_FOUND = Fork("correction_follows", (CORRECTING, CLOSED),
                lambda ctx: CORRECTING if correction_follows(ctx) else CLOSED)  # fmt: skip

STEPS = (
    Step("submit", "申请容错免责", moves({OPENING: SUBMITTED}), APPLICANTS, SubmitExemptionForm,
         guards=(head_files_for_the_unit, record_is_in_the_window, no_open_exemption),
         notices=(Draft("exemption_receipt", Recipient.APPLICANT),), effects=("keep_exemption", "file_case"),
         basis="R22、R44"),
    Step("refuse", "不予受理", moves({SUBMITTED: REFUSED}), TOLERANCE_HEAD, RefuseExemptionForm,
         notices=(Draft("exemption_refusal", Recipient.APPLICANT), Draft("exemption_refusal", Recipient.OFFICE))),
    Step("accept", "受理", moves({SUBMITTED: EXAMINING}), frozenset({C.TOLERANCE, C.SYSTEM}), NoForm),
    Step("draft_finding", "拟定核实意见", moves({EXAMINING: SIGNING}), frozenset({C.TOLERANCE}),
         ExemptionFindingForm, effects=("keep_finding",), audience=Audience.INSIDE, basis="R45"),
    Step("reject_finding", "退回修改", moves({SIGNING: EXAMINING}), TOLERANCE_HEAD, ReasonForm,
         audience=Audience.INSIDE, ends_round=True, redone_by=("draft_finding",)),
    Step("decide", "认定", moves({SIGNING: AS_FOUND}), TOLERANCE_HEAD, DecideExemptionForm,
         guards=(changes_fit_the_outcome,), four_eyes="draft_finding",
         notices=(Draft("exemption_decision", Recipient.APPLICANT),
                  Draft("exemption_decision", Recipient.SUBJECT, claimed_for_a_notified_subject),
                  Draft("exemption_decision", Recipient.OFFICE)),
         cascades=CHANGES_RECORD, effects=("keep_decision",), basis="R45、R46"),
    # The organ's own document takes the place of the notice.
    Step("register_finding", "登记认定结论", moves(dict.fromkeys(HANDLING, AS_FOUND)), frozenset({C.OFFICE}),
         RegisterFindingForm, guards=(changes_fit_the_outcome, document_is_dated, organ_has_the_power),
         cascades=CHANGES_RECORD, effects=("keep_decision",), basis="R46"),
    Step("proceed", "不再等待", stay(*AT_FINDING), frozenset({C.SUPERVISOR}), ProceedForm,
         guards=(record_still_waits, organ_is_late_and_warned), effects=("stop_waiting",)),
    Step("remind", "催办", stay(*HANDLING), frozenset({C.OFFICE}), RemindForm, guards=(some_duty_is_late,),
         notices=(Draft("reminder", Recipient.HOLDER),), audience=Audience.PROVIDER),
    Step("supervise", "督办", stay(*HANDLING), frozenset({C.SUPERVISOR}), RemindForm, guards=(some_duty_is_late,),
         notices=(Draft("supervision", Recipient.HOLDER),), audience=Audience.PROVIDER),
    Step("confirm_correction", "确认纠错", moves({CORRECTING: CLOSED}), frozenset({C.TOLERANCE, C.OFFICE}),
         ConfirmCorrectionForm, effects=("keep_correction",), basis="R47"),
    Step("withdraw", "撤回", moves(dict.fromkeys(HANDLING, WITHDRAWN)), APPLICANTS, ReasonForm,
         guards=(withdrawn_by_the_applicant,)),
    Step("terminate", "终止", moves(dict.fromkeys((*HANDLING, CORRECTING), TERMINATED)), frozenset({C.SYSTEM}),
         AbsenceForm, notices=(Draft("termination_notice", Recipient.APPLICANT),),
         effects=("void_unserved_notices",)),
)  # fmt: skip

TERMS = (
    Term("exemption.acceptance", "受理期限", Nature.DUTY, C.TOLERANCE, at("submit"), frozenset({SUBMITTED}),
         on_expiry=("accept",)),
    Term("exemption.examination", "核实期限", Nature.DUTY, C.TOLERANCE, at("accept"), frozenset(AT_FINDING)),
)  # fmt: skip

EXEMPTION = Workflow(
    key="exemption",
    label="容错免责",
    states=EVERY,
    steps=STEPS,
    terms=TERMS,
    visible=dict.fromkeys(
        (C.SUBJECT, C.SUBJECT_HEAD, C.PROVIDER, C.PROVIDER_HEAD, C.TOLERANCE, C.TOLERANCE_HEAD, C.OFFICE, C.SUPERVISOR),
        frozenset(EVERY),
    ),
    number_word="容",
    decides_at={
        "refuse": lambda ctx: "不予受理",
        "decide": outcome_label,
        "register_finding": outcome_label,
    },
)

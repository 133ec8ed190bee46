"""政务失信记录: the procedure of a dishonesty record (procedures, section 1; R17–R28)."""

from dataclasses import replace

from workflows.forms.common import AbsenceForm, RemindForm, ServedForm
from workflows.forms.record import (
    AnnulmentForm,
    ApproveForm,
    CorrectionForm,
    DeclineForm,
    DiscardForm,
    ListForm,
    RecordContent,
    SendBackForm,
    StatementForm,
    WaiveForm,
)
from workflows.forms.rectification import OrderForm
from workflows.guards import (
    as_proposed,
    no_exemption_to_wait_for,
    no_open_objection,
    subject_is_unit,
    subject_was_notified,
)
from workflows.kit.counting import Nature
from workflows.kit.definition import (
    EVERY_OPEN,
    OPENING,
    Audience,
    Cascade,
    Draft,
    Elsewhere,
    Fork,
    Phase,
    Recipient,
    State,
    Step,
    Term,
    Workflow,
    at,
    from_date,
    moves,
    stay,
)
from workflows.kit.forms import NoForm, ReasonForm
from workflows.kit.proposals import no_live_proposal, with_proposal_steps
from workflows.record_guards import (
    behaviour_in_force,
    conduct_end_given,
    each_statement_answered,
    exemption_and_secrecy_answered,
    facts_written,
    ground_is_given,
    has_been_reported,
    identity_code_valid,
    never_signed,
    no_other_record_on_the_act,
    no_worse_for_the_subject,
    nothing_added_since_the_notice,
    notice_was_served,
    person_record_is_forwarded,
    repair_is_barred,
    request_is_drafted,
    retention_not_over,
    severity_given,
    some_duty_is_late,
    source_complete,
    source_effective,
    statement_in_time,
    statements_made,
    unit_record_is_forwarded,
)
from workflows.roles import Capacity as C

OPEN, DECIDED, CLOSED = Phase.OPEN, Phase.DECIDED, Phase.CLOSED

DRAFT = State("draft", "草稿", OPEN, C.PROVIDER)
HEAD_REVIEW = State("head_review", "待单位审签", OPEN, C.PROVIDER_HEAD)
SCREENING = State("screening", "待审查", OPEN, C.OFFICE)
RETURNED = State("returned", "退回补正", OPEN, C.PROVIDER)
NOTICING = State("noticing", "告知中", OPEN, resting="告知书送达后，自动进入陈述申辩")
STATEMENT_OPEN = State(
    "statement_open", "陈述申辩中", OPEN, resting="当事人可以提出陈述申辩；期限届满后，自动转为待决定"
)
DECIDING = State("deciding", "待决定", OPEN, C.OFFICE)
LISTED = State("listed", "已记入", DECIDED, resting="保存期限届满后，自动期满归档")
REPAIRED = State("repaired", "已修复", DECIDED, resting="保存期限届满后，自动期满归档")
EXEMPTED = State("exempted", "不作为失信记录（容错免责）", CLOSED)
DECLINED = State("declined", "不予记录", CLOSED)
ANNULLED = State("annulled", "已撤销", CLOSED)
EXPIRED = State("expired", "期满归档", CLOSED)
DISCARDED = State("discarded", "草稿作废", CLOSED)

UNLISTED = (SCREENING, RETURNED, HEAD_REVIEW, NOTICING, STATEMENT_OPEN, DECIDING)
NOTIFIED = (NOTICING, STATEMENT_OPEN, DECIDING, LISTED, REPAIRED)
REPORTED = (*UNLISTED, LISTED, REPAIRED)
ENDED = (EXEMPTED, DECLINED, ANNULLED, EXPIRED)
#: Where somebody owes something by a day.
OWED = (SCREENING, RETURNED, HEAD_REVIEW, DECIDING, LISTED)

#: What the head sends back stays a draft, unless the record was reported before and sent back by the office.
BACK_TO_THE_CLERK = Fork("reported_before", (DRAFT, RETURNED),
                         lambda ctx: RETURNED if has_been_reported.check(ctx) is True else DRAFT)  # fmt: skip

#: An objection that is still being handled. One that is decided or refused is not ended with the record: its
#: decision stands, is served and closes by itself. This holds above all for the very objection that annuls it.
_OBJECTION_HANDLED = frozenset(
    {"submitted", "incomplete", "verifying", "signing", "answered", "review_submitted", "reviewing"}
)
_OBJECTION_ENDS = Cascade("objection", "terminate", _OBJECTION_HANDLED, elsewhere=Elsewhere.NOTHING,
                          form="record_ended")  # fmt: skip

#: What ends with the record: everything of the dossier that is still open.
ENDS_WITH_RECORD = (
    _OBJECTION_ENDS,
    *(Cascade(kind, "terminate", EVERY_OPEN, form="record_ended")
      for kind in ("rectification", "repair", "exemption")),
)  # fmt: skip

#: 责令整改 opens a case of its own; until then its proposal lies on the record.
OPENINGS = (Step("order", "下达限期整改通知", stay(LISTED), frozenset({C.SUPERVISOR}), OrderForm, on_proposal=True),)

STEPS = with_proposal_steps(
    (
        Step("create", "起草", moves({OPENING: DRAFT}), frozenset({C.PROVIDER}), RecordContent,
             effects=("keep_record_content",), audience=Audience.PROVIDER),
        Step("edit", "修改草稿", stay(DRAFT, RETURNED), frozenset({C.PROVIDER}), RecordContent,
             effects=("keep_record_content",), audience=Audience.PROVIDER),
        Step("submit", "提交审签", moves({DRAFT: HEAD_REVIEW, RETURNED: HEAD_REVIEW}), frozenset({C.PROVIDER}), NoForm,
             guards=(source_complete, source_effective, behaviour_in_force, identity_code_valid, facts_written,
                     severity_given, conduct_end_given, retention_not_over, no_other_record_on_the_act,
                     exemption_and_secrecy_answered),
             audience=Audience.PROVIDER),
        Step("reject_draft", "退回修改", moves({HEAD_REVIEW: BACK_TO_THE_CLERK}), frozenset({C.PROVIDER_HEAD}),
             ReasonForm, audience=Audience.PROVIDER, ends_round=True, redone_by=("edit", "submit")),
        Step("report", "报送", moves({HEAD_REVIEW: SCREENING}), frozenset({C.PROVIDER_HEAD}), NoForm,
             guards=(retention_not_over,), four_eyes="submit", effects=("file_case", "claim_exemption"),
             audience=Audience.PROVIDER, basis="R17"),
        Step("send_back", "退回补正", moves({SCREENING: RETURNED}), frozenset({C.OFFICE}), SendBackForm,
             audience=Audience.PROVIDER, ends_round=True, redone_by=("edit", "submit", "report")),
        Step("approve", "同意告知", moves({SCREENING: NOTICING}), frozenset({C.SUPERVISOR}), ApproveForm,
             guards=(no_exemption_to_wait_for, behaviour_in_force), on_proposal=True, together=as_proposed,
             notices=(Draft("record_notice", Recipient.SUBJECT),), basis="R26、R28"),
        Step("decline", "不予记录", moves(dict.fromkeys(UNLISTED, DECLINED)),
             frozenset({C.SUPERVISOR, C.SYSTEM}), DeclineForm,
             guards=(has_been_reported, ground_is_given), on_proposal=True,
             notices=(Draft("statement_answer", Recipient.SUBJECT, statements_made),
                      Draft("record_declined", Recipient.SUBJECT, subject_was_notified),
                      Draft("record_declined", Recipient.PROVIDER)),
             cascades=ENDS_WITH_RECORD, effects=("void_unserved_notices",)),
        Step("open_statement", "进入陈述申辩", moves({NOTICING: STATEMENT_OPEN}), frozenset({C.SYSTEM}), ServedForm,
             on_service="record_notice"),
        Step("state", "陈述申辩", stay(NOTICING, STATEMENT_OPEN, DECIDING),
             frozenset({C.SUBJECT, C.SUBJECT_HEAD}), StatementForm, guards=(statement_in_time,),
             effects=("keep_statement",)),
        Step("close_statement", "陈述申辩期满", moves({STATEMENT_OPEN: DECIDING}), frozenset({C.SYSTEM}), NoForm),
        Step("list", "记入", moves({DECIDING: LISTED}), frozenset({C.SUPERVISOR}), ListForm,
             guards=(each_statement_answered, no_open_objection, no_exemption_to_wait_for,
                     nothing_added_since_the_notice),
             on_proposal=True,
             notices=(Draft("statement_answer", Recipient.SUBJECT, statements_made),
                      Draft("record_decision", Recipient.SUBJECT),
                      Draft("forward_letter", Recipient.SUPERIOR, unit_record_is_forwarded),
                      Draft("forward_letter", Recipient.AUDIT, unit_record_is_forwarded),
                      Draft("forward_letter", Recipient.EMPLOYER, person_record_is_forwarded),
                      Draft("forward_letter", Recipient.DISCIPLINE, person_record_is_forwarded)),
             effects=("open_sync_items",)),
        Step("draft_correction", "拟请更正", stay(*NOTIFIED), frozenset({C.PROVIDER}), CorrectionForm,
             guards=(no_worse_for_the_subject, no_live_proposal), effects=("keep_request",),
             audience=Audience.PROVIDER),
        Step("request_correction", "提请更正", stay(*NOTIFIED), frozenset({C.PROVIDER_HEAD}), NoForm,
             four_eyes="draft_correction", requested_by="draft_correction", on_proposal=True,
             effects=("sign_request",), audience=Audience.PROVIDER),
        Step("correct", "更正", (*stay(*REPORTED), *stay(EXPIRED)), frozenset({C.SUPERVISOR, C.SYSTEM}),
             CorrectionForm, guards=(has_been_reported, no_worse_for_the_subject), on_proposal=True,
             requested_by="request_correction", after_close=True,
             notices=(Draft("record_correction", Recipient.SUBJECT, notice_was_served),
                      Draft("record_correction", Recipient.FORWARDED)),
             effects=("revise_record", "recompute_periods", "replace_unserved_notices", "open_sync_items"),
             basis="R25"),
        Step("draft_annulment", "拟报撤销", (*stay(*REPORTED), *stay(EXPIRED)), frozenset({C.PROVIDER}), AnnulmentForm,
             guards=(has_been_reported, no_live_proposal), effects=("keep_request",), audience=Audience.PROVIDER,
             after_close=True),
        Step("report_annulment", "报告撤销", (*stay(*REPORTED), *stay(EXPIRED)), frozenset({C.PROVIDER_HEAD}), NoForm,
             four_eyes="draft_annulment", requested_by="draft_annulment", on_proposal=True,
             effects=("sign_request",), audience=Audience.PROVIDER, after_close=True),
        Step("reject_request", "退回修改", (*stay(*REPORTED), *stay(EXPIRED)), frozenset({C.PROVIDER_HEAD}), ReasonForm,
             guards=(request_is_drafted,), effects=("end_proposal",), audience=Audience.PROVIDER, ends_round=True,
             redone_by=("draft_correction", "draft_annulment"), after_close=True),
        Step("annul", "撤销记录", moves(dict.fromkeys((*REPORTED, EXPIRED), ANNULLED)),
             frozenset({C.SUPERVISOR, C.SYSTEM}), AnnulmentForm, guards=(has_been_reported,),
             on_proposal=True, requested_by="report_annulment", or_proposed=True, after_close=True,
             notices=(Draft("record_annulment", Recipient.SUBJECT, subject_was_notified),
                      Draft("record_annulment", Recipient.PROVIDER),
                      Draft("record_annulment", Recipient.FORWARDED),
                      Draft("clarification", Recipient.SUBJECT, subject_was_notified),
                      Draft("clarification", Recipient.FORWARDED)),
             cascades=ENDS_WITH_RECORD, effects=("open_sync_items", "void_unserved_notices"), basis="R25、R152"),
        Step("exempt", "容错免责", moves(dict.fromkeys((*REPORTED, EXPIRED), EXEMPTED)), frozenset({C.SYSTEM}),
             AbsenceForm, after_close=True,
             notices=(Draft("clarification", Recipient.SUBJECT, subject_was_notified),
                      Draft("clarification", Recipient.FORWARDED)),
             cascades=ENDS_WITH_RECORD[:3], effects=("open_sync_items", "void_unserved_notices"), basis="R46"),
        Step("repair", "修复", moves({LISTED: REPAIRED}), frozenset({C.SYSTEM}), NoForm, basis="R52"),
        Step("restore", "恢复", moves({REPAIRED: LISTED}), frozenset({C.SYSTEM}), NoForm,
             guards=(retention_not_over,), effects=("open_sync_items",)),
        Step("expire", "期满", moves({LISTED: EXPIRED, REPAIRED: EXPIRED}), frozenset({C.SYSTEM}), NoForm,
             cascades=tuple(
                 replace(cascade, step="record_expired") if cascade is _OBJECTION_ENDS else cascade
                 for cascade in ENDS_WITH_RECORD
             ),
             effects=("open_sync_items", "void_unserved_notices")),
        Step("note_rectification", "已下达整改", stay(LISTED, REPAIRED), frozenset({C.SYSTEM}), NoForm,
             audience=Audience.INSIDE),
        Step("waive_rectification", "不责令整改", stay(LISTED), frozenset({C.SUPERVISOR}), WaiveForm,
             guards=(subject_is_unit,), on_proposal=True, audience=Audience.INSIDE),
        Step("remind", "催办", stay(*OWED), frozenset({C.OFFICE}), RemindForm, guards=(some_duty_is_late,),
             notices=(Draft("reminder", Recipient.HOLDER),), audience=Audience.PROVIDER),
        Step("supervise", "督办", stay(*OWED), frozenset({C.SUPERVISOR}), RemindForm, guards=(some_duty_is_late,),
             notices=(Draft("supervision", Recipient.HOLDER),), audience=Audience.PROVIDER),
        Step("discard", "草稿作废", moves({DRAFT: DISCARDED}), frozenset({C.PROVIDER}), DiscardForm,
             guards=(never_signed,), audience=Audience.PROVIDER),
    ),
    openings=OPENINGS,
)  # fmt: skip

TERMS = (
    Term("record.screening", "审查期限", Nature.DUTY, C.OFFICE, at("report"), frozenset({SCREENING}),
         paused_while="waiting_exemption"),
    Term("record.supplement", "补正期限", Nature.DUTY, C.PROVIDER, at("send_back"),
         frozenset({RETURNED, HEAD_REVIEW})),
    Term("record.statement", "陈述申辩期限", Nature.RIGHT, C.SUBJECT, from_date("served_on", "open_statement"),
         frozenset({STATEMENT_OPEN}), on_expiry=("close_statement",)),
    Term("record.decision", "决定期限", Nature.DUTY, C.OFFICE, at("close_statement"), frozenset({DECIDING}),
         paused_while="decision_waits"),
    Term("record.publication_min", "最短公示期限", Nature.PERIOD, C.SYSTEM, at("list"),
         frozenset({LISTED, REPAIRED})),
    Term("record.publication_max", "最长公示期限", Nature.PERIOD, C.SYSTEM, at("list"),
         frozenset({LISTED, REPAIRED})),
    Term("record.retention", "保存期限", Nature.PERIOD, C.SYSTEM, from_date("conduct_ended_on", "report"),
         frozenset(REPORTED), on_expiry=("decline", "expire")),
    Term("repair.bar", "不得再次申请修复的期间", Nature.PERIOD, C.SYSTEM, at("restore", when=repair_is_barred),
         frozenset({LISTED})),
    Term("rectification.order", "下达整改期限", Nature.DUTY, C.OFFICE, at("list", when=subject_is_unit),
         frozenset({LISTED}), ends_at=frozenset({"note_rectification", "waive_rectification"})),
)  # fmt: skip

_FILED = frozenset({*REPORTED, *ENDED})

RECORD = Workflow(
    key="record",
    label="政务失信记录",
    states=(DRAFT, HEAD_REVIEW, SCREENING, RETURNED, NOTICING, STATEMENT_OPEN, DECIDING, LISTED, REPAIRED, EXEMPTED,
            DECLINED, ANNULLED, EXPIRED, DISCARDED),
    steps=STEPS,
    terms=TERMS,
    visible={
        C.SUBJECT: frozenset({*NOTIFIED, *ENDED}),
        C.SUBJECT_HEAD: frozenset({*NOTIFIED, *ENDED}),
        C.PROVIDER: frozenset({DRAFT, DISCARDED, *_FILED}),
        C.PROVIDER_HEAD: frozenset({DRAFT, DISCARDED, *_FILED}),
        C.FINDER: _FILED,
        C.FINDER_HEAD: _FILED,
        C.OFFICE: _FILED,
        C.SUPERVISOR: _FILED,
    },
    number_word="记",
    unfiled_seen_by=frozenset({C.PROVIDER, C.PROVIDER_HEAD}),
    proposed_openings=OPENINGS,
    decides_at={"list": lambda ctx: "记入"},
)  # fmt: skip

"""文书: the procedure of a notice, from its draft to its service (procedures, section 2; R28, R141, R142)."""

from workflows.forms.notice import DraftNoticeForm, EditNoticeForm, IssueForm, SignNoticeForm, VoidForm
from workflows.forms.service import (
    AddReceiptForm,
    AnnounceForm,
    ConfirmServiceForm,
    CorrectServiceForm,
    DispatchForm,
    FailServiceForm,
)
from workflows.kit.counting import Nature
from workflows.kit.definition import (
    OPENING,
    Audience,
    Fork,
    Phase,
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
from workflows.notice_guards import (
    announced_not_in_the_future,
    can_be_passed_on,
    can_be_served_electronically,
    earlier_methods_failed,
    edit_is_by_the_signing_organ,
    edits_only_the_allowed_places,
    method_follows_the_dispatch,
    nothing_hangs_on_it,
    parent_still_there,
    posted_not_in_the_future,
    served_not_in_the_future,
    signed_by_the_named,
    signed_for_by_the_right_one,
    text_complete,
    voided_by_its_organ,
)
from workflows.roles import Capacity as C

OPEN = Phase.OPEN

DRAFTED = State("drafted", "待签发", OPEN, holder_in="signer")
SEALING = State("sealing", "待用印", OPEN, resting="文书生成并用印后，自动成文")
ISSUED = State("issued", "已签发", OPEN, C.OFFICE)
DISPATCHED = State("dispatched", "送达中", OPEN, C.OFFICE)
UNDELIVERABLE = State("undeliverable", "送达未成", OPEN, C.OFFICE)
ANNOUNCED = State("announced", "公告送达中", OPEN, resting="公告期满后，自动视为送达")
SERVED = State("served", "已送达", Phase.CLOSED)
VOIDED = State("voided", "已作废", Phase.CLOSED)

EVERY = (DRAFTED, SEALING, ISSUED, DISPATCHED, UNDELIVERABLE, ANNOUNCED, SERVED, VOIDED)
SIGNERS = frozenset({C.SUPERVISOR, C.OFFICE, C.PROVIDER_HEAD, C.REVIEWER, C.TOLERANCE_HEAD})
CLERKS = SIGNERS | {C.PROVIDER, C.REVIEW_OFFICE, C.TOLERANCE}

#: Whatever way a notice is sent, the first time or again.
SENT_BY = (can_be_served_electronically, can_be_passed_on, posted_not_in_the_future)

STEPS = (
    Step("draft", "拟稿", moves({OPENING: Fork("signed_with_the_step", (DRAFTED, SEALING),
                                            lambda ctx: SEALING if ctx.form.signed else DRAFTED)}),
         frozenset({C.SYSTEM}), DraftNoticeForm, audience=Audience.INSIDE),
    Step("edit", "改稿", stay(DRAFTED), CLERKS, EditNoticeForm,
         guards=(edit_is_by_the_signing_organ, edits_only_the_allowed_places), effects=("keep_edit",),
         audience=Audience.INSIDE),
    Step("sign", "签发", moves({DRAFTED: SEALING}), SIGNERS, SignNoticeForm,
         guards=(signed_by_the_named, text_complete), four_eyes="edit", effects=("put_to_seal",)),
    Step("return_draft", "退回改稿", stay(DRAFTED), SIGNERS, ReasonForm, guards=(signed_by_the_named,),
         audience=Audience.INSIDE, redone_by=("edit",)),
    Step("issue", "成文", moves({SEALING: ISSUED}), frozenset({C.SYSTEM}), IssueForm, effects=("keep_bytes",)),
    Step("dispatch", "送出", moves({ISSUED: DISPATCHED}), frozenset({C.OFFICE, C.SYSTEM}), DispatchForm,
         guards=SENT_BY, effects=("tell_parent_of_dispatch",)),
    Step("confirm_service", "登记送达", moves({DISPATCHED: SERVED, ANNOUNCED: SERVED}),
         frozenset({C.OFFICE, C.SYSTEM}), ConfirmServiceForm,
         guards=(served_not_in_the_future, method_follows_the_dispatch, signed_for_by_the_right_one),
         effects=("keep_service", "tell_parent_of_service")),
    Step("fail", "送达未成", moves({DISPATCHED: UNDELIVERABLE}), frozenset({C.OFFICE}), FailServiceForm),
    Step("redispatch", "再次送达", moves({UNDELIVERABLE: DISPATCHED}), frozenset({C.OFFICE}), DispatchForm,
         guards=SENT_BY, effects=("keep_dispatch",)),
    Step("announce", "公告送达", moves({UNDELIVERABLE: ANNOUNCED}), frozenset({C.SUPERVISOR}), AnnounceForm,
         guards=(earlier_methods_failed, announced_not_in_the_future), effects=("keep_announcement",)),
    Step("deem_served", "视为送达", moves({ANNOUNCED: SERVED}), frozenset({C.SYSTEM}), NoForm,
         effects=("keep_deemed_service", "tell_parent_of_service")),
    Step("correct_service", "更正送达日", stay(SERVED), frozenset({C.SUPERVISOR}), CorrectServiceForm,
         guards=(parent_still_there, served_not_in_the_future), four_eyes="confirm_service",
         effects=("keep_service", "rearm_parent"), after_close=True),
    Step("add_receipt", "补交送达回证", stay(SERVED), frozenset({C.OFFICE}), AddReceiptForm,
         effects=("keep_receipt",), after_close=True),
    Step("void", "作废", moves(dict.fromkeys(EVERY[:-1], VOIDED)), SIGNERS - {C.OFFICE} | {C.SYSTEM}, VoidForm,
         guards=(voided_by_its_organ, nothing_hangs_on_it), after_close=True),
)  # fmt: skip

TERMS = (
    Term("notice.issue", "签发期限", Nature.DUTY, C.SUPERVISOR, at("draft"), frozenset({DRAFTED}), holder_in="signer"),
    Term("notice.service", "送达期限", Nature.DUTY, C.OFFICE, at("draft", "sign"),
         frozenset({SEALING, ISSUED, DISPATCHED, UNDELIVERABLE})),
    Term("notice.announcement", "公告期限", Nature.PERIOD, C.SYSTEM, from_date("announced_on", "announce"),
         frozenset({ANNOUNCED}), on_expiry=("deem_served",)),
)  # fmt: skip

_HANDLERS = (C.OFFICE, C.SUPERVISOR)
_SIDES = (C.PROVIDER, C.PROVIDER_HEAD, C.REVIEW_OFFICE, C.REVIEWER, C.TOLERANCE, C.TOLERANCE_HEAD)
_FROM_DISPATCH = frozenset({DISPATCHED, UNDELIVERABLE, ANNOUNCED, SERVED, VOIDED})

NOTICE = Workflow(
    key="notice",
    label="文书",
    states=EVERY,
    steps=STEPS,
    terms=TERMS,
    visible={
        **dict.fromkeys(_HANDLERS, frozenset(EVERY)),
        **dict.fromkeys(_SIDES, frozenset(EVERY)),
        C.RECIPIENT: _FROM_DISPATCH,
    },
    seen_with_parent=frozenset(_SIDES),
)

"""The usual way to each state of each procedure: names of steps, in order. The clock does the rest."""

from collections.abc import Mapping

#: Confirms every pending sync item of the case.
CONFIRM_ALL = "confirm_all"

_REPORTED = ("create", "submit", "report")
_TOLD = (*_REPORTED, "approve")
_LISTED = (*_TOLD, "list")
_ANSWERED = ("submit", "accept", "draft_answer", "answer")
_EXPLAINED = ("order", "draft_explanation", "explain")
_REPORTED_BACK = (*_EXPLAINED, "accept_plan", "draft_completion", "report_completion")
_ONCE_MORE = ("fail", "draft_completion", "report_completion")
_VERIFIED = ("submit", "accept", "draft_finding", "verify")
_FOUND = ("submit", "accept", "draft_finding")

ROUTES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "record": {
        "draft": ("create",),
        "discarded": ("create", "discard"),
        "head_review": ("create", "submit"),
        "screening": _REPORTED,
        "returned": (*_REPORTED, "send_back"),
        "noticing": _TOLD,
        "statement_open": _TOLD,
        "deciding": _TOLD,
        "listed": (*_LISTED, CONFIRM_ALL),
        "declined": (*_REPORTED, "decline"),
        "annulled": (*_LISTED, "annul"),
        "expired": (*_LISTED, CONFIRM_ALL),
    },
    "objection": {
        "submitted": ("submit",),
        "incomplete": ("submit", "request_supplement"),
        "lapsed": ("submit", "request_supplement"),
        "verifying": ("submit", "accept"),
        "signing": ("submit", "accept", "draft_answer"),
        "answered": _ANSWERED,
        "decided": (*_ANSWERED, "decide"),
        "refused": ("submit", "refuse"),
        "review_submitted": (*_ANSWERED, "decide", "request_review"),
        "reviewing": (*_ANSWERED, "decide", "request_review", "accept_review"),
        "closed": (*_ANSWERED, "decide", "request_review", "accept_review", "decide_review"),
        "withdrawn": ("submit", "accept", "withdraw"),
    },
    "rectification": {
        "ordered": ("order",),
        "explaining": ("order",),
        "plan_review": _EXPLAINED,
        "rectifying": (*_EXPLAINED, "accept_plan"),
        "reported": _REPORTED_BACK,
        "passed": (*_REPORTED_BACK, "pass"),
        "failed": (*_REPORTED_BACK, *_ONCE_MORE, *_ONCE_MORE, "give_up"),
    },
    "repair": {
        "submitted": ("submit",),
        "incomplete": ("submit", "request_supplement"),
        "lapsed": ("submit", "request_supplement"),
        "verifying": ("submit", "accept"),
        "signing": _FOUND,
        "proposed": _VERIFIED,
        "executing": (*_VERIFIED, "approve"),
        "completed": (*_VERIFIED, "approve", CONFIRM_ALL),
        "revoked": (*_VERIFIED, "approve", CONFIRM_ALL, "revoke"),
        "refused": ("submit", "refuse"),
        "denied": (*_VERIFIED, "deny"),
        "review_submitted": (*_VERIFIED, "deny", "request_review"),
        "reviewing": (*_VERIFIED, "deny", "request_review", "accept_review"),
        "closed": (*_VERIFIED, "deny", "request_review", "accept_review", "decide_review"),
        "withdrawn": ("submit", "withdraw"),
    },
    "notice": {
        "issued": (),
        "dispatched": ("dispatch",),
        "undeliverable": ("dispatch", "fail"),
        "announced": ("dispatch", "fail", "announce"),
        "served": ("dispatch", "confirm_service"),
        "voided": ("void",),
    },
    "sync": {"pending": (), "confirmed": ("confirm",), "dropped": ("drop",)},
    "exemption": {
        "submitted": ("submit",),
        "examining": ("submit", "accept"),
        "signing": _FOUND,
        "correcting": (*_FOUND, "decide"),
        "closed": (*_FOUND, "decide"),
        "refused": ("submit", "refuse"),
        "withdrawn": ("submit", "withdraw"),
    },
}

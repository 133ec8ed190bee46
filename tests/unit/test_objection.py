"""异议: what each condition of the table holds back, and what it lets through (R33–R37)."""

from datetime import date
from typing import Any

import pytest

from tests.support.judging import proposed, taken, unmet
from tests.support.situation import TODAY, situation
from workflows.kit.context import Context
from workflows.kit.errors import FormIncomplete, NotPermitted
from workflows.objection import OBJECTION
from workflows.roles import Capacity as C

SEVERITY = [{"field": "severity", "ground": "error", "wanted": "轻微"}]
CONTENT: dict[str, Any] = {
    "fields": SEVERITY,
    "recorded": {"severity": "general"},
    "verdicts": None,
    "accepted_on": date(2026, 11, 19),
    "provider_unit_id": 5,
    "transferred_by": [],
    "review_was_late": False,
}
FILING = {"fields": SEVERITY, "reason": "款项已于期限内支付"}


def objection(state: str, *capacities: C, **more: Any) -> Context:
    """An objection to the severity of a record, in a state."""
    return situation(state, *capacities, **(CONTENT | more))


def verdict(kind: str, value: str = "", field: str = "severity") -> dict[str, Any]:
    """The form of one verdict on one field."""
    return {field: {"verdict": kind, "value": value}}


# ---------------------------------------------------------------- filing


@pytest.mark.parametrize("state", ["noticing", "statement_open", "deciding", "listed", "repaired"])
def test_a_record_that_its_subject_knows_can_be_objected_to(state: str) -> None:
    """R33: from the notice to the end of the record."""
    assert unmet(OBJECTION, "submit", objection("opening", C.SUBJECT, form=FILING, told={"record_state": state})) == {}


@pytest.mark.parametrize("state", ["draft", "screening", "expired", "annulled"])
def test_an_untold_or_ended_record_cannot_be_objected_to(state: str) -> None:
    """R33: before the notice there is nothing to object to, after the end nothing is left."""
    ctx = objection("opening", C.SUBJECT, form=FILING, told={"record_state": state})
    assert "record_is_contestable" in unmet(OBJECTION, "submit", ctx)


def test_what_is_still_shown_of_an_ended_record_can_be_objected_to() -> None:
    """R33: closed ones only for "still shown"."""
    shown = FILING | {"fields": [{"field": "disclosure_level", "ground": "over_time"}]}
    assert (
        unmet(OBJECTION, "submit", objection("opening", C.SUBJECT, form=shown, told={"record_state": "expired"})) == {}
    )


@pytest.mark.parametrize(
    ("told", "guard"),
    [
        ({"same_fields_disputed": True}, "no_objection_on_same_fields"),
        ({"same_objection_decided": True}, "not_the_same_again"),
    ],
)
def test_the_same_is_not_objected_to_twice(told: dict[str, Any], guard: str) -> None:
    """R33: not beside a running one, not the same facts and reasons after a decided one."""
    ctx = objection("opening", C.SUBJECT, form=FILING, told={"record_state": "listed", **told})
    assert list(unmet(OBJECTION, "submit", ctx)) == [guard]


def test_an_objection_names_a_field_and_a_reason() -> None:
    """R33: in Chinese, every missing entry at once."""
    with pytest.raises(FormIncomplete, match="异议项：至少填写一项；事实与理由：尚未填写"):
        taken(OBJECTION, "submit", objection("opening", C.SUBJECT, form={"fields": []}))


# ---------------------------------------------------------------- acceptance


def test_supplement_is_asked_for_once() -> None:
    """R34: 一次性告知."""
    form: dict[str, Any] = {"missing": ["付款凭证"], "reason": "无法核实"}
    assert (
        taken(OBJECTION, "request_supplement", objection("submitted", C.OFFICE, form=form)).to_state.key == "incomplete"
    )
    again = objection("submitted", C.OFFICE, form=form, told={"times_taken": 1})
    assert "supplement_not_requested_yet" in unmet(OBJECTION, "request_supplement", again)


@pytest.mark.parametrize(
    ("ground", "more", "asked", "words"),
    [
        ("source_only", {}, 0, "应当告知作出机关、救济途径和最后日期"),
        ("source_only", {"other_remedy": "向示例局申请行政复议，至2026年12月1日"}, 0, ""),
        ("still_incomplete", {}, 0, "尚未一次性告知补正"),
        ("still_incomplete", {}, 1, ""),
        ("not_his_record", {}, 0, ""),
    ],
)
def test_a_refusal_has_its_ground(ground: str, more: dict[str, str], asked: int, words: str) -> None:
    """R34: one who attacks the source only is told where to go instead."""
    form: dict[str, Any] = {"ground": ground, "reason": "经审查", **more}
    ctx = objection(
        "submitted", C.SUPERVISOR, form=form, told={"times_taken": asked}, proposal=proposed("refuse", **form)
    )
    assert words in unmet(OBJECTION, "refuse", ctx).get("refusal_ground_holds", "")


def test_acceptance_by_silence_is_the_clocks() -> None:
    """R34: 视为受理 sends the same letters."""
    outcome = taken(OBJECTION, "accept", objection("submitted", C.SYSTEM))
    assert [draft.notice for draft in outcome.notices] == ["objection_acceptance", "assistance_letter"]


def test_only_what_the_office_made_is_accepted_as_its_own() -> None:
    """R34: display and period; all else goes to the provider."""
    assert "about_the_offices_own" in unmet(OBJECTION, "accept_own", objection("submitted", C.OFFICE))
    shown = objection("submitted", C.OFFICE, fields=[{"field": "disclosure_level"}])
    assert taken(OBJECTION, "accept_own", shown).to_state.key == "answered"


@pytest.mark.parametrize(
    ("today", "before", "guard"),
    [
        (date(2026, 11, 20), [], ""),
        (date(2026, 11, 23), [], "transfer_is_early"),
        (date(2026, 11, 20), [5], "not_transferred_by_this_unit"),
    ],
)
def test_the_provider_hands_back_early_and_once(today: date, before: list[int], guard: str) -> None:
    """R35: within one working day, once per unit."""
    form: dict[str, Any] = {"owner": "示例二局", "reason": "非本单位提供"}
    ctx = objection("verifying", C.PROVIDER_HEAD, form=form, today=today, transferred_by=before)
    assert list(unmet(OBJECTION, "transfer_back", ctx)) == ([guard] if guard else [])


# ---------------------------------------------------------------- verification


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        (verdict("keep"), ""),
        (verdict("change", "minor"), ""),
        (verdict("change"), "请写明内容"),
        (verdict("change", "serious"), "不得加重"),
        (verdict("change", "天大"), "请填写轻微、一般或者严重"),
        (verdict("annul"), "只适用于对整条记录的异议"),
        (verdict("keep", field="facts"), "尚无核查结论：失信程度"),
        (verdict("keep") | verdict("keep", field="facts"), "不在异议范围内"),
    ],
)
def test_an_answer_covers_what_is_disputed_and_is_not_for_the_worse(verdicts: dict[str, Any], words: str) -> None:
    """R35, 不得加重: per disputed field."""
    ctx = objection("verifying", C.PROVIDER, form={"verdicts": verdicts, "explanation": "已核对原件"})
    found = unmet(OBJECTION, "draft_answer", ctx)
    assert words in found.get("answer_covers_the_dispute", "")
    assert bool(found) is bool(words)


def test_the_answer_is_signed_by_another() -> None:
    """R35: not by its drafter; the objector gets the feedback the same day."""
    own = objection("signing", C.PROVIDER_HEAD, told={"takers_in_round": lambda step: frozenset({1})})
    assert "not_the_drafter" in unmet(OBJECTION, "answer", own)
    outcome = taken(OBJECTION, "answer", objection("signing", C.PROVIDER_HEAD))
    assert [draft.notice for draft in outcome.notices] == ["verification_feedback"]


@pytest.mark.parametrize(
    ("locality", "days", "told", "guard"),
    [
        ("demo", 3, {}, ""),
        ("demo", 4, {}, "extension_within_cap"),
        ("demo", 3, {"times_taken": 1}, "extension_is_allowed"),
        ("demo", 3, {"term_over_since": date(2026, 11, 19)}, "term_still_runs"),
        ("laiwu", 1, {}, "extension_is_allowed"),
        ("jingan", 1, {}, "extension_is_allowed"),
    ],
)
def test_more_time_only_within_the_cap_and_before_the_end(
    locality: str, days: int, told: dict[str, Any], guard: str
) -> None:
    """R36: 示范区 three working days, once; 上海, 静安, 莱芜 none."""
    form: dict[str, Any] = {"days": days, "reason": "需要外调"}
    ctx = objection("verifying", C.PROVIDER_HEAD, form=form, locality=locality, told=told)
    assert list(unmet(OBJECTION, "request_extension", ctx)) == ([guard] if guard else [])


def test_an_extension_is_refused_only_where_it_was_asked_for() -> None:
    """R36: 不准延期 answers a request."""
    form: dict[str, Any] = {"reason": "不符合延期条件"}
    asked = proposed("extend", days=3, reason="需要外调")
    idle = objection("verifying", C.SUPERVISOR, form=form)
    assert "extension_is_requested" in unmet(OBJECTION, "refuse_extension", idle)
    answered = objection("verifying", C.SUPERVISOR, form=form, proposal=asked)
    assert unmet(OBJECTION, "refuse_extension", answered) == {}


def test_an_answer_is_sent_back_once_and_never_after_own_matters() -> None:
    """R36: 退回重新核查."""
    form: dict[str, Any] = {"reason": "未附原件"}
    answered = {"times_taken": lambda step: {"answer": 1}.get(step, 0)}
    assert taken(OBJECTION, "return_answer", objection("answered", C.OFFICE, form=form, told=answered)).step.ends_round
    twice = {"times_taken": 1}
    assert "nothing_returned_yet" in unmet(
        OBJECTION, "return_answer", objection("answered", C.OFFICE, form=form, told=twice)
    )
    own = objection("answered", C.OFFICE, form=form)
    assert "answer_came_from_the_provider" in unmet(OBJECTION, "return_answer", own)


@pytest.mark.parametrize(
    ("late", "warned", "words"),
    [(4, True, "最早可于2026年11月20日办理"), (5, False, "尚未发出督办通知书"), (5, True, "")],
)
def test_a_silent_provider_is_passed_over_after_a_warning(late: int, warned: bool, words: str) -> None:
    """R36: 径行审定 five working days late and after 督办."""
    form: dict[str, Any] = {"verdicts": verdict("change", "minor"), "reasons": "未举证"}
    told = {"working_days_late": late, "notice_issued": warned, "term_due_on": date(2026, 11, 13)}
    ctx = objection("verifying", C.SUPERVISOR, form=form, told=told, proposal=proposed("decide_without_answer", **form))
    assert words in unmet(OBJECTION, "decide_without_answer", ctx).get("provider_is_late_and_warned", "")


@pytest.mark.parametrize("step", ["remind", "supervise"])
def test_only_the_late_are_reminded(step: str) -> None:
    """R36: 催办, 督办 while a duty is overdue."""
    who = C.OFFICE if step == "remind" else C.SUPERVISOR
    form: dict[str, Any] = {"target": "objection.verification"}
    assert "some_duty_is_late" in unmet(OBJECTION, step, objection("verifying", who, form=form))
    assert unmet(OBJECTION, step, objection("verifying", who, form=form, told={"term_over_since": TODAY})) == {}


# ---------------------------------------------------------------- decision


def decision(form: dict[str, Any], **more: Any) -> Context:
    """An answered objection before its decider, decided as proposed."""
    return objection("answered", C.SUPERVISOR, form=form, proposal=proposed("decide", **form), **more)


@pytest.mark.parametrize(
    ("verdicts", "fields", "outcome", "cascades"),
    [
        (verdict("keep"), SEVERITY, "不成立", []),
        (verdict("change", "minor"), SEVERITY, "成立", ["correct"]),
        (
            verdict("change", "minor") | verdict("keep", field="facts"),
            [*SEVERITY, {"field": "facts"}],
            "部分成立",
            ["correct"],
        ),
        (verdict("annul", field="record"), [{"field": "record"}], "成立", ["annul"]),
    ],
)
def test_the_verdicts_make_outcome_and_effect(
    verdicts: dict[str, Any], fields: list[dict[str, str]], outcome: str, cascades: list[str]
) -> None:
    """R36: record corrected or annulled in the same transaction."""
    found = taken(OBJECTION, "decide", decision({"verdicts": verdicts, "reasons": "经审定"}, fields=fields))
    assert found.result == outcome
    assert [row.step for row in found.cascades] == cascades


def test_the_providers_verdicts_stand_where_the_decider_says_nothing() -> None:
    """R36: empty takes over the provider's; nothing at all is no decision."""
    form: dict[str, Any] = {"reasons": "同意核查意见"}
    assert taken(OBJECTION, "decide", decision(form, verdicts=verdict("change", "minor"))).result == "成立"
    assert "尚无结论：失信程度" in unmet(OBJECTION, "decide", decision(form))["not_worse_for_the_objector"]


@pytest.mark.parametrize(("locality", "held_back"), [("jingan", True), ("shanghai", True), ("demo", False)])
def test_where_the_provider_decides_the_office_states_his_verdict(locality: str, held_back: bool) -> None:
    """R36: `objection.decider` of 上海 and 静安."""
    form: dict[str, Any] = {"verdicts": verdict("keep"), "reasons": "维持"}
    found = unmet(OBJECTION, "decide", decision(form, verdicts=verdict("change", "minor"), locality=locality))
    assert ("应当与其核查结论一致" in found.get("not_worse_for_the_objector", "")) is held_back


# ---------------------------------------------------------------- review


@pytest.mark.parametrize(
    ("counts_on", "late_reason", "in_time"),
    [(date(2026, 11, 18), "", True), (date(2026, 11, 19), "", False), (date(2026, 11, 19), "住院治疗", True)],
)
def test_review_is_asked_for_in_time_or_with_good_reason(counts_on: date, late_reason: str, in_time: bool) -> None:
    """R37: the postmark counts."""
    ctx = objection("decided", C.SUBJECT, form={"reason": "不服", "late_reason": late_reason}, counts_on=counts_on,
                    told={"term_due_on": date(2026, 11, 18)})  # fmt: skip
    assert ("filing_term_kept_or_excused" not in unmet(OBJECTION, "request_review", ctx)) is in_time


def test_review_is_not_for_those_who_took_part() -> None:
    """R37: nor is it refused unless it is late."""
    part = objection("review_submitted", C.REVIEW_OFFICE, told={"handlers": frozenset({1})})
    assert "reviewer_took_no_part" in unmet(OBJECTION, "accept_review", part)
    form: dict[str, Any] = {"reason": "逾期"}
    ctx = objection("review_submitted", C.REVIEWER, form=form, proposal=proposed("refuse_review", C.REVIEWER, **form))
    assert "应当受理" in unmet(OBJECTION, "refuse_review", ctx)["late_without_reason"]


@pytest.mark.parametrize(
    ("result", "verdicts", "words", "cascades"),
    [
        ("upheld", {}, "", []),
        ("upheld", verdict("keep"), "", []),
        ("upheld", verdict("change", "minor"), "不应填写变更的项", []),
        ("changed", {}, "请逐项写明变更的内容", []),
        ("changed", verdict("keep"), "请逐项写明变更的内容", []),
        ("changed", verdict("change", "serious"), "不得加重", []),
        ("changed", verdict("keep", field="facts") | verdict("change", "minor"), "不在异议范围内", []),
        ("changed", verdict("change", "minor"), "", ["correct"]),
    ],
)
def test_a_review_upholds_or_changes_for_the_better(
    result: str, verdicts: dict[str, Any], words: str, cascades: list[str]
) -> None:
    """R37, 不得加重: and what was decided before is not written into the record again."""
    form: dict[str, Any] = {"result": result, "verdicts": verdicts, "reasons": "经复核"}
    ctx = objection("reviewing", C.REVIEWER, form=form, proposal=proposed("decide_review", C.REVIEWER, **form),
                    verdicts=verdict("change", "minor"))  # fmt: skip
    if words:
        assert words in unmet(OBJECTION, "decide_review", ctx)["review_is_consistent_and_not_worse"]
    else:
        assert [row.step for row in taken(OBJECTION, "decide_review", ctx).cascades] == cascades


def test_each_organ_proposes_and_returns_its_own_matters_only() -> None:
    """拟办: in review the credit office neither proposes nor returns what the review body decides."""
    form: dict[str, Any] = {"step": "decide_review", "form": {}, "opinion": "拟维持"}
    assert "may_propose_here" in unmet(OBJECTION, "propose", objection("reviewing", C.OFFICE, form=form))
    live = proposed("decide_review", C.REVIEWER)
    ctx = objection("reviewing", C.SUPERVISOR, form={"reason": "理由不足"}, proposal=live)
    assert "may_return_here" in unmet(OBJECTION, "return_proposal", ctx)


def test_what_the_decider_may_not_decide_is_not_proposed_to_him() -> None:
    """R36: keeping what the provider wants corrected is refused to the clerk in the words of the decision."""
    fields: dict[str, Any] = {"verdicts": verdict("change", "有误", field="facts"), "fields": [{"field": "facts"}]}
    against: dict[str, Any] = {"verdicts": verdict("keep", field="facts"), "reasons": "维持"}
    words = unmet(OBJECTION, "decide", decision(against, **fields))["not_worse_for_the_objector"]
    assert words.startswith("“事实”由信息提供单位核查认定")
    form = {"step": "decide", "form": against, "opinion": "拟维持"}
    found = unmet(OBJECTION, "propose", objection("answered", C.OFFICE, form=form, **fields))
    assert found == {"proposal_is_takeable": words}
    agreed = form | {"form": {"reasons": "同意核查意见"}}
    assert unmet(OBJECTION, "propose", objection("answered", C.OFFICE, form=agreed, **fields)) == {}


def test_a_review_may_annul_the_whole_record() -> None:
    """R37, R25: effects as of a decision."""
    form: dict[str, Any] = {"result": "changed", "verdicts": verdict("annul", field="record"), "reasons": "依据已撤销"}
    ctx = objection("reviewing", C.REVIEWER, form=form, proposal=proposed("decide_review", C.REVIEWER, **form),
                    fields=[{"field": "record"}])  # fmt: skip
    assert [row.step for row in taken(OBJECTION, "decide_review", ctx).cascades] == ["annul"]


# ---------------------------------------------------------------- end


@pytest.mark.parametrize(("state", "end"), [("verifying", "withdrawn"), ("reviewing", "closed")])
def test_a_withdrawn_review_leaves_the_decision_standing(state: str, end: str) -> None:
    """R33, R37: withdrawn in review is closed."""
    assert taken(OBJECTION, "withdraw", objection(state, C.SUBJECT, form={"reason": "已和解"})).to_state.key == end


@pytest.mark.parametrize(
    ("field", "end", "notices"),
    [("conduct_ended_on", "terminated", ["termination_notice"]), ("facts", "verifying", [])],
)
def test_an_objection_about_more_than_the_period_outlives_the_record(field: str, end: str, notices: list[str]) -> None:
    """Procedures 1, expire: one about the period only has lost its object, and its objector is told."""
    ctx = objection("verifying", C.SYSTEM, form={"cause": "所涉记录期满归档"}, fields=[{"field": field}])
    outcome = taken(OBJECTION, "record_expired", ctx)
    assert (outcome.to_state.key, [draft.notice for draft in outcome.notices]) == (end, notices)


def test_nobody_terminates_or_closes_an_objection_by_hand() -> None:
    """Procedures 0: nobody acts as SYSTEM."""
    for step, state in (("terminate", "verifying"), ("close", "decided"), ("lapse", "incomplete")):
        with pytest.raises(NotPermitted):
            taken(OBJECTION, step, objection(state, C.OFFICE, C.SUPERVISOR))

"""信用修复: the table of the repair, each condition shown biting (R48–R52; procedures 5)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.situation import TODAY, situation
from tests.support.steps import cascades_of, nobody_but, notices_of, proposed, term_moves, unmet
from workflows.kit.context import Context
from workflows.kit.engine import advance
from workflows.kit.termplan import TermMove
from workflows.repair import HANDLING, IN_REVIEW, REPAIR, UNFINISHED
from workflows.roles import Capacity as C

APPLICATION = {"correction": "已付清全部款项", "evidence": ["付款凭证"], "commitment": True}
FOUND = {key: {"met": True, "reason": "属实"} for key in ("corrected", "not_excluded")}
FINDING = {"findings": FOUND, "explanation": "经核实，已经纠正"}
CASE: dict[str, Any] = {"findings": None, "commitment": True}
LISTED: dict[str, Any] = {"record_state": "listed"}
WAITING = LISTED | {"period_until": lambda key: TODAY if key == "record.publication_min" else None}
REVOKE = {
    "reason": "付款凭证系伪造",
    "ground": "提供虚假材料",
    "evidence": "银行函证",
    "heard_on": TODAY,
    "hearing": "当事人承认",
}


def decided(
    step: str,
    state: str,
    form: Mapping[str, Any],
    facts: Mapping[str, Any] = LISTED,
    who: C = C.SUPERVISOR,
    **case: Any,
) -> Context:
    """A decision taken as it was proposed."""
    proposal = proposed(step, form, who)
    return situation(state, who, form=form, told=facts, proposal=proposal, **(CASE | case))


def test_an_application_is_filed() -> None:
    """R48: a civil servant files alone; receipt and both terms."""
    ctx = situation("opening", C.SUBJECT, form=APPLICATION, told=LISTED, **CASE)
    outcome = advance(REPAIR, "submit", ctx)
    assert ctx.case.state == "submitted"
    assert notices_of(outcome) == [("repair_receipt", "applicant")]
    assert {term.key for term in REPAIR.terms if "submit" in {start.step for start in term.starts}} == {
        "repair.acceptance",
        "repair.total",
    }


@pytest.mark.parametrize(
    ("facts", "guard"),
    [
        ({"record_state": "deciding"}, "record_can_be_repaired"),
        ({"record_state": "repaired"}, "record_can_be_repaired"),
        ({"repair_exists": True}, "no_open_repair"),
        ({"subject_is_unit": True}, "head_files_for_the_unit"),
    ],
)
def test_who_may_not_file(facts: dict[str, Any], guard: str) -> None:
    """R48, R49: a listed record, one open repair on it, and a unit's head."""
    ctx = situation("opening", C.SUBJECT, form=APPLICATION, told=LISTED | facts, **CASE)
    assert set(unmet(REPAIR, "submit", ctx)) == {guard}


def test_the_head_files_for_a_unit() -> None:
    """R49: organs apply through their head."""
    facts = LISTED | {"subject_is_unit": True}
    ctx = situation("opening", C.SUBJECT, C.SUBJECT_HEAD, form=APPLICATION, told=facts, **CASE)
    assert advance(REPAIR, "submit", ctx).moved


def test_too_early_is_refused_online_with_the_first_possible_day() -> None:
    """R48: online no case is made before the dates allow it; paper is taken in and answered in writing."""
    ctx = situation("opening", C.SUBJECT, form=APPLICATION, told=WAITING, **CASE)
    refusal = unmet(REPAIR, "submit", ctx)["dates_allow_filing"]
    assert refusal.possible_on == TODAY + timedelta(days=1)
    assert "最早可于2026年11月21日办理" in refusal.text
    paper = replace(ctx, received_on=TODAY)
    assert advance(REPAIR, "submit", paper).moved


def test_a_correction_that_is_still_to_come_is_not_filed() -> None:
    """R48: what is applied for is done; a later day is refused at its field, on paper counted from the receipt."""
    tomorrow = APPLICATION | {"corrected_on": TODAY + timedelta(days=1)}
    ctx = situation("opening", C.SUBJECT, form=tomorrow, told=LISTED, **CASE)
    refusal = unmet(REPAIR, "submit", ctx)["correction_lies_behind"]
    assert (refusal.text, refusal.field) == ("请填写实际完成纠正的日期，不得晚于今天", "corrected_on")
    paper = replace(ctx, given=APPLICATION | {"corrected_on": TODAY}, received_on=TODAY - timedelta(days=1))
    refusal = unmet(REPAIR, "submit", paper)["correction_lies_behind"]
    assert refusal.text == "请填写实际完成纠正的日期，不得晚于收到申请之日"
    assert advance(REPAIR, "submit", replace(paper, received_on=TODAY)).moved


def test_paper_on_an_ended_record_is_not_filed() -> None:
    """R48: on a record that expired nothing is left to repair, also on paper."""
    ctx = situation("opening", C.SUBJECT, form=APPLICATION, told={"record_state": "expired"}, **CASE)
    assert "record_can_be_repaired" in unmet(REPAIR, "submit", replace(ctx, received_on=TODAY))


def test_a_supplement_is_asked_once_and_pauses_the_total() -> None:
    """R48: 一次性告知补正; the total pauses and goes on."""
    form = {"missing": ["付款凭证"], "reason": "材料不全"}
    twice = situation("submitted", C.OFFICE, form=form, told={"times_taken": 1})
    assert set(unmet(REPAIR, "request_supplement", twice)) == {"supplement_not_requested_yet"}
    ctx = situation("submitted", C.OFFICE, form=form)
    advance(REPAIR, "request_supplement", ctx)
    live = {"repair.acceptance", "repair.total"}
    acts = term_moves(REPAIR, "request_supplement", "submitted", "incomplete", ctx, live)
    assert (acts[TermMove.PAUSE], acts[TermMove.CLOSE]) == ({"repair.total"}, {"repair.acceptance"})
    assert acts[TermMove.OPEN] == {"repair.supplement"}
    back = situation("incomplete", C.SUBJECT, form={"statement": "补交"})
    advance(REPAIR, "supplement", back)
    acts = term_moves(REPAIR, "supplement", "incomplete", "submitted", back, {"repair.total", "repair.supplement"})
    assert (acts[TermMove.RESUME], acts[TermMove.OPEN]) == ({"repair.total"}, {"repair.acceptance"})
    assert advance(REPAIR, "lapse", situation("incomplete", C.SYSTEM)).to_state.key == "lapsed"


def test_silence_accepts() -> None:
    """R48: 视为受理 when the term of acceptance is over; the finder verifies."""
    acceptance = REPAIR.term("repair.acceptance")
    assert acceptance is not None
    assert acceptance.on_expiry == ("accept",)
    ctx = situation("submitted", C.SYSTEM)
    outcome = advance(REPAIR, "accept", ctx)
    assert outcome.to_state.holder is C.FINDER
    assert term_moves(REPAIR, "accept", "submitted", "verifying", ctx)[TermMove.OPEN] == {"repair.verification"}


def test_a_refusal_names_every_unmet_line_and_no_met_one() -> None:
    """R48: each unmet line with its reason; none that the register shows to be met."""
    named = {"reason": "不符合条件", "unmet": {"最短公示期限届满": "尚未届满"}}
    outcome = advance(REPAIR, "refuse", decided("refuse", "submitted", named, WAITING))
    assert (outcome.to_state.key, outcome.result) == ("refused", "不予受理")
    other = {"reason": "不符合条件", "unmet": {"corrected": "未见证据"}}
    found = unmet(REPAIR, "refuse", decided("refuse", "submitted", other, WAITING))
    assert "最短公示期限" in found["unmet_lines_named"].detail
    false = {"reason": "不符合条件", "unmet": {"sanction": "处分期未满"}}
    found = unmet(REPAIR, "refuse", decided("refuse", "submitted", false))
    assert found["unmet_lines_named"].detail == "以下条件已经满足，不能作为理由：处分期届满"


def test_a_finding_speaks_on_what_is_to_be_verified() -> None:
    """R50: correction and exclusion each need a finding; the head signs what another drafted."""
    partial = FINDING | {"findings": {"corrected": FOUND["corrected"]}}
    found = unmet(REPAIR, "draft_finding", situation("verifying", C.FINDER, form=partial))
    assert found["finding_covers_the_gate"].detail == "以下条件尚无核实意见：不属于依法不得修复的情形"
    assert advance(REPAIR, "draft_finding", situation("verifying", C.FINDER, form=FINDING)).to_state.key == "signing"
    own = situation("signing", C.FINDER_HEAD, form={}, told={"takers_in_round": frozenset({1})})
    assert set(unmet(REPAIR, "verify", own)) == {"not_the_drafter"}
    assert advance(REPAIR, "verify", situation("signing", C.FINDER_HEAD, form={})).to_state.key == "proposed"
    rejected = advance(REPAIR, "reject_finding", situation("signing", C.FINDER_HEAD, form={"reason": "理由不足"}))
    assert rejected.step.ends_round


def test_a_finding_is_returned_once_and_only_the_finders() -> None:
    """R50: once; after `go_on` there is none to return; the term goes on with its rest."""
    form = {"reason": "证据不足"}
    for_own = situation("proposed", C.OFFICE, form=form)
    assert "没有可以退回" in unmet(REPAIR, "return_finding", for_own)["finding_may_be_returned"].detail
    again = situation("proposed", C.OFFICE, form=form, told={"times_taken": 1})
    assert "只能退回重新核实一次" in unmet(REPAIR, "return_finding", again)["finding_may_be_returned"].detail
    once = {"times_taken": lambda step: 1 if step == "verify" else 0}
    assert advance(REPAIR, "return_finding", situation("proposed", C.OFFICE, form=form, told=once)).moved
    verification = REPAIR.term("repair.verification")
    assert verification is not None
    assert [start.step for start in verification.starts if start.resumes] == ["return_finding"]


def test_the_office_goes_on_without_a_silent_finder() -> None:
    """R52: three working days late and a 督办; before that the first day is named."""
    early = situation(
        "verifying",
        C.OFFICE,
        form=FINDING,
        told={"working_days_late": 2, "term_due_on": date(2026, 11, 18), "notice_issued": True},
    )
    item = unmet(REPAIR, "go_on", early)["finder_is_late_and_warned"]
    assert item.possible_on == date(2026, 11, 23)
    unwarned = situation("signing", C.OFFICE, form=FINDING, told={"working_days_late": 3})
    assert "督办通知书" in unmet(REPAIR, "go_on", unwarned)["finder_is_late_and_warned"].detail
    facts = {"working_days_late": 3, "notice_issued": lambda notice: notice == "supervision"}
    assert advance(REPAIR, "go_on", situation("signing", C.OFFICE, form=FINDING, told=facts)).moved


def test_approval_judges_the_whole_gate_on_its_day() -> None:
    """R48, R52: all lines met today; the record is repaired in the same transaction."""
    form = {"reasons": "条件全部满足"}
    late = decided("approve", "proposed", form, WAITING, findings=FOUND)
    assert unmet(REPAIR, "approve", late)["every_line_is_met"].possible_on == TODAY + timedelta(days=1)
    ctx = decided("approve", "proposed", form, findings=FOUND)
    outcome = advance(REPAIR, "approve", ctx)
    assert (ctx.case.state, outcome.result) == ("executing", "准予修复")
    assert notices_of(outcome) == [("repair_decision", "applicant")]
    assert cascades_of(outcome) == ["record.repair"]
    assert "open_sync_items" in outcome.step.effects


def test_a_denial_gives_a_reason_per_line() -> None:
    """R48: what the finder found unmet is named; the approver may weigh the evidence otherwise."""
    against = FOUND | {"corrected": {"met": False, "reason": "款项未付清"}}
    other = {"reason": "不符合条件", "unmet": {"not_excluded": "属于不得修复的情形"}}
    found = unmet(REPAIR, "deny", decided("deny", "proposed", other, findings=against))
    assert "款项未付清" in found["unmet_lines_named"].detail
    form = {"reason": "不符合条件", "unmet": {"corrected": "款项未付清"}}
    outcome = advance(REPAIR, "deny", decided("deny", "proposed", form, findings=against))
    assert (outcome.to_state.key, outcome.result) == ("denied", "不予修复")
    assert advance(REPAIR, "deny", decided("deny", "proposed", form, findings=FOUND)).moved


def test_completion_waits_for_every_target_or_names_the_silent_ones() -> None:
    """R52: SYSTEM only when all are done; SUPERVISOR names each silent target after a 督办."""
    pending = {"pending_sync_targets": frozenset({"S01", "S02"})}
    waiting = situation("executing", C.SYSTEM, told=pending, outcome="准予修复")
    assert "2个同步对象" in unmet(REPAIR, "complete", waiting)["sync_is_complete"].detail
    one = {"silent_targets": ["S01"]}
    unnamed = situation("executing", C.SUPERVISOR, form=one, told=pending, outcome="准予修复")
    assert unmet(REPAIR, "complete", unnamed)["sync_is_complete"].detail.endswith("S02")
    both = {"silent_targets": ["S01", "S02"]}
    half = pending | {"sync_reminded": lambda target: target == "S01"}
    unwarned = situation("executing", C.SUPERVISOR, form=both, told=half, outcome="准予修复")
    assert unmet(REPAIR, "complete", unwarned)["sync_is_complete"].detail == "以下同步对象尚未督办：S02"
    warned = pending | {"sync_reminded": True}
    ctx = situation("executing", C.SUPERVISOR, form=both, told=warned, outcome="准予修复")
    assert advance(REPAIR, "complete", ctx).result == "准予修复"
    done = situation("executing", C.SYSTEM, outcome="准予修复")
    assert advance(REPAIR, "complete", done).to_state.key == "completed"


def test_a_review_is_asked_in_time_and_not_beside_another_repair() -> None:
    """R37, R48: in the term or with reasons; no other repair open or granted."""
    late = {"term_due_on": TODAY - timedelta(days=1)}
    form = {"reason": "条件已经满足"}
    found = unmet(REPAIR, "request_review", situation("denied", C.SUBJECT, form=form, told=late))
    assert set(found) == {"filing_term_kept_or_excused"}
    excused = form | {"late_reason": "住院治疗"}
    assert advance(REPAIR, "request_review", situation("denied", C.SUBJECT, form=excused, told=late)).moved
    posted = situation("refused", C.SUBJECT, form=form, told=late, counts_on=TODAY - timedelta(days=1))
    assert advance(REPAIR, "request_review", posted).moved
    beside = situation("denied", C.SUBJECT, form=form, told={"repair_exists": True})
    assert set(unmet(REPAIR, "request_review", beside)) == {"no_other_repair"}


def test_the_review_is_refused_only_when_late_and_by_somebody_else() -> None:
    """R37: 复核人员没有参与原处理."""
    form = {"reason": "逾期且无正当理由"}
    in_time = decided("refuse_review", "review_submitted", form, who=C.REVIEWER, review_was_late=False)
    assert set(unmet(REPAIR, "refuse_review", in_time)) == {"late_without_reason"}
    took_part = situation("review_submitted", C.REVIEW_OFFICE, told={"handlers": frozenset({1})})
    assert set(unmet(REPAIR, "accept_review", took_part)) == {"reviewer_took_no_part"}
    late = decided("refuse_review", "review_submitted", form, who=C.REVIEWER, review_was_late=True)
    assert advance(REPAIR, "refuse_review", late).to_state.key == "closed"


@pytest.mark.parametrize(
    ("result", "denials", "to", "outcome", "cascades"),
    [
        ("维持", 1, "closed", "维持", []),
        ("变更", 1, "executing", "变更为准予修复", ["record.repair"]),
        ("变更", 0, "verifying", "变更为受理", []),
    ],
)
def test_a_review_upholds_grants_or_accepts(
    result: str, denials: int, to: str, outcome: str, cascades: list[str]
) -> None:
    """R37, R52: 变更 of a denial works as approval, of a refusal as acceptance with new terms."""
    facts = LISTED | {"times_taken": lambda step: denials if step == "deny" else 0}
    form = {"result": result, "reasons": "经复核"}
    ctx = decided("decide_review", "reviewing", form, facts, C.REVIEWER, findings=FOUND)
    taken = advance(REPAIR, "decide_review", ctx)
    assert (ctx.case.state, taken.result, cascades_of(taken)) == (to, outcome, cascades)
    made = [notice for notice, _ in notices_of(taken)]
    assert ("repair_decision" in made, "repair_acceptance" in made) == (to == "executing", to == "verifying")
    opened = term_moves(REPAIR, "decide_review", "reviewing", to, ctx)[TermMove.OPEN]
    assert opened == ({"repair.total", "repair.verification"} if to == "verifying" else set())


def test_a_review_cannot_replace_a_date() -> None:
    """R48: the review weighs evidence; the minimum period stays."""
    facts = WAITING | {"times_taken": lambda step: 1 if step == "deny" else 0}
    form = {"result": "变更", "reasons": "经复核"}
    ctx = decided("decide_review", "reviewing", form, facts, C.REVIEWER, findings=FOUND)
    assert set(unmet(REPAIR, "decide_review", ctx)) == {"changed_decision_is_possible"}


@pytest.mark.parametrize("state", ["executing", "completed"])
def test_revocation_hears_the_subject_first(state: str) -> None:
    """R52: false material or promise, with evidence, after a hearing; the record is listed again."""
    unheard = REVOKE | {"heard_on": TODAY + timedelta(days=1)}
    assert set(unmet(REPAIR, "revoke", decided("revoke", state, unheard))) == {"subject_was_heard"}
    outcome = advance(REPAIR, "revoke", decided("revoke", state, REVOKE))
    assert (outcome.to_state.key, cascades_of(outcome)) == ("revoked", ["record.restore"])
    assert notices_of(outcome) == [("repair_revocation", "applicant")]


def test_the_clock_closes_what_nobody_had_reviewed() -> None:
    """R48: refused and denied repairs end with the term for review, awaiting the service of their notice."""
    filing = REPAIR.term("repair.review_filing")
    assert filing is not None
    assert filing.on_expiry == ("close",)
    assert {(start.step, start.of) for start in filing.starts} == {
        ("refuse", "repair_refusal"),
        ("deny", "repair_denial"),
    }
    assert advance(REPAIR, "close", situation("denied", C.SYSTEM)).to_state.key == "closed"


def test_a_reminder_needs_something_late() -> None:
    """R52: 催办 and 督办 in every state a duty runs in."""
    form = {"target": "核实期限"}
    assert set(unmet(REPAIR, "supervise", situation("verifying", C.SUPERVISOR, form=form))) == {"some_duty_is_late"}
    late = {"term_over_since": lambda key: TODAY if key == "repair.verification" else None}
    outcome = advance(REPAIR, "supervise", situation("verifying", C.SUPERVISOR, form=form, told=late))
    assert notices_of(outcome) == [("supervision", "holder")]


@pytest.mark.parametrize(
    ("state", "to"),
    [(state.key, "withdrawn") for state in HANDLING] + [(state.key, "closed") for state in IN_REVIEW],
)
def test_the_applicant_withdraws(state: str, to: str) -> None:
    """R48: up to approval; in review the decision stands."""
    assert advance(REPAIR, "withdraw", situation(state, C.SUBJECT, form={"reason": "不再申请"})).to_state.key == to


@pytest.mark.parametrize("state", [*(state.key for state in UNFINISHED), "completed"])
def test_the_end_of_the_record_ends_an_open_repair_and_closes_a_completed_one(state: str) -> None:
    """R52: what was granted is not called terminated, and no notice says so."""
    ctx = situation(state, C.SYSTEM, form={"cause": "记录期满归档"})
    outcome = advance(REPAIR, "terminate", ctx)
    assert ctx.case.state == ("closed" if state == "completed" else "terminated")
    assert bool(outcome.notices) == (state != "completed")


@pytest.mark.parametrize(
    ("step", "state", "who"),
    [
        ("accept", "submitted", C.FINDER),
        ("draft_finding", "verifying", C.OFFICE),
        ("verify", "signing", C.FINDER),
        ("approve", "proposed", C.OFFICE),
        ("decide_review", "reviewing", C.SUPERVISOR),
        ("close", "denied", C.SUPERVISOR),
        ("withdraw", "submitted", C.OFFICE),
    ],
)
def test_each_step_belongs_to_its_organ(step: str, state: str, who: C) -> None:
    """R48: 谁认定、谁修复; nobody takes another organ's step."""
    assert nobody_but(REPAIR, step, situation(state, who))

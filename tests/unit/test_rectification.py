"""整改: the table of the rectification, each condition shown biting (R53–R57, R64; procedures 4)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.situation import TODAY, situation
from tests.support.steps import cascades_of, nobody_but, notices_of, proposed, refused, term_moves, unmet
from workflows.kit.definition import Phase, StartKind
from workflows.kit.engine import advance
from workflows.kit.errors import FormIncomplete
from workflows.kit.termplan import TermMove
from workflows.rectification import EVERY, RECTIFICATION, RUNNING, UNFINISHED
from workflows.rectification_guards import completion_days, level_after
from workflows.roles import Capacity as C

SOON = TODAY + timedelta(days=20)
TASK = {"task": "补发补偿款", "person": "李测试", "due_on": SOON}
ORDER = {"problems": "未按约定支付款项，损失三万元", "requirements": ["付清款项"], "days": 30}
EXPLANATION = {"causes": "未按时报批", "responsible_persons": ["李测试"], "tasks": [TASK]}
COMPLETION = {"tasks": [{"task": 1, "result": "已付清", "evidence": "付款凭证"}], "summary": "全部完成"}
FAIL = {"reason": "款项未付清", "until": SOON}
REOPEN = {"tasks": [TASK], "until": SOON, "reason": "已筹措资金"}
ORDERABLE: dict[str, Any] = {"subject_is_unit": True, "record_state": "listed"}
LATE: dict[str, Any] = {"term_over_since": date(2026, 11, 10)}


def late_by(working_days: int, fails: int = 0) -> dict[str, Any]:
    """The unit is late by so many working days, after so many failed verifications."""
    return LATE | {
        "working_days_late": lambda key: working_days if key == "rectification.completion" else 0,
        "times_taken": lambda step: fails if step == "fail" else 0,
    }


def test_an_organ_is_ordered_to_rectify() -> None:
    """R53, R54: on proposal, signed with the step; the record learns of it, so that its own term ends."""
    ctx = situation("opening", C.SUPERVISOR, form=ORDER, told=ORDERABLE, proposal=proposed("order", ORDER))
    outcome = advance(RECTIFICATION, "order", ctx)
    assert ctx.case.state == "ordered"
    assert notices_of(outcome) == [("rectification_order", "subject")]
    assert cascades_of(outcome) == ["record.note_rectification"]
    assert {"keep_order", "file_case"} <= set(outcome.step.effects)


@pytest.mark.parametrize(
    ("facts", "guard"),
    [
        ({"subject_is_unit": False}, "subject_is_unit"),
        ({"record_state": "deciding"}, "record_is_listed"),
        ({"open_in_dossier": 1}, "no_other_rectification"),
    ],
)
def test_no_order_without_a_listed_organ_or_beside_another(facts: dict[str, Any], guard: str) -> None:
    """R54: only an organ whose record is listed, and one rectification at a time."""
    ctx = situation("opening", C.SUPERVISOR, form=ORDER, told=ORDERABLE | facts, proposal=proposed("order", ORDER))
    assert set(unmet(RECTIFICATION, "order", ctx)) == {guard}


def test_an_order_needs_a_proposal_and_another_hand() -> None:
    """R54: 经办与审批分离; who departs from the proposal to waive says why."""
    alone = situation("opening", C.SUPERVISOR, form=ORDER, told=ORDERABLE)
    assert set(unmet(RECTIFICATION, "order", alone)) == {"proposal_made"}
    own = situation("opening", C.SUPERVISOR, form=ORDER, told=ORDERABLE, user=7, proposal=proposed("order", ORDER))
    assert set(unmet(RECTIFICATION, "order", own)) == {"not_the_proposer"}
    departs = situation("opening", C.SUPERVISOR, form=ORDER, told=ORDERABLE, proposal=proposed("waive_rectification"))
    assert "与拟办意见不一致" in refused(RECTIFICATION, "order", departs).message


def test_an_order_says_what_is_to_be_done() -> None:
    """R54 and issue 2 (bad input): a missing requirement is named in Chinese."""
    ctx = situation("opening", C.SUPERVISOR, form=ORDER | {"requirements": []}, told=ORDERABLE)
    refusal = refused(RECTIFICATION, "order", ctx)
    assert isinstance(refusal, FormIncomplete)
    assert refusal.message == "整改要求：至少填写一项"


def test_service_starts_both_terms_of_the_unit() -> None:
    """R54: explanation and completion run from the day of service; the length may be set in the order."""
    ctx = situation("ordered", C.SYSTEM, form={"served_on": TODAY})
    assert advance(RECTIFICATION, "start", ctx).to_state.key == "explaining"
    opened = term_moves(RECTIFICATION, "start", "ordered", "explaining", ctx)[TermMove.OPEN]
    assert opened == {"rectification.explanation", "rectification.completion"}
    completion = RECTIFICATION.term("rectification.completion")
    assert completion is not None
    assert completion.length_in == "completion_days"
    assert (completion.starts[0].step, completion.starts[0].kind) == ("start", StartKind.DATE)


def test_the_plan_stays_within_the_term() -> None:
    """R54: a task dated after the last day is refused, and which one is said."""
    facts = {"term_due_on": SOON}
    late = EXPLANATION | {"tasks": [TASK, TASK | {"due_on": SOON + timedelta(days=1)}]}
    found = unmet(RECTIFICATION, "draft_explanation", situation("explaining", C.SUBJECT, form=late, told=facts))
    assert "第2项" in found["plan_within_term"].detail
    in_time = situation("explaining", C.SUBJECT, form=EXPLANATION, told=facts)
    assert advance(RECTIFICATION, "draft_explanation", in_time).to_state.key == "explaining"


@pytest.mark.parametrize(
    ("draft", "sign", "state", "guard"),
    [
        ("draft_explanation", "explain", "explaining", "explanation_drafted"),
        ("draft_completion", "report_completion", "rectifying", "completion_drafted"),
    ],
)
def test_the_head_signs_what_another_drafted(draft: str, sign: str, state: str, guard: str) -> None:
    """R53, R54: 审签; nothing drafted, nothing signed, and never by the drafter."""
    assert set(unmet(RECTIFICATION, sign, situation(state, C.SUBJECT_HEAD, form={}))) == {guard}
    by_head = {"takers_in_round": lambda step: frozenset({1} if step == draft else ())}
    found = unmet(RECTIFICATION, sign, situation(state, C.SUBJECT_HEAD, form={}, told=by_head))
    assert set(found) == {"not_the_drafter"}
    by_staff = {"takers_in_round": lambda step: frozenset({2} if step == draft else ())}
    assert nobody_but(RECTIFICATION, sign, situation(state, C.SUBJECT, form={}, told=by_staff))
    assert advance(RECTIFICATION, sign, situation(state, C.SUBJECT_HEAD, form={}, told=by_staff)).moved


@pytest.mark.parametrize(
    ("reject", "state"), [("reject_explanation", "explaining"), ("reject_completion", "rectifying")]
)
def test_the_head_sends_a_draft_back_once_there_is_one(reject: str, state: str) -> None:
    """R53: 审签; sending back ends the round, so the next draft is signed anew."""
    form = {"reason": "请补充证据"}
    assert unmet(RECTIFICATION, reject, situation(state, C.SUBJECT_HEAD, form=form))
    drafted = {"takers_in_round": frozenset({2})}
    outcome = advance(RECTIFICATION, reject, situation(state, C.SUBJECT_HEAD, form=form, told=drafted))
    assert (outcome.step.ends_round, outcome.moved) == (True, False)


def test_the_office_returns_or_accepts_a_plan_and_silence_accepts() -> None:
    """R54: the clock accepts a plan nobody examined; a returned one runs on with its remaining days."""
    returned = advance(
        RECTIFICATION, "return_plan", situation("plan_review", C.OFFICE, form={"reason": "未写明责任人"})
    )
    assert returned.to_state.key == "explaining"
    plan = RECTIFICATION.term("rectification.plan")
    assert plan is not None
    assert plan.on_expiry == ("accept_plan",)
    assert advance(RECTIFICATION, "accept_plan", situation("plan_review", C.SYSTEM)).to_state.key == "rectifying"
    explanation = RECTIFICATION.term("rectification.explanation")
    assert explanation is not None
    assert [start.step for start in explanation.starts if start.resumes] == ["return_plan"]


def test_progress_names_a_task_of_the_plan() -> None:
    """R57: a line of the ledger belongs to a task that was planned."""
    form = {"task": 2, "progress": "已支付一半"}
    found = unmet(RECTIFICATION, "report_progress", situation("rectifying", C.SUBJECT, form=form, tasks=[TASK]))
    assert found["task_is_planned"].detail == "整改方案共1项，没有第2项"
    ok = situation("rectifying", C.SUBJECT, form=form | {"task": 1}, tasks=[TASK])
    assert not advance(RECTIFICATION, "report_progress", ok).moved


def test_completion_is_reported_with_evidence_for_each_task_also_late() -> None:
    """R54: every task is proven; being late does not bar the report."""
    two = situation("rectifying", C.SUBJECT, form=COMPLETION, tasks=[TASK, TASK])
    assert unmet(RECTIFICATION, "draft_completion", two)["each_task_has_evidence"].detail.endswith("第2项")
    none = situation("rectifying", C.SUBJECT, form=COMPLETION, tasks=[])
    assert set(unmet(RECTIFICATION, "draft_completion", none)) == {"each_task_has_evidence"}
    facts = LATE | {"takers_in_round": frozenset({2})}
    late = situation("rectifying", C.SUBJECT_HEAD, form={}, told=facts, tasks=[TASK])
    assert advance(RECTIFICATION, "report_completion", late).to_state.key == "reported"
    acts = term_moves(RECTIFICATION, "report_completion", "rectifying", "reported", late, {"rectification.completion"})
    assert acts[TermMove.CLOSE] == {"rectification.completion"}
    assert acts[TermMove.OPEN] == {"rectification.verification"}


@pytest.mark.parametrize(
    ("facts", "days", "guard"),
    [
        ({"times_taken": 1}, 5, "extension_is_allowed"),
        ({}, 16, "extension_within_cap"),
        (LATE, 5, "completion_still_runs"),
    ],
)
def test_an_extension_is_asked_once_in_time_and_within_the_cap(facts: dict[str, Any], days: int, guard: str) -> None:
    """R54: once, at most 15 days, before the last day has ended."""
    ctx = situation("rectifying", C.SUBJECT_HEAD, form={"days": days, "reason": "等待审批"}, told=facts)
    assert set(unmet(RECTIFICATION, "request_extension", ctx)) == {guard}


def test_an_extension_is_granted_or_refused_on_request_only() -> None:
    """R54: neither without the unit's request."""
    form = {"days": 10, "reason": "等待审批"}
    asked = proposed("extend", form)
    outcome = advance(RECTIFICATION, "extend", situation("rectifying", C.SUPERVISOR, form=form, proposal=asked))
    assert notices_of(outcome) == [("extension_notice", "subject")]
    assert set(unmet(RECTIFICATION, "extend", situation("rectifying", C.SUPERVISOR, form=form))) == {"proposal_made"}
    no = {"reason": "不具备延期理由"}
    found = unmet(RECTIFICATION, "refuse_extension", situation("rectifying", C.SUPERVISOR, form=no))
    assert set(found) == {"extension_is_requested"}
    refusal = advance(RECTIFICATION, "refuse_extension", situation("rectifying", C.SUPERVISOR, form=no, proposal=asked))
    assert "end_proposal" in refusal.step.effects


def test_verification_fails_at_most_twice_and_leaves_the_floor() -> None:
    """R54: a third failure is none; the new date leaves at least three working days."""
    third = situation("reported", C.SUPERVISOR, form=FAIL, told={"times_taken": 2}, proposal=proposed("fail", FAIL))
    assert set(unmet(RECTIFICATION, "fail", third)) == {"failed_less_than_twice"}
    hasty = FAIL | {"until": date(2026, 11, 24)}
    short = situation("reported", C.SUPERVISOR, form=hasty, proposal=proposed("fail", hasty))
    assert "2026年11月25日" in unmet(RECTIFICATION, "fail", short)["new_date_leaves_the_floor"].detail
    ctx = situation("reported", C.SUPERVISOR, form=FAIL, proposal=proposed("fail", FAIL))
    outcome = advance(RECTIFICATION, "fail", ctx)
    assert ctx.case.state == "rectifying"
    assert notices_of(outcome) == [("rectification_return", "subject")]
    opened = term_moves(RECTIFICATION, "fail", "reported", "rectifying", ctx)[TermMove.OPEN]
    assert opened == {"rectification.completion"}
    assert completion_days(SOON, ctx) == 20


def test_passing_closes_with_an_opinion() -> None:
    """R54: the way to repair is open; the outcome says so."""
    form = {"opinion": "整改到位"}
    ctx = situation("reported", C.SUPERVISOR, form=form, proposal=proposed("pass", form))
    outcome = advance(RECTIFICATION, "pass", ctx)
    assert (outcome.to_state.phase, outcome.result) == (Phase.CLOSED, "验收通过")
    assert notices_of(outcome) == [("rectification_closure", "subject")]


@pytest.mark.parametrize(
    ("level", "days", "who", "notice", "after"),
    [
        (0, 1, C.SYSTEM, ["reminder"], 1),
        (1, 5, C.SYSTEM, ["supervision"], 2),
        (2, 5, C.SUPERVISOR, ["circular", "accountability_referral"], 3),
    ],
)
def test_escalation_climbs_rung_by_rung(level: int, days: int, who: C, notice: list[str], after: int) -> None:
    """R55, R64: 催办 and 督办 by the clock, 通报批评 with a referral by a person."""
    form = {"reason": "拒不整改"} if who is C.SUPERVISOR else {}
    ctx = situation("rectifying", who, form=form, told=late_by(days), escalation_level=level)
    outcome = advance(RECTIFICATION, "escalate", ctx)
    assert [draft.notice for draft in outcome.notices] == notice
    assert level_after("escalate", ctx) == after


@pytest.mark.parametrize(
    ("level", "days", "who", "words"),
    [
        (1, 4, C.SYSTEM, "逾期不足5个工作日"),
        (2, 9, C.SYSTEM, "由信用管理部门审批人决定"),
        (1, 9, C.SUPERVISOR, "尚未督办"),
        (2, 4, C.SUPERVISOR, "逾期不足5个工作日"),
        (3, 9, C.SUPERVISOR, "不得重复通报"),
    ],
)
def test_escalation_skips_no_rung_and_repeats_none(level: int, days: int, who: C, words: str) -> None:
    """R55: each rung in its time; where a date decides, the first possible one is named."""
    ctx = situation("rectifying", who, form={"reason": "x"}, told=late_by(days), escalation_level=level)
    item = unmet(RECTIFICATION, "escalate", ctx)["escalation_is_due"]
    assert words in item.detail
    assert (item.possible_on == date(2026, 11, 17)) == (days < 5)


def test_nobody_is_criticised_in_public_without_a_reason_or_in_time() -> None:
    """R55: 通报批评 is reasoned; a unit that is in time is not escalated at all."""
    silent = situation("rectifying", C.SUPERVISOR, form={}, told=late_by(9), escalation_level=2)
    assert set(unmet(RECTIFICATION, "escalate", silent)) == {"criticism_has_reason"}
    in_time = situation("rectifying", C.SYSTEM, escalation_level=0)
    assert set(unmet(RECTIFICATION, "escalate", in_time)) == {"escalation_is_due"}


def test_reminders_by_hand_need_something_late_and_raise_the_level() -> None:
    """R55: 催办, 督办 by hand count on the ladder where the unit is late, and never lower it."""
    form = {"target": "整改期限"}
    in_time = situation("reported", C.OFFICE, form=form, escalation_level=0)
    assert set(unmet(RECTIFICATION, "remind", in_time)) == {"some_duty_is_late"}
    late = situation("rectifying", C.OFFICE, form=form, told=LATE, escalation_level=0)
    assert notices_of(advance(RECTIFICATION, "remind", late)) == [("reminder", "holder")]
    assert (level_after("remind", late), level_after("supervise", late)) == (1, 2)
    late.case.escalation_level = 3
    assert level_after("remind", late) == 3
    assert level_after("supervise", situation("reported", C.SUPERVISOR, escalation_level=0)) == 0


@pytest.mark.parametrize(
    ("state", "level", "days", "fails", "words"),
    [
        ("rectifying", 2, 30, 0, "尚未通报批评"),
        ("rectifying", 3, 19, 1, "逾期不足20个工作日"),
        ("reported", 3, 30, 1, "验收未满两次不通过"),
    ],
)
def test_giving_up_is_the_last_resort(state: str, level: int, days: int, fails: int, words: str) -> None:
    """R55: not before 20 working days late after public criticism, and in `reported` not before two fails."""
    form = {"reason": "长期拒不整改"}
    ctx = situation(
        state,
        C.SUPERVISOR,
        form=form,
        told=late_by(days, fails),
        escalation_level=level,
        proposal=proposed("give_up", form),
    )
    assert words in unmet(RECTIFICATION, "give_up", ctx)["rectification_is_hopeless"].detail


@pytest.mark.parametrize(("state", "level", "days", "fails"), [("rectifying", 3, 20, 0), ("reported", 0, 0, 2)])
def test_giving_up_refers_for_accountability(state: str, level: int, days: int, fails: int) -> None:
    """R55, R64: repair stays shut; the discipline organ is told."""
    form = {"reason": "长期拒不整改"}
    facts = late_by(days, fails) if days else {"times_taken": fails}
    ctx = situation(
        state, C.SUPERVISOR, form=form, told=facts, escalation_level=level, proposal=proposed("give_up", form)
    )
    outcome = advance(RECTIFICATION, "give_up", ctx)
    assert (ctx.case.state, outcome.result) == ("failed", "整改不到位")
    assert notices_of(outcome) == [("accountability_referral", "discipline")]


def test_after_two_fails_the_time_last_given_is_left() -> None:
    """R54: two fails do not take away days that were just granted."""
    form = {"reason": "长期拒不整改"}
    ctx = situation(
        "rectifying",
        C.SUPERVISOR,
        form=form,
        told={"times_taken": 2},
        escalation_level=0,
        proposal=proposed("give_up", form),
    )
    assert "尚未届满" in unmet(RECTIFICATION, "give_up", ctx)["rectification_is_hopeless"].detail


def test_a_failed_rectification_is_reopened_on_the_units_plan() -> None:
    """R54: only when the unit asks; a refused request is answered."""
    asked = proposed("reopen", REOPEN)
    assert set(unmet(RECTIFICATION, "reopen", situation("failed", C.SUPERVISOR, form=REOPEN))) == {"proposal_made"}
    ctx = situation("failed", C.SUPERVISOR, form=REOPEN, proposal=asked)
    assert advance(RECTIFICATION, "reopen", ctx).to_state.key == "rectifying"
    assert term_moves(RECTIFICATION, "reopen", "failed", "rectifying", ctx)[TermMove.OPEN] == {
        "rectification.completion"
    }
    no = {"reason": "方案不可行"}
    assert unmet(RECTIFICATION, "refuse_reopen", situation("failed", C.SUPERVISOR, form=no))
    answered = advance(RECTIFICATION, "refuse_reopen", situation("failed", C.SUPERVISOR, form=no, proposal=asked))
    assert not answered.moved
    beyond = REOPEN | {"tasks": [TASK | {"due_on": SOON + timedelta(days=1)}]}
    found = unmet(RECTIFICATION, "request_reopen", situation("failed", C.SUBJECT_HEAD, form=beyond))
    assert set(found) == {"plan_within_new_term"}


@pytest.mark.parametrize("state", [state.key for state in UNFINISHED])
def test_the_end_of_the_record_ends_it(state: str) -> None:
    """R55: also a failed one; a unit that was never served the order is not told of its end."""
    ctx = situation(state, C.SYSTEM, form={"cause": "记录期满归档"})
    outcome = advance(RECTIFICATION, "terminate", ctx)
    assert ctx.case.state == "terminated"
    assert bool(outcome.notices) == (state != "ordered")


def test_who_sees_it_and_who_is_overdue_by_what() -> None:
    """R57: the unit sees it from service on; the completion term runs in three states and ends in `escalate`."""
    assert {state.key for state in EVERY} - {state.key for state in RECTIFICATION.visible[C.SUBJECT]} == {"ordered"}
    completion = RECTIFICATION.term("rectification.completion")
    assert completion is not None
    assert (completion.runs_in, completion.on_expiry) == (frozenset(RUNNING), ("escalate",))

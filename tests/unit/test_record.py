"""政务失信记录: what each condition of the table holds back, and what it lets through (R17–R28, R46, R70, R152)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.judging import proposed, taken, unmet
from tests.support.situation import TODAY, situation
from workflows.kit.context import Context
from workflows.kit.definition import Recipient
from workflows.kit.errors import NotPermitted, WrongState
from workflows.record import RECORD
from workflows.roles import Capacity as C

CONTENT: dict[str, Any] = {
    "source_number": "示处〔2026〕3号",
    "source_on": date(2026, 9, 1),
    "source_organ": "示例局",
    "effective_on": date(2026, 10, 1),
    "under_remedy": False,
    "behaviour": "B01",
    "facts": "逾期未支付合同款项",
    "severity": "general",
    "conduct_ended_on": date(2026, 8, 1),
    "conduct_continues": False,
    "exemption": "none",
    "secret_free": True,
}
REASONED: dict[str, Any] = {"reason": "经核实", "ground": "statement_founded"}


def record(state: str, *capacities: C, **more: Any) -> Context:
    """A complete record in a state; `more` changes its content or the situation."""
    return situation(state, *capacities, **(CONTENT | more))


# ---------------------------------------------------------------- submit and report


def test_a_complete_draft_is_submitted() -> None:
    """R17: everything there, so it goes to the head of the unit."""
    assert taken(RECORD, "submit", record("draft", C.PROVIDER, number=None)).to_state.key == "head_review"


@pytest.mark.parametrize(
    ("changes", "guard", "words"),
    [
        ({"source_number": "", "source_organ": ""}, "source_complete", "来源文书尚缺：文书编号、作出机关"),
        ({"under_remedy": True}, "source_effective", "生效后方可报送"),
        ({"effective_on": TODAY + timedelta(1)}, "source_effective", "最早可于2026年11月21日办理"),
        ({"behaviour": "B99"}, "behaviour_in_force", "不在示范区现行行为清单之内"),
        ({"behaviour": ""}, "behaviour_in_force", "尚未选择失信行为"),
        ({"facts": ""}, "facts_written", "尚未写明事实"),
        ({"severity": ""}, "severity_given", "尚未确定失信程度"),
        ({"conduct_ended_on": None}, "conduct_end_given", "请填写行为终止日期"),
        ({"conduct_continues": True}, "conduct_end_given", "请只勾选“行为仍在持续”"),
        ({"conduct_ended_on": TODAY + timedelta(1)}, "conduct_end_given", "不得晚于今天"),
        ({"conduct_ended_on": date(2021, 11, 19)}, "retention_not_over", "已于2026年11月19日届满"),
        ({"told": {"same_act_recorded": True}}, "no_other_record_on_the_act", "不得重复报送"),
        ({"told": {"subject_code_problem": "第18位校验码应为X"}}, "identity_code_valid", "第18位校验码应为X"),
        ({"exemption": None}, "exemption_and_secrecy_answered", "请回答是否存在免责容错情形"),
        ({"secret_free": False}, "exemption_and_secrecy_answered", "涉密信息不得录入"),
    ],
)
def test_what_keeps_a_draft_from_being_submitted(changes: dict[str, Any], guard: str, words: str) -> None:
    """R17, R18, R22: each defect is named alone, with how to mend it."""
    found = unmet(RECORD, "submit", record("draft", C.PROVIDER, number=None, **changes))
    assert list(found) == [guard]
    assert words in found[guard]


def test_conduct_that_goes_on_needs_no_end() -> None:
    """R17: 持续中 instead of a day; retention is awaited then."""
    assert unmet(RECORD, "submit", record("draft", C.PROVIDER, conduct_ended_on=None, conduct_continues=True)) == {}


def test_the_last_day_of_retention_still_counts() -> None:
    """L: a period ends at 24:00 of the corresponding day."""
    assert unmet(RECORD, "submit", record("draft", C.PROVIDER, conduct_ended_on=date(2021, 11, 20))) == {}


def test_the_head_reports_what_another_drafted() -> None:
    """R17, 审签: not the drafter himself."""
    own = record("head_review", C.PROVIDER_HEAD, told={"takers_in_round": lambda step: frozenset({1})})
    assert "not_the_drafter" in unmet(RECORD, "report", own)
    outcome = taken(RECORD, "report", record("head_review", C.PROVIDER_HEAD, number=None))
    assert (outcome.to_state.key, "file_case" in outcome.step.effects) == ("screening", True)


@pytest.mark.parametrize(("number", "state"), [(None, "draft"), ("示信记〔2026〕1号", "returned")])
def test_what_the_head_sends_back_stays_what_it_was(number: str | None, state: str) -> None:
    """R17: a draft becomes a draft again; a record that the office had sent back is 退回补正 again."""
    ctx = record("head_review", C.PROVIDER_HEAD, number=number, form={"reason": "事实不清"})
    assert taken(RECORD, "reject_draft", ctx).to_state.key == state


def test_a_reported_record_is_no_longer_discarded() -> None:
    """R17: 草稿作废 is for what was never signed."""
    form: dict[str, Any] = {"reason": "填错主体"}
    assert taken(RECORD, "discard", record("draft", C.PROVIDER, number=None, form=form)).to_state.key == "discarded"
    assert "never_signed" in unmet(RECORD, "discard", record("draft", C.PROVIDER, form=form))


# ---------------------------------------------------------------- screening


def test_a_record_waits_for_its_exemption_before_it_is_approved() -> None:
    """R46: no notice goes out while an exemption is awaited."""
    waiting = record("screening", C.SUPERVISOR, proposal=proposed("approve"))
    assert taken(RECORD, "approve", waiting).to_state.key == "noticing"
    again = situation("screening", C.SUPERVISOR, proposal=proposed("approve"), told={"waiting_exemption": True},
                      behaviour="B01")  # fmt: skip
    assert "no_exemption_to_wait_for" in unmet(RECORD, "approve", again)


def test_nothing_outside_the_catalogue_is_approved() -> None:
    """R26: the behaviour must stand in the list in force."""
    ctx = record("screening", C.SUPERVISOR, behaviour="B99", proposal=proposed("approve"))
    assert "behaviour_in_force" in unmet(RECORD, "approve", ctx)


def test_approval_signs_the_notice_to_the_subject() -> None:
    """R28: nobody is recorded unheard."""
    outcome = taken(RECORD, "approve", record("screening", C.SUPERVISOR, proposal=proposed("approve")))
    assert [(draft.notice, draft.to) for draft in outcome.notices] == [("record_notice", Recipient.SUBJECT)]


@pytest.mark.parametrize("step", ["decline", "annul", "draft_annulment"])
def test_nothing_is_decided_about_a_record_that_was_never_reported(step: str) -> None:
    """Procedures 1, *Reported*: a draft before its head belongs to its unit alone."""
    who = C.PROVIDER if step == "draft_annulment" else C.SUPERVISOR
    form = REASONED if step == "decline" else {"reason": "来源文书被撤销", "document": "示撤〔2026〕1号"}
    lies_there = {} if step == "draft_annulment" else {"proposal": proposed(step, **form)}
    fresh = record("head_review", who, number=None, form=form, **lies_there)
    assert "尚未报送" in unmet(RECORD, step, fresh)["has_been_reported"]
    sent_back = record("head_review", who, form=form, **lies_there)
    assert unmet(RECORD, step, sent_back) == {}


def test_a_record_is_declined_for_silence_only_after_the_supplement_term() -> None:
    """R26: 逾期未补正 is a ground only when the term is over."""
    form: dict[str, Any] = {"reason": "逾期未补正", "ground": "not_supplemented"}
    early = record("returned", C.SUPERVISOR, form=form, proposal=proposed("decline", **form))
    assert "补正期限尚未届满" in unmet(RECORD, "decline", early)["ground_is_given"]
    over = {"term_over_since": lambda key: TODAY if key == "record.supplement" else None}
    late = situation("returned", C.SUPERVISOR, form=form, proposal=proposed("decline", **form), told=over)
    assert taken(RECORD, "decline", late).to_state.key == "declined"


@pytest.mark.parametrize(("notified", "recipients"), [(False, {"provider"}), (True, {"provider", "subject"})])
def test_who_is_told_of_a_declined_record(notified: bool, recipients: set[str]) -> None:
    """R28: the subject only if he had been told before."""
    ctx = situation("deciding", C.SUPERVISOR, form=REASONED, proposal=proposed("decline", **REASONED),
                    told={"notice_issued": notified})  # fmt: skip
    outcome = taken(RECORD, "decline", ctx)
    assert {draft.to.value for draft in outcome.notices if draft.notice == "record_declined"} == recipients
    assert {row.kind for row in outcome.cascades} == {"objection", "rectification", "repair", "exemption"}


# ---------------------------------------------------------------- statement and listing


@pytest.mark.parametrize(
    ("counts_on", "late_reason", "taken_in"),
    [
        (date(2026, 11, 18), "", True),
        (date(2026, 11, 19), "", False),
        (date(2026, 11, 19), "住院治疗", True),
    ],
)
def test_a_statement_is_in_time_by_its_postmark_or_excused(counts_on: date, late_reason: str, taken_in: bool) -> None:
    """R28, 代录: the postmark counts; late with good reason is heard too."""
    ctx = situation("deciding", C.SUBJECT, form={"text": "款项已付", "late_reason": late_reason}, counts_on=counts_on,
                    told={"term_due_on": date(2026, 11, 18)})  # fmt: skip
    assert ("statement_in_time" not in unmet(RECORD, "state", ctx)) is taken_in


def test_a_statement_is_heard_before_the_term_begins_and_while_it_runs() -> None:
    """R28: also before the notice is served."""
    for state, due in (("noticing", None), ("statement_open", TODAY)):
        ctx = situation(state, C.SUBJECT, form={"text": "款项已付"}, told={"term_due_on": due})
        assert unmet(RECORD, "state", ctx) == {}


@pytest.mark.parametrize(
    ("facts", "guard"),
    [
        ({"times_taken": 1}, "each_statement_answered"),
        ({"pending_objection": True}, "no_open_objection"),
        ({"waiting_exemption": True}, "no_exemption_to_wait_for"),
        ({"beyond_the_notice": True}, "nothing_added_since_the_notice"),
    ],
)
def test_what_keeps_a_record_from_being_listed(facts: dict[str, Any], guard: str) -> None:
    """R28, R34, R46: unanswered, disputed, awaited or beyond the notice."""
    ctx = situation("deciding", C.SUPERVISOR, form={"reasons": "事实清楚"}, told=facts,
                    proposal=proposed("list", reasons="事实清楚"))  # fmt: skip
    assert list(unmet(RECORD, "list", ctx)) == [guard]


def test_an_answered_statement_is_served_with_the_decision() -> None:
    """R28: each statement is answered in writing before listing."""
    form: dict[str, Any] = {"reasons": "事实清楚", "statement_answer": "所称付款发生在期限之后"}
    ctx = situation("deciding", C.SUPERVISOR, form=form, told={"times_taken": 2},
                    proposal=proposed("list", **form))  # fmt: skip
    outcome = taken(RECORD, "list", ctx)
    assert [draft.notice for draft in outcome.notices] == ["statement_answer", "record_decision"]
    assert outcome.result == "记入"


def test_nothing_is_answered_where_nothing_was_stated() -> None:
    """R28: no 答复书 without a statement."""
    ctx = record("deciding", C.SUPERVISOR, form={"reasons": "事实清楚"}, proposal=proposed("list", reasons="事实清楚"))
    assert [draft.notice for draft in taken(RECORD, "list", ctx).notices] == ["record_decision"]


@pytest.mark.parametrize(
    ("locality", "is_unit", "recipients"),
    [
        ("laiwu", True, {"superior", "audit"}),
        ("laiwu", False, {"employer", "discipline"}),
        ("jingan", True, set()),
    ],
)
def test_who_is_informed_of_a_listed_record(locality: str, is_unit: bool, recipients: set[str]) -> None:
    """R70: superior and audit of a unit, employer and discipline of a person, where the rule set has it."""
    ctx = situation("deciding", C.SUPERVISOR, form={"reasons": "事实清楚"}, locality=locality,
                    told={"subject_is_unit": is_unit},
                    proposal=proposed("list", reasons="事实清楚"))  # fmt: skip
    letters = {draft.to.value for draft in taken(RECORD, "list", ctx).notices if draft.notice == "forward_letter"}
    assert letters == recipients


# ---------------------------------------------------------------- correction, annulment, end


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"severity": "serious"}, "不得加重失信程度"),
        ({"severity": "灾难"}, "没有“灾难”这一档"),
        ({"conduct_ended_on": "2026-10-01"}, "不得改晚"),
        ({"conduct_ended_on": "2026-13-01"}, "行为终止日期不存在"),
        ({"severity": "minor", "conduct_ended_on": "2026-07-01", "facts": "已付清"}, ""),
    ],
)
def test_a_correction_is_never_for_the_worse(changes: dict[str, str], words: str) -> None:
    """R25, 不得加重: severity and the length of the periods."""
    ctx = record("listed", C.SYSTEM, form={"changes": changes, "reason": "异议审定"})
    assert words in unmet(RECORD, "correct", ctx).get("no_worse_for_the_subject", "")


def test_a_correction_needs_the_request_that_the_head_of_the_provider_signed() -> None:
    """R25: no proposal of the office takes its place."""
    form: dict[str, Any] = {"changes": {"facts": "已付清"}, "reason": "来源文书变更"}
    departing: dict[str, Any] = {**form, "departure_reason": "无需申请"}
    by_office = record("listed", C.SUPERVISOR, form=departing, proposal=proposed("waive_rectification"))
    assert "proposal_made" in unmet(RECORD, "correct", by_office)
    asked = record("listed", C.SUPERVISOR, form=form, proposal=proposed("correct", **form))
    assert taken(RECORD, "correct", asked).to_state.key == "listed"


def test_an_annulled_record_clears_the_name_of_a_notified_subject() -> None:
    """R25, R152: 澄清函 in the same scope; a subject who never knew is not told."""
    form: dict[str, Any] = {"reason": "来源文书被撤销", "document": "示撤〔2026〕1号"}
    to_units = ["record_annulment", "record_annulment"]
    for notified, notices in (
        (True, ["record_annulment", *to_units, "clarification", "clarification"]),
        (False, [*to_units, "clarification"]),
    ):
        ctx = situation("listed", C.SYSTEM, form=form, told={"notice_issued": notified})
        assert [draft.notice for draft in taken(RECORD, "annul", ctx).notices] == notices


def test_an_objection_that_is_decided_is_not_ended_with_the_record() -> None:
    """Procedures 0: above all not the one that brought the annulment about; its decision is still to be served."""
    form: dict[str, Any] = {"reason": "异议成立", "document": "示信异〔2026〕1号"}
    outcome = taken(RECORD, "annul", situation("listed", C.SYSTEM, form=form))
    ended = next(row for row in outcome.cascades if row.kind == "objection")
    assert ended.states == {
        "submitted", "incomplete", "verifying", "signing", "answered", "review_submitted", "reviewing",
    }  # fmt: skip


def test_only_the_clock_and_cascades_repair_restore_exempt_and_expire() -> None:
    """R46, R52: nobody does it by hand."""
    for step, state in (("repair", "listed"), ("restore", "repaired"), ("exempt", "listed"), ("expire", "listed")):
        with pytest.raises(NotPermitted):
            taken(RECORD, step, record(state, C.SUPERVISOR, C.OFFICE, C.PROVIDER_HEAD))


def test_an_expired_record_can_still_be_corrected_and_annulled_but_not_declined() -> None:
    """R25: after close."""
    form: dict[str, Any] = {"reason": "来源文书被撤销", "document": "示撤〔2026〕1号"}
    assert taken(RECORD, "annul", record("expired", C.SYSTEM, form=form)).to_state.key == "annulled"
    with pytest.raises(WrongState):
        taken(RECORD, "decline", record("expired", C.SYSTEM, form=REASONED))


def test_a_record_is_not_restored_after_its_retention() -> None:
    """R52: what was repaired and is over stays over."""
    over = record("repaired", C.SYSTEM, conduct_ended_on=date(2021, 1, 1))
    assert "retention_not_over" in unmet(RECORD, "restore", over)
    assert taken(RECORD, "restore", record("repaired", C.SYSTEM)).to_state.key == "listed"


def test_the_task_of_ordering_rectification_is_waived_for_units_only() -> None:
    """R53: there is none for a person."""
    form: dict[str, Any] = {"reason": "损失已经全部挽回"}
    for is_unit, found in ((True, {}), (False, {"subject_is_unit": "不符合条件：当事人为机关单位"})):
        ctx = situation("listed", C.SUPERVISOR, form=form, told={"subject_is_unit": is_unit},
                        proposal=proposed("waive_rectification", **form))  # fmt: skip
        assert unmet(RECORD, "waive_rectification", ctx) == found


def test_rectification_is_proposed_on_the_record() -> None:
    """R53: the rectification does not exist yet, so its proposal lies on the record it is about."""
    assert RECORD.decidable("order") is not None
    ctx = situation("listed", C.OFFICE, form={"step": "order", "form": {}, "opinion": "拟责令整改"})
    assert unmet(RECORD, "propose", ctx)["proposal_is_takeable"].startswith("拟办内容不完整")

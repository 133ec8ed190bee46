"""容错免责: the table of exemption and tolerance, each condition shown biting (R22, R44–R47; procedures 6)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.situation import TODAY, situation
from tests.support.steps import cascades_of, nobody_but, notices_of, refused, term_moves, unmet
from workflows.exemption import EXEMPTION, HANDLING
from workflows.kit.definition import Phase
from workflows.kit.engine import advance
from workflows.kit.errors import FormIncomplete
from workflows.kit.termplan import TermMove
from workflows.roles import Capacity as C

CLAIM = {"situation": "容错办法第五条第二项", "circumstances": "先行先试，无先例可循"}
FINDING = {
    "clause": "第五条第二项",
    "motive": "出于公心，未谋取私利",
    "decision_procedure": "经集体研究",
    "corrective_measures": "完善审批流程",
    "proposed": "予以容错",
}
GRANT: dict[str, Any] = {"outcome": "予以容错", "document_number": "示容认〔2026〕3号", "reasons": "符合容错条件"}
PARTIAL = GRANT | {"outcome": "部分容错", "changes": {"severity": "轻微"}}
DENIAL = GRANT | {"outcome": "不予容错"}
DOCUMENT: dict[str, Any] = {"organ": "示例监察委员会", "document_on": TODAY, "attachment": "认定书.pdf"}
OPEN_RECORD: dict[str, Any] = {"record_state": "deciding"}
BY_SUBJECT: dict[str, Any] = {"claimed_by": "subject"}


def test_a_claim_is_filed_by_the_subject_or_the_reporting_unit() -> None:
    """R22, R44: the subject, or the provider's head from the exemption question of the record."""
    for who in (C.SUBJECT, C.PROVIDER_HEAD):
        ctx = situation("opening", who, form=CLAIM, told=OPEN_RECORD)
        outcome = advance(EXEMPTION, "submit", ctx)
        assert (ctx.case.state, notices_of(outcome)) == ("submitted", [("exemption_receipt", "applicant")])


@pytest.mark.parametrize(
    ("facts", "guard"),
    [
        ({"record_state": "repaired"}, "record_is_in_the_window"),
        ({"record_state": "draft"}, "record_is_in_the_window"),
        ({"open_in_dossier": 1}, "no_open_exemption"),
        ({"subject_is_unit": True}, "head_files_for_the_unit"),
    ],
)
def test_when_no_claim_is_possible(facts: dict[str, Any], guard: str) -> None:
    """R44, R46: inside the window of the rule set, one at a time, a unit through its head."""
    ctx = situation("opening", C.SUBJECT, form=CLAIM, told=OPEN_RECORD | facts)
    assert set(unmet(EXEMPTION, "submit", ctx)) == {guard}


def test_the_window_is_the_localitys() -> None:
    """R46: 盐城 also takes a claim on a repaired record; the demo district does not."""
    ctx = situation("opening", C.SUBJECT, form=CLAIM, told={"record_state": "repaired"}, locality="yancheng")
    assert advance(EXEMPTION, "submit", ctx).moved


def test_paper_of_a_unit_needs_no_head_at_the_keyboard() -> None:
    """Procedures 0 (代录): the signature is on the paper."""
    ctx = situation("opening", C.SUBJECT, form=CLAIM, told=OPEN_RECORD | {"subject_is_unit": True})
    assert advance(EXEMPTION, "submit", replace(ctx, received_on=TODAY)).moved


def test_a_refusal_names_the_organ_that_has_the_power() -> None:
    """R45: by the organ's head, told to the applicant and to the credit office."""
    ctx = situation("submitted", C.TOLERANCE_HEAD, form={"reason": "无管理权限"})
    refusal = refused(EXEMPTION, "refuse", ctx)
    assert isinstance(refusal, FormIncomplete)
    assert refusal.message == "有认定权限的机关：尚未填写"
    form = {"reason": "无管理权限", "competent_organ": "示例组织部"}
    outcome = advance(EXEMPTION, "refuse", situation("submitted", C.TOLERANCE_HEAD, form=form))
    assert (outcome.to_state.phase, outcome.result) == (Phase.CLOSED, "不予受理")
    assert notices_of(outcome) == [("exemption_refusal", "applicant"), ("exemption_refusal", "office")]


def test_silence_accepts_and_the_examination_begins() -> None:
    """R45: 视为受理; the term runs through drafting and signing."""
    acceptance = EXEMPTION.term("exemption.acceptance")
    assert acceptance is not None
    assert acceptance.on_expiry == ("accept",)
    ctx = situation("submitted", C.SYSTEM)
    advance(EXEMPTION, "accept", ctx)
    acts = term_moves(EXEMPTION, "accept", "submitted", "examining", ctx, {"exemption.acceptance"})
    assert (acts[TermMove.CLOSE], acts[TermMove.OPEN]) == ({"exemption.acceptance"}, {"exemption.examination"})
    signing = term_moves(EXEMPTION, "draft_finding", "examining", "signing", ctx, {"exemption.examination"})
    assert not any(signing.values())


def test_a_finding_is_drafted_and_decided_by_two_people() -> None:
    """R45: situation clause, motive, decision procedure, corrective measures; then four eyes."""
    for field in ("clause", "motive", "decision_procedure", "corrective_measures"):
        lacking = {key: value for key, value in FINDING.items() if key != field}
        refusal = refused(EXEMPTION, "draft_finding", situation("examining", C.TOLERANCE, form=lacking))
        assert isinstance(refusal, FormIncomplete)
        assert [error.field for error in refusal.errors] == [field]
    assert advance(EXEMPTION, "draft_finding", situation("examining", C.TOLERANCE, form=FINDING)).moved
    own = situation("signing", C.TOLERANCE_HEAD, form=GRANT, told={"takers_in_round": frozenset({1})}, **BY_SUBJECT)
    assert set(unmet(EXEMPTION, "decide", own)) == {"not_the_drafter"}
    back = advance(EXEMPTION, "reject_finding", situation("signing", C.TOLERANCE_HEAD, form={"reason": "依据不足"}))
    assert (back.to_state.key, back.step.ends_round) == ("examining", True)


@pytest.mark.parametrize(
    ("form", "to", "cascades"),
    [
        (GRANT, "closed", ["record.exempt"]),
        (GRANT | {"correction": "完善制度"}, "correcting", ["record.exempt"]),
        (PARTIAL, "closed", ["record.correct"]),
        (PARTIAL | {"correction": "完善制度"}, "correcting", ["record.correct"]),
        (DENIAL, "closed", []),
        (DENIAL | {"correction": "完善制度"}, "closed", []),
    ],
)
@pytest.mark.parametrize("step", ["decide", "register_finding"])
def test_each_outcome_leads_where_it_should(step: str, form: dict[str, Any], to: str, cascades: list[str]) -> None:
    """R46, R47: 予以 exempts, 部分 corrects, 不予 leaves the record; measures left to do are followed up."""
    state, who, extra = ("signing", C.TOLERANCE_HEAD, {}) if step == "decide" else ("examining", C.OFFICE, DOCUMENT)
    ctx = situation(state, who, form=form | extra, told=OPEN_RECORD, **BY_SUBJECT)
    outcome = advance(EXEMPTION, step, ctx)
    assert (ctx.case.state, cascades_of(outcome)) == (to, cascades)
    assert outcome.result == form["outcome"]
    made = [("exemption_decision", "applicant"), ("exemption_decision", "office")]
    assert notices_of(outcome) == (made if step == "decide" else [])


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (GRANT | {"changes": {"severity": "轻微"}}, "只有部分容错的"),
        (PARTIAL | {"changes": {}}, "应当写明记录中更正的内容"),
        (PARTIAL | {"changes": {"record": ""}}, "应当为予以容错"),
    ],
)
def test_the_changes_fit_the_outcome(form: dict[str, Any], words: str) -> None:
    """R46: only tolerance in part corrects, and it never takes out the whole record."""
    found = unmet(EXEMPTION, "decide", situation("signing", C.TOLERANCE_HEAD, form=form, **BY_SUBJECT))
    assert words in found["changes_fit_the_outcome"].detail


def test_the_subject_is_told_what_became_of_the_units_claim_once_he_knows_of_the_record() -> None:
    """R22, R46: before he was notified there is nothing to tell him."""
    case: dict[str, Any] = {"claimed_by": "provider"}
    knows = situation("signing", C.TOLERANCE_HEAD, form=DENIAL, told={"record_state": "deciding"}, **case)
    assert ("exemption_decision", "subject") in notices_of(advance(EXEMPTION, "decide", knows))
    unaware = situation("signing", C.TOLERANCE_HEAD, form=DENIAL, told={"record_state": "screening"}, **case)
    assert ("exemption_decision", "subject") not in notices_of(advance(EXEMPTION, "decide", unaware))


def test_the_office_registers_but_never_decides() -> None:
    """R45: only a document of an organ that has the power, dated no later than today."""
    assert nobody_but(EXEMPTION, "decide", situation("signing", C.OFFICE, C.SUPERVISOR, form=GRANT))
    stranger = GRANT | DOCUMENT | {"organ": "示例街道办事处"}
    found = unmet(EXEMPTION, "register_finding", situation("submitted", C.OFFICE, form=stranger))
    assert found["organ_has_the_power"].detail == "有容错认定权限的机关为：示例监察委员会、示例组织部"
    ahead = GRANT | DOCUMENT | {"document_on": TODAY + timedelta(days=1)}
    assert set(unmet(EXEMPTION, "register_finding", situation("submitted", C.OFFICE, form=ahead))) == {
        "document_is_dated"
    }


def test_the_record_stops_waiting_for_a_silent_organ() -> None:
    """R45: twenty working days late and warned in writing, once; the first day is named."""
    form = {"reason": "认定机关逾期未认定"}
    early = {"working_days_late": 19, "term_due_on": date(2026, 10, 23), "notice_issued": True}
    item = unmet(EXEMPTION, "proceed", situation("examining", C.SUPERVISOR, form=form, told=early))[
        "organ_is_late_and_warned"
    ]
    assert item.possible_on == date(2026, 11, 20)
    late: dict[str, Any] = {"working_days_late": 20}
    unwarned = unmet(EXEMPTION, "proceed", situation("signing", C.SUPERVISOR, form=form, told=late))
    assert "尚未书面催办" in unwarned["organ_is_late_and_warned"].detail
    warned = late | {"notice_issued": lambda notice: notice == "reminder"}
    outcome = advance(EXEMPTION, "proceed", situation("signing", C.SUPERVISOR, form=form, told=warned))
    assert (outcome.moved, outcome.step.effects) == (False, ("stop_waiting",))
    twice = warned | {"times_taken": 1}
    found = unmet(EXEMPTION, "proceed", situation("signing", C.SUPERVISOR, form=form, told=twice))
    assert set(found) == {"record_still_waits"}


def test_a_later_grant_still_exempts() -> None:
    """R46: the cascade names every state of a reported record, listed and repaired ones too."""
    decide = EXEMPTION.step("decide")
    assert decide is not None
    exempts = next(cascade for cascade in decide.cascades if cascade.step == "exempt")
    assert {"screening", "listed", "repaired", "expired"} <= exempts.states


@pytest.mark.parametrize("who", [C.TOLERANCE, C.OFFICE])
def test_the_correction_is_confirmed_with_evidence(who: C) -> None:
    """R47: by the organ, or by the office from its letter."""
    assert isinstance(refused(EXEMPTION, "confirm_correction", situation("correcting", who, form={})), FormIncomplete)
    ctx = situation("correcting", who, form={"evidence": "已修订流程并公布"})
    assert advance(EXEMPTION, "confirm_correction", ctx).to_state.key == "closed"


def test_only_the_applicant_withdraws() -> None:
    """R44: the subject cannot take back the unit's claim, nor the unit his."""
    form = {"reason": "不再申请"}
    theirs = situation("examining", C.SUBJECT, form=form, claimed_by="provider")
    assert set(unmet(EXEMPTION, "withdraw", theirs)) == {"withdrawn_by_the_applicant"}
    his = situation("examining", C.PROVIDER_HEAD, form=form, **BY_SUBJECT)
    assert set(unmet(EXEMPTION, "withdraw", his)) == {"withdrawn_by_the_applicant"}
    assert advance(EXEMPTION, "withdraw", situation("examining", C.SUBJECT, form=form, **BY_SUBJECT)).moved


def test_reminders_need_a_term_that_is_over() -> None:
    """R45: the written warning that `proceed` requires."""
    form = {"target": "容错核实期限"}
    assert set(unmet(EXEMPTION, "remind", situation("examining", C.OFFICE, form=form))) == {"some_duty_is_late"}
    late = {"term_over_since": TODAY}
    reminded = advance(EXEMPTION, "remind", situation("examining", C.OFFICE, form=form, told=late))
    supervised = advance(EXEMPTION, "supervise", situation("signing", C.SUPERVISOR, form=form, told=late))
    assert notices_of(reminded) + notices_of(supervised) == [("reminder", "holder"), ("supervision", "holder")]


@pytest.mark.parametrize("state", [*(state.key for state in HANDLING), "correcting"])
def test_the_end_of_the_record_ends_it(state: str) -> None:
    """R46: nothing open is left on a closed record."""
    ctx = situation(state, C.SYSTEM, form={"cause": "记录已经撤销"})
    assert advance(EXEMPTION, "terminate", ctx).to_state.key == "terminated"

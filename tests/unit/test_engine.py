"""The engine judges a step against its table: refusals in order, proposals, four eyes, forks, terms (issue 2)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import Field

from tests.support.lamp import LAMP, MENDED, NOTICED, REPORTED, with_step
from tests.support.situation import situation
from workflows.kit.context import Context, Proposal
from workflows.kit.counting import Nature
from workflows.kit.definition import (
    Cascade,
    Draft,
    Fork,
    Recipient,
    State,
    Step,
    Term,
    Unmet,
    Workflow,
    at,
    guard,
    moves,
    resumed_at,
    stay,
)
from workflows.kit.engine import advance, machine_of, offers, trigger_of
from workflows.kit.errors import FormIncomplete, GuardRefused, NotPermitted, Refusal, Stale, UnknownStep, WrongState
from workflows.kit.forms import DecisionForm, StepForm, Text
from workflows.kit.proposals import with_proposal_steps
from workflows.kit.termplan import TermMove, plan_terms
from workflows.roles import Capacity as C

PROPOSAL = Proposal("tell", {}, "拟告知", author_id=7)


class ReasonedForm(StepForm):
    """One required line."""

    reason: Text = Field(title="理由")


@guard("天气晴好")
def dry(ctx: Context) -> bool | Unmet:
    return Unmet("今日有雨")


@guard("备件在库")
def in_stock(ctx: Context) -> bool:
    return False


WITH_FORM = with_step("drop", lambda step: replace(step, form=ReasonedForm, guards=(dry, in_stock)))


def refusal_of(workflow: Workflow, step: str, ctx: Context) -> Refusal:
    """The refusal; the state must not have changed."""
    before = ctx.case.state
    with pytest.raises(Refusal) as refusal:
        advance(workflow, step, ctx)
    assert ctx.case.state == before
    return refusal.value


def test_refusals_come_in_the_published_order() -> None:
    """Issue 2 (bad input): one defect after the other is mended, and the next refusal of `errors.py` appears."""
    wrong: dict[str, Any] = {"version": 9, "form": {}, "told": {"last_mover": "李测试"}}
    assert type(refusal_of(WITH_FORM, "burn", situation("noticed", C.SUBJECT, **wrong))) is UnknownStep
    assert type(refusal_of(WITH_FORM, "drop", situation("noticed", C.SUBJECT, **wrong))) is WrongState
    assert type(refusal_of(WITH_FORM, "drop", situation("reported", C.SUBJECT, **wrong))) is NotPermitted
    stale = refusal_of(WITH_FORM, "drop", situation("reported", C.OFFICE, **wrong))
    assert type(stale) is Stale
    assert "李测试" in stale.message
    incomplete = refusal_of(WITH_FORM, "drop", situation("reported", C.OFFICE, form={}, version=1))
    assert type(incomplete) is FormIncomplete
    assert incomplete.message == "理由：尚未填写"
    filled = situation("reported", C.OFFICE, form={"reason": "重复报修"}, version=1)
    assert type(refusal_of(WITH_FORM, "drop", filled)) is GuardRefused


def test_all_failing_conditions_are_reported_together() -> None:
    """T-all: a guard's own words where it has some, else its statement."""
    ctx = situation("reported", C.OFFICE, form={"reason": "重复报修"}, told={"recusal_ground": "本案当事人"})
    refusal = refusal_of(WITH_FORM, "drop", ctx)
    assert isinstance(refusal, GuardRefused)
    assert [item.guard for item in refusal.unmet] == ["not_recused", "dry", "in_stock"]
    assert refusal.message == "您应当回避：本案当事人；今日有雨；不符合条件：备件在库"


def test_wrong_state_and_permission_are_told_in_chinese() -> None:
    """Issue 2 (bad input): what, and who could."""
    assert "已修好" in refusal_of(LAMP, "drop", situation("mended", C.OFFICE)).message
    assert "信用管理部门经办人" in refusal_of(LAMP, "drop", situation("reported", C.SUBJECT)).message


def test_a_taken_step_moves_the_case_and_says_what_follows() -> None:
    """The engine changes nothing but the state."""
    ctx = situation("reported", C.SUPERVISOR, proposal=PROPOSAL)
    before = dict(vars(ctx.case))
    outcome = advance(LAMP, "tell", ctx)
    assert (outcome.from_state, outcome.to_state, outcome.moved) == (REPORTED, NOTICED, True)
    assert [draft.notice for draft in outcome.notices] == ["lamp_notice"]
    assert outcome.acting_as is C.SUPERVISOR
    assert vars(ctx.case) == before | {"state": "noticed"}


def test_notices_and_cascades_follow_their_conditions() -> None:
    """A `when` that does not hold leaves its notice or cascade out."""

    def split(step: Step) -> Step:
        notices = (Draft("lamp_notice", Recipient.SUBJECT, in_stock), Draft("lamp_notice", Recipient.OFFICE))
        return replace(step, notices=notices, cascades=(Cascade("lamp", "drop", frozenset({"reported"}), when=dry),))

    outcome = advance(with_step("tell", split), "tell", situation("reported", C.SUPERVISOR, proposal=PROPOSAL))
    assert [draft.to for draft in outcome.notices] == [Recipient.OFFICE]
    assert outcome.cascades == ()


def test_a_machine_that_disagrees_with_the_table_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Architecture 5: `False` of the machine is never taken for a refusal."""
    own = replace(LAMP)
    machine = machine_of(own)
    monkeypatch.setattr(machine.events[trigger_of(own.steps[-4])], "trigger", lambda *_args, **_words: False)
    assert own.steps[-4].key == "drop"
    with pytest.raises(AssertionError, match=r"lamp\.drop did not fire from reported"):
        advance(own, "drop", situation("reported", C.OFFICE))


def test_no_event_leads_past_the_table() -> None:
    """Architecture 5: no `to_<state>` of the library."""
    assert set(machine_of(LAMP).events) == {trigger_of(step) for step in LAMP.steps}


def test_the_machine_keeps_no_case() -> None:
    """Architecture 5: one unattached machine per procedure."""
    advance(LAMP, "drop", situation("reported", C.OFFICE))
    assert machine_of(LAMP).models == []


# ---------------------------------------------------------------- 拟办, 经办与审批分离, 回避


def test_without_a_proposal_nothing_is_decided() -> None:
    """拟办 (procedures 0): no proposal, no decision."""
    assert refusal_of(LAMP, "tell", situation("reported", C.SUPERVISOR)).message == "经办人尚未提交拟办意见"


def test_a_proposal_for_another_decider_does_not_count() -> None:
    """拟办: what REVIEWER is to decide is no proposal to SUPERVISOR."""
    other = replace(PROPOSAL, holder=C.REVIEWER)
    assert "尚未提交" in refusal_of(LAMP, "tell", situation("reported", C.SUPERVISOR, proposal=other)).message


def test_nobody_decides_his_own_proposal() -> None:
    """经办与审批分离, also for one who holds both posts."""
    ctx = situation("reported", C.OFFICE, C.SUPERVISOR, user=7, proposal=PROPOSAL)
    assert refusal_of(LAMP, "tell", ctx).message == "拟办人不得审批本人提出的拟办意见"


def test_the_clock_needs_no_proposal() -> None:
    """A step that SYSTEM may take too is not held up by 拟办 or 回避."""
    timed = with_step("tell", lambda step: replace(step, by=step.by | {C.SYSTEM}))
    ctx = situation("reported", C.SYSTEM, told={"recusal_ground": "本案当事人"})
    assert advance(timed, "tell", ctx).acting_as is C.SYSTEM


def test_a_proposal_is_made_withdrawn_and_returned() -> None:
    """拟办: one live proposal; only its author withdraws it, only the decider returns it, with a reason."""
    form = {"step": "tell", "form": {}, "opinion": "拟告知"}
    assert not advance(LAMP, "propose", situation("reported", C.OFFICE, form=form)).moved
    again = situation("reported", C.OFFICE, form=form, proposal=PROPOSAL)
    assert "没有未处理的拟办意见" in refusal_of(LAMP, "propose", again).message
    stranger = situation("reported", C.OFFICE, user=8, proposal=PROPOSAL)
    assert "由本人提出" in refusal_of(LAMP, "withdraw_proposal", stranger).message
    assert not advance(LAMP, "withdraw_proposal", situation("reported", C.OFFICE, user=7, proposal=PROPOSAL)).moved
    back = situation("reported", C.SUPERVISOR, form={"reason": "理由不充分"}, proposal=PROPOSAL)
    assert advance(LAMP, "return_proposal", back).step.ends_round
    assert "理由" in refusal_of(LAMP, "return_proposal", replace(back, given={})).message


def test_only_what_can_be_decided_here_is_proposed() -> None:
    """拟办: a step of another state, or one whose form is not filled in, is refused when it is proposed."""
    form = {"step": "mend", "form": {}, "opinion": "拟修好"}
    assert "现阶段不能拟办" in refusal_of(LAMP, "propose", situation("reported", C.OFFICE, form=form)).message
    reasoned = replace(LAMP, steps=with_proposal_steps((replace(LAMP.steps[1], form=ReasonedForm),)))
    form = {"step": "tell", "form": {}, "opinion": "拟告知"}
    assert "理由：尚未填写" in refusal_of(reasoned, "propose", situation("reported", C.OFFICE, form=form)).message


class TellForm(DecisionForm):
    """A decision with one line."""

    wording: Text = Field(title="告知内容")


@pytest.mark.parametrize(
    ("form", "refused"),
    [
        ({"wording": "路灯待修"}, False),
        ({"wording": "路灯待换"}, True),
        ({"wording": "路灯待换", "departure_reason": "灯具老化"}, False),
    ],
)
def test_who_departs_from_the_proposal_says_why(form: Mapping[str, str], refused: bool) -> None:
    """拟办: the decider may depart from it, with a reason."""
    table = with_step("tell", lambda step: replace(step, form=TellForm))
    ctx = situation("reported", C.SUPERVISOR, form=form, proposal=replace(PROPOSAL, form={"wording": "路灯待修"}))
    if refused:
        refusal = refusal_of(table, "tell", ctx)
        assert isinstance(refusal, FormIncomplete)
        assert refusal.errors[0].field == "departure_reason"
    else:
        assert advance(table, "tell", ctx).moved


def test_the_drafter_does_not_sign() -> None:
    """审签: drafter ≠ signer within a round."""
    table = with_step("drop", lambda step: replace(step, four_eyes="open"))
    facts = {"takers_in_round": lambda step: frozenset({5}) if step == "open" else frozenset()}
    assert "拟稿人不得审签" in refusal_of(table, "drop", situation("reported", C.OFFICE, user=5, told=facts)).message
    assert advance(table, "drop", situation("reported", C.OFFICE, user=6, told=facts)).moved


def test_a_signed_request_takes_the_place_of_the_proposal() -> None:
    """更正 (procedures 1): only on a request signed for this very step, unless both ways are open."""
    asked = with_step("tell", lambda step: replace(step, requested_by="open"))
    for_this, for_other = replace(PROPOSAL, step="tell"), replace(PROPOSAL, step="drop")
    assert "签发的申请" in refusal_of(asked, "tell", situation("reported", C.SUPERVISOR)).message
    assert "签发的申请" in refusal_of(asked, "tell", situation("reported", C.SUPERVISOR, proposal=for_other)).message
    assert advance(asked, "tell", situation("reported", C.SUPERVISOR, proposal=for_this)).moved
    either = with_step("tell", lambda step: replace(step, requested_by="open", or_proposed=True))
    assert advance(either, "tell", situation("reported", C.SUPERVISOR, proposal=for_other)).moved


def test_recusal_binds_office_but_not_the_party() -> None:
    """回避 (trust 1): nobody acts officially on a case about himself; as a party he acts freely."""
    table = with_step("drop", lambda step: replace(step, by=frozenset({C.OFFICE, C.SUBJECT})))
    facts = {"recusal_ground": "本案当事人"}
    assert "应当回避" in refusal_of(table, "drop", situation("reported", C.OFFICE, told=facts)).message
    assert advance(table, "drop", situation("reported", C.OFFICE, C.SUBJECT, told=facts)).acting_as is C.SUBJECT


# ---------------------------------------------------------------- forks and offers


@pytest.mark.parametrize(("outcome", "target"), [("ok", MENDED), ("more", NOTICED)])
def test_a_fork_goes_where_the_form_says(outcome: str, target: State) -> None:
    """R46: 予以容错 leads elsewhere than 不予容错."""
    fork = Fork("by_outcome", (MENDED, NOTICED), lambda ctx: MENDED if ctx.form.reason == "ok" else NOTICED)
    table = with_step("drop", lambda step: replace(step, moves=moves({REPORTED: fork}), form=ReasonedForm))
    ctx = situation("reported", C.OFFICE, form={"reason": outcome})
    assert advance(table, "drop", ctx).to_state is target
    assert ctx.case.state == target.key


def test_offers_show_what_is_possible_first_and_grey_with_reasons() -> None:
    """Issue 2.7: greyed acts with reasons; what reads the form is asked on the act only."""
    table = with_step("drop", lambda step: replace(step, guards=(dry, replace(in_stock, needs_form=True))))
    found = offers(table, situation("reported", C.OFFICE))
    assert (found[0].step.key, found[0].possible) == ("propose", True)
    greyed = next(offer for offer in found if offer.step.key == "drop")
    assert [item.text for item in greyed.unmet] == ["今日有雨"]
    assert offers(table, situation("noticed", C.OFFICE)) == ()


# ---------------------------------------------------------------- plan of terms

AWAY = State("away", "外借中", REPORTED.phase, C.OFFICE)


def term_acts(term: Term, step: str, source: State, dest: State, *live: str) -> list[TermMove]:
    """What the plan does to the one term."""
    table = replace(LAMP, terms=(term,))
    return [act.move for act in plan_terms(table, step, source, dest, frozenset(live), situation(dest.key, C.OFFICE))]


TERM = Term("lamp.mending", "修理期限", Nature.DUTY, C.OFFICE, at("open"), frozenset({REPORTED, AWAY}))


def test_a_term_opens_with_its_step_and_closes_when_its_states_are_left() -> None:
    """T6: open on entry, close on leaving."""
    assert term_acts(TERM, "open", REPORTED, REPORTED) == [TermMove.OPEN]
    assert term_acts(TERM, "drop", REPORTED, MENDED, TERM.key) == [TermMove.CLOSE]
    assert term_acts(TERM, "drop", REPORTED, MENDED) == []
    assert term_acts(TERM, "lend", REPORTED, AWAY, TERM.key) == []


def test_entering_a_state_again_arms_its_term_again() -> None:
    """T6: the live one is closed before the new one opens."""
    assert term_acts(TERM, "open", AWAY, REPORTED, TERM.key) == [TermMove.CLOSE, TermMove.OPEN]


def test_a_step_may_fulfil_a_term_within_its_states() -> None:
    """rectification.order ends when the order is given, though the record stays listed."""
    term = replace(TERM, ends_at=frozenset({"lend"}))
    assert term_acts(term, "lend", REPORTED, REPORTED, TERM.key) == [TermMove.CLOSE]


def test_a_term_pauses_and_resumes_with_its_states() -> None:
    """T6: pause on entering, resume on leaving the states that pause it."""
    term = replace(TERM, paused_in=frozenset({AWAY}))
    assert term_acts(term, "lend", REPORTED, AWAY, TERM.key) == [TermMove.PAUSE]
    assert term_acts(term, "bring", AWAY, REPORTED, TERM.key) == [TermMove.RESUME]
    assert term_acts(term, "bring", AWAY, AWAY, TERM.key) == []


def test_a_conditional_start_and_a_return_are_planned() -> None:
    """A start whose condition fails opens nothing; a return hands on that it resumes."""
    assert term_acts(replace(TERM, starts=at("open", when=in_stock)), "open", REPORTED, REPORTED) == []
    table = replace(LAMP, terms=(replace(TERM, starts=resumed_at("open")),))
    (act,) = plan_terms(table, "open", AWAY, REPORTED, frozenset(), situation("reported", C.OFFICE))
    assert act.start is not None
    assert act.start.resumes


def test_a_step_that_stays_keeps_the_state() -> None:
    """Architecture 5: a step that stays is an internal transition."""
    table = replace(LAMP, steps=(*LAMP.steps, Step("note", "记事", stay(REPORTED), frozenset({C.OFFICE}))))
    ctx = situation("reported", C.OFFICE)
    assert not advance(table, "note", ctx).moved
    assert ctx.case.state == "reported"

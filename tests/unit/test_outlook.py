"""现在谁办、之后是什么、为何不能办: read from the tables of the procedures (interface, screen 3; R54, R148)."""

from dataclasses import replace

import pytest

from tests.support.lamp import LAMP
from tests.support.situation import situation
from workflows.kit.counting import Nature
from workflows.kit.definition import Phase, Workflow
from workflows.kit.outlook import by_itself, later, of_others, onward
from workflows.registry import WORKFLOWS
from workflows.roles import Capacity as C

OBJECTION, NOTICE, RECORD = WORKFLOWS["objection"], WORKFLOWS["notice"], WORKFLOWS["record"]


def all_terms(flow: Workflow) -> frozenset[str]:
    return frozenset(term.key for term in flow.terms)


def test_the_ways_on_are_the_holders_then_what_he_proposes_then_his_heads() -> None:
    ways = [(way.step.key, way.proposed) for way in onward(OBJECTION, "submitted", C.OFFICE)]
    assert ways == [("request_supplement", False), ("accept", False), ("accept_own", False), ("refuse", True)]
    assert [way.step.key for way in onward(OBJECTION, "verifying", C.PROVIDER)] == ["draft_answer", "transfer_back"]
    assert [way.step.key for way in onward(OBJECTION, "answered", C.SUPERVISOR)] == ["decide"]
    assert onward(OBJECTION, "decided", None) == ()


def test_what_happens_by_itself_is_said_with_its_term_or_its_service() -> None:
    """R35: 核查期限 over brings 督办 and stays; R28: the served notice opens the statement."""
    (escalation,) = by_itself(OBJECTION, "verifying", all_terms(OBJECTION))
    assert (escalation.step.key, escalation.to, escalation.term and escalation.term.key) == (
        "escalate", None, "objection.verification",
    )  # fmt: skip
    (opened,) = by_itself(RECORD, "noticing", all_terms(RECORD))
    assert (opened.notice, opened.to and opened.to.key) == ("record_notice", "statement_open")


def test_a_term_that_the_locality_does_not_know_brings_nothing() -> None:
    assert by_itself(OBJECTION, "verifying", frozenset()) == ()


def test_a_period_of_years_is_told_only_where_nothing_else_is_to_come() -> None:
    """R24: 保存期限 ends every state; it is news for a listed record, not for one that is being screened."""
    running = all_terms(RECORD)
    assert [item.step.key for item in by_itself(RECORD, "listed", running)] == ["expire"]
    assert by_itself(RECORD, "screening", running) == ()
    lasting = replace(LAMP, terms=(replace(LAMP.terms[0], nature=Nature.PERIOD),))
    assert by_itself(lasting, "reported", frozenset({"lamp.mending"})) == ()


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_every_state_that_is_not_closed_says_what_comes_next(kind: str) -> None:
    """Somebody holds it and has a way on, or it says why it rests."""
    flow = WORKFLOWS[kind]
    for state in flow.states:
        if state.phase is Phase.CLOSED:
            continue
        holders = [C(signer) for signer in ("supervisor", "office")] if state.holder_in else [state.holder]
        for holder in holders:
            if holder is not None:
                assert onward(flow, state.key, holder) or state.holder_in, (kind, state.key)
        assert state.holder or state.holder_in or state.resting, (kind, state.key)


def test_an_act_of_the_next_state_says_where_it_belongs_and_what_has_to_happen() -> None:
    found = later(OBJECTION, situation("signing", C.SUPERVISOR))
    decide = next(item for item in found if item.step.key == "decide")
    assert [state.label for state in decide.states] == ["待审定"]
    assert [step.label for step in decide.after] == ["反馈核查结果"]
    assert all(item.step.move_from("signing") is None for item in found)


def test_a_way_past_the_holder_is_no_advice_to_whom_it_is_not_open() -> None:
    """R45: the office enters a finding made on paper only by way of exception; the clerk of the organ need not wait
    for that. Nor does the party wait for 径行审定, which the office may propose when he is late.
    """
    exemption = WORKFLOWS["exemption"]
    for state in ("submitted", "examining"):
        told = later(exemption, situation(state, C.TOLERANCE))
        assert "register_finding" not in {step.key for item in told for step in item.after}
        assert "confirm_correction" not in {item.step.key for item in told}
    office = later(exemption, situation("submitted", C.OFFICE))
    assert [item.step.key for item in office if "register_finding" in {step.key for step in item.after}]
    past = {step.key for item in later(OBJECTION, situation("signing", C.SUBJECT)) for step in item.after}
    assert "decide_without_answer" not in past


def test_no_wall_of_impossible_acts() -> None:
    """At most four for anybody in any state of any procedure."""
    most = max(
        len(later(flow, situation(state.key, capacity)))
        for flow in WORKFLOWS.values()
        for state in flow.states
        for capacity in C
    )
    assert most <= 4


def test_an_officer_learns_that_an_announcement_is_the_approvers() -> None:
    """R142: after a failed service 公告 is not the officer's; the page says whose it is."""
    others = of_others(NOTICE, situation("undeliverable", C.OFFICE))
    assert ("announce", frozenset({C.SUPERVISOR})) in {(step.key, step.by) for step in others}
    own = of_others(NOTICE, situation("undeliverable", C.SUPERVISOR))
    assert "announce" not in {step.key for step in own}
    assert all(step.by != {C.SYSTEM} for step in others)

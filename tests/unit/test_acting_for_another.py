"""委托代办 in the engine (R147): one hat at a time, the actor's own first; for four eyes and 回避 the two are one."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.judging import unmet
from tests.support.lamp import LAMP, with_step
from tests.support.situation import situation
from workflows.kit.context import Context, Hat, Proposal
from workflows.kit.definition import Unmet, guard
from workflows.kit.engine import advance, offers
from workflows.roles import Capacity as C

ME, PRINCIPAL, SOMEBODY = 1, 9, 3


def standing_in(*own: C, state: str = "reported", **more: Any) -> Context:
    """Somebody with capacities of his own who may decide for another."""
    hats = (Hat(None, frozenset(own)), Hat(PRINCIPAL, frozenset({C.SUPERVISOR})))
    return situation(state, *own, C.SUPERVISOR, hats=hats, **more)


@pytest.mark.parametrize(
    ("author", "in_whose_name", "words"),
    [
        (SOMEBODY, None, ""),
        (ME, None, "本人"),
        (ME, SOMEBODY, "本人"),
        (PRINCIPAL, None, "委托您代办的人"),
        (SOMEBODY, PRINCIPAL, "委托您代办的人"),
    ],
)
def test_who_proposed_in_whose_name_does_not_decide(author: int, in_whose_name: int | None, words: str) -> None:
    proposal = Proposal("tell", {}, "拟告知", author, principal_id=in_whose_name)
    refused = unmet(LAMP, "tell", standing_in(C.OFFICE, proposal=proposal))
    assert set(refused) == ({"not_the_proposer"} if words else set())
    assert words in refused.get("not_the_proposer", "")


def test_the_outcome_says_for_whom() -> None:
    proposal = Proposal("tell", {}, "拟告知", SOMEBODY)
    assert advance(LAMP, "tell", standing_in(proposal=proposal)).acting_for == PRINCIPAL
    assert advance(LAMP, "drop", standing_in(C.OFFICE)).acting_for is None


def test_what_he_may_do_himself_he_does_himself() -> None:
    """Both hats fit: his own is worn; where a condition asks for the other, that one is."""

    @guard("由审批人办理")
    def by_the_decider(ctx: Context) -> bool | Unmet:
        return C.SUPERVISOR in ctx.capacities or Unmet("应当由审批人办理")

    either = frozenset({C.OFFICE, C.SUPERVISOR})
    open_to_both = with_step("drop", lambda step: replace(step, by=either))
    assert advance(open_to_both, "drop", standing_in(C.OFFICE)).acting_for is None
    guarded = with_step("drop", lambda step: replace(step, by=either, guards=(by_the_decider,)))
    assert advance(guarded, "drop", standing_in(C.OFFICE)).acting_for == PRINCIPAL
    offered = {offer.step.key: offer.possible for offer in offers(guarded, standing_in(C.OFFICE))}
    assert offered["drop"] is True


def test_a_draft_in_his_name_is_his_draft() -> None:
    table = with_step("drop", lambda step: replace(step, four_eyes="open", by=frozenset({C.SUPERVISOR})))
    by_him = {"takers_in_round": frozenset({PRINCIPAL, SOMEBODY})}
    assert "委托您代办的人" in unmet(table, "drop", standing_in(told=by_him))["not_the_drafter"]
    assert "本人" in unmet(table, "drop", standing_in(told={"last_takers": frozenset({ME})}))["not_the_drafter"]
    assert unmet(table, "drop", standing_in(told={"takers_in_round": frozenset({SOMEBODY})})) == {}


def test_who_must_keep_out_keeps_his_delegate_out() -> None:
    table = with_step("drop", lambda step: replace(step, by=frozenset({C.SUPERVISOR})))
    told = {"recusal_ground": lambda person=None: "您在当事单位任职" if person == PRINCIPAL else ""}
    assert "委托您代办的人" in unmet(table, "drop", standing_in(told=told))["not_recused"]
    assert unmet(LAMP, "drop", standing_in(C.OFFICE, told=told)) == {}

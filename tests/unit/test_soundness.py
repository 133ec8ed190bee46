"""Issue 2, item 2: a wrong table refuses to load and prints the path that fails. Each check is shown biting."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.lamp import LAMP, MENDED, NOTICED, REPORTED, VOCABULARY, with_state, with_step, with_term
from workflows.kit.counting import Nature
from workflows.kit.definition import (
    EVERY_OPEN,
    Cascade,
    Draft,
    Guard,
    Move,
    Phase,
    Recipient,
    State,
    Step,
    Workflow,
    at,
    moves,
    on_service_of,
    resumed_at,
    stay,
)
from workflows.kit.errors import WrongTable
from workflows.kit.soundness import check, load
from workflows.roles import Capacity as C

ELSEWHERE = State("elsewhere", "别处", Phase.OPEN, C.OFFICE)
PENDING = State("pending", "悬置", Phase.OPEN, C.OFFICE)
DECIDED = State("decided", "已定", Phase.DECIDED, C.OFFICE)

Change = Callable[[], Workflow]


def _tell(change: Callable[[Step], Step]) -> Change:
    return lambda: with_step("tell", change)


def _mend(change: Callable[[Step], Step]) -> Change:
    return lambda: with_step("mend", change)


def _drop(change: Callable[[Step], Step]) -> Change:
    return lambda: with_step("drop", change)


def _into_a_dead_end() -> Workflow:
    dead_end = replace(LAMP, states=(*LAMP.states, PENDING), visible={**LAMP.visible, C.OFFICE: frozenset(
        {*LAMP.states, PENDING})})  # fmt: skip
    wait = Step("wait", "搁置", moves({REPORTED: PENDING}), frozenset({C.OFFICE}))
    keep = Step("keep", "再搁置", stay(PENDING), frozenset({C.OFFICE}))
    return replace(dead_end, steps=(*dead_end.steps, wait, keep))


def _decided_without_outcome() -> Workflow:
    states = (*LAMP.states, DECIDED)
    decided = replace(LAMP, states=states, visible=dict.fromkeys(LAMP.visible, frozenset(states)))
    decide = Step("decide", "决定", moves({REPORTED: DECIDED}), frozenset({C.OFFICE}))
    end = Step("end", "办结", moves({DECIDED: MENDED}), frozenset({C.OFFICE}))
    return replace(decided, steps=(*decided.steps, decide, end))


WRONG: list[tuple[str, Change, str]] = [
    # names
    ("two states of one key", lambda: with_state(replace(REPORTED, label="又报修")), "state reported stands 2 times"),
    ("two steps of one key", lambda: replace(LAMP, steps=(*LAMP.steps, LAMP.steps[0])), "step open stands 2 times"),
    ("a step without a label", _tell(lambda step: replace(step, label=" ")), "lamp.tell: has no label"),
    ("a Chinese state key", lambda: with_state(State("报修", "报修", Phase.CLOSED)), "not a plain ASCII name"),
    ("nobody may take it", _drop(lambda step: replace(step, by=frozenset())), "lamp.drop: nobody may take it"),
    ("a step from nowhere", _drop(lambda step: replace(step, moves=())), "lamp.drop: leads from nowhere"),
    ("a return that names no work", _drop(lambda step: replace(step, ends_round=True)),
     "does not say by which steps what it sends back is done again"),
    ("a misspelt step of the work", _drop(lambda step: replace(step, redone_by=("redo",))),
     "redone_by names the step redo, which does not exist"),
    ("work that cannot be done where it is sent", _drop(lambda step: replace(step, redone_by=("tell",))),
     "nothing of redone_by starts from"),
    ("a misspelt destination", _drop(lambda step: replace(step, moves=moves({REPORTED: ELSEWHERE}))),
     "lamp.drop: leads to elsewhere, which is no state"),
    ("a misspelt source", _drop(lambda step: replace(step, moves=moves({ELSEWHERE: MENDED}))),
     "lamp.drop: starts from elsewhere, which is no state"),
    ("two rows from one state", _drop(lambda step: replace(step, moves=(*step.moves, Move(REPORTED, NOTICED)))),
     "has 2 rows from reported"),
    ("a closed state left in silence", _drop(lambda step: replace(step, moves=moves({MENDED: REPORTED}))),
     "starts from the closed state mended without being marked after_close"),
    ("after_close for nothing", _drop(lambda step: replace(step, after_close=True)), "starts from no closed state"),
    ("a drafting step that is not there", _tell(lambda step: replace(step, four_eyes="draft")),
     "four_eyes names the step draft"),
    ("a requesting step that is not there", _tell(lambda step: replace(step, requested_by="ask")),
     "requested_by names the step ask"),
    ("nobody to propose", _tell(lambda step: replace(step, by=frozenset({C.PROVIDER}))),
     "nobody of its capacities has a clerk who proposes"),
    ("a guard without a statement", _drop(lambda step: replace(step, guards=(Guard("mute", "", lambda ctx: True),))),
     "the guard mute has no statement"),
    ("a notice that is not there", _tell(lambda step: replace(step, notices=(Draft("letter", Recipient.SUBJECT),))),
     "names letter, which the catalogue of notices does not have"),
    ("an effect that is not there", _drop(lambda step: replace(step, effects=("burn_files",))),
     "names the effect burn_files"),
    ("a form builder that is not there",
     _drop(lambda step: replace(step, cascades=(Cascade("lamp", "drop", EVERY_OPEN, form="fill_in"),))),
     "names the form builder fill_in"),
    ("a term without a rule", lambda: with_term(key="lamp.unknown"), "the rule sets do not know it"),
    ("a pause that no fact answers", lambda: with_term(paused_while="moon_is_full"), "no question of Facts"),
    ("a term started by nothing known", lambda: with_term(starts=at("begin")), "names the step begin"),
    ("an expiry that is not there", lambda: with_term(on_expiry=("explode",)), "names the step explode"),
    ("an outcome of no step", lambda: replace(LAMP, decides_at={"judge": lambda ctx: ""}), "decides_at names the step"),
    ("a state seen that is not there", lambda: replace(LAMP, visible={**LAMP.visible, C.FINDER: frozenset({PENDING})}),
     "FINDER is to see pending"),
    ("no way in", lambda: replace(LAMP, steps=LAMP.steps[1:], terms=()), "no step opens a case"),
    # states and owners
    ("an open state of nobody", lambda: with_state(State("lost", "无主", Phase.OPEN)), "lamp.lost: needs exactly one"),
    ("a closed state with a holder", lambda: with_state(replace(PENDING, phase=Phase.CLOSED)), "held by nobody"),
    ("a holder without a step", lambda: with_step("drop", lambda step: replace(step, by=frozenset({C.SYSTEM})),
                                                  replace(LAMP, steps=LAMP.steps[:4])),
     "lamp.reported: is held by OFFICE, who has no step to take there"),
    ("rest without an alarm clock", _mend(lambda step: replace(step, on_service="", by=frozenset({C.SUPERVISOR}))),
     "lamp.noticed: rests, but no term, service or cascade leads out of it"),
    ("an act on a case one may not see", lambda: replace(LAMP, visible={**LAMP.visible, C.OFFICE: frozenset()}),
     "lamp.drop: OFFICE may take it from reported unseen"),
    ("a decision without outcome", _decided_without_outcome,
     "lamp.decided: is reached without an outcome: opening -open-> reported -decide-> decided"),
    # paths
    ("a state that is never reached", lambda: with_state(ELSEWHERE), "lamp.elsewhere: cannot be reached"),
    ("a state that is never left", _into_a_dead_end,
     "lamp.pending: no closed state can be reached (nothing leads out): opening -open-> reported -wait-> pending"),
    ("a step of SYSTEM that nothing asks for", _mend(lambda step: replace(step, on_service="")),
     "lamp.mend: nobody may take it from noticed"),
    ("a decision that nobody can propose", lambda: replace(LAMP, steps=LAMP.steps[:4]),
     "lamp.tell: is decided on proposal, but nobody can propose in reported"),
    # time
    ("a term in a closed state", lambda: with_term(runs_in=frozenset({REPORTED, MENDED})), "runs in the closed state"),
    ("an end without a legal step", lambda: with_term(runs_in=frozenset({REPORTED, NOTICED})),
     "ends in noticed, from where none of drop is legal"),
    ("an end that the clock may not act on", _drop(lambda step: replace(step, by=frozenset({C.OFFICE}))),
     "ends in reported with drop, which the clock may not take"),
    ("a term that never runs", lambda: with_term(starts=at("tell")), "is started by tell, which leads to no state"),
    ("a term that nothing starts", lambda: with_term(starts=()), "is started by no step"),
    ("a term that is only resumed", lambda: with_term(starts=resumed_at("open")), "it never begins"),
    ("a duty of nobody", lambda: with_term(holder=C.SYSTEM), "no person or organ holds it"),
    ("a paused period", lambda: with_term(nature=Nature.PERIOD, paused_in=frozenset({REPORTED})), "is never paused"),
    ("a right that never lapses", lambda: with_term(nature=Nature.RIGHT, on_expiry=()), "is a right that never lapses"),
    ("a service that its step does not make", lambda: with_term(starts=on_service_of("lamp_notice", "open")),
     "awaits the service of lamp_notice, which open does not make"),
    ("a service nobody brings about", _tell(lambda step: replace(step, notices=())),
     "waits in noticed for lamp_notice, which no step that leads there makes"),
    # together
    ("an opening that no table takes the proposal of",
     lambda: with_step("open", lambda step: replace(step, by=frozenset({C.SUPERVISOR}), on_proposal=True)),
     "lamp.open: opens a case on proposal, but no table takes the proposal"),
    ("an opening proposed to another decider",
     lambda: replace(with_step("open", lambda step: replace(step, by=frozenset({C.SUPERVISOR}), on_proposal=True)),
                     proposed_openings=(LAMP.steps[0],)),
     "lamp.open: is proposed with another form or to another decider"),
    ("a proposal that opens nothing", lambda: replace(LAMP, proposed_openings=(LAMP.steps[1],)),
     "the step tell can be proposed, but opens no case"),
    ("a cascade to no procedure", _drop(lambda step: replace(step, cascades=(Cascade("tram", "stop", EVERY_OPEN),))),
     "lamp.drop => tram.stop: there is no procedure tram"),
    ("a cascade to no step", _drop(lambda step: replace(step, cascades=(Cascade("lamp", "stop", EVERY_OPEN),))),
     "lamp.drop => lamp.stop: lamp has no such step"),
    ("a cascade to no state", _tell(lambda step: replace(step, cascades=(
        Cascade("lamp", "drop", frozenset({"broken"})),))), "lamp has no state broken"),
    ("a cascade that is not legal there", _tell(lambda step: replace(step, cascades=(
        Cascade("lamp", "drop", EVERY_OPEN),))), "lamp.tell => lamp.drop: not legal while the lamp is in noticed"),
    ("a cascade that SYSTEM may not take", _drop(lambda step: replace(step, cascades=(
        Cascade("lamp", "tell", frozenset({"reported"})),))), "lamp.drop => lamp.tell: SYSTEM may not take it"),
]  # fmt: skip


def test_the_small_table_is_sound() -> None:
    """Issue 2.2: what the wrong tables below are made from passes every check."""
    assert load([LAMP], VOCABULARY.with_services(frozenset({"keep_proposal", "end_proposal"}), frozenset())) == {
        "lamp": LAMP
    }


@pytest.mark.parametrize(("wrong", "finding"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_table_refuses_to_load(wrong: Change, finding: str) -> None:
    """Issue 2.2: the refusal names the table, the row and what is wrong with it."""
    provided = VOCABULARY.with_services(frozenset({"keep_proposal", "end_proposal"}), frozenset())
    with pytest.raises(WrongTable) as refusal:
        load([wrong()], provided)
    assert finding in str(refusal.value)


def test_one_table_can_be_checked_alone() -> None:
    """Issue 2.2: a SYSTEM step that another table or a service asks for is told to the check."""
    waiting = with_step("mend", lambda step: replace(step, on_service=""))
    check(waiting, VOCABULARY, frozenset({("mend", "noticed")}))
    with pytest.raises(WrongTable, match="nobody may take it from noticed"):
        check(waiting, VOCABULARY)


def test_two_tables_of_one_name_are_refused() -> None:
    """Issue 2.2: the second would hide the first."""
    with pytest.raises(WrongTable, match="same key"):
        load([LAMP, LAMP], VOCABULARY)

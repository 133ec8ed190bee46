"""同步事项: one target that must learn of a change (R52, R70, S01–S16; procedures 5a)."""

from typing import Any

from tests.support.situation import TODAY, situation
from tests.support.steps import cascades_of, nobody_but, notices_of, term_moves, unmet
from workflows.kit.definition import Elsewhere
from workflows.kit.engine import advance
from workflows.kit.termplan import TermMove
from workflows.roles import Capacity as C
from workflows.sync import SYNC

BY_HAND: dict[str, Any] = {"target": "S01", "target_label": "全国信用信息共享平台"}
FED: dict[str, Any] = {"target": "S04", "target_label": "区公共信用信息子平台"}
OPEN = {"target": "S01", "label": "全国信用信息共享平台", "trigger": "准予修复"}


def test_only_the_system_opens_an_item_and_its_term() -> None:
    """R52, S01: a step of a record or repair opens it; nobody does by hand."""
    ctx = situation("opening", C.SYSTEM, form=OPEN)
    assert advance(SYNC, "open", ctx).to_state.key == "pending"
    assert nobody_but(SYNC, "open", situation("opening", C.OFFICE, form=OPEN))
    confirmation = SYNC.term("sync.confirmation")
    assert confirmation is not None
    assert [start.step for start in confirmation.starts] == ["open"]


def test_the_office_or_the_target_confirms() -> None:
    """R52, S02: either of them; the term ends."""
    for who in (C.OFFICE, C.IMPLEMENTER):
        ctx = situation("pending", who, form={}, **BY_HAND)
        assert advance(SYNC, "confirm", ctx).to_state.key == "confirmed"
        acts = term_moves(SYNC, "confirm", "pending", "confirmed", ctx, {"sync.confirmation"})
        assert acts[TermMove.CLOSE] == {"sync.confirmation"}


def test_the_system_confirms_only_a_target_that_is_fed_automatically() -> None:
    """R126, S04: the sub-platform is fed by itself, the national platform (S01) is not."""
    assert advance(SYNC, "confirm", situation("pending", C.SYSTEM, **FED)).to_state.key == "confirmed"
    found = unmet(SYNC, "confirm", situation("pending", C.SYSTEM, **BY_HAND))
    assert "全国信用信息共享平台" in found["confirmed_by_the_right_hand"].detail


def test_an_item_is_dropped_with_a_reason_or_replaced() -> None:
    """S01: the office gives the reason; the system only where a later item stands in its place."""
    form = {"reason": "该平台未收录"}
    assert advance(SYNC, "drop", situation("pending", C.OFFICE, form=form, **BY_HAND)).to_state.key == "dropped"
    alone = situation("pending", C.SYSTEM, form=form, **BY_HAND)
    assert set(unmet(SYNC, "drop", alone)) == {"dropped_with_cause"}
    replaced = situation("pending", C.SYSTEM, form=form, told={"sync_replaced": True}, **BY_HAND)
    assert advance(SYNC, "drop", replaced).moved


def test_the_last_item_of_a_repair_completes_it() -> None:
    """R52: only the last one, and only where a repair waits; elsewhere nothing happens."""
    facts = {"parent_repair_waits_only_for_this": True}
    for step, form in (("confirm", {}), ("drop", {"reason": "该平台未收录"})):
        last = advance(SYNC, step, situation("pending", C.OFFICE, form=form, told=facts, **BY_HAND))
        assert cascades_of(last) == ["repair.complete"]
        assert last.cascades[0].elsewhere is Elsewhere.NOTHING
        other = advance(SYNC, step, situation("pending", C.OFFICE, form=form, **BY_HAND))
        assert cascades_of(other) == []


def test_a_silent_target_is_reminded_and_supervised_when_late() -> None:
    """R52: the 督办 that lets SUPERVISOR complete a repair without a silent target."""
    form = {"target": "S01"}
    in_time = situation("pending", C.SUPERVISOR, form=form, **BY_HAND)
    assert set(unmet(SYNC, "supervise", in_time)) == {"sync_is_late"}
    late = {"term_over_since": TODAY}
    reminded = advance(SYNC, "remind", situation("pending", C.OFFICE, form=form, told=late, **BY_HAND))
    supervised = advance(SYNC, "supervise", situation("pending", C.SUPERVISOR, form=form, told=late, **BY_HAND))
    assert notices_of(reminded) + notices_of(supervised) == [("reminder", "holder"), ("supervision", "holder")]
    assert not supervised.moved

"""The gate of a credit repair: each line by itself, and the first possible day (R48–R50; procedures 5)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.situation import TODAY, situation
from workflows.forms.repair import GateKey
from workflows.kit.context import Context
from workflows.repair_gate import described, first_possible_on, gate, unmet, unmet_dates
from workflows.roles import Capacity as C

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
FOUND = {key: {"met": True, "reason": "属实"} for key in ("corrected", "not_excluded")}


def at_the_gate(findings: dict[str, Any] | None = None, *, commitment: bool = True, **facts: Any) -> Context:
    """A repair in approval whose record is listed; `facts` say what stands in the way."""
    return situation(
        "proposed", C.OFFICE, told={"record_state": "listed"} | facts, findings=findings, commitment=commitment
    )


def periods(key: str, until: date) -> dict[str, Any]:
    """The record's period `key` ends on `until`."""
    return {"period_until": lambda asked: until if asked == key else None}


def unmet_keys(ctx: Context) -> set[GateKey]:
    """The lines that are not met."""
    return {line.key for line in unmet(gate(ctx))}


def test_every_line_stands_in_the_gate_once() -> None:
    """R48: the checklist is complete and has a fixed order."""
    assert [line.key for line in gate(at_the_gate())] == list(GateKey)
    assert unmet_keys(at_the_gate(FOUND)) == set()


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"record_state": "repaired"}, GateKey.LISTED),
        (periods("record.publication_min", TODAY), GateKey.PERIOD),
        ({"sanction_until": TODAY}, GateKey.SANCTION),
        ({"rectification_passed": False}, GateKey.RECTIFIED),
        (periods("repair.bar", TODAY), GateKey.NOT_BARRED),
    ],
)
def test_each_line_bites_alone(facts: dict[str, Any], key: GateKey) -> None:
    """R48–R50: record, minimum period, sanction, rectification, bar."""
    assert unmet_keys(at_the_gate(FOUND, **facts)) == {key}


def test_a_period_bars_its_last_day_and_frees_the_next() -> None:
    """Procedures 0: a period ends at 24:00; what it barred is possible on the following day."""
    (line,) = unmet_dates(gate(at_the_gate(FOUND, **periods("record.publication_min", TODAY))))
    assert (line.possible_on, line.status) == (TOMORROW, "未满足")
    assert unmet_dates(gate(at_the_gate(FOUND, **periods("record.publication_min", YESTERDAY)))) == ()


def test_a_minor_record_waits_for_nothing() -> None:
    """R48: 轻微 has no minimum period, so repair is possible on the day of listing."""
    facts = periods("record.publication_min", TODAY) | {"record_listed_on": TODAY}
    assert unmet_keys(at_the_gate(FOUND, **facts)) == set()


def test_the_first_possible_day_is_the_latest_of_all() -> None:
    """R48: whoever waits for two dates is told the later one."""
    later = TODAY + timedelta(days=90)
    facts = periods("record.publication_min", TODAY) | {"sanction_until": later}
    assert first_possible_on(gate(at_the_gate(FOUND, **facts))) == later + timedelta(days=1)
    assert first_possible_on(gate(at_the_gate(FOUND))) is None


def test_no_order_to_rectify_is_no_obstacle() -> None:
    """R50: rectification counts only where one was ordered."""
    assert unmet_keys(at_the_gate(FOUND, rectification_passed=None)) == set()
    assert unmet_keys(at_the_gate(FOUND, rectification_passed=True)) == set()


def test_the_commitment_must_be_signed() -> None:
    """R48: 信用承诺书."""
    assert unmet_keys(at_the_gate(FOUND, commitment=False)) == {GateKey.COMMITMENT}


def test_what_nobody_has_judged_is_pending_and_a_finding_decides() -> None:
    """R50: correction and exclusion by law are for the finder; his word also overrules the register."""
    pending = [line for line in gate(at_the_gate()) if line.pending]
    assert {line.key for line in pending} == {GateKey.CORRECTED, GateKey.NOT_EXCLUDED}
    assert {line.status for line in pending} == {"待核实"}
    against = FOUND | {"corrected": {"met": False, "reason": "款项未付清"}}
    assert described(unmet(gate(at_the_gate(against)))) == "失信行为已经纠正，义务已经履行：款项未付清"
    overruled = FOUND | {"rectified": {"met": False, "reason": "整改反弹"}}
    assert unmet_keys(at_the_gate(overruled)) == {GateKey.RECTIFIED}
    favour = FOUND | {"rectified": {"met": True, "reason": "已整改"}}
    assert unmet_keys(at_the_gate(favour, rectification_passed=False)) == {GateKey.RECTIFIED}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"record_state": "deciding"}, "所涉记录正在作出决定，尚未记入"),
        (periods("record.statement", date(2026, 12, 7)) | {"record_state": "statement_open"},
         "所涉记录正在陈述申辩（2026年12月7日届满），尚未记入"),
        ({"record_state": "expired", "record_closed_on": date(2026, 11, 2)}, "所涉记录已经期满归档（2026年11月2日）"),
        ({"record_state": "repaired"}, "所涉记录已经修复"),
    ],
)  # fmt: skip
def test_a_record_that_is_not_listed_says_what_it_is_and_until_or_since_when(facts: dict[str, Any], words: str) -> None:
    """R48: the reason tells which condition fails, not which of several might."""
    line = next(line for line in gate(at_the_gate(FOUND, **facts)) if line.key is GateKey.LISTED)
    assert line.note == words

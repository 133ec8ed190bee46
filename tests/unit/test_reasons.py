"""Why not: every condition says in Chinese what must be true, and the first day where a date decides (R148)."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import workflows
from tests.support.situation import situation
from workflows.kit.definition import Guard, Unmet
from workflows.kit.engine import failing_guards
from workflows.registry import WORKFLOWS
from workflows.roles import Capacity as C

TABLES = Path(workflows.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
RUNS_UNTIL = date(2026, 11, 27)


def guards() -> Iterator[Guard]:
    for flow in WORKFLOWS.values():
        for step in (*flow.steps, *flow.proposed_openings):
            yield from step.guards
            yield from (draft.when for draft in step.notices if draft.when is not None)
            yield from (cascade.when for cascade in step.cascades if cascade.when is not None)


def test_every_condition_is_a_chinese_statement() -> None:
    named = {guard.key: guard.label for guard in guards()}
    assert len(named) > 70
    wrong = [label for label in named.values() if not CHINESE.search(label) or label[-1] in "。；？"]
    assert wrong == []


def refusals() -> Iterator[tuple[str, ast.Call]]:
    for file in sorted(TABLES.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Unmet":
                yield f"{file.name}:{node.lineno}", node


def test_every_refusal_gives_a_reason_of_its_own() -> None:
    """An answer that only says no would be shown with the statement; one that explains must explain in Chinese."""
    found = dict(refusals())
    assert len(found) > 90
    silent = [place for place, call in found.items() if not call.args]
    mute = [
        place
        for place, call in found.items()
        if call.args and isinstance(call.args[0], ast.Constant) and not CHINESE.search(str(call.args[0].value))
    ]
    assert (silent, mute) == ([], [])


#: Steps that a date bars, with what the clerk is told: kind, state, who, step, and what the facts answer.
DATED = [
    ("objection", "verifying", C.OFFICE, "remind", date(2026, 11, 28)),
    ("objection", "verifying", C.SUPERVISOR, "decide_without_answer", date(2026, 12, 4)),
    ("record", "screening", C.OFFICE, "remind", date(2026, 11, 28)),
    ("repair", "verifying", C.OFFICE, "go_on", date(2026, 12, 2)),
    ("sync", "pending", C.SUPERVISOR, "supervise", date(2026, 11, 28)),
    ("exemption", "examining", C.OFFICE, "remind", date(2026, 11, 28)),
]


@pytest.mark.parametrize(("kind", "state", "who", "step", "first"), DATED)
def test_where_a_date_decides_the_first_day_is_told(kind: str, state: str, who: C, step: str, first: date) -> None:
    told = {"term_runs_until": RUNS_UNTIL, "term_due_on": RUNS_UNTIL}
    row = WORKFLOWS[kind].step(step)
    assert row is not None
    (reason,) = failing_guards(row, situation(state, who, told=told), with_form=False)
    assert reason.possible_on == first
    assert f"最早可于{first.year}年{first.month}月{first.day}日办理" in reason.text


@pytest.mark.parametrize(("step", "who"), [("remind", C.OFFICE), ("supervise", C.SUPERVISOR)])
def test_a_term_that_does_not_run_gives_no_day(step: str, who: C) -> None:
    """One condition bars 催办 and 督办, and names both."""
    row = WORKFLOWS["objection"].step(step)
    assert row is not None
    (reason,) = failing_guards(row, situation("verifying", who), with_form=False)
    assert (reason.possible_on, reason.text) == (None, "没有逾期的办理期限，无需催办或者督办")


def test_both_conditions_of_going_on_without_an_answer_are_told_together() -> None:
    row = WORKFLOWS["objection"].step("decide_without_answer")
    assert row is not None
    (reason,) = failing_guards(row, situation("verifying", C.SUPERVISOR), with_form=False)
    assert reason.text == "核查期限逾期不足五个工作日，且尚未发出督办通知书，不能径行审定"
    assert isinstance(row.guards[0].check(situation("verifying", C.SUPERVISOR)), Unmet)

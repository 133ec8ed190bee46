"""The samples of notices: terms, names and bases of the shipped rule set, every day by the calendar."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.documents.context import NoticeContext, TermLine
from app.documents.samples import sample
from tests.support.recounting import Recount
from workflows.catalogue import NOTICES
from workflows.kit.calendar import shipped_calendar
from workflows.rules import load_locality

RULES, CALENDAR = load_locality("demo"), shipped_calendar()


def faults(context: NoticeContext) -> list[str]:
    return Recount(context, RULES, CALENDAR).faults()


def term(**changed: Any) -> Callable[[NoticeContext], NoticeContext]:
    """A notice whose last term is changed."""

    def apply(context: NoticeContext) -> NoticeContext:
        last: TermLine = context.terms[-1]
        return replace(context, terms=(*context.terms[:-1], replace(last, **changed)))

    return apply


def says(**changed: Any) -> Callable[[NoticeContext], NoticeContext]:
    return lambda context: replace(context, content=context.content | changed)


@pytest.mark.parametrize("key", NOTICES)
def test_every_day_and_number_of_a_sample_can_be_recounted(key: str) -> None:
    """R28: whoever looks at 样张 to learn how days are reckoned is not taught wrong."""
    assert faults(sample(key)) == []


def test_the_samples_state_enough_to_recount() -> None:
    """R28: terms in days and in years, one that rolls, one extended, one over a holiday; duties that are late."""
    lines = [line for key in NOTICES for line in sample(key).terms]
    assert {line.rule_text[-1] for line in lines} == {"日", "年"}
    assert any("延长" in line.rule_text for line in lines)
    assert any(item.reason.endswith("顺延") for line in lines for item in line.skipped)
    assert any(item.reason == "国庆节" for line in lines for item in line.skipped)
    assert len([key for key in NOTICES if "days_late" in sample(key).content]) == 4


@pytest.mark.parametrize("key", NOTICES)
def test_a_sample_bears_the_names_and_remedies_of_the_rule_set(key: str) -> None:
    """R28: the page of templates says that they come from there."""
    context = sample(key)
    organs = {RULES.text("office_name"), RULES.text("review_body"), *RULES.names("tolerance.organs"), "示例街道办事处"}
    assert context.organ.name in organs
    assert context.locality_name == RULES.name
    assert context.record is not None
    assert context.record.behaviour == RULES.behaviour(context.record.behaviour_id).label
    sentences = {text for rule in RULES.remedy_rules for text in rule.sentences}
    own = {text.replace(f"向{RULES.text('superior_office')}", "向本机关的上级主管部门") for text in sentences}
    assert set(context.remedies) <= sentences | own


@pytest.mark.parametrize(
    ("key", "wrong", "fault"),
    [
        ("rectification_order", term(rule_text="五个工作日"), "整改期限：规则集为30 D"),
        ("supplement_notice", term(days=5), "日数应为10"),
        ("supplement_notice", term(last_day=date(2026, 10, 9)), "应于2026-10-12届满"),
        ("supplement_notice", term(skipped=()), "扣除的日期"),
        ("supplement_notice", term(first_day=date(2026, 9, 24)), "起算"),
        (
            "supplement_notice",
            term(basis="《示范区政务失信记录管理办法》第十二条"),
            "依据应为参照《中华人民共和国行政复议法》",
        ),
        ("rectification_order", term(last_day=date(2026, 6, 19)), "应于2026-06-22届满"),
        ("extension_notice", says(new_last_day="2026-10-12"), "应由2026-10-09延长至2026-10-13"),
        ("reminder", says(days_late=2), "应逾期1个工作日，写为2"),
        ("circular", says(last_day="2026-06-24"), "应逾期4个工作日，写为6"),
        ("circular", says(unit="示例街道办事处"), "说的是示例街道办事处"),
        ("repair_refusal", says(lines=[{"label": "最短公示期限届满", "met": True}]), "最早于2026-08-16满足"),
        ("record_decision", says(repair_possible_on="2026-08-15"), "最早可于2026-08-16"),
        ("repair_revocation", says(barred_until="2029-12-11"), "2029-12-12前"),
        (
            "term_change",
            says(changes=[{"label": "届满日", "before": "2026年11月13日", "after": "2026年11月14日"}]),
            "应顺延至2026-11-16",
        ),
        ("objection_acceptance", says(deemed=True), "应自2026-09-22起视为受理"),
        (
            "lapse_notice",
            lambda context: replace(context, basis=("《莱芜区政务诚信建设工作方案》第十项",)),
            "没有《莱芜区政务诚信建设工作方案》",
        ),
        ("lapse_notice", lambda context: replace(context, dated=context.dated + timedelta(days=1)), "不是工作日"),
    ],
)
def test_a_wrong_day_is_found(key: str, wrong: Callable[[NoticeContext], NoticeContext], fault: str) -> None:
    """R28: each kind of mistake, planted in a sound sample."""
    assert any(fault in one for one in faults(wrong(sample(key))))

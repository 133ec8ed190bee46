"""Rule sets change by two persons only, before their day, and never by an update of the program (issue 2, item 4)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from click.testing import Result
from flask import Flask

from app.clock import MovableClock, legal_day
from app.database import read_transaction, write_transaction
from app.extensions import Installation
from app.services.demo_district import DEMO_PASSWORD, found_district
from app.services.lawbook import rule_set_in_force
from app.services.rule_sets import Making, RulesRefused, confirm, list_rule_sets, propose, propose_release
from workflows.rules import RuleSet, load_locality
from workflows.rules.changes import UNCHANGED


@pytest.fixture
def own(app: Flask, clock: MovableClock) -> Installation:
    found = app.extensions["zhengcheng"]
    assert isinstance(found, Installation)
    with write_transaction(found.sessions) as session:
        found_district(session, clock(), lambda login: found.passwords.hash(DEMO_PASSWORD, login))
    return found


def other_rules() -> RuleSet:
    """The demo district's rules with another name of its office."""
    rules = load_locality("demo")
    switches = tuple(
        replace(rule, value="区信用中心") if rule.key == "office_short" else rule for rule in rules.switches
    )
    return replace(rules, switches=switches)


def run(app: Flask, *arguments: str, typed: str = f"{DEMO_PASSWORD}\n") -> Result:
    return app.test_cli_runner().invoke(args=["rules", *arguments], input=typed)


def in_force(own: Installation, day: date) -> str:
    with read_transaction(own.engine) as session:
        return rule_set_in_force(session, "demo", day)[1].text("office_short")


def test_entered_by_one_confirmed_by_another_in_force_from_its_day(app: Flask, own: Installation) -> None:
    now = own.clock()
    tomorrow = legal_day(now) + timedelta(days=1)
    number = propose(own.database, other_rules(), tomorrow, "yang", now)
    assert number == 2
    assert in_force(own, tomorrow) == "区信用办"
    alone = run(app, "confirm", "demo", "2", "--by", "yang")
    assert alone.exit_code == 1
    assert "录入人以外的另一名规则管理员" in alone.output
    confirmed = run(app, "confirm", "demo", "2", "--by", "zhu")
    assert confirmed.exit_code == 0, confirmed.output
    assert DEMO_PASSWORD not in confirmed.output
    assert in_force(own, legal_day(now)) == "区信用办"
    assert in_force(own, tomorrow) == "区信用中心"
    again = run(app, "confirm", "demo", "2", "--by", "zhu")
    assert "不得更改" in again.output


@pytest.mark.parametrize(
    ("login", "typed"), [("zhu", "Cuode-2026\n"), ("sun", f"{DEMO_PASSWORD}\n"), ("nobody", "x\n")]
)
def test_only_a_rules_keeper_with_his_own_password_confirms(
    app: Flask, own: Installation, login: str, typed: str
) -> None:
    propose(own.database, other_rules(), legal_day(own.clock()) + timedelta(days=1), "yang", own.clock())
    refused = run(app, "confirm", "demo", "2", "--by", login, typed=typed)
    assert refused.exit_code == 1
    assert "账号或者密码不正确" in refused.output
    assert list_rule_sets(own.database)[-1].confirmed_by == ""


def test_a_day_that_has_begun_is_refused(own: Installation, clock: MovableClock) -> None:
    """A case keeps the rules of its opening day, so these never change afterwards."""
    today = legal_day(clock())
    with pytest.raises(RulesRefused, match="施行日期须晚于今日"):
        propose(own.database, other_rules(), today, "yang", clock())
    propose(own.database, other_rules(), today + timedelta(days=1), "yang", clock())
    clock.advance(timedelta(days=1))
    with pytest.raises(RulesRefused, match="须在施行日之前确认"):
        confirm(own.database, "demo", 2, "zhu", clock())
    later = confirm(own.database, "demo", 2, "zhu", clock(), today + timedelta(days=5))
    assert later.in_force_from == today + timedelta(days=5)


def other_value(key: str, value: str) -> RuleSet:
    """A set that came by another way than the loader, such as the stored text of an older release."""
    rules = load_locality("demo")
    switches = tuple(replace(rule, value=value) if rule.key == key else rule for rule in rules.switches)
    return replace(rules, switches=switches)


def test_a_value_of_no_list_is_not_entered_or_confirmed(own: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """R34: asked of the set itself at both hands, whichever way it comes."""
    tomorrow, wrong = legal_day(own.clock()) + timedelta(days=1), other_value("objection.decider", "信用管理部门审批人")
    with pytest.raises(RulesRefused, match="异议由谁作出更正与否的决定”的内容不在可选项之内"):
        propose(own.database, wrong, tomorrow, "yang", own.clock())
    with monkeypatch.context() as older:
        older.setattr("app.services.rule_sets._demand_known_values", lambda _rules: None)
        propose(own.database, wrong, tomorrow, "yang", own.clock())
    with pytest.raises(RulesRefused, match="待确认的，请退回"):
        confirm(own.database, "demo", 2, "zhu", own.clock())


def test_what_the_loader_refuses_today_is_not_confirmed(own: Installation) -> None:
    """R34: a proposal of an older release, which did not judge what is followed by analogy."""
    entry = {"span": "3 D", "grade": "I"}
    making = Making(1, UNCHANGED.with_entry("terms", "objection.review_filing", entry))
    propose(own.database, other_rules(), legal_day(own.clock()) + timedelta(days=1), "yang", own.clock(), making=making)
    with pytest.raises(RulesRefused, match=r"^申请异议复核：下位文件不得缩短《中华人民共和国公务员法》"):
        confirm(own.database, "demo", 2, "zhu", own.clock())


def test_a_release_with_other_rules_proposes_and_never_replaces(
    own: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert propose_release(own.database, own.clock()) == []
    monkeypatch.setattr("app.services.rule_sets.load_changed", lambda _key, _changes: other_rules())
    (entered,) = propose_release(own.database, own.clock())
    assert (entered.locality, entered.number, entered.confirmed_by) == ("demo", 2, "")
    assert in_force(own, date(2030, 1, 1)) == "区信用办"
    assert propose_release(own.database, own.clock()) == []


def test_list_show_and_diff_tell_which_rule_comes_from_where(app: Flask, own: Installation) -> None:
    propose(own.database, other_rules(), legal_day(own.clock()) + timedelta(days=1), "yang", own.clock())
    assert "待确认" in run(app, "list").output
    shown = run(app, "show", "demo", "2").output
    assert "objection.verification" in shown
    assert "《深圳" in shown
    difference = run(app, "diff", "demo", "1", "2").output.splitlines()
    changed = [line for line in difference if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))]
    assert len(changed) == 2
    assert "区信用中心" in changed[1]
    assert "两者内容相同" in run(app, "diff", "demo", "1").output
    assert "没有demo第9号规则集" in run(app, "show", "demo", "9").output
    assert "没有“atlantis”" in run(app, "propose", "atlantis", "--by", "yang").output

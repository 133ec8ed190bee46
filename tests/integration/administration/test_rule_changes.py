"""规则 (interface 10; R34): one keeper proposes a change with its basis, another confirms; rank holds here too."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.database import read_transaction
from app.models.history import AccessLog
from app.models.people import Unit
from app.services.lawbook import rule_set_in_force
from app.services.rule_sets import list_rule_sets, propose_release
from tests.support.web_world import client_of, text_of
from tests.support.world import World
from workflows.rules import load_locality, localities
from workflows.setting_choices import CHOICES

TERM = "/rules/demo/terms/record.screening/change"


def form(world: World, **changed: str) -> dict[str, str]:
    given = {"number": "7", "unit": "WD", "document": "other", "kind": "direct", "article": "第九条",
             "new_title": "示范区政务失信记录管理办法", "new_number": "示政发〔2026〕9号", "new_rank": "5",
             "new_in_force": "2026-10-01", "grade": "V",
             "in_force_from": (world.today + timedelta(days=3)).isoformat()} | changed  # fmt: skip
    return {f"rule-{name}": value for name, value in given.items()}


def length(world: World, days: int) -> str:
    with read_transaction(world.backend.engine) as session:
        rule = rule_set_in_force(session, "demo", world.today + timedelta(days=days))[1].term("record.screening")
    assert rule is not None
    return str(rule.span)


def lines(app: Flask) -> list[tuple[int, str, str]]:
    found = list_rule_sets(app.extensions["zhengcheng"].database)
    return [(line.number, line.confirmed_by, line.rejected_by) for line in found]


def test_a_change_is_tried_proposed_and_confirmed_by_another(app: Flask, world: World) -> None:
    """What it means is shown first; only from its day on, for new cases only; both keepers stand in the log."""
    first, second = client_of(app, "keeper"), client_of(app, "second_keeper")
    assert TERM in first.get("/rules").text
    assert TERM not in client_of(app, "officer").get("/rules").text
    tried = text_of(first.post(TERM, data=form(world) | {"act": "foresee"}).text)
    assert "审查期限2026年9月29日2026年10月8日" in tried.replace(" ", "")
    assert len(lines(app)) == 1
    made = first.post(TERM, data=form(world) | {"act": "propose"})
    where = made.headers["Location"]
    page = text_of(first.get(where).text)
    for words in (
        "五个工作日",
        "七个工作日",
        "《示范区政务失信记录管理办法》（示政发〔2026〕9号）第九条",
        "须由另一名规则管理员确认",
        f"有效{(world.today + timedelta(days=3)).year}年",
    ):
        assert words in page
    day = {"confirm-in_force_from": (world.today + timedelta(days=3)).isoformat()}
    refused = first.post(f"{where}/confirm", data=day)
    assert (refused.status_code, "录入人以外的另一名" in refused.text) == (422, True)
    assert second.post(f"{where}/confirm", data={"confirm-in_force_from": "2026-01-01"}).status_code == 422
    assert second.post(f"{where}/confirm", data=day).status_code == 303
    assert (length(world, 2), length(world, 3)) == ("5 WD", "7 WD")
    logged = [(row.act, row.user_id) for row in world.rows(AccessLog) if row.act.startswith("rules_")]
    assert logged == [("rules_proposed", world["keeper"].user_id), ("rules_confirmed", world["second_keeper"].user_id)]
    assert "变更的规则（1项）" in text_of(client_of(app, "officer").get("/rules/demo/compare?old=1&new=2").text)
    assert propose_release(app.extensions["zhengcheng"].database, world.clock()) == [], "a release keeps the change"


@pytest.mark.parametrize(
    ("path", "changed", "words"),
    [
        (TERM, {"number": ""}, "时长：尚未填写"),
        (TERM, {"number": "zehn"}, "请填写整数"),
        (TERM, {"new_title": ""}, "另行登记的文件须填写"),
        (TERM, {"document": "atlantis"}, "没有文件“atlantis”"),
        (TERM, {"in_force_from": "2026-09-18"}, "施行日期须晚于今日"),
        (
            "/rules/demo/terms/notice.announcement/change",
            {"number": "20", "unit": "D"},
            "不得缩短《中华人民共和国民事诉",
        ),
        ("/rules/demo/terms/notice.announcement/change", {"number": "40", "unit": "D"}, ""),
    ],
)
def test_what_is_wrong_comes_back_as_typed(
    app: Flask, world: World, path: str, changed: dict[str, str], words: str
) -> None:
    answer = client_of(app, "keeper").post(path, data=form(world, **changed) | {"act": "propose"})
    if not words:
        assert answer.status_code == 303
        return
    assert (answer.status_code, words in text_of(answer.text)) == (422, True)
    assert 'value="第九条"' in answer.text
    assert len(lines(app)) == 1


def test_a_lower_document_lengthens_no_duty_of_a_higher_one(app: Flask, world: World) -> None:
    """R34: first a regulation fixes five days, then a plan wants ten."""
    client, other = client_of(app, "keeper"), client_of(app, "second_keeper")
    assert len(lines(app)) == 1
    regulation = form(world, number="4", new_rank="3", new_title="示例省社会信用条例")
    where = client.post(TERM, data=regulation | {"act": "propose"}).headers["Location"]
    day = {"confirm-in_force_from": (world.today + timedelta(days=3)).isoformat()}
    assert other.post(f"{where}/confirm", data=day).status_code == 303
    refused = client.post(TERM, data=form(world, number="10", new_title="示范区方案") | {"act": "propose"})
    assert (refused.status_code, "下位文件不得延长《示例省社会信用条例》" in text_of(refused.text)) == (422, True)
    shorter = client.post(TERM, data=form(world, number="3", new_title="示范区方案") | {"act": "propose"})
    assert shorter.status_code == 303


def test_changes_gather_in_one_proposal_and_a_foreign_one_waits(app: Flask, world: World) -> None:
    client, other = client_of(app, "keeper"), client_of(app, "second_keeper")
    client.post(TERM, data=form(world) | {"act": "propose"})
    flag = {key: value for key, value in form(world).items() if key not in ("rule-number", "rule-unit")}
    switch = "/rules/demo/switches/notices.office_signs/change"
    assert client.post(switch, data=flag | {"rule-value": "false", "act": "propose"}).status_code == 303
    assert lines(app) == [(1, "初始化确认", ""), (2, "", "keeper"), (3, "", "")]
    page = text_of(other.get("/rules/demo/3").text)
    assert "变更的规则（2项）" in page
    blocked = other.post(TERM, data=form(world, number="6") | {"act": "propose"})
    assert (blocked.status_code, "尚待确认" in blocked.text) == (422, True)
    assert other.post("/rules/demo/3/reject", data={"reject-reason": ""}).status_code == 422
    assert other.post("/rules/demo/3/reject", data={"reject-reason": "依据不足"}).status_code == 303
    assert "依据不足" in other.get("/rules/demo/versions").text
    assert "依据不足" not in client_of(app, "officer").get("/rules/demo/versions").text
    assert client_of(app, "officer").get("/rules/demo/compare?old=1&new=3").status_code == 404


def test_who_entered_a_set_is_told_that_it_came_back(app: Flask, world: World) -> None:
    """On the page where he begins, with the reason, until he enters another; what he withdrew himself he knows."""
    first, second = client_of(app, "keeper"), client_of(app, "second_keeper")
    told = "您录入的第2号规则集已由" + world["second_keeper"].name + "退回：依据未附全文"
    first.post(TERM, data=form(world) | {"act": "propose"})
    assert "您录入的" not in first.get("/rules").text
    second.post("/rules/demo/2/reject", data={"reject-reason": "依据未附全文"})
    assert told in text_of(first.get("/rules").text)
    assert "您录入的" not in second.get("/rules").text
    assert "您录入的" not in client_of(app, "officer").get("/rules").text
    first.post(TERM, data=form(world) | {"act": "propose"})
    assert "您录入的" not in first.get("/rules").text
    first.post("/rules/demo/3/reject", data={"reject-reason": "重新录入"})
    assert "您录入的" not in first.get("/rules").text


def test_a_keeper_of_another_locality_changes_nothing_here(app: Flask, world: World) -> None:

    with app.extensions["zhengcheng"].database.write() as session:
        session.get_one(Unit, world.organs.office.id).locality = "nanjing"
    client = client_of(app, "keeper")
    assert client.get(TERM).status_code == 404
    assert client.post(TERM, data=form(world) | {"act": "propose"}).status_code == 404
    assert client.post("/rules/demo/1/confirm", data={"confirm-in_force_from": "2027-01-01"}).status_code == 404
    assert client.get("/rules/demo/terms/no.such/change").status_code == 404


def evidence(world: World, **changed: str | list[str]) -> dict[str, str | list[str]]:
    given = {key: value for key, value in form(world).items() if key not in ("rule-number", "rule-unit")}
    return given | {f"rule-{name}": value for name, value in changed.items()} | {"act": "propose"}


@pytest.mark.parametrize(
    ("key", "control", "words"),
    [
        ("objection.decider", "radio", {"office": "信用管理部门", "provider": "信息提供单位"}),
        ("extension.decider", "radio", {"SUPERVISOR": "信用管理部门审批人"}),
        ("leniency.subjects", "checkbox", {"person": "个人", "unit": "单位"}),
        ("exemption.window", "checkbox", {"screening": "待审查", "listed": "已记入", "repaired": "已修复"}),
    ],
)
def test_a_setting_is_chosen_in_words(app: Flask, world: World, key: str, control: str, words: dict[str, str]) -> None:
    """Nobody types a code: what the procedures know stands on the page, with the present value ticked."""
    page = client_of(app, "keeper").get(f"/rules/demo/switches/{key}/change").text
    for value, label in words.items():
        assert re.search(rf'<input type="{control}" id="[^"]+" name="rule-value" value="{value}"', page)
        assert label in text_of(page)
        assert value not in text_of(page)
    assert re.search(rf'<input type="{control}"[^>]* name="rule-value"[^>]* checked', page)


def test_chosen_words_stand_in_the_proposal_and_codes_of_no_list_are_refused(app: Flask, world: World) -> None:
    client = client_of(app, "keeper")
    where = "/rules/demo/switches/exemption.window/change"
    refused = client.post(where, data=evidence(world, value=["", "listed", "draft"]))
    assert (refused.status_code, "内容：请从列出的选项中选择" in text_of(refused.text)) == (422, True)
    assert len(re.findall(r'name="rule-value" value="listed" checked', refused.text)) == 1
    assert 'value="第九条"' in refused.text
    made = client.post(where, data=evidence(world, value=["", "listed", "repaired"]))
    page = text_of(client.get(made.headers["Location"]).text)
    assert "待审查、告知中、陈述申辩中、待决定、已记入" in page
    assert "已记入、已修复" in page
    assert "listed" not in page


def test_the_lengths_by_severity_are_numbers_with_their_units(app: Flask, world: World) -> None:
    client = client_of(app, "keeper")
    where = "/rules/demo/terms/record.publication_max/change"
    page = client.get(where).text
    assert 'name="rule-minor-number"' in page
    assert '<select class="entry" id="f-rule-serious-unit"' in page
    lengths = {f"{severity}-{part}": value for severity, number in (("minor", "2"), ("general", "9"), ("serious", "20"))
               for part, value in (("number", number), ("unit", "M"))}  # fmt: skip
    refused = client.post(where, data=evidence(world, **lengths | {"general-number": "zwei"}))
    assert (refused.status_code, "请填写整数" in refused.text, 'value="zwei"' in refused.text) == (422, True, True)
    made = client.post(where, data=evidence(world, **lengths))
    assert "轻微二个月；一般九个月；严重二十个月" in text_of(client.get(made.headers["Location"]).text)


def test_only_the_shortest_publication_may_be_nothing(app: Flask, world: World) -> None:
    """R34: a form does not offer what the loader refuses."""
    client = client_of(app, "keeper")
    none = {f"{severity}-{part}": value for severity in ("minor", "general", "serious")
            for part, value in (("number", "0"), ("unit", "D"))}  # fmt: skip
    for term, offered in (("record.publication_min", True), ("record.publication_max", False)):
        where = f"/rules/demo/terms/{term}/change"
        assert ("填0的，不设这一期限" in client.get(where).text) == offered
        answer = client.post(where, data=evidence(world, **none) | {"act": "foresee"})
        assert (answer.status_code == 200) == offered
    assert client.post(TERM, data=form(world, number="0") | {"act": "foresee"}).status_code == 422


def test_a_set_that_waits_is_seen_by_whoever_may_confirm_it(app: Flask, world: World) -> None:
    """In the bar of every page and on the first page, with the way to it; not by whoever entered it."""
    first, second = client_of(app, "keeper"), client_of(app, "second_keeper")
    assert "待确认" not in text_of(second.get("/rules").text)
    where = first.post(TERM, data=form(world) | {"act": "propose"}).headers["Location"]
    page = second.get("/rules").text
    assert f'href="{where}">第2号规则集（{world["keeper"].name}录入）待您确认或者退回</a>' in page
    assert "规则 待确认1" in text_of(second.get("/calendar").text)
    for somebody in (first, client_of(app, "officer")):
        assert "待确认" not in text_of(somebody.get("/rules").text)


def test_the_example_begins_on_the_day_from_which_the_rules_hold(app: Flask, world: World) -> None:
    """试算 asks for a later day as 提交 does, and reckons from it; the proposal shows the same days."""
    client = client_of(app, "keeper")
    early = client.post(TERM, data=form(world, in_force_from=world.today.isoformat()) | {"act": "foresee"})
    assert (early.status_code, "施行日期须晚于今日" in text_of(early.text)) == (422, True)
    later = form(world, in_force_from="2026-11-02")
    tried = text_of(client.post(TERM, data=later | {"act": "foresee"}).text)
    made = text_of(client.get(client.post(TERM, data=later | {"act": "propose"}).headers["Location"]).text)
    for page in (tried, made):
        assert "以2026年11月2日起算为例" in page
        assert "2026年11月9日2026年11月11日" in page.replace(" ", "")
        assert "变更的规则（1项）" in page


def test_a_change_of_a_setting_holds_from_its_day_and_is_shown_when_tried(app: Flask, world: World) -> None:
    client = client_of(app, "keeper")
    given = evidence(world, value="provider", document="default", in_force_from="2027-03-01")
    tried = text_of(client.post("/rules/demo/switches/objection.decider/change", data=given | {"act": "foresee"}).text)
    made = client.post("/rules/demo/switches/objection.decider/change", data=given)
    for page in (tried, text_of(client.get(made.headers["Location"]).text)):
        assert "内容信息提供单位" in "".join(page.split())
        assert "有效2027年3月1日起" in "".join(page.split())


def test_the_form_holds_the_basis_in_force_and_says_what_binds_the_term(app: Flask, world: World) -> None:
    """R34: nothing is promised that is not checked, and whoever changes a number writes only what is new."""
    client = client_of(app, "keeper")
    page = client.get("/rules/demo/terms/objection.review_filing/change").text
    assert re.search(r'<option value="civil_servants" selected>', page)
    assert 'value="第九十五条"' in page
    assert re.search(r'value="peer" checked', page)
    assert '<select class="entry" id="f-rule-unit"' in page
    assert (
        "《中华人民共和国公务员法》第九十五条（参照）规定三十日。位阶低于该文件的，包括系统默认设定，不得缩短"
        in text_of(page)
    )
    free = text_of(client.get("/rules/demo/terms/objection.review/change").text)
    assert "本期限的时长没有上位文件规定，系统不限制延长或者缩短" in free
    assert "系统在试算、提交和确认时检查" not in free
    longest = text_of(client.get("/rules/demo/terms/record.publication_max/change").text)
    assert "规定轻微三个月；一般一年；严重三年。位阶低于该文件的，包括系统默认设定，不得延长" in longest
    assert "时长应当轻微不长于一般、一般不长于严重" in longest
    assert re.search(r'<option value="default" selected>', client.get(TERM).text)


def test_a_document_of_a_keeper_may_be_cited_again(app: Flask, world: World) -> None:
    client = client_of(app, "keeper")
    client.post(TERM, data=form(world) | {"act": "propose"})
    page = client.get(TERM).text
    (own,) = re.findall(r'<option value="(own_[0-9a-f]+)" selected>示范区政务失信记录管理办法', page)
    assert client.post(TERM, data=form(world, number="6", document=own) | {"act": "propose"}).status_code == 303
    assert "《示范区政务失信记录管理办法》（示政发〔2026〕9号）第九条" in text_of(client.get("/rules/demo/3").text)


def test_no_shipped_setting_holds_what_cannot_be_chosen() -> None:
    for locality in localities():
        rules = load_locality(locality)
        for key, known in CHOICES.items():
            value = rules.switch(key)
            assert set(value if isinstance(value, tuple) else (value,)) <= known.keys(), (locality, key)
        notes = [rule.note for rule in rules.switches] + [rule.note for rule in rules.terms]
        assert not [note for note in notes if re.search(r"[A-Za-z_]{3,}", note)], locality


def test_the_list_of_sets_calls_people_by_name(app: Flask, world: World) -> None:
    """Interface: a person is a name on a page, not the word he signs in with."""
    first, second = client_of(app, "keeper"), client_of(app, "second_keeper")
    where = first.post(TERM, data=form(world) | {"act": "propose"}).headers["Location"]
    assert f"录入{world['keeper'].name}" in text_of(first.get(where).text).replace(" ", "")
    second.post(f"{where}/confirm", data={"confirm-in_force_from": (world.today + timedelta(days=3)).isoformat()})
    table = text_of(first.get("/rules/demo/versions").text)
    assert world["keeper"].name in table
    assert f"确认：{world['second_keeper'].name}" in table
    assert "second_keeper" not in table
    again = second.post(f"{where}/reject", data={"reject-reason": "晚了"})
    assert f"已由{world['second_keeper'].name}确认" in text_of(again.text)

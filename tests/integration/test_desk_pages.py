"""工作台 as pages (interface 2): addresses that can be shared, batch acts with a result for each, saved filters."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import MovableClock
from app.models.desk import SavedView
from app.models.kinds import Objection
from app.models.people import Delegation
from app.services import saved_views
from app.web import inbox
from tests.support.waiting_sheets import drafted
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.roles import Post


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On SQLite: what these pages ask of a database is tested on both in test_desk.py."""
    return sqlite_url


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def rows_of(page: str) -> list[str]:
    """What a reader sees of each row of the list."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.S)
    return [text_of(row) for row in re.findall(r"<tr>(.*?)</tr>", body[1], re.S)] if body else []


def test_filters_stand_in_the_address_and_each_has_a_chip(app: Flask, world: World) -> None:
    """interface, patterns: a GET form, removable chips, `aria-sort`, server sorting."""
    world.objection_in("submitted")
    client = client_of(app, "officer")
    page = client.get("/desk?kind=objection&state=submitted&party=王测&unit=乙局&from_on=2026-09-01&light=near").text
    assert len(rows_of(page)) == 1
    chips = re.findall(r'class="chip" href="([^"]+)"', page)
    assert len(chips) == 6
    for href in chips:
        assert client.get(href.replace("&amp;", "&")).status_code == 200
    assert 'aria-sort="ascending"' in page
    assert 'aria-sort="descending"' in client.get("/desk?order=due-last").text
    one_day = client.get("/desk?from_on=2026-09-20&until_on=2026-09-20").text
    assert "2026年9月20日到期" in text_of(one_day)
    assert "请去掉一些筛选条件" in one_day
    wrong = client.get("/desk?from_on=2026-02-30")
    assert (wrong.status_code, "日期不存在" in wrong.text, 'value="2026-02-30"' in wrong.text) == (422, True, True)


def test_what_has_no_number_says_what_it_is_about(app: Flask, world: World) -> None:
    """A sync item stands under the number of its record, not under a title in the column of numbers; R146: 查询 too."""
    record = world.record_in("listed")
    number = world.case(record).number
    client = client_of(app, "officer")
    page = client.get("/desk?kind=sync").text
    assert len(rows_of(page)) > 0
    assert all(f"尚无文号涉{number}" in row for row in rows_of(page))
    found = rows_of(client.get("/cases?kind=sync").text)
    assert len(found) > 0
    assert all(re.match(f"尚无文号：同步至[^涉]+涉{number}", row) for row in found)


def test_a_letter_says_which_case_it_came_of(app: Flask, world: World) -> None:
    """Letters of one title to one party differ by the objection or the repair that they came of, not by the record."""
    objections = {case.id: case.number for case in world.rows(Objection)} if drafted(world) else {}
    rows = rows_of(client_of(app, "approver").get("/desk?kind=notice&state=drafted").text)
    supervisions = [row for row in rows if "督办通知书" in row]
    for number in objections.values():
        assert len([row for row in supervisions if f"尚无文号涉{number}" in row]) == 1


def test_empty_boxes_say_what_will_appear_and_why(app: Flask, world: World) -> None:
    client = client_of(app, "approver")
    for box, words in {
        "held": "需要您办理的事项会自动出现在这里", "unassigned": "缺岗、账号停用或者人员均应回避",
        "late": "超过办理期限", "started": "您登记、提出或者申请的事项", "done": "您办理过的事项", "drafts": "没有草稿",
    }.items():  # fmt: skip
        assert words in client.get(f"/desk?box={box}").text
    assert client.get("/desk/count/unassigned").text == "0"
    assert client_of(app, "clerk").get("/desk/count/unassigned").status_code == 404
    assert client.get("/desk/count/nonsense").status_code == 404


def batch_form(page: str, step: str) -> dict[str, object]:
    """The batch form of a desk with every row ticked."""
    uids = re.findall(r'name="case" value="([^"]+)"', page)
    form = re.search(r'id="batch".*?name="key" value="([^"]+)"', page, re.S)
    assert form is not None
    versions = dict(re.findall(r'name="(version-[^"]+)" value="(\d+)"', page))
    return {"step": step, "key": form[1], "case": uids, **versions}


@pytest.fixture
def three(world: World) -> list[str]:
    """Three objections to one record, all to be accepted."""
    record = world.record_in("listed")
    fields = ["facts", "severity", "behaviour"]
    return [
        world.objection_in("submitted", record, fields=[{"field": field, "ground": "错误", "wanted": "更正"}])
        for field in fields
    ]


def test_a_batch_tells_of_each_what_came_of_it_and_does_nothing_twice(
    app: Flask, world: World, three: list[str]
) -> None:
    """One transaction each: what moved meanwhile is refused with the reason and does not keep the others waiting."""
    client = client_of(app, "officer")
    form = batch_form(client.get("/desk").text, "accept")
    assert set(three) <= set(form["case"])  # type: ignore[call-overload]
    world.take("second_officer", "accept", three[1])
    foreign = world.record_in("draft", source_number="示处〔2026〕8号")
    form["case"] = [*three, foreign, "no-such-case"]
    first, again = (client.post("/desk/batch", data=form) for _ in range(2))
    assert first.status_code == 200
    assert "已办理2件，未办理1件" in text_of(first.text)
    assert "本事项现在不能这样办理" in text_of(first.text)
    assert foreign not in first.text
    assert text_of(again.text) == text_of(first.text)
    assert [world.steps(uid).count("accept") for uid in three] == [1, 1, 1]
    assert client.post("/desk/batch", data={"step": "accept", "key": "k"}).status_code == 303


@pytest.mark.parametrize("who", ["approver", "clerk", "other_clerk", "subject"])
def test_nobody_accepts_in_a_batch_what_he_may_not(app: Flask, world: World, three: list[str], who: str) -> None:
    form = {"step": "accept", "key": "x" * 32, "case": three, **{f"version-{uid}": 1 for uid in three}}
    answer = client_of(app, who).post("/desk/batch", data=form)
    assert answer.status_code in (200, 303)
    assert [world.state(uid) for uid in three] == ["submitted"] * 3


def test_a_row_without_its_version_or_with_another_act_is_refused(app: Flask, world: World, three: list[str]) -> None:
    """Nothing is done unseen, and only the one act of a row can be taken from a list."""
    client = client_of(app, "officer")
    unseen = client.post("/desk/batch", data={"step": "accept", "key": "y" * 32, "case": three})
    assert "已办理0件，未办理3件" in text_of(unseen.text)
    form = {"step": "refuse", "key": "z" * 32, "case": three, **{f"version-{uid}": 1 for uid in three}}
    assert "已办理0件，未办理3件" in text_of(client.post("/desk/batch", data=form).text)
    assert client.post("/desk/batch", data={**form, "key": "不是"}).status_code == 422


def test_what_takes_long_goes_on_where_it_stopped(
    app: Flask, world: World, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than the patience of one request: progress is shown, and the same form again does the rest, once each."""
    monkeypatch.setattr(inbox, "_PATIENCE", -1)
    client = client_of(app, "officer")
    form = batch_form(client.get("/desk").text, "accept")
    form["case"] = three
    page = client.post("/desk/batch", data=form).text
    assert "还有2件正在办理" in text_of(page)
    assert re.search(r'<progress max="3" value="1"', page)
    monkeypatch.setattr(inbox, "_PATIENCE", 60)
    assert "已办理3件" in text_of(client.post("/desk/batch", data=form).text)
    assert [world.steps(uid).count("accept") for uid in three] == [1, 1, 1]


def save(client: FlaskClient, name: str, query: str = "kind=objection") -> int:
    return client.post(f"/desk/views?{query}", data={"name": name}).status_code


def test_saved_filters_are_ones_own(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """常用筛选: named, replaced under the same name, at most twenty, seen and removed by nobody else."""
    officer, other = client_of(app, "officer"), client_of(app, "second_officer")
    assert save(officer, " 异议  待办 ") == 303
    assert save(officer, "异议 待办", "kind=objection&light=late&party=%3Cb%3E") == 303
    (row,) = world.rows(SavedView)
    assert (row.name, row.query) == ("异议 待办", "box=held&kind=objection&light=late&party=%3Cb%3E")
    page = officer.get("/desk").text
    assert 'href="/desk?box=held&amp;kind=objection&amp;light=late&amp;party=%3Cb%3E"' in page
    assert "异议 待办" not in other.get("/desk").text
    assert other.post(f"/desk/views/{row.uid}/remove").status_code == 404
    assert save(officer, "") == 422
    assert save(officer, "没有条件", "") == 422
    assert save(officer, "字" * 21) == 422
    monkeypatch.setattr(saved_views, "MOST", 1)
    refused = officer.post("/desk/views?kind=repair", data={"name": "第二个"})
    assert (refused.status_code, "最多保存1个" in refused.text, 'value="第二个"' in refused.text) == (422, True, True)
    assert officer.post(f"/desk/views/{row.uid}/remove").status_code == 303
    assert world.rows(SavedView) == []


def test_a_delegation_is_made_seen_and_ended_on_pages(app: Flask, world: World) -> None:
    """R143: from the desk of the principal; on both desks (代 乙); early end; a stranger ends nothing."""
    case = world.objection_in("verifying")
    clerk, head = client_of(app, "clerk"), client_of(app, "head")
    form = clerk.get("/delegations").text
    post = re.search(r'name="post" value="([^"]+)"', form)
    delegate = re.search(r'name="delegate" value="([^"]+)"', form)
    assert post is not None
    assert delegate is not None
    wanted = {
        "post": post[1], "delegate": delegate[1], "from_on": world.today.isoformat(),
        "until_on": (world.today + timedelta(days=2)).isoformat(), "reason": "年休假",
    }  # fmt: skip
    wrong = clerk.post("/delegations", data={**wanted, "until_on": "2026-01-01"})
    assert (wrong.status_code, "不得早于起始日期" in wrong.text, 'value="年休假"' in wrong.text) == (422, True, True)
    assert clerk.post("/delegations", data={**wanted, "post": "nonsense"}).status_code == 422
    assert clerk.post("/delegations", data=wanted).status_code == 303
    desk = text_of(head.get("/desk").text)
    assert "您正在代李测试办理：示例乙局 · 信息提供单位经办人" in desk
    assert "信息提供单位经办人（代李测试）" in desk
    assert any("代李测试" in row for row in rows_of(head.get("/desk").text))
    assert "您已委托赵测试代办" in text_of(clerk.get("/desk").text)
    assert head.get(f"/cases/{case}").status_code == 200
    (row,) = world.rows(Delegation)
    assert client_of(app, "officer").post(f"/delegations/{row.uid}/end").status_code == 404
    assert head.post(f"/delegations/{row.uid}/end").status_code == 303
    assert "代李测试" not in text_of(head.get("/desk").text)
    assert "没有可以委托的岗位" in client_of(app, "subject").get("/delegations").text
    assert Post.CLERK.label in text_of(clerk.get("/delegations").text)

"""What a merger does besides handing over cases: posts, organs, 回避, what may not be proposed; and its pages."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.models.cases import Case
from app.models.history import AccessLog
from app.models.people import Locality, PostHolding, Unit, UnitMerger
from app.services.lawbook import rule_set_in_force
from app.services.units.mergers import MergerManner, foresee
from app.services.units.names import UnitRefused, present_unit
from app.services.units.succession import carry_on, carry_on_all, count_open
from tests.support.mergers import BASIS, busy_world, confirm, database, mergers, propose, sound, status
from tests.support.web_world import client_of, text_of
from tests.support.world import World
from workflows.kit.errors import FormIncomplete
from workflows.kit.storable import in_words
from workflows.roles import Post


@pytest.fixture
def busy(world: World) -> World:
    return busy_world(world)


def test_posts_move_or_end_and_the_old_unit_begins_nothing_new(busy: World) -> None:
    confirm(busy, propose(busy))
    clerk = busy["clerk"].user_id
    held = {row.unit_id: row for row in busy.rows(PostHolding) if row.user_id == clerk}
    assert held[busy.units["provider"]].until_on == busy.today - timedelta(days=1)
    assert (held[busy.units["foreign"]].post, held[busy.units["foreign"]].from_on) == (Post.CLERK.value, busy.today)
    with database(busy).read() as session, pytest.raises(UnitRefused, match="承继其职权的单位"):
        present_unit(session, "示例乙局", busy.today)
    with pytest.raises(FormIncomplete, match="承继"):
        busy.record_in("draft", finder="示例乙局")
    with pytest.raises(UnitRefused, match="已于"):
        propose(busy, "foreign", "provider")


def test_without_its_people_the_posts_only_end(busy: World) -> None:
    confirm(busy, propose(busy, moves_posts=False))
    clerk = busy["clerk"].user_id
    assert {row.unit_id for row in busy.rows(PostHolding) if row.user_id == clerk} == {busy.units["provider"]}


def test_a_merger_that_waits_is_seen_by_whoever_may_confirm_it(app: Flask, world: World) -> None:
    """On the first page and in the bar, for another administrator than the one who proposed it."""
    uids, by = world.unit_uids, world["sysadmin"].user_id
    assert by is not None
    mergers(world).propose(
        uids["provider"], uids["foreign"], MergerManner.MERGED, BASIS, world.clock(), by, moves_posts=True
    )
    first, second = client_of(app, "sysadmin"), client_of(app, "second_sysadmin")
    page = second.get("/people").text
    assert "单位 待确认1" in text_of(page)
    assert 'href="/units#mergers">单位合并、撤销1件待您确认或者退回' in page
    assert "待确认1" not in text_of(first.get("/people").text)
    assert "待您确认" not in text_of(first.get("/people").text)
    assert "待确认1" not in text_of(client_of(app, "keeper").get("/rules").text)


def test_a_successor_that_must_keep_out_leaves_the_case_to_the_unit_above(world: World) -> None:
    """回避: the recorded unit takes over the one that reported it; the unit above acts (指定办理)."""
    record = world.record_in("listed", "unit", behaviour="B30")
    with database(world).read() as session:
        found = foresee(session, world.unit_uids["provider"], world.unit_uids["subject"], world.clock())
    assert (found.above > 0, found.obstacles) == (True, ())
    uid = propose(world, "provider", "subject")
    confirm(world, uid)
    assert carry_on(world.backend, uid, world.clock) == 0
    assert world.case(record).provider_unit_id == world.organs.government.id
    assert world.case(record).subject_unit_id == world.units["subject"]
    sound(world)


def test_without_a_unit_above_such_a_merger_is_not_proposed(world: World) -> None:
    world.record_in("listed", "unit", behaviour="B30")
    with database(world).write() as session:
        session.get_one(Unit, world.units["subject"]).superior_id = None
    with pytest.raises(UnitRefused, match="请先登记上级单位"):
        propose(world, "provider", "subject")


def test_the_office_of_a_locality_may_be_succeeded(busy: World) -> None:
    """The organs of the locality change with it: new cases go to the new office, which is never its own reviewer."""
    busy.unit_uids |= {"office": busy.organs.office.uid, "review": busy.organs.review.uid}
    confirm(busy, uid := propose(busy, "office", "foreign"))
    assert carry_on(busy.backend, uid, busy.clock) == 0
    with database(busy).read() as session:
        place = session.get_one(Locality, "demo")
    assert place.office_unit_id == busy.units["foreign"]
    assert place.review_unit_id != place.office_unit_id
    returned = next(case for case in busy.rows(Case) if case.state == "returned")
    assert returned.handling_unit_id == busy.units["foreign"]
    assert busy.case(busy.record_in("screening")).handling_unit_id == busy.units["foreign"]
    sound(busy)


def test_a_case_taken_up_again_later_is_handed_over_too(world: World) -> None:
    """The daily look: a closed case whose review begins after its unit ended is not left with nobody."""
    record = world.record_in("listed")
    uid = propose(world)
    confirm(world, uid)
    carry_on(world.backend, uid, world.clock)
    with database(world).write() as session:
        case = session.scalars(select(Case).where(Case.uid == record)).one()
        case.provider_unit_id = world.units["provider"]
    assert carry_on_all(world.backend, world.clock, finished=True) == 1
    assert world.case(record).provider_unit_id == world.units["foreign"]


def test_a_proposal_may_be_rejected_and_only_one_waits(busy: World) -> None:
    uid = propose(busy)
    with pytest.raises(UnitRefused, match="另有待确认"):
        propose(busy, "subject", "foreign")
    by = busy["approver"].user_id
    assert by is not None
    mergers(busy).reject(uid, "文件未到", busy.clock(), by)
    assert (status(busy, uid), count_open_of(busy)) == ("rejected", 5)
    assert propose(busy) != uid
    logged = [row.act for row in busy.rows(AccessLog) if row.target == uid]
    assert logged == ["merger_proposed", "merger_rejected"]


def count_open_of(world: World) -> int:
    """Open cases of the provider's: two records, an objection, and an item for each target that waits (S01, S10)."""
    with database(world).read() as session:
        return count_open(session, world.units["provider"])


def test_a_unit_cannot_succeed_itself(world: World) -> None:
    with pytest.raises(UnitRefused, match="不得是本单位"):
        propose(world, "provider", "provider")
    assert world.rows(UnitMerger) == []


def test_through_the_pages_one_proposes_and_another_confirms(app: Flask, busy: World) -> None:
    """The dry run names no case; the proposer is offered no confirmation; the second person's completes it."""
    first, second = client_of(app, "sysadmin"), client_of(app, "second_sysadmin")
    old, new = busy.unit_uids["provider"], busy.unit_uids["foreign"]
    form = {
        "merger-successor": new,
        "merger-manner": "merged",
        "merger-basis": "示编〔2026〕5号",
        "merger-moves_posts": "true",
    }
    assert first.post(f"/units/{old}/merger", data={"act": "foresee"}).status_code == 422
    page = first.post(f"/units/{old}/merger", data=form | {"act": "foresee"}).text
    assert "移交未办结的事项5件，分属案卷2个" in text_of(page)
    assert "已记入、已修复的记录，保存期限未满的尚未办结，一并移交" in text_of(page)
    assert "合并、撤销自确认当日起生效" in text_of(page)
    assert not [case.number for case in busy.rows(Case) if case.number and case.number in page]
    assert 'value="示编〔2026〕5号"' in page
    assert busy.rows(UnitMerger) == []
    made = first.post(f"/units/{old}/merger", data=form | {"act": "propose"})
    where = made.headers["Location"]
    assert "须由另一名系统管理员确认" in first.get(where).text
    refused = first.post(f"{where}/confirm")
    assert (refused.status_code, "提出人以外的另一名" in refused.text) == (422, True)
    assert "待另一名系统管理员确认" in second.get("/units").text
    assert "确认合并、撤销" in second.get(where).text
    assert second.post(f"{where}/confirm").status_code == 303
    shown = text_of(second.get(where).text)
    assert "未办结的事项5件已全部移交" in shown
    assert f"生效日期{in_words(busy.today)}" in shown.replace(" ", "")
    assert "移交5件" in shown
    assert second.post(f"{where}/reject", data={"reject-reason": "晚了"}).status_code == 422
    assert f"{in_words(busy.today)}并入示例丁局" in text_of(second.get("/units?ended=true").text)
    assert f"{in_words(busy.today)}并入示例丁局" in text_of(second.get(f"/units/{old}").text)
    assert "示例乙局</a>" not in second.get("/units").text
    assert second.get(f"/units/{old}/merger").status_code == 404


def test_a_vacancy_is_warned_of_only_where_the_people_do_not_come_along(app: Flask, world: World) -> None:
    client = client_of(app, "sysadmin")
    form = {
        "merger-successor": world.unit_uids["subject"],
        "merger-manner": "merged",
        "merger-basis": "示编〔2026〕5号",
        "act": "foresee",
    }
    for moves, warned in (("false", True), ("true", False)):
        answer = client.post(f"/units/{world.unit_uids['provider']}/merger", data=form | {"merger-moves_posts": moves})
        assert ("现无“信息提供单位经办人”" in answer.text) == warned


def test_what_the_rules_go_on_charging_the_unit_with_is_told(app: Flask, world: World) -> None:
    """A merger amends no rules (R1): their keeper is named beforehand, and the page of the unit says it afterwards."""
    with database(world).write() as session:
        place = session.get_one(Locality, "demo")
        _, rules = rule_set_in_force(session, place.key, world.today)
        charged = next(one for one in rules.units if one.duties or one.fields)
        unit = session.scalars(select(Unit).where(Unit.name == charged.name)).one_or_none()
        if unit is None:
            session.get_one(Unit, world.units["provider"]).name = charged.name
            uid = world.unit_uids["provider"]
        else:
            uid = unit.uid
    world.unit_uids["charged"] = uid
    client = client_of(app, "sysadmin")
    form = {
        "merger-successor": world.unit_uids["foreign"],
        "merger-manner": "abolished",
        "merger-basis": "示编〔2026〕5号",
        "merger-moves_posts": "true",
        "act": "foresee",
    }
    entry = (*charged.fields, *charged.duties)[0]
    page = text_of(client.post(f"/units/{uid}/merger", data=form).text)
    assert f"现行规则集仍列“{charged.name}”的职责：{entry}" in page
    assert "请由规则管理员改列承继单位" not in text_of(client.get(f"/units/{uid}").text)
    confirm(world, propose(world, "charged", "foreign"))
    assert "规则集仍列其职责，请由规则管理员改列承继单位" in text_of(client.get(f"/units/{uid}").text)


def test_a_record_in_its_retention_is_not_closed_and_moves(world: World) -> None:
    """已记入 is a resting state, not an end: the record passes with the rest."""
    record = world.record_in("listed")
    confirm(world, uid := propose(world))
    assert carry_on(world.backend, uid, world.clock) == 0
    assert world.case(record).provider_unit_id == world.units["foreign"]


@pytest.fixture
def decided(world: World) -> str:
    """An objection that was decided while its record lasted; the record has come to its end since."""
    record = world.record_in("listed")
    objection = world.objection_in("decided", record)
    world.take("clerk", "draft_annulment", record, reason="来源文书已撤销", document="示撤〔2026〕1号")
    world.take("head", "report_annulment", record)
    world.take("approver", "annul", record, reason="来源文书已撤销", document="示撤〔2026〕1号")
    assert (world.state(record), world.state(objection)) == ("annulled", "decided")
    return objection


def hand_over_organ(world: World, old: str, new: str) -> None:
    """One organ of the locality takes over another, to the end."""
    world.unit_uids |= {"office": world.organs.office.uid, "review": world.organs.review.uid}
    confirm(world, uid := propose(world, old, new))
    assert carry_on(world.backend, uid, world.clock) == 0


def test_a_review_comes_before_the_successor_though_the_record_has_ended(world: World, decided: str) -> None:
    """R37: a record that is closed keeps the body of its time; whoever asks then asks the one that took over."""
    hand_over_organ(world, "review", "foreign")
    world.take("subject", "request_review", decided, reason="仍与事实不符")
    asked = world.case(decided)
    assert (asked.review_unit_id, asked.holder_unit_id) == (world.units["foreign"],) * 2
    assert {notice.review_unit_id for notice in world.notices(decided)} == {world.units["foreign"]}
    sound(world)


def test_no_office_reviews_what_it_decided_though_the_record_has_ended(world: World, decided: str) -> None:
    """R37: where the body of review took over the office, the unit above reviews."""
    with database(world).write() as session:
        session.get_one(Unit, world.organs.review.id).superior_id = world.organs.government.id
    hand_over_organ(world, "office", "review")
    world.take("subject", "request_review", decided, reason="仍与事实不符")
    asked = world.case(decided)
    assert asked.handling_unit_id == world.organs.review.id
    assert asked.review_unit_id == world.organs.government.id


def test_whoever_takes_over_a_review_reads_the_letters_of_the_case(world: World) -> None:
    """R37: what was decided was served long ago, and is what the review is about."""
    asked = world.objection_in("reviewing")
    hand_over_organ(world, "review", "foreign")
    letters = world.notices(asked)
    assert any(one.key == "objection_decision" and one.state == "served" for one in letters)
    assert {one.review_unit_id for one in letters} == {world.units["foreign"]}
    assert {one.organ_unit_id for one in letters} == {world.organs.office.id, world.units["provider"]}
    sound(world)


def test_whoever_takes_over_a_claim_of_exemption_reads_its_letters_and_none_of_the_record(world: World) -> None:
    """R44: a letter of the record is none of theirs, whoever they are."""
    claim = world.exemption_in("correcting")
    record = next(one for one in world.dossier(claim) if one.kind == "record")
    world.unit_uids |= {"tolerance": world.organs.tolerance.uid}
    hand_over_organ(world, "tolerance", "foreign")
    assert {one.tolerance_unit_id for one in world.notices(claim)} == {world.units["foreign"]}
    assert {one.tolerance_unit_id for one in world.notices(record.uid)} == {None}

"""同步事项 of a target with a unit of its own: it lies with that unit, and with the office where there is none (5a)."""

import pytest
from sqlalchemy import select

from app.access.hands import stranded
from app.database import read_transaction, write_sessions, write_transaction
from app.models.cases import Case
from app.models.kinds_more import SyncItem
from app.models.people import Unit
from app.services.demo_district import IMPLEMENTER_UNIT
from app.services.effects import sharing
from app.services.founding import NewPerson, ensure_unit, found_person
from app.services.reading.case_page import read_case
from app.services.reading.desk.boxes import Box, boxes_of
from app.services.reading.desk.listing import read_box
from app.services.reading.history import events_of
from app.services.reading.reader import case_for, reader_of
from app.services.recusals import declare_recusal
from app.services.units.register import UnitRegister
from app.services.units.succession import Heir
from tests.support.looking import appoint, dismiss, listed_for, page_for, reading
from tests.support.mergers import database
from tests.support.world import World
from workflows.kit.calendar import shipped_calendar
from workflows.kit.context import Actor
from workflows.kit.errors import NotFound
from workflows.roles import Post


@pytest.fixture
def unit(world: World) -> int:
    """The implementing unit, with one person of that post."""
    with write_transaction(write_sessions(world.backend.engine)) as session:
        made = ensure_unit(session, "demo", IMPLEMENTER_UNIT)
        user = found_person(session, NewPerson("han", "韩测试", made, (Post.IMPLEMENTER,)))
        world.people["han"] = Actor(user.id, user.name, user.uid)
        return made.id


def items(world: World, record: str) -> dict[str, tuple[str, str, int | None]]:
    """Who holds each item of a record: state, capacity, unit."""
    found = world.children(record, "sync")
    return {item.target: (item.state, item.holder or "", item.holder_unit_id) for item in found}


def item_of(world: World, record: str) -> str:
    """The item for the target that has a unit of its own."""
    return next(one.uid for one in world.children(record, "sync") if one.target == "S10")


def boxed(world: World, who: str, box: Box) -> list[str]:
    with reading(world, who) as reader:
        return [line.uid for line in read_box(reader, box).lines]


def test_an_item_lies_with_the_unit_of_its_target(world: World, unit: int) -> None:
    """R52, S10: the target's unit confirms; the other targets stay with the office, the fed one with nobody."""
    record = world.record_in("listed")
    office = world.organs.office.id
    assert items(world, record) == {
        "S01": ("pending", "office", office),
        "S04": ("confirmed", "", None),
        "S10": ("pending", "implementer", unit),
    }
    item = item_of(world, record)
    assert world.terms(item)["sync.confirmation"].holder == "implementer"
    with pytest.raises(NotFound):
        world.take("clerk", "confirm", item, note="已登记")
    world.take("han", "confirm", item, note="已登记")
    assert world.state(item) == "confirmed"


def test_a_unit_reads_its_own_confirmation_and_nobody_outside_gains_sight(world: World, unit: int) -> None:
    """R52: step and text stand in its history; the opening and the office's own acts stay inside, parties see none."""
    record = world.record_in("listed")
    item = next(one.uid for one in world.children(record, "sync") if one.target == "S10")
    world.take("han", "confirm", item, note="已完成")
    with read_transaction(world.backend.engine) as session:

        def read_by(role: str) -> list[tuple[str, tuple[str, ...]]]:
            reader = reader_of(world.backend, session, world[role], world.clock())
            return [(event.act, event.lines) for event in events_of(reader, case_for(reader, item))]

        assert read_by("han") == [("确认同步", ("反馈情况：已完成",))]
        assert [act for act, _ in read_by("officer")][-1] == "生成同步事项"
        for outsider in ("subject", "clerk", "head"):
            with pytest.raises(NotFound):
                read_by(outsider)


def test_a_unit_is_told_what_it_has_to_show_from_now_on(world: World, unit: int) -> None:
    """R52: also when it was a review that granted the repair, which its unit has never heard of."""
    repair = world.repair_in("denied")
    world.take("subject", "request_review", repair, reason="义务已经履行")
    world.take("review_clerk", "accept_review", repair)
    world.decide("decide_review", repair, ("review_clerk", "reviewer"), result="变更", reasons="修复条件全部满足")
    item = item_of(world, repair)
    with reading(world, "han") as reader:
        pairs = dict(read_case(reader, item).summary.pairs)
    assert (pairs["同步事由"], pairs["记录现状"]) == ("准予修复", "已修复")
    world.take("han", "confirm", item, note="已更新")
    with reading(world, "han") as reader:
        assert "记录现状" not in dict(read_case(reader, item).summary.pairs), "what becomes of it later is not his"


def test_a_silent_unit_is_reminded_by_the_office(world: World, unit: int) -> None:
    """R52: 催办 goes to the unit that has to confirm, and the office may still confirm for it."""
    record = world.record_in("listed")
    item = next(one for one in world.children(record, "sync") if one.target == "S10")
    due = world.terms(item.uid)["sync.confirmation"].due_on
    assert due is not None
    world.go(shipped_calendar().add_working_days(due, 1))
    world.take("officer", "remind", item.uid, target="S10")
    reminder = world.children(item.uid, "notice")[-1]
    assert (reminder.key, reminder.recipient_unit_id) == ("reminder", unit)
    world.take("officer", "confirm", item.uid, note="已电话确认")
    assert world.state(item.uid) == "confirmed"


def test_what_no_unit_here_confirms_the_office_does(world: World) -> None:
    """S10: the target's unit is not in the register of this place."""
    record = world.record_in("listed")
    assert items(world, record)["S10"] == ("pending", "office", world.organs.office.id)


def test_whoever_is_recorded_keeps_out_of_his_item(world: World, unit: int) -> None:
    """R147: holding the post at the target's unit, he neither sees nor confirms the item of his own record."""
    appoint(world, "subject", unit, Post.IMPLEMENTER)
    item = item_of(world, world.record_in("listed"))
    assert page_for(world, "subject", item) is None
    assert item not in listed_for(world, "subject")
    with pytest.raises(NotFound):
        world.take("subject", "confirm", item, note="已登记")
    page = page_for(world, "han", item)
    assert page is not None
    assert page.may_recuse
    assert item in boxed(world, "han", Box.HELD)
    declare_recusal(world.backend, world["han"], item, "与当事人有近亲属关系", world.clock())
    assert item not in boxed(world, "han", Box.HELD)
    assert boxed(world, "approver", Box.UNASSIGNED) == [item]
    assert boxed(world, "officer", Box.UNASSIGNED) == [item]


def test_what_a_unit_left_without_people_does_not_confirm_the_office_clerk_does(world: World, unit: int) -> None:
    """R143, R52: it lies with whoever may confirm it, also where the unit has passed into one without the post."""
    item = item_of(world, world.record_in("listed"))
    assert boxed(world, "officer", Box.UNASSIGNED) == []
    dismiss(world, "han")
    with reading(world, "officer") as reader:
        assert Box.UNASSIGNED in boxes_of(reader)
        mark = read_box(reader, Box.UNASSIGNED).marks[item]
    assert (mark.vacancy, mark.can_hand_up) == (
        f"{IMPLEMENTER_UNIT}没有可以办理的经办人（缺岗、账号停用或者均应回避），由信用管理部门经办人确认", False,
    )  # fmt: skip
    assert boxed(world, "superior_officer", Box.UNASSIGNED) == []
    with read_transaction(world.backend.engine) as session:
        assert not session.scalars(select(Case.uid).where(stranded()), {"today": world.today}).all()
    world.take("officer", "confirm", item, note="已登记")
    assert boxed(world, "officer", Box.UNASSIGNED) == []


def test_a_renamed_unit_still_confirms(world: World, unit: int) -> None:
    """R52: the rules name it as it was called on their day."""
    uid = next(row.uid for row in world.rows(Unit) if row.id == unit)
    by = world["officer"].user_id
    assert by is not None
    register = UnitRegister(database(world), world.backend.keys)
    register.rename(uid, "示例人社局", world.today, "示编〔2026〕3号", world.clock(), by)
    assert items(world, world.record_in("listed"))["S10"] == ("pending", "implementer", unit)


def test_a_unit_does_not_confirm_what_is_recorded_about_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R147: the office confirms instead, and after a merger the unit above."""
    monkeypatch.setattr(sharing, "_unit_that_confirms", lambda _run, _target: world.units["subject"])
    record = world.record_in("listed", "unit", behaviour="B30")
    assert items(world, record)["S01"] == ("pending", "office", world.organs.office.id)
    merged = Heir(predecessor=1, successor=2, above=3)
    item = SyncItem(subject_unit_id=2, implementer_unit_id=1)
    assert merged.relations_of(item) == {"implementer_unit_id": 3}

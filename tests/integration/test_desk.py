"""工作台 (R143): boxes that lose nothing, sifted and by keys in every order; what is done where nobody can act."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.access.hands import held_by, stranded, without_hands
from app.database import Database, read_transaction, write_transaction
from app.models.cases import Case
from app.models.people import User
from app.services.delegations import Wanted, delegate_post
from app.services.designation import designate_superior
from app.services.reading.desk import boxes, listing, worked
from app.services.reading.desk.boxes import Box, count_of, held_parts
from app.services.reading.desk.listing import Order, next_held, orders_of, read_box, read_designated
from app.services.reading.desk.sieve import Sieve
from app.services.reading.desk.vacant import perhaps_without_hands
from app.services.reading.desk.week import dues_of_the_week
from app.services.reading.desk.worked import count_worked
from app.services.reading.shade import Shade
from app.services.recusals import declare_recusal
from app.web.case_views import light_of
from tests.support.looking import appoint, dismiss, reading
from tests.support.paths import lapse
from tests.support.world import World
from workflows.kit.errors import GuardRefused, NotFound
from workflows.roles import Post

NEAR_RELATIVE = "当事人是本人的近亲属"


@pytest.fixture
def busy(world: World) -> World:
    """Cases of several kinds in many hands: late, near, fine, paused and without a last day."""
    world.record_in("screening")
    listed = world.record_in("listed")
    world.objection_in("submitted", listed)
    world.record_in("screening", source_number="示处〔2026〕8号")
    world.record_in("noticing", source_number="示处〔2026〕9号")
    world.record_in("screening", "unit", behaviour="B30", source_number="示处〔2026〕10号")
    world.record_in("draft", source_number="示处〔2026〕11号")
    return world


def cases(world: World, who: str, box: Box) -> set[str]:
    """What lies in a box, without notices and sync items."""
    with reading(world, who) as reader:
        return {line.uid for line in read_box(reader, box).lines if line.kind not in ("sync", "notice")}


def uids(world: World, who: str, box: Box, sieve: Sieve | None = None, order: Order | None = None) -> list[str]:
    """Every page of a box, one after the other."""
    found, after = [], None
    with reading(world, who) as reader:
        while True:
            page = read_box(reader, box, sieve, order, after)
            found += [line.uid for line in page.lines]
            after = page.next_key
            if after is None:
                return found
            assert listing.Key.read(str(after)) == after


@pytest.mark.parametrize("size", [1, 2])
def test_pages_by_keys_show_each_case_once_in_every_order(
    busy: World, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """performance 5, never an offset: however small the page, nothing is shown twice or left out."""
    whole = {(box, order): uids(busy, "officer", box, order=order) for box in Box for order in orders_of(box)}
    monkeypatch.setattr(listing, "PAGE", size)
    monkeypatch.setattr(worked, "_PIECE", size)
    for (box, order), wanted in whole.items():
        assert uids(busy, "officer", box, order=order) == wanted, (box, order)
    days = {case.uid: (case.due_on, case.id) for case in busy.rows(Case)}
    held = [days[uid] for uid in whole[Box.HELD, Order.DUE]]
    assert held == sorted(held, key=lambda key: (key[0] is None, key[0] or date.max, key[1]))
    assert len(held) > 3
    assert [days[uid][1] for uid in whole[Box.DONE, Order.NEWEST]] == sorted(
        (days[uid][1] for uid in whole[Box.DONE, Order.OLDEST]), reverse=True
    )


def test_each_sieve_keeps_what_its_light_or_name_says(busy: World) -> None:
    """interface 2: a filter for a light keeps exactly the rows that show it; names by a part, people by pinyin too."""
    busy.go(busy.today + timedelta(days=4))
    everything = uids(busy, "officer", Box.HELD)
    with reading(busy, "officer") as reader:
        lines = {line.uid: line for line in read_box(reader, Box.HELD).lines}
    tones = {uid: light_of(line.term, busy.today).tone.value for uid, line in lines.items()}
    for shade in Shade:
        assert set(uids(busy, "officer", Box.HELD, Sieve(shade=shade))) == {
            uid for uid, tone in tones.items() if tone == shade.value
        }, shade
    assert len(set(tones.values())) > 1
    wanted = {
        Sieve(kind="objection"): lambda line: line.kind == "objection",
        Sieve(kind="record", state="screening"): lambda line: line.state == "screening",
        Sieve(party="王测"): lambda line: line.subject == "王测试",
        Sieve(party="wangce"): lambda line: line.subject == "王测试",
        Sieve(party="%"): lambda line: False,
        Sieve(unit="乙局"): lambda line: line.from_unit == "示例乙局",
        Sieve(unit="丁局"): lambda line: False,
    }
    for sieve, keeps in wanted.items():
        kept = [uid for uid in everything if keeps(lines[uid])]
        assert uids(busy, "officer", Box.HELD, sieve) == kept, sieve
    days = sorted({line.term.due_on for line in lines.values() if line.term and line.term.due_on})
    sieve = Sieve(from_on=days[0], until_on=days[0])
    assert {busy.case(uid).due_on for uid in uids(busy, "officer", Box.HELD, sieve)} == {days[0]}


def test_counts_stop_and_the_week_adds_up(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A count is that of its list; a capped one says so; the strip counts what its links list."""
    with reading(busy, "officer") as reader:
        number = count_of(reader, held_parts(reader))
        assert number == len(uids(busy, "officer", Box.HELD))
        dues = dues_of_the_week(reader)
        for day, counted in dues.by_day:
            assert counted == len(uids(busy, "officer", Box.HELD, Sieve(from_on=day, until_on=day)))
        assert dues.overdue == len(uids(busy, "officer", Box.HELD, Sieve(shade=Shade.LATE)))
        monkeypatch.setattr(boxes, "COUNTED", 1)
        assert count_of(reader, held_parts(reader)) == 2
        monkeypatch.setattr(worked, "COUNTED_WORKED", 1)
        assert count_worked(reader, begun=False) == 2
        first, second, *_ = uids(busy, "officer", Box.HELD)
        assert (next_held(reader), next_held(reader, first)) == (first, second)


def test_what_was_done_in_his_name_is_among_his_own(sqlite_world: World) -> None:
    """R143: after his leave the principal finds in 已办 what his delegate did, and the desk marks the rows 代 乙."""
    world = sqlite_world
    objection = world.objection_in("verifying")
    office = Wanted(
        world["clerk"].uid, world.unit_uids["provider"], Post.CLERK, world["head"].uid, world.today,
        world.today + timedelta(days=3), "年休假",
    )  # fmt: skip
    delegate_post(
        Database(world.backend.engine, world.backend.sessions),
        world.backend.keys,
        world["clerk"],
        office,
        world.clock(),
    )
    with reading(world, "head") as reader:
        page = read_box(reader, Box.HELD)
        assert page.marks[objection].for_whom == "李测试"
    world.take("head", "draft_answer", objection, verdicts={"facts": {"verdict": "维持"}}, explanation="属实")
    assert objection in uids(world, "clerk", Box.DONE)
    assert objection in uids(world, "head", Box.DONE)
    assert objection not in uids(world, "officer", Box.HELD)


# -- nobody can act -----------------------------------------------------------------------------------------------


def deactivate(world: World, *roles: str) -> None:
    with write_transaction(world.backend.sessions) as session:
        for role in roles:
            session.execute(update(User).where(User.id == world[role].user_id).values(active=False))


def expect_nothing_lost(world: World) -> set[str]:
    """Exactly what no active person can act on is without hands; a guess of where to look misses none of it.

    Returns what is without hands, without notices and sync items.
    """
    with read_transaction(world.backend.engine) as session:
        lacking = set(session.scalars(select(Case.uid).where(without_hands()), {"today": world.today}))
        assert not set(session.scalars(select(Case.uid).where(stranded()), {"today": world.today}))
        active = set(session.scalars(select(User.login).where(User.active)))
    in_hands: set[str] = set()
    for role in world.people:
        if role in active:
            with reading(world, role) as reader:
                in_hands |= set(reader.session.scalars(select(Case.uid).where(held_by(reader.standing))))
    held = {case.uid for case in world.rows(Case) if case.holder is not None}
    assert held - in_hands == lacking
    with reading(world, "approver") as reader:
        guessed = perhaps_without_hands(reader, Case.id > 0)
        names = set(reader.session.scalars(select(Case.uid).where(Case.id.in_(guessed))))
    assert lacking <= names
    return {case.uid for case in world.rows(Case) if case.uid in lacking and case.kind not in ("sync", "notice")}


def test_a_vacancy_lies_with_those_who_see_to_it(world: World) -> None:
    """R143: a post that ended, an account that was closed, everybody out, one's own matter: nothing is lost."""
    answer, filed = world.objection_in("verifying"), world.record_in("screening", source_number="示处〔2026〕8号")
    draft = world.record_in("draft", source_number="示处〔2026〕9号")
    assert expect_nothing_lost(world) == set()
    dismiss(world, "clerk")
    assert expect_nothing_lost(world) == {answer, draft}
    assert cases(world, "approver", Box.UNASSIGNED) == {answer}
    assert cases(world, "head", Box.UNASSIGNED) == {answer, draft}
    assert uids(world, "other_head", Box.UNASSIGNED) == []
    with reading(world, "approver") as reader:
        mark = read_box(reader, Box.UNASSIGNED).marks[answer]
        assert ("示例乙局没有可以办理的信息提供单位经办人" in mark.vacancy, mark.can_hand_up) == (True, False)
    deactivate(world, "officer", "second_officer")
    assert expect_nothing_lost(world) == {answer, draft, filed}
    assert cases(world, "approver", Box.UNASSIGNED) == {answer, filed}


def test_everybody_out_counts_as_nobody(world: World) -> None:
    """R147: recused by declaration, as subject, or by working in the recorded unit; it is not his 待办 then."""
    declared = world.objection_in("submitted")
    for officer in ("officer", "second_officer"):
        assert declared in uids(world, officer, Box.HELD)
        declare_recusal(world.backend, world[officer], declared, NEAR_RELATIVE, world.clock())
        assert declared not in uids(world, officer, Box.HELD)
    about_unit = world.record_in("screening", "unit", behaviour="B30", source_number="示处〔2026〕8号")
    appoint(world, "officer", world.units["subject"], Post.CIVIL_SERVANT)
    assert about_unit not in uids(world, "officer", Box.HELD)
    assert expect_nothing_lost(world) == {declared}
    assert about_unit in uids(world, "second_officer", Box.HELD)
    appoint(world, "second_officer", world.units["subject"], Post.CIVIL_SERVANT)
    assert expect_nothing_lost(world) == {declared, about_unit}
    assert cases(world, "approver", Box.UNASSIGNED) == {declared, about_unit}


def test_the_superior_office_is_designated_from_below_and_from_above(world: World) -> None:
    """R147, 指定办理: by an approver whose clerks are all out; by the superior's approver where nobody approves."""
    with pytest.raises(NotFound):
        designate_superior(world.backend, world["approver"], "no-such-case", world.clock())
    first = world.objection_in("submitted")
    with pytest.raises(GuardRefused, match="不需要指定办理"):
        designate_superior(world.backend, world["approver"], first, world.clock())
    for officer in ("officer", "second_officer"):
        declare_recusal(world.backend, world[officer], first, NEAR_RELATIVE, world.clock())
    for stranger in ("officer", "superior_approver", "head", "subject"):
        with pytest.raises(NotFound):
            designate_superior(world.backend, world[stranger], first, world.clock())
    with reading(world, "approver") as reader:
        assert read_box(reader, Box.UNASSIGNED).marks[first].can_hand_up
    designate_superior(world.backend, world["approver"], first, world.clock())
    assert first in uids(world, "superior_officer", Box.HELD)

    second = world.record_in("screening", source_number="示处〔2026〕8号")
    world.take("officer", "propose", second, step="approve", form={}, opinion="拟同意告知")
    with reading(world, "superior_approver") as reader:
        assert read_designated(reader).lines == []
    dismiss(world, "approver")
    with reading(world, "superior_approver") as reader:
        assert [line.uid for line in read_designated(reader).lines] == [second]
        assert second not in [line.uid for line in read_box(reader, Box.HELD).lines]
    designate_superior(world.backend, world["superior_approver"], second, world.clock())
    assert second in uids(world, "superior_approver", Box.HELD)
    assert expect_nothing_lost(world) == set()
    assert [event.step for event in world.events(second, "noted")] == ["handed_up"]


def test_nobody_at_all_is_said(world: World) -> None:
    """The last resort: neither the office nor the one above has an approver; the invariant names the case."""
    case = world.record_in("screening")
    dismiss(world, "approver")
    dismiss(world, "superior_approver")
    dismiss(world, "officer")
    dismiss(world, "second_officer")
    with read_transaction(world.backend.engine) as session:
        found = session.scalars(select(Case.uid).where(stranded()), {"today": world.today}).all()
    assert found == [case]


def test_a_closed_account_of_a_party_is_seen_to_by_the_office(sqlite_world: World) -> None:
    """What lies with a person who cannot sign in any more is entered from paper (代录), and meanwhile in 待分派."""
    world = sqlite_world
    case = world.objection_in("incomplete")
    deactivate(world, "subject")
    assert expect_nothing_lost(world) == {case}
    with reading(world, "approver") as reader:
        assert "代录" in read_box(reader, Box.UNASSIGNED).marks[case].vacancy


def test_overdue_duties_in_charge_are_listed_whoever_holds_them(sqlite_world: World) -> None:
    """督办: what is late at the provider's stands on the officer's desk; what is not late, or not his, does not."""
    world = sqlite_world
    case = world.objection_in("verifying")
    assert uids(world, "officer", Box.LATE) == []
    lapse(world, case, "objection.verification", 2)
    assert case in uids(world, "officer", Box.LATE)
    assert case in uids(world, "approver", Box.LATE)
    assert uids(world, "superior_officer", Box.LATE) == []
    assert uids(world, "clerk", Box.LATE) == []

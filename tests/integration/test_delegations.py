"""委托代办 (R143, R147): a colleague acts for some days, and both names are recorded; the two stay one."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.access.capacities import capacities_on, may_see, standing_of, visible_filter
from app.database import Database, read_transaction, write_transaction
from app.models.cases import Case
from app.models.history import AccessLog
from app.services.access_log import Act
from app.services.accounts import AccountRefused, Accounts
from app.services.audit import verify
from app.services.contexts import context_of
from app.services.delegations import Wanted, delegate_post, delegations_of, end_delegation, holdings_of
from app.services.founding import NewPerson, found_person
from app.services.passwords import Passwords
from app.services.reading.case_page import read_case
from app.services.reading.reader import reader_of
from app.services.recusals import declare_recusal
from app.services.sign_ins import posts_in_use
from app.settings import PasswordCost
from tests.support.world import World
from workflows.kit.context import Actor
from workflows.kit.errors import FormIncomplete, GuardRefused, NotFound, NotPermitted
from workflows.registry import workflow
from workflows.roles import Capacity, Post

WORDS = "到外地出差"


def entrust(
    world: World,
    principal: str,
    delegate: str,
    post: Post,
    *,
    first: int = 0,
    last: int = 4,
    by: str = "",
    unit: str = "",
) -> str:
    """Delegate a post in the principal's unit from `first` to `last` days from today."""
    with read_transaction(world.backend.engine) as session:
        own = {held.post: held.unit_uid for held in posts_in_use(session, key_of(world, principal), world.today)}
    wanted = Wanted(
        world[principal].uid, own.get(post) or next(iter(own.values())), post, world[delegate].uid,
        world.today + timedelta(days=first), world.today + timedelta(days=last), WORDS,
    )  # fmt: skip
    return delegate_post(database(world), world.backend.keys, world[by or principal], wanted, world.clock())


def database(world: World) -> Database:
    return Database(world.backend.engine, world.backend.sessions)


def key_of(world: World, role: str) -> int:
    user_id = world[role].user_id
    assert user_id is not None
    return user_id


def add(world: World, role: str, name: str, unit: object, *posts: Post) -> None:
    with write_transaction(world.backend.sessions) as session:
        user = found_person(session, NewPerson(role, name, unit, posts))  # type: ignore[arg-type]
        world.people[role] = Actor(user.id, user.name, user.uid)


def refused(world: World, field: str, *entrusted: object, **more: object) -> str:
    with pytest.raises(FormIncomplete) as refusal:
        entrust(world, *entrusted, **more)  # type: ignore[arg-type]
    assert field in {error.field for error in refusal.value.errors}
    return refusal.value.message


def test_a_colleague_decides_and_both_names_are_recorded(world: World) -> None:
    """R143: 甲（受乙委托） in history, register of signatures and audit; sight and act begin and end with the days."""
    objection = world.objection_in("answered")
    world.take("officer", "propose", objection, step="decide", form={"reasons": "异议成立"}, opinion="拟同意")
    with pytest.raises(NotPermitted):
        world.take("second_officer", "decide", objection, reasons="异议成立")
    uid = entrust(world, "approver", "second_officer", Post.APPROVER, first=1, last=2)
    with pytest.raises(NotPermitted):
        world.take("second_officer", "decide", objection, reasons="异议成立")
    world.go(world.today + timedelta(days=1))
    world.take("second_officer", "decide", objection, reasons="异议成立")

    taken = world.events(objection, "step")[-1]
    assert (taken.actor_id, taken.principal_id) == (world["second_officer"].user_id, world["approver"].user_id)
    assert json.loads(taken.body)["principal"] == world["approver"].user_id
    with read_transaction(world.backend.engine) as session:
        page = read_case(reader_of(world.backend, session, world["officer"], world.clock()), objection)
        assert "陈测试（受周测试委托）" in {event.author for event in page.events}
        assert verify(session, world.backend.keys).holds
        (line,) = delegations_of(session, world["approver"].user_id, world.today)
        assert (line.uid, line.delegate, line.in_force, line.mine) == (uid, "陈测试", True, True)
    acts = [row.act for row in world.rows(AccessLog)]
    assert acts.count(Act.DELEGATED) == 1


def test_it_ends_by_itself_at_midnight_and_can_be_ended_early(world: World) -> None:
    """R143: the last day belongs to it; the day after there is neither sight nor act."""
    case = world.record_in("screening")
    first = entrust(world, "clerk", "head", Post.CLERK, last=0)
    with read_transaction(world.backend.engine) as session:
        held = standing_of(session, key_of(world, "head"), world.today)
        after = standing_of(session, key_of(world, "head"), world.today + timedelta(days=1))
    assert [(one.post, one.principal.user_id) for one in held.deputised] == [(Post.CLERK, world["clerk"].user_id)]
    assert after.deputised == ()
    assert Capacity.PROVIDER in capacities_on(held, world.case(case))
    with pytest.raises(NotFound):
        end_delegation(database(world), world.backend.keys, world["officer"], first, world.clock())
    end_delegation(database(world), world.backend.keys, world["head"], first, world.clock())
    with pytest.raises(NotFound):
        end_delegation(database(world), world.backend.keys, world["head"], first, world.clock())
    with read_transaction(world.backend.engine) as session:
        assert standing_of(session, key_of(world, "head"), world.today).deputised == ()
        assert posts_in_use(session, key_of(world, "head"), world.today)[-1].holder == ""


@pytest.fixture
def lone(sqlite_world: World) -> World:
    """On one database: what is tested here is no SQL."""
    return sqlite_world


def test_four_eyes_hold_by_the_person_and_by_the_principal(lone: World) -> None:
    """R147: whoever proposed, or in whose name it was proposed, does not decide in that round, under no hat."""
    world = lone
    add(world, "second_approver", "卫测试二", world.organs.office, Post.APPROVER)
    objection = world.objection_in("answered")
    decide, reason = {"step": "decide", "form": {"reasons": "成立"}, "opinion": "拟同意"}, {"reasons": "成立"}
    entrust(world, "officer", "approver", Post.OFFICER)
    entrust(world, "second_approver", "officer", Post.APPROVER)
    world.take("approver", "propose", objection, **decide)
    with pytest.raises(GuardRefused, match="拟办人不得审批本人提出的拟办意见"):
        world.take("approver", "decide", objection, **reason)
    with pytest.raises(GuardRefused, match="拟办人不得审批"):
        world.take("officer", "decide", objection, **reason)
    world.take("officer", "withdraw_proposal", objection)
    world.take("officer", "propose", objection, **decide)
    world.take("approver", "decide", objection, **reason)
    assert world.state(objection) == "decided"
    assert world.events(objection, "step")[-1].principal_id is None


def test_a_drafter_does_not_sign_through_his_colleague(lone: World) -> None:
    """R147: what was drafted in somebody's name is his draft, whoever signs in his name."""
    world = lone
    objection = world.objection_in("verifying")
    entrust(world, "head", "clerk", Post.HEAD)
    world.take("clerk", "draft_answer", objection, verdicts={"facts": {"verdict": "维持"}}, explanation="属实")
    with pytest.raises(GuardRefused, match="拟稿人不得审签"):
        world.take("clerk", "answer", objection)
    world.take("head", "answer", objection)
    assert world.state(objection) == "answered"


def test_what_keeps_the_principal_out_keeps_his_delegate_out(lone: World) -> None:
    """R147: of the principal's own record the delegate sees and does nothing through him; 自行回避 binds both."""
    world = lone
    add(world, "insider", "褚测试二", world.organs.office, Post.OFFICER)
    add(world, "helper", "冯测试二", world.organs.office, Post.APPROVER)
    own = world.record_in("screening", "insider")
    other = world.objection_in("submitted")
    entrust(world, "insider", "helper", Post.OFFICER)
    entrust(world, "officer", "approver", Post.OFFICER)
    with read_transaction(world.backend.engine) as session:
        standing = standing_of(session, key_of(world, "helper"), world.today)
        assert Capacity.OFFICE not in capacities_on(standing, world.case(own))
        assert Capacity.OFFICE in capacities_on(standing, world.case(other))
        alone = replace_own(standing)
        for kind in ("record", "objection"):
            seen = set(session.scalars(select(Case.uid).where(visible_filter(workflow(kind), alone))))
            assert seen == {
                row.uid for row in world.rows(Case) if row.kind == kind and may_see(workflow(kind), alone, row)
            }
            assert own not in seen
    declare_recusal(world.backend, world["officer"], other, "当事人是本人的近亲属", world.clock())
    with pytest.raises(GuardRefused, match="委托您代办的人"):
        world.take("approver", "accept", other)


def replace_own(standing):  # type: ignore[no-untyped-def]
    """The same person without posts of his own: only what his delegation gives him."""
    return type(standing)(standing.user_id, frozenset(), standing.deputised)


def test_what_a_reviewer_handled_through_another_he_does_not_review(lone: World) -> None:
    """R147: an official step taken in his name counts among the handlers."""
    world = lone
    objection = world.objection_in("verifying")
    entrust(world, "clerk", "head", Post.CLERK)
    world.take("head", "draft_answer", objection, verdicts={"facts": {"verdict": "维持"}}, explanation="属实")
    with read_transaction(world.backend.engine) as session:
        reader = reader_of(world.backend, session, world["officer"], world.clock())
        facts = context_of(reader.view, world.case(objection), reader.actor).facts
        assert {world["clerk"].user_id, world["head"].user_id} <= facts.handlers()
        assert facts.last_takers("draft_answer") == {world["clerk"].user_id, world["head"].user_id}


def test_who_may_be_entrusted_with_what(lone: World) -> None:
    """trust 1.6: posts of cases only, a colleague of the unit only, never an administrator, one at a time."""
    world = lone
    add(world, "sysadmin", "秦测试", world.organs.office, Post.SYSADMIN)
    add(world, "keeper", "朱测试", world.organs.office, Post.RULES_KEEPER)
    assert "不得委托" in refused(world, "post", "keeper", "officer", Post.RULES_KEEPER)
    assert "没有任" in refused(world, "post", "officer", "second_officer", Post.APPROVER)
    for nobody in ("sysadmin", "keeper", "clerk", "subject", "second_officer"):
        refused(world, "delegate", "officer", nobody, Post.OFFICER)
    refused(world, "delegate", "officer", "officer", Post.OFFICER)
    refused(world, "from_on", "officer", "approver", Post.OFFICER, first=-1)
    refused(world, "until_on", "officer", "approver", Post.OFFICER, first=2, last=1)
    refused(world, "until_on", "officer", "approver", Post.OFFICER, last=181)
    with pytest.raises(NotFound):
        entrust(world, "officer", "approver", Post.OFFICER, by="second_officer")
    entrust(world, "officer", "approver", Post.OFFICER, by="sysadmin")
    assert "已经委托周测试代办" in refused(world, "post", "officer", "approver", Post.OFFICER, first=4, last=9)
    refused(world, "delegate", "second_officer", "approver", Post.OFFICER, first=1)
    entrust(world, "officer", "approver", Post.OFFICER, first=5, last=9)
    with read_transaction(world.backend.engine) as session:
        assert [
            (held.post, [name for _, name in held.colleagues])
            for held in holdings_of(session, key_of(world, "approver"), world.today)
        ] == [(Post.APPROVER, ["陈测试", "孙测试"])]


def test_whoever_leaves_takes_his_delegations_with_him(lone: World) -> None:
    """R143: post ended, account disabled, delegate gone or become administrator: nothing is left of it."""
    world = lone
    accounts = Accounts(
        database(world), world.backend.keys, Passwords.with_cost("mlps3", PasswordCost(passes=1, memory_kib=8, lanes=1))
    )
    entrust(world, "officer", "approver", Post.OFFICER)
    office = world.organs.office.name

    def deputises(day: date) -> bool:
        with read_transaction(world.backend.engine) as session:
            return bool(standing_of(session, key_of(world, "approver"), day).deputised)

    assert deputises(world.today)
    with pytest.raises(AccountRefused, match="三员分立"):
        accounts.add_post("approver", office, Post.AUDITOR, world.today, world.clock())
    accounts.disable("officer", world.clock())
    assert not deputises(world.today)
    accounts.enable("officer", world.clock())
    accounts.end_post("approver", office, Post.APPROVER, world.today, world.clock())
    assert deputises(world.today)
    assert not deputises(world.today + timedelta(days=1))
    accounts.end_post("officer", office, Post.OFFICER, world.today, world.clock())
    assert not deputises(world.today + timedelta(days=1))

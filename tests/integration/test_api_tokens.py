"""Tokens: given to a unit's clerk post with a person who answers for it, kept as a hash, ended at once (trust 1.4)."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import MovableClock, shanghai
from app.extensions import Installation
from app.models.api import ApiToken
from app.services.accounts import Accounts
from app.services.api_tokens import NewToken, Scope, TokenNotGiven, give_token, list_tokens, revoke_token
from tests.support.paths import record_content
from tests.support.programs import UNTIL, V1, program_of
from tests.support.web_world import PASSWORD, world_on
from tests.support.world import World
from workflows.roles import Post

WRONG: dict[str, tuple[dict[str, object], str]] = {
    "post that decides": ({"post": Post.APPROVER}, "本人办理"),
    "post of an administrator": ({"post": Post.SYSADMIN}, "本人办理"),
    "owner in another post": ({"owner": "head"}, "责任人须在该单位任"),
    "owner in another unit": ({"owner": "other_clerk"}, "责任人须在该单位任"),
    "nobody": ({"owner": "none"}, "没有账号"),
    "no unit": ({"unit": "示例无局"}, "没有名为"),
    "no scope": ({"scopes": ()}, "权限范围"),
    "no label": ({"label": " "}, "名称"),
    "too long": ({"expires_on": date(2028, 1, 1)}, "366"),
    "over already": ({"expires_on": date(2026, 1, 1)}, "有效期"),
}


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def _own(app: Flask) -> Installation:
    own: Installation = app.extensions["zhengcheng"]
    return own


@pytest.mark.parametrize("case", WRONG)
def test_a_token_that_may_not_be_given(app: Flask, world: World, case: str) -> None:
    """R147: no deciding post, and nobody answers for it who does not do that work himself."""
    changed, words = WRONG[case]
    asked = {"label": "财务系统", "unit": "示例乙局", "post": Post.CLERK, "owner": "clerk", "scopes": (Scope.READ,)}
    new = NewToken(**{**asked, "expires_on": UNTIL, **changed})  # type: ignore[arg-type]
    own = _own(app)
    with pytest.raises(TokenNotGiven, match=words):
        give_token(own.database, own.keys, new, world["officer"].user_id or 0, world.clock())
    assert list_tokens(own.database) == []


def test_a_token_is_kept_as_a_hash_and_ends_when_it_is_revoked_or_over(app: Flask, world: World) -> None:
    """Trust 1.4: the very next request is refused; no way in with the account of a token."""
    own, program = _own(app), program_of(app, world)
    with own.database.read() as session:
        row = session.execute(select(ApiToken)).scalar_one()
        kept = [str(getattr(row, column.key)) for column in ApiToken.__table__.columns]
    assert not any(program.token in value for value in kept)
    assert program.get("/me").get_json()["unit"] == "示例乙局"
    assert list_tokens(own.database)[0].last_used_at == world.clock()
    signed_in = app.test_client().post("/sign-in", data={"login": f"api-{program.uid}", "password": ""})
    assert signed_in.status_code != 302
    revoke_token(own.database, own.keys, program.uid, world["officer"].user_id or 0, world.clock())
    assert program.get("/me").status_code == 401
    later = program_of(app, world, until=world.today + timedelta(days=1))
    assert later.get("/me").status_code == 200
    world.clock.set(shanghai(world.today + timedelta(days=2)))
    assert later.get("/me").status_code == 401


def test_a_token_rests_once_nobody_answers_for_it(app: Flask, world: World) -> None:
    """R147: who becomes head of the unit approves what the program drafts, so the program stops."""
    own, program = _own(app), program_of(app, world)
    accounts = Accounts(own.database, own.keys, own.passwords)
    accounts.add_post("clerk", "示例乙局", Post.HEAD, world.today, world.clock())
    refused = program.get("/cases")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "TokenSuspended")
    second = program_of(app, world, "other_clerk")
    accounts.disable("other_clerk", world.clock())
    assert second.get("/cases").status_code == 403


def test_a_token_does_what_it_was_given_for_and_not_too_often(app: Flask, world: World) -> None:
    """Scopes; and 429 with the seconds after which to come again."""
    reading = program_of(app, world, scopes=(Scope.READ,))
    refused = reading.open("record", "create", "k", **record_content(world))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "ScopeMissing")
    assert reading.get("/webhooks").status_code == 403
    object.__setattr__(_own(app).settings, "api_requests_a_minute", 2)
    busy = program_of(app, world, "other_clerk")
    assert [busy.get("/me").status_code for _ in range(3)] == [200, 200, 429]
    assert int(busy.get("/me").headers["Retry-After"]) > 0


def test_one_key_in_parallel_opens_one_case_and_takes_one_step(app: Flask, world: World) -> None:
    """T13: eight at once, one effect, the same answer for all."""
    program, content = program_of(app, world), record_content(world)
    opened = _at_once(8, lambda: program.open("record", "create", "same", **content).get_json())
    assert len({str(answer["uid"]) for answer in opened}) == 1
    assert sum(not answer["repeated"] for answer in opened) == 1
    uid = str(opened[0]["uid"])
    taken = _at_once(8, lambda: program.step(uid, "submit", "step", 1).get_json())
    assert {(answer["version"], answer["state"]) for answer in taken} == {(2, "head_review")}
    assert sum(not answer["repeated"] for answer in taken) == 1
    assert world.steps(uid) == ["create", "submit"]
    assert len(world.rows(ApiToken)) == 1


def test_different_keys_in_parallel_have_one_winner(app: Flask, world: World) -> None:
    """T3: the others hear that their version has passed; nobody hears that anything is locked."""
    program = program_of(app, world)
    uid = program.open("record", "create", "k", **record_content(world)).get_json()["uid"]
    keys = iter(range(8))
    statuses = _at_once(8, lambda: program.step(uid, "submit", f"key-{next(keys)}", 1).status_code)
    assert sorted(statuses) == [200, *[412] * 7]


def test_the_command_gives_lists_and_revokes(app: Flask, world: World) -> None:
    """A system administrator with his own password; the token is shown once and never again."""
    own = _own(app)
    accounts = Accounts(own.database, own.keys, own.passwords)
    accounts.create("guanli", "管测试", PASSWORD, world.clock())
    accounts.add_post("guanli", "示例甲局", Post.SYSADMIN, world.today, world.clock())
    runner = app.test_cli_runner()
    asked = ["token", "create", "财务系统", "--unit", "示例乙局", "--post", "clerk", "--owner", "clerk"]
    asked += ["--scope", "read", "--until", UNTIL.isoformat(), "--by"]
    assert runner.invoke(args=[*asked, "clerk"], input=PASSWORD + "\n").exit_code == 1
    given = runner.invoke(args=[*asked, "guanli"], input=PASSWORD + "\n")
    assert given.exit_code == 0, given.output
    token = given.output.split()[-1]
    assert app.test_client().get(f"{V1}/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    listed = runner.invoke(args=["token", "list"]).output
    assert "财务系统" in listed
    assert token not in listed
    uid = list_tokens(own.database)[0].uid
    revoked = runner.invoke(args=["token", "revoke", uid, "--by", "guanli"], input=PASSWORD + "\n")
    assert "已吊销" in revoked.output
    assert app.test_client().get(f"{V1}/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def _at_once(number: int, call):  # type: ignore[no-untyped-def]
    """What so many threads get that begin together."""
    barrier, answers = Barrier(number), []

    def run() -> None:
        barrier.wait()
        answers.append(call())

    threads = [Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(answers) == number
    return answers

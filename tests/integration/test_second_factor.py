"""The second factor (trust 1.5): each code once, the seed sealed, lockout, spare codes, set-up on the way in, reset."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import MovableClock
from app.extensions import Installation
from app.models.entry import HalfSignIn, RecoveryCode
from app.models.history import AccessLog
from app.models.people import User
from app.services.accounts import Accounts
from app.services.lockout import TRIES
from app.services.sign_ins import HALF_LASTS
from app.settings import Settings, SettingsRefused
from tests.support.application import settings_for
from tests.support.looking import appoint
from tests.support.web_world import PASSWORD, client_of, text_of, world_on
from tests.support.world import World
from workflows.roles import Post


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return replace(settings_for(sqlite_url, tmp_path / "kept"), second_factor_posts=frozenset({Post.APPROVER}))


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    app.config["WTF_CSRF_ENABLED"] = False
    return world_on(app, clock)


def user(app: Flask, login: str) -> User:
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        return session.scalars(select(User).where(User.login == login)).one()


def seed_on(page: str) -> tuple[str, str]:
    """The seed as the page spells it out, and as its form carries it."""
    spelled = re.search(r'class="seed">([A-Z2-7 ]+)<', page)
    carried = re.search(r'name="offered" value="([^"]+)"', page)
    assert spelled is not None
    assert carried is not None
    return spelled[1].replace(" ", ""), carried[1]


def code(seed: str, clock: MovableClock) -> str:
    return pyotp.TOTP(seed).at(clock())


def half_in(app: Flask, login: str) -> FlaskClient:
    """A browser in which the password was given."""
    client = app.test_client()
    answer = client.post("/sign-in", data={"login": login, "password": PASSWORD, "next": "/cases?q=1"})
    assert answer.location == "/sign-in/code?next=/cases?q%3D1"
    return client


def set_up(app: Flask, world: World, login: str = "approver") -> tuple[str, list[str]]:
    """Sign in for the first time; gives the seed and the spare codes."""
    client = half_in(app, login)
    seed, offered = seed_on(client.get("/sign-in/code").text)
    page = client.post("/sign-in/code", data={"offered": offered, "code": code(seed, world.clock)})
    assert page.status_code == 200
    return seed, re.findall(r"<code>([A-Z0-9]{5}-[A-Z0-9]{5})</code>", page.text)


def give(app: Flask, typed: str, login: str = "approver") -> int:
    return half_in(app, login).post("/sign-in/code", data={"code": typed, "next": "/cases?q=1"}).status_code


def test_a_post_that_needs_it_sets_it_up_on_the_way_in(app: Flask, world: World) -> None:
    """The password alone opens nothing; the seed is sealed; the codes are kept as keyed hashes."""
    client = half_in(app, "approver")
    assert client.get("/desk").status_code == 302
    seed, codes = set_up(app, world)
    kept = user(app, "approver")
    assert kept.totp_sealed is not None
    assert seed not in kept.totp_sealed
    assert len(set(codes)) == 10
    hashes = {row.code_hash for row in world.rows(RecoveryCode)}
    assert len(hashes) == 10
    assert not hashes & {text.replace("-", "") for text in codes}
    assert give(app, code(seed, world.clock)) == 422, "the code of the set-up is used up"
    world.clock.advance(timedelta(seconds=30))
    assert give(app, code(seed, world.clock)) == 303


def test_others_sign_in_in_one_step_as_before(app: Flask, world: World) -> None:
    assert client_of(app, "clerk").get("/desk").status_code == 200


def test_no_code_is_accepted_twice_or_out_of_its_time(app: Flask, world: World) -> None:
    """pyotp alone accepts a code twice; an older one does not come back after a newer one either."""
    seed, _ = set_up(app, world)
    world.clock.advance(timedelta(minutes=5))
    early, present = code(seed, world.clock), None
    world.clock.advance(timedelta(seconds=30))
    present = code(seed, world.clock)
    spaced = f"{present[:3]} {present[3:]}"
    assert give(app, spaced) == 303
    assert give(app, present) == 422
    assert give(app, early) == 422
    world.clock.advance(timedelta(seconds=90))
    assert give(app, present) == 422


def test_a_spare_code_is_good_once_however_it_is_typed(app: Flask, world: World) -> None:
    _, codes = set_up(app, world)
    assert give(app, codes[0].lower().replace("-", " ")) == 303
    assert give(app, codes[0]) == 422
    assert give(app, codes[1]) == 303


def test_a_spare_code_of_somebody_else_is_none(app: Flask, world: World) -> None:
    appoint(world, "second_officer", world.organs.office.id, Post.APPROVER)
    _, codes = set_up(app, world)
    set_up(app, world, "second_officer")
    assert give(app, codes[0], "second_officer") == 422


def test_wrong_codes_lock_the_account_like_wrong_passwords(app: Flask, world: World) -> None:
    """Trust 1.5: whoever has the password may not guess six digits; the right code does not help once it is locked."""
    seed, _ = set_up(app, world)
    world.clock.advance(timedelta(minutes=5))
    client = half_in(app, "approver")
    for _ in range(TRIES):
        answer = client.post("/sign-in/code", data={"code": "000000"})
    assert answer.status_code == 422
    answer = client.post("/sign-in/code", data={"code": code(seed, world.clock)})
    assert answer.location == "/sign-in?next=/"
    assert client.get("/desk").status_code == 302
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        assert session.scalars(select(HalfSignIn)).all() == []
    refused = app.test_client().post("/sign-in", data={"login": "approver", "password": PASSWORD})
    assert refused.status_code == 422


def test_half_a_sign_in_lasts_minutes_and_ends_with_a_reset_of_the_password(app: Flask, world: World) -> None:
    seed, _ = set_up(app, world)
    own: Installation = app.extensions["zhengcheng"]
    slow = half_in(app, "approver")
    world.clock.advance(HALF_LASTS + timedelta(seconds=1))
    assert slow.post("/sign-in/code", data={"code": code(seed, world.clock)}).location == "/sign-in?next=/"
    waiting = half_in(app, "approver")
    Accounts(own.database, own.keys, own.passwords).reset_password("approver", "Gengxin-2027", own.clock())
    assert waiting.post("/sign-in/code", data={"code": code(seed, world.clock)}).location == "/sign-in?next=/"
    assert waiting.get("/desk").status_code == 302


def test_a_seed_that_was_shown_to_another_session_is_not_taken(app: Flask, world: World) -> None:
    """Two people with one password do not set up one another's seed."""
    first, second = half_in(app, "approver"), half_in(app, "approver")
    seed, offered = seed_on(first.get("/sign-in/code").text)
    answer = second.post("/sign-in/code", data={"offered": offered, "code": code(seed, world.clock)})
    assert answer.location == "/sign-in?next=/"
    assert user(app, "approver").totp_sealed is None


def test_the_session_begins_under_a_new_token(app: Flask, world: World) -> None:
    """No fixation: what the browser held before, and after the first factor, is worth nothing afterwards."""
    seed, _ = set_up(app, world)
    world.clock.advance(timedelta(minutes=1))
    client = half_in(app, "approver")
    before = client.get_cookie("zhengcheng")
    assert client.post("/sign-in/code", data={"code": code(seed, world.clock)}).status_code == 303
    after = client.get_cookie("zhengcheng")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    thief = app.test_client()
    thief.set_cookie("zhengcheng", before.value)
    assert thief.get("/desk").status_code == 302


def test_the_way_on_is_never_to_another_host(app: Flask, world: World) -> None:
    seed, _ = set_up(app, world)
    world.clock.advance(timedelta(minutes=1))
    client = half_in(app, "approver")
    answer = client.post("/sign-in/code", data={"code": code(seed, world.clock), "next": "//example.invalid/"})
    assert answer.location == "/"


def test_whoever_wants_it_sets_it_up_with_his_password_and_ends_it(app: Flask, world: World) -> None:
    """Own account: the password is asked, and guesses at it count."""
    client = client_of(app, "clerk")
    seed, offered = seed_on(client.get("/account/second-factor").text)
    form = {"offered": offered, "code": code(seed, world.clock)}
    assert client.post("/account/second-factor", data={**form, "password": "Wrong-2026"}).status_code == 422
    assert user(app, "clerk").failed_sign_ins == 1
    assert client.post("/account/second-factor", data={**form, "password": PASSWORD}).status_code == 200
    assert "备用码还剩10个" in client.get("/account").text
    world.clock.advance(timedelta(minutes=1))
    assert give(app, code(seed, world.clock), "clerk") == 303
    assert client.post("/account/second-factor/end", data={"password": PASSWORD}).status_code == 303
    assert user(app, "clerk").totp_sealed is None
    assert world.rows(RecoveryCode) == []


def test_a_post_that_needs_it_cannot_end_it(app: Flask, world: World) -> None:
    client = half_in(app, "approver")
    seed, offered = seed_on(client.get("/sign-in/code").text)
    client.post("/sign-in/code", data={"offered": offered, "code": code(seed, world.clock)})
    answer = client.post("/account/second-factor/end", data={"password": PASSWORD})
    assert answer.status_code == 422
    assert "不能停用" in answer.text
    assert user(app, "approver").totp_sealed is not None


def test_the_security_administrator_resets_it_and_nobody_else(app: Flask, world: World) -> None:
    """trust 1.6: SECADMIN, with a reason that is logged; the sessions end; the next sign-in sets it up anew."""
    set_up(app, world)
    form = {"login": "approver", "reason": "设备丢失，已当面核实"}
    for role in ("clerk", "subject"):
        other = client_of(app, role)
        assert other.get("/security").status_code == 404
        assert other.post("/security/second-factor", data=form).status_code == 404
    appoint(world, "reviewer", world.organs.office.id, Post.SECADMIN)
    client = client_of(app, "reviewer")
    assert client.post("/security/second-factor", data={"login": "approver"}).status_code == 422
    assert client.post("/security/second-factor", data=form).status_code == 303
    assert user(app, "approver").totp_sealed is None
    [logged] = [row for row in world.rows(AccessLog) if row.act == "second_factor_ended"]
    assert (logged.user_id, logged.purpose) == (world["reviewer"].user_id, "重置：设备丢失，已当面核实")
    assert "设置动态码" in half_in(app, "approver").get("/sign-in/code").text


def test_sessions_are_listed_and_the_others_can_be_ended(app: Flask, world: World) -> None:
    """trust 1.4: they end within one request; nobody else's do."""
    here, there, foreign = (client_of(app, role) for role in ("clerk", "clerk", "officer"))
    assert text_of(here.get("/account").text).count("127.0.0.1") == 2
    assert here.post("/account/sessions/end").status_code == 303
    assert there.get("/desk").status_code == 302
    assert here.get("/desk").status_code == 200
    assert foreign.get("/desk").status_code == 200


def test_the_last_sign_in_says_from_where(app: Flask, world: World) -> None:
    client_of(app, "clerk")
    app.test_client().post("/sign-in", data={"login": "clerk", "password": "Wrong-2026"})
    page = client_of(app, "clerk").get("/desk").text
    assert "来自127.0.0.1" in page
    assert "此后有1次失败的登录尝试" in page


def test_a_changed_password_ends_every_session(app: Flask, world: World) -> None:
    client = client_of(app, "clerk")
    new = {"password": PASSWORD, "new_password": "Gengxin-2027", "new_password_again": "Gengxin-2028"}
    assert client.post("/account/password", data=new).status_code == 422
    answer = client.post("/account/password", data={**new, "new_password_again": "Gengxin-2027"})
    assert answer.location == "/sign-in"
    assert client.get("/desk").status_code == 302


def test_production_asks_those_who_decide_or_administer(tmp_path: Path) -> None:
    """The default is safe where it matters and out of the way in a demo; a wrong post is named."""

    def posts(**more: str) -> frozenset[Post]:
        return Settings.from_environment(
            {"ZHENGCHENG_DATA_DIR": str(tmp_path), **{f"ZHENGCHENG_{name}": value for name, value in more.items()}}
        ).second_factor_posts

    production = {"ENVIRONMENT": "production", "BASE_URL": "https://zc.example.gov.cn"}
    assert posts() == frozenset()
    assert {Post.APPROVER, Post.SECADMIN, Post.SYSADMIN, Post.AUDITOR} <= posts(**production)
    assert Post.CIVIL_SERVANT not in posts(**production)
    assert posts(**production, SECOND_FACTOR_POSTS="none") == frozenset()
    assert posts(SECOND_FACTOR_POSTS="clerk, head") == {Post.CLERK, Post.HEAD}
    with pytest.raises(SettingsRefused, match="chief"):
        posts(SECOND_FACTOR_POSTS="chief")

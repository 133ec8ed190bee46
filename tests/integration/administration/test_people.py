"""人员与岗位 (interface 10; trust 1.5, 1.6; R1): accounts, posts, three administrators; every change has its author."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models.api import ApiToken
from app.models.history import AccessLog
from app.models.people import PostHolding, Unit, User
from app.services.administration.initial_passwords import initial_password
from app.services.founding import NewPerson, found_person
from app.services.passwords import Passwords
from app.settings import OidcSettings
from tests.support.application import CHEAP
from tests.support.identity import identity_number
from tests.support.web_world import PASSWORD, client_of, text_of
from tests.support.world import World
from workflows.kit.storable import in_words
from workflows.roles import Post


def account(world: World, login: str) -> User:
    return next(user for user in world.rows(User) if user.login == login)


def new_account(world: World, client: FlaskClient, **changed: str) -> tuple[int, str]:
    form = {
        "login": "tian",
        "name": "田测试",
        "unit": world.unit_uids["provider"],
        "post": "clerk",
        "from_on": world.today.isoformat(),
    } | changed
    answer = client.post("/people/new", data={f"new-{name}": value for name, value in form.items()})
    return answer.status_code, answer.text


def acts(world: World, target: str) -> list[tuple[str, int | None]]:
    return [(row.act, row.user_id) for row in world.rows(AccessLog) if row.target == target]


def test_an_account_is_made_with_its_post_and_a_password_shown_once(app: Flask, world: World) -> None:
    """The first password opens the account, is nowhere in the log, and the page of the account does not repeat it."""
    client = client_of(app, "sysadmin")
    status, page = new_account(world, client, identity_number=identity_number(7))
    assert status == 200
    found = re.search(r'<strong class="secret">([^<]+)</strong>', page)
    assert found
    user = account(world, "tian")
    by = world["sysadmin"].user_id
    assert acts(world, user.uid) == [("account_created", by), ("post_added", by)]
    fresh = app.test_client()
    assert fresh.post("/sign-in", data={"login": "tian", "password": found[1]}).status_code == 302
    assert fresh.get("/records/new").headers["Location"] == "/account", "a first password opens nothing but its change"
    assert fresh.get("/account").status_code == 200
    form = {"password": found[1], "new_password": "Gengxin-2027", "new_password_again": "Gengxin-2027"}
    assert fresh.post("/account/password", data=form).status_code == 303
    again = app.test_client()
    assert again.post("/sign-in", data={"login": "tian", "password": "Gengxin-2027"}).status_code == 302
    assert again.get("/records/new").status_code == 200
    shown = client.get(f"/people/{user.uid}").text
    assert "示例乙局" in shown
    assert found[1] not in shown
    assert identity_number(7) not in shown
    assert not [row for row in world.rows(AccessLog) if found[1] in row.purpose + row.target]


@pytest.mark.parametrize(
    ("changed", "place", "words"),
    [
        ({"login": "clerk"}, "new-login", "已被使用"),
        ({"login": "a b"}, "new-login", "不能含"),
        ({"name": ""}, "new-name", "尚未填写"),
        ({"unit": "nowhere"}, "", "请从列表中选择"),
        ({"post": "emperor"}, "new-post", "请从列出的选项中选择"),
        ({"from_on": "2026-02-30"}, "new-from_on", "日期不存在"),
        ({"identity_number": "110101198001010000"}, "new-identity_number", "校验码"),
    ],
)
def test_what_is_wrong_comes_back_as_typed_and_nothing_is_made(
    app: Flask, world: World, changed: dict[str, str], place: str, words: str
) -> None:
    before = len(world.rows(User))
    status, page = new_account(world, client_of(app, "sysadmin"), **changed)
    assert status == 422
    assert words in text_of(page)
    assert 'value="田测试"' in page or "name" in changed
    assert f'href="#f-{place}"' in page or not place
    assert len(world.rows(User)) == before


def test_people_are_found_by_name_reading_login_unit_and_post(app: Flask, world: World) -> None:
    client = client_of(app, "sysadmin")

    def listed(**query: str) -> list[str]:
        return re.findall(r'<th scope="row"[^>]*><a [^>]+>([^<]+)<', client.get("/people", query_string=query).text)

    assert listed(q="李测") == ["李测试"]
    assert listed(q="liceshi") == ["李测试"]
    assert listed(q="other_clerk") == ["钱测试"]
    assert listed(q="示例乙局", post="head") == ["赵测试"]
    assert listed(condition="disabled") == []
    assert listed(q="%") == [], "what stands for anything in a search is searched as written"
    assert len(listed()) == len(world.rows(User))


def test_the_list_has_pages_that_lose_nobody(app: Flask, world: World) -> None:
    with app.extensions["zhengcheng"].database.write() as session:
        for number in range(60):
            found_person(session, NewPerson(f"p{number}", "王测试", world.organs.office, (Post.OFFICER,)))
    client, link, seen = client_of(app, "sysadmin"), "/people", list[str]()
    while link:
        page = client.get(link).text
        seen += re.findall(r'<td data-label="账号">([^<]+)<', page)
        more = re.search(r'href="(/people\?[^"]*after=[^"]+)"', page)
        link = more[1].replace("&amp;", "&") if more else ""
    assert sorted(seen) == sorted(user.login for user in world.rows(User))


def test_a_post_has_a_day_to_begin_and_a_day_to_end(app: Flask, world: World) -> None:
    client, who = client_of(app, "sysadmin"), account(world, "clerk")
    until = (world.today + timedelta(days=30)).isoformat()
    form = {"post-unit": world.unit_uids["foreign"], "post-post": "clerk", "post-from_on": world.today.isoformat()}
    assert client.post(f"/people/{who.uid}/posts", data=form | {"post-until_on": until}).status_code == 303
    added = max(world.rows(PostHolding), key=lambda row: row.id)
    assert (added.user_id, added.until_on.isoformat()) == (who.id, until)
    ended = client.post(
        f"/people/{who.uid}/posts/{added.id}/end", data={f"end{added.id}-until_on": world.today.isoformat()}
    )
    assert ended.status_code == 303
    page = text_of(client.get(f"/people/{who.uid}").text)
    assert f"示例丁局 信息提供单位经办人，至{in_words(world.today)}" in page
    assert f"任职至{in_words(world.today)}（含当日）" in page, "the message says the day"
    refused = client.post(f"/people/{who.uid}/posts", data=form | {"post-until_on": "2026-01-01"})
    assert (refused.status_code, "早于任职日期" in refused.text) == (422, True)
    assert client.post(f"/people/{who.uid}/posts/9/end", data={"end9-until_on": "2026-09-18"}).status_code == 404


@pytest.mark.parametrize("post", ["auditor", "secadmin", "clerk"])
def test_the_three_administrators_exclude_each_other_and_business(app: Flask, world: World, post: str) -> None:
    """trust 1.6: 三员分立."""
    who = account(world, "second_sysadmin")
    form = {"post-unit": world.unit_uids["provider"], "post-post": post, "post-from_on": world.today.isoformat()}
    answer = client_of(app, "sysadmin").post(f"/people/{who.uid}/posts", data=form)
    assert (answer.status_code, "三员分立" in answer.text) == (422, True)


def test_nobody_administrates_himself_and_one_administrator_is_left(app: Flask, world: World) -> None:
    own, other = account(world, "sysadmin"), account(world, "second_sysadmin")
    client = client_of(app, "sysadmin")
    assert client.post(f"/people/{own.uid}/disable", data={"disable-reason": "离任"}).status_code == 422
    assert client.post(f"/people/{own.uid}/password").status_code == 422
    form = {"post-unit": world.unit_uids["provider"], "post-post": "clerk", "post-from_on": "2026-09-18"}
    assert "不得为本人" in client.post(f"/people/{own.uid}/posts", data=form).text
    assert client.post(f"/people/{other.uid}/disable", data={"disable-reason": "离任"}).status_code == 303
    holding = next(row for row in world.rows(PostHolding) if row.user_id == own.id)
    ending = {f"end{holding.id}-until_on": world.today.isoformat()}
    answer = client.post(f"/people/{own.uid}/posts/{holding.id}/end", data=ending)
    assert (answer.status_code, "至少须有一名" in answer.text) == (422, True)


def test_a_disabled_account_is_out_at_once_and_may_come_back(app: Flask, world: World) -> None:
    """trust 1.4; a person is never deleted."""
    clerk, client, who = client_of(app, "clerk"), client_of(app, "sysadmin"), account(world, "clerk")
    assert client.post(f"/people/{who.uid}/disable", data={"disable-reason": ""}).status_code == 422
    assert client.post(f"/people/{who.uid}/disable", data={"disable-reason": "调离"}).status_code == 303
    assert clerk.get("/rules").status_code == 302
    assert "已停用" in client.get("/people?condition=disabled").text
    assert client.post(f"/people/{who.uid}/enable").status_code == 303
    assert client_of(app, "clerk").get("/rules").status_code == 200
    assert "停用账号" in (page := text_of(client.get(f"/people/{who.uid}").text))
    assert "调离" in page
    assert client.delete(f"/people/{who.uid}").status_code == 405


def test_a_reset_password_is_new_and_ends_the_sessions(app: Flask, world: World) -> None:
    clerk, who = client_of(app, "clerk"), account(world, "clerk")
    page = client_of(app, "sysadmin").post(f"/people/{who.uid}/password").text
    found = re.search(r'<strong class="secret">([^<]+)</strong>', page)
    assert found
    assert clerk.get("/rules").status_code == 302
    assert app.test_client().post("/sign-in", data={"login": "clerk", "password": PASSWORD}).status_code == 422
    assert app.test_client().post("/sign-in", data={"login": "clerk", "password": found[1]}).status_code == 302


def test_a_name_is_put_right_with_a_reason(app: Flask, world: World) -> None:
    client, who = client_of(app, "sysadmin"), account(world, "clerk")
    assert client.post(f"/people/{who.uid}/name", data={"name-name": "李测式"}).status_code == 422
    form = {"name-name": "李测式", "name-reason": "登记有误"}
    assert client.post(f"/people/{who.uid}/name", data=form).status_code == 303
    assert account(world, "clerk").name == "李测式"
    assert "李测试→李测式：登记有误" in client.get(f"/people/{who.uid}").text


def test_accounts_of_programs_are_not_people(app: Flask, world: World) -> None:
    with app.extensions["zhengcheng"].database.write() as session:
        clerk = session.scalars(select(User).where(User.login == "other_clerk")).one()
        session.add(
            ApiToken(uid="t", label="程序", user_id=clerk.id, unit_id=1, post="clerk", owner_id=clerk.id, scopes="read",
                     token_hash="0" * 64, created_at=world.clock(), created_by=clerk.id, expires_on=world.today)
        )  # fmt: skip
    client = client_of(app, "sysadmin")
    assert "other_clerk" not in client.get("/people").text
    assert client.get(f"/people/{account(world, 'other_clerk').uid}").status_code == 404


@pytest.mark.parametrize("profile", ["mlps3", "asvs"])
def test_a_first_password_is_allowed_by_either_policy(profile: str) -> None:
    policy = Passwords.with_cost(profile, CHEAP)  # type: ignore[arg-type]
    made = {initial_password() for _ in range(200)}
    assert len(made) == 200
    assert [password for password in made if policy.faults(password, "tian")] == []


@pytest.fixture
def with_provider(app: Flask) -> None:
    """Single sign-on in the settings of the running application."""
    own = app.extensions["zhengcheng"]
    oidc = OidcSettings(issuer="https://id.example.gov.cn", client_id="zhengcheng", client_secret="s")
    replace(own, settings=replace(own.settings, oidc=oidc)).install(app)


@pytest.mark.usefixtures("with_provider")
def test_another_administrator_links_an_account_to_single_sign_on(app: Flask, world: World) -> None:
    """Interface, screen 1: linked by the administrator, never by signing in, and never by himself for himself."""
    client, who, by = client_of(app, "sysadmin"), account(world, "clerk"), world["sysadmin"].user_id
    assert "未关联" in client.get(f"/people/{who.uid}").text
    assert client.post(f"/people/{who.uid}/sign-on", data={"link-external_id": " 7f3a "}).status_code == 303
    assert account(world, "clerk").external_id == "7f3a"
    assert "已关联：7f3a" in client.get(f"/people/{who.uid}").text
    assert acts(world, who.uid)[-1] == ("sign_on_linked", by)
    other = account(world, "head")
    refused = client.post(f"/people/{other.uid}/sign-on", data={"link-external_id": "7f3a"})
    assert refused.status_code == 422
    assert "已关联账号“clerk”" in refused.text
    own = client.post(f"/people/{account(world, 'sysadmin').uid}/sign-on", data={"link-external_id": "mine"})
    assert own.status_code == 422
    assert "不得为本人" in own.text
    assert client.post(f"/people/{who.uid}/sign-on", data={"link-external_id": ""}).status_code == 303
    assert account(world, "clerk").external_id is None


def test_without_a_provider_there_is_nothing_to_link(app: Flask, world: World) -> None:
    assert "统一身份认证" not in client_of(app, "sysadmin").get(f"/people/{account(world, 'clerk').uid}").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_name_stays_text_in_the_title_of_its_page(app: Flask, world: World, language: str) -> None:
    """Trust 1.11: the title is put together apart from the page; what is typed is text there as well."""
    client, who = client_of(app, "sysadmin"), account(world, "clerk")
    client.post("/language", data={"language": language})
    form = {"name-name": "李</title><i>测试", "name-reason": "登记有误"}
    assert client.post(f"/people/{who.uid}/name", data=form).status_code == 303
    page = client.get(f"/people/{who.uid}").text
    assert "<i>测试" not in page
    assert page.count("</title>") == 1
    assert "李&lt;/title&gt;&lt;i&gt;测试" in page.partition("</title>")[0]


def test_a_day_gone_by_is_asked_about_and_what_lies_with_him_is_told(app: Flask, world: World) -> None:
    """R143: whoever ends a post sees how much lies with its holder, and that he has worked since the day given."""
    world.record_in("returned")
    who, yesterday = account(world, "clerk"), world.today - timedelta(days=1)
    holding = next(row for row in world.rows(PostHolding) if row.user_id == who.id)
    client, where = client_of(app, "sysadmin"), f"/people/{who.uid}/posts/{holding.id}/end"
    assert "其经办而现由本单位办理的事项1件" in text_of(client.get(f"/people/{who.uid}").text)
    form = {f"end{holding.id}-until_on": yesterday.isoformat()}
    asked = client.post(where, data=form)
    assert asked.status_code == 200
    assert f"免职日期{in_words(yesterday)}早于今日" in text_of(asked.text)
    assert re.search(r"由其办理的[1-9]\d*步仍然有效", text_of(asked.text))
    assert next(row for row in world.rows(PostHolding) if row.id == holding.id).until_on is None
    assert client.post(where, data=form | {"sure": yesterday.isoformat()}).status_code == 303
    assert next(row for row in world.rows(PostHolding) if row.id == holding.id).until_on == yesterday


def test_what_is_refused_names_people_and_days_as_they_are_written(app: Flask, world: World) -> None:
    client, who = client_of(app, "sysadmin"), account(world, "second_sysadmin")
    form = {"post-unit": world.unit_uids["provider"], "post-post": "clerk", "post-from_on": world.today.isoformat()}
    page = text_of(client.post(f"/people/{who.uid}/posts", data=form).text)
    assert f"{who.name}已任系统管理员" in page
    assert "second_sysadmin”已任" not in page
    early = client.post(f"/people/{who.uid}/posts", data=form | {"post-until_on": "2026-01-05"}).text
    assert f"任职至2026年1月5日，早于任职日期{in_words(world.today)}" in text_of(early)


def test_a_first_password_is_asked_for_first_with_its_rules_and_the_reason(app: Flask, world: World) -> None:
    """Trust 1.5: whoever must change it finds the form at the top, and what is asked before it is refused."""
    _, made = new_account(world, client_of(app, "sysadmin"))
    found = re.search(r'<strong class="secret">([^<]+)</strong>', made)
    assert found
    fresh = app.test_client()
    fresh.post("/sign-in", data={"login": "tian", "password": found[1]})
    page = fresh.get("/account").text
    assert page.index('id="password"') < page.index('id="sessions"')
    assert "您现在的密码由系统管理员设定" in text_of(page)
    assert "至少8位，须含大写字母、小写字母、数字、符号中的至少三种" in text_of(page)
    assert 'aria-describedby="f-new_password-hint"' in page
    usual = client_of(app, "clerk").get("/account").text
    assert usual.index('id="sessions"') < usual.index('id="password"')
    assert "您现在的密码由系统管理员设定" not in text_of(usual)
    assert "至少8位" in text_of(usual)


def test_the_door_says_where_the_administrators_are(app: Flask, world: World) -> None:
    """Most units have none of their own: the unit that has one is named, with its telephone, and no person."""
    admin = account(world, "sysadmin")
    with app.extensions["zhengcheng"].database.write() as session:
        unit_id = session.scalars(select(PostHolding.unit_id).where(PostHolding.user_id == admin.id)).one()
        unit = session.get_one(Unit, unit_id)
        unit.phone, name = "010-55550000", unit.name
    page = text_of(app.test_client().get("/sign-in").text)
    assert "请联系系统管理员" in page
    assert f"{name}，电话010-55550000" in page
    assert "本单位的系统管理员" not in page
    assert admin.name not in page

"""统一身份认证 with a real provider on the loopback (interface, screen 1; trust 1.5): who gets in, who does not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app
from app.clock import MovableClock
from app.database import Database
from app.extensions import Installation
from app.models.base import db
from app.models.history import AccessLog
from app.models.people import SignIn, User
from app.services.accounts import AccountRefused, Accounts
from app.services.second_factor import new_seed, take_up
from app.settings import OidcSettings, Settings, SettingsRefused
from tests.support.application import settings_for
from tests.support.oidc_provider import CLIENT, SECRET, Provider, new_key, serving_provider
from workflows.roles import Post

PASSWORD = "Shifan-2026"
BACK = "http://127.0.0.1:8000/sign-in/oidc/back"


@pytest.fixture
def provider(clock: MovableClock) -> Iterator[Provider]:
    with serving_provider(clock) as made:
        yield made


@pytest.fixture
def configured(sqlite_url: str, tmp_path: Path, provider: Provider) -> Settings:
    oidc = OidcSettings(issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET)
    return replace(settings_for(sqlite_url, tmp_path / "kept"), oidc=oidc)


def founded(settings: Settings, clock: MovableClock, person: str) -> Flask:
    made = create_app(settings, clock)
    made.config["WTF_CSRF_ENABLED"] = False
    accounts_of(made).create("wang", "王测试", PASSWORD, clock(), by=None)
    accounts_of(made).link("wang", person, clock())
    return made


def accounts_of(app: Flask) -> Accounts:
    own: Installation = app.extensions["zhengcheng"]
    return Accounts(own.database, own.keys, own.passwords)


@pytest.fixture
def site(configured: Settings, clock: MovableClock, provider: Provider) -> Iterator[Flask]:
    made = founded(configured, clock, provider.person)
    yield made
    with made.app_context():
        db.engine.dispose()


def way_back(client: FlaskClient, goal: str = "") -> str:
    """Go to the provider as a browser would, and take the address to which it sends back."""
    there = client.get("/sign-in/oidc", query_string={"next": goal} if goal else {})
    assert there.status_code == 303, there.text
    answer = requests.get(there.headers["Location"], allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    back: str = answer.headers["Location"]
    assert back.startswith(BACK)
    return "/sign-in/oidc/back?" + urlsplit(back).query


def come_in(client: FlaskClient, goal: str = "") -> TestResponse:
    return client.get(way_back(client, goal))


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def database_of(app: Flask) -> Database:
    own: Installation = app.extensions["zhengcheng"]
    return own.database


def logged(app: Flask) -> list[tuple[str, str, int | None]]:
    with database_of(app).read() as session:
        rows = session.execute(select(AccessLog.act, AccessLog.purpose, AccessLog.user_id).order_by(AccessLog.id))
        return [(row.act, row.purpose, row.user_id) for row in rows if row.act.startswith("sign_in")]


def test_a_linked_person_gets_in_and_sees_his_last_sign_in(site: Flask, clock: MovableClock) -> None:
    client = site.test_client()
    first = come_in(client, "/account")
    assert (first.status_code, first.headers["Location"]) == (303, "/account")
    assert "这是您首次登录" in client.get("/account").text
    clock.set(clock() + timedelta(days=1))
    again = site.test_client()
    come_in(again)
    assert "上次登录：2026年9月18日 10:00" in again.get("/account").text
    assert logged(site)[0][:2] == ("sign_in", "统一身份认证")
    with database_of(site).read() as session:
        assert set(session.scalars(select(SignIn.method))) == {"oidc"}


def test_the_button_is_there_only_when_a_provider_is_configured(
    site: Flask, sqlite_url: str, tmp_path: Path, clock: MovableClock
) -> None:
    assert 'href="/sign-in/oidc' in site.test_client().get("/sign-in").text
    plain = create_app(settings_for(sqlite_url, tmp_path / "plain"), clock).test_client()
    assert "/sign-in/oidc" not in plain.get("/sign-in").text
    assert plain.get("/sign-in/oidc").status_code == 404
    assert plain.get("/sign-in/oidc/back?code=x&state=y").status_code == 404


def test_what_goes_to_the_provider(site: Flask) -> None:
    asked = parse_qs(urlsplit(site.test_client().get("/sign-in/oidc").headers["Location"]).query)
    assert asked["redirect_uri"] == [BACK]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 43
    assert len(asked["nonce"][0]) >= 43
    assert "client_secret" not in asked
    assert "code_verifier" not in asked


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"iss": "http://127.0.0.1:1"}},
        {"claims": {"aud": "somebody-else"}},
        {"claims": {"aud": [CLIENT, "somebody-else"]}},
        {"claims": {"azp": "somebody-else"}},
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"exp": 1}},
        {"claims": {"exp": None}},
        {"claims": {"iat": 4102444800, "exp": 4102444900}},
        {"claims": {"sub": None}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": ["7f3a-person"]}},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold_lets_nobody_in(site: Flask, provider: Provider, lie: dict[str, object]) -> None:
    for name, value in lie.items():
        setattr(provider, name, value)
    client = site.test_client()
    refused = come_in(client)
    assert refused.status_code == 403
    assert "未通过校验" in refused.text
    assert not is_in(client)


def test_a_token_signed_with_another_key_lets_nobody_in(site: Flask, provider: Provider) -> None:
    provider.signs_with = new_key()
    client = site.test_client()
    assert come_in(client).status_code == 403
    assert not is_in(client)


def test_a_state_holds_once_and_for_its_browser(site: Flask, clock: MovableClock) -> None:
    client, other = site.test_client(), site.test_client()
    address = way_back(client)
    # Forced upon a victim: his browser was not sent on this errand.
    refused = other.get(address)
    assert refused.status_code == 403
    assert "不是由本页面发起" in refused.text
    assert not is_in(other)
    assert client.get(address).status_code == 303
    assert client.get(address).status_code == 403
    late = site.test_client()
    address = way_back(late)
    clock.set(clock() + timedelta(minutes=11))
    assert "用时过长" in late.get(address).text
    assert not is_in(late)


def test_a_code_holds_once(site: Flask, provider: Provider) -> None:
    client = site.test_client()
    address = way_back(client)
    provider.codes.clear()
    refused = client.get(address)
    assert refused.status_code == 403
    assert "用时过长" in refused.text


def test_who_says_no_at_the_provider_comes_back_to_the_door(site: Flask, provider: Provider) -> None:
    provider.refuses = True
    refused = come_in(site.test_client())
    assert refused.status_code == 403
    assert "统一身份认证没有完成" in refused.text
    assert 'name="password"' in refused.text


@pytest.mark.parametrize("broken", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_provider_out_of_order_is_said_in_chinese(site: Flask, provider: Provider, broken: str) -> None:
    client = site.test_client()
    address = way_back(client)
    provider.broken = broken
    refused = client.get(address)
    assert refused.status_code == 503
    assert "统一身份认证暂时不能使用" in refused.text


def test_a_provider_that_is_gone_or_another_is_said_at_once(
    configured: Settings, provider: Provider, clock: MovableClock
) -> None:
    gone = replace(configured, oidc=replace(configured.oidc, issuer="http://127.0.0.1:9"))
    answer = create_app(gone, clock).test_client().get("/sign-in/oidc")
    assert answer.status_code == 503
    assert "请稍后再试，或者用账号和密码登录" in answer.text
    provider.told_issuer = "http://127.0.0.1:9"
    assert create_app(configured, clock).test_client().get("/sign-in/oidc").status_code == 503


@pytest.mark.parametrize("why", ["unknown", "disabled", "locked", "unlinked"])
def test_only_an_account_that_is_linked_and_in_use(
    site: Flask, provider: Provider, clock: MovableClock, why: str
) -> None:
    if why == "unknown":
        provider.person = "nobody-here"
    elif why == "disabled":
        accounts_of(site).disable("wang", clock())
    elif why == "unlinked":
        accounts_of(site).link("wang", "", clock())
    else:
        with database_of(site).write() as session:
            session.scalars(select(User)).one().locked_until = clock() + timedelta(minutes=5)
    client = site.test_client()
    refused = come_in(client)
    assert refused.status_code == 403
    assert "没有关联本系统的账号" in refused.text
    assert not is_in(client)
    with database_of(site).read() as session:
        assert session.scalars(select(User.login)).all() == ["wang"]
    act, purpose, user_id = logged(site)[-1]
    assert (act, purpose) == ("sign_in_refused", "统一身份认证")
    assert (user_id is None) is (why in ("unknown", "unlinked"))


class TestSecondFactor:
    """Ours is asked unless the settings believe the provider's, and the provider says that it asked."""

    def test_ours_is_asked_by_default(self, configured: Settings, clock: MovableClock, provider: Provider) -> None:
        site = founded(configured, clock, provider.person)
        seed = self._set_up(site, clock)
        provider.claims = {"amr": ["pwd", "mfa"]}
        client = site.test_client()
        there = come_in(client, "/account")
        assert there.headers["Location"].startswith("/sign-in/code")
        assert not is_in(client)
        clock.set(clock() + timedelta(seconds=60))
        code = pyotp.TOTP(seed).at(int(clock().timestamp()))
        assert client.post("/sign-in/code", data={"code": code}).status_code == 303
        assert is_in(client)

    @pytest.mark.parametrize(("methods", "enough"), [(["pwd", "mfa"], True), (["otp"], True), (["pwd"], False)])
    def test_that_of_the_provider_is_believed_by_choice(
        self, configured: Settings, clock: MovableClock, provider: Provider, methods: list[str], enough: bool
    ) -> None:
        trusting = replace(
            configured,
            oidc=replace(configured.oidc, trusts_second_factor=True),
            second_factor_posts=frozenset(Post),
        )
        site = founded(trusting, clock, provider.person)
        self._set_up(site, clock)
        provider.claims = {"amr": methods}
        client = site.test_client()
        come_in(client)
        assert is_in(client) is enough

    def _set_up(self, site: Flask, clock: MovableClock) -> str:
        own: Installation = site.extensions["zhengcheng"]
        seed = new_seed()
        with own.database.write() as session:
            user = session.scalars(select(User)).one()
            code = pyotp.TOTP(seed).at(int(clock().timestamp()))
            assert take_up(session, own.keys, user, seed, code, clock()) is not None
        return seed


def test_the_claim_that_names_the_account_is_configured(
    configured: Settings, clock: MovableClock, provider: Provider
) -> None:
    site = founded(replace(configured, oidc=replace(configured.oidc, claim="employee_number")), clock, "E-0042")
    provider.claims = {"employee_number": "E-0042"}
    client = site.test_client()
    come_in(client)
    assert is_in(client)


def test_an_identity_belongs_to_one_account(site: Flask, provider: Provider, clock: MovableClock) -> None:
    accounts_of(site).create("chen", "陈测试", PASSWORD, clock())
    with pytest.raises(AccountRefused, match="已关联账号“wang”"):
        accounts_of(site).link("chen", provider.person, clock())


def test_whoever_is_linked_anew_is_out(site: Flask, clock: MovableClock) -> None:
    client = site.test_client()
    come_in(client)
    accounts_of(site).link("wang", "another", clock())
    assert not is_in(client)


def test_the_way_on_leads_to_no_other_host(site: Flask) -> None:
    client = site.test_client()
    assert come_in(client, "https://example.com/").headers["Location"] == "/"


def test_settings_name_a_provider_completely(tmp_path: Path) -> None:
    base = {"ZHENGCHENG_DATA_DIR": str(tmp_path / "kept"), "ZHENGCHENG_OIDC_ISSUER": "https://id.example.gov.cn"}
    with pytest.raises(SettingsRefused, match="OIDC_CLIENT_SECRET"):
        Settings.from_environment(base)
    kept_in = tmp_path / "secret"
    kept_in.write_text("from-a-file\n", encoding="utf-8")
    whole = {
        **base,
        "ZHENGCHENG_OIDC_CLIENT_ID": "zhengcheng",
        "ZHENGCHENG_OIDC_CLIENT_SECRET_FILE": str(kept_in),
    }
    made = Settings.from_environment(whole)
    assert made.oidc.client_secret == "from-a-file"
    assert "from-a-file" not in repr(made)
    assert made.oidc.trusts_second_factor is False
    with pytest.raises(SettingsRefused, match="OIDC_CLIENT_SECRET_FILE"):
        Settings.from_environment({**whole, "ZHENGCHENG_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "none")})
    production = replace(made, environment="production", base_url="https://x.example.gov.cn")
    replace(production, secret_key="a" * 64).check()
    with pytest.raises(SettingsRefused, match="OIDC_ISSUER 须以 https"):
        replace(production, oidc=replace(made.oidc, issuer="http://id.example.gov.cn"), secret_key="a" * 64).check()

"""Accounts and posts (trust 1.5–1.7): policy, sealed identity numbers, 三员分立, posts from a day to a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text

from app.crypto import KeyRing
from app.database import Database
from app.models.history import AccessLog
from app.models.people import Unit, User
from app.services import access_log
from app.services.access_log import Act
from app.services.accounts import AccountRefused, Accounts
from app.services.passwords import PasswordRefused, Passwords
from app.services.people import list_accounts
from app.services.sign_ins import posts_on
from tests.support.application import CHEAP
from tests.support.identity import identity_number
from workflows.roles import Post

NOW = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)
TODAY = date(2026, 9, 18)
PASSWORD = "Shifan-2026"
BUREAU, OFFICE = "示范区示例局", "示范区示例办公室"


@pytest.fixture
def database(engine: Engine) -> Database:
    made = Database.on(engine)
    with made.write() as session:
        for number, name in enumerate((BUREAU, OFFICE)):
            session.add(Unit(uid=f"unit-{number}", name=name, locality="demo"))
    return made


@pytest.fixture
def accounts(database: Database, keys: KeyRing) -> Accounts:
    return Accounts(database, keys, Passwords.with_cost("mlps3", CHEAP))


def held(database: Database, login: str, day: date) -> list[tuple[str, str]]:
    with database.read() as session:
        user_id = session.scalars(select(User.id).where(User.login == login)).one()
        return [(post.unit_name, post.post.value) for post in posts_on(session, user_id, day)]


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Ab1-567", "至少8位，现为7位"),
        ("shifanqu", "至少三种"),
        ("SHIFANQU2026", "至少三种"),
        ("Wang.ceshi-1", "不得包含账号"),
        ("Password-77", "容易被猜到"),
        ("Aa1-" + "a" * 200, "至多128位，现为204位"),
        ("Aa1Aa1Aa1", "不同的字符至少5个"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_mend(accounts: Accounts, password: str, words: str) -> None:
    """Trust 1.5: profile mlps3."""
    with pytest.raises(PasswordRefused, match=words):
        accounts.create("wang.ceshi", "王测试", password, NOW)


def test_the_other_profile_asks_for_length_and_not_for_kinds() -> None:
    """Trust 1.5: profile asvs; the two contradict each other."""
    passwords = Passwords.with_cost("asvs", CHEAP)
    assert passwords.faults("zheng ming tian jia xiang", "wang") == []
    assert passwords.faults("Shifan-2026", "wang") == ["至少15位，现为11位"]


def test_an_identity_number_is_sealed_found_and_never_in_clear(
    accounts: Accounts, database: Database, keys: KeyRing
) -> None:
    """T15, trust 1.7: no clear identifier in the row; found by its index however it is typed."""
    number = identity_number(7)
    accounts.create("wang.ceshi", "王测试", PASSWORD, NOW, identity_number=f"{number[:6]} {number[6:].lower()}")
    with database.read() as session:
        row = session.execute(text("SELECT * FROM user_account")).mappings().one()
        assert all(number not in str(value) for value in row.values())
        user = accounts.find_by_identity(session, number)
        assert user is not None
        assert accounts.identity_of(user) == number
        assert accounts.find_by_identity(session, identity_number(8)) is None


def test_one_person_has_one_account_also_after_keys_changed(
    accounts: Accounts, database: Database, keys: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> None:
    number = identity_number(7)
    accounts.create("wang.ceshi", "王测试", PASSWORD, NOW, identity_number=number)
    rotated = keys.rotate(tmp_path_factory.mktemp("keys") / "keys.json")
    later = Accounts(database, rotated, Passwords.with_cost("mlps3", CHEAP))
    with pytest.raises(AccountRefused, match="一人一个账号"):
        later.create("wang.lingyi", "王另一", PASSWORD, NOW, identity_number=number)


@pytest.mark.parametrize(
    ("login", "name", "number", "words"),
    [
        ("", "王测试", "", "请填写账号"),
        ("王 测试", "王测试", "", "不能含“ ”"),
        ("w" * 81, "王测试", "", "至多80个字符，现为81个"),
        ("li.ceshi", " ", "", "请填写姓名"),
        ("wang.ceshi", "王测试", "", "已被使用"),
        ("li.ceshi", "李测试", "110105194912310021", "第18位校验码应为X"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said(
    accounts: Accounts, database: Database, login: str, name: str, number: str, words: str
) -> None:
    accounts.create("wang.ceshi", "王测试", PASSWORD, NOW)
    with pytest.raises(AccountRefused, match=words):
        accounts.create(login, name, PASSWORD, NOW, identity_number=number)
    assert len(list_accounts(database, NOW)) == 1


def test_a_post_is_held_from_its_first_to_its_last_day(accounts: Accounts, database: Database) -> None:
    accounts.create("li.ceshi", "李测试", PASSWORD, NOW)
    accounts.add_post("li.ceshi", BUREAU, Post.CLERK, TODAY, NOW)
    accounts.end_post("li.ceshi", BUREAU, Post.CLERK, TODAY + timedelta(days=3), NOW)
    days = [held(database, "li.ceshi", TODAY + timedelta(days=n)) for n in (-1, 0, 3, 4)]
    assert days == [[], [(BUREAU, "clerk")], [(BUREAU, "clerk")], []]


@pytest.mark.parametrize("post", [Post.SYSADMIN, Post.SECADMIN, Post.AUDITOR])
@pytest.mark.parametrize("other", [Post.SYSADMIN, Post.SECADMIN, Post.AUDITOR, Post.OFFICER, Post.HEAD])
def test_administrators_exclude_each_other_and_the_handling_of_cases(
    accounts: Accounts, database: Database, post: Post, other: Post
) -> None:
    """Trust 1.6: 三员分立, in either order and in whatever unit."""
    if post is other:
        accounts.create("li.ceshi", "李测试", PASSWORD, NOW)
        accounts.add_post("li.ceshi", BUREAU, post, TODAY, NOW)
        accounts.add_post("li.ceshi", OFFICE, post, TODAY, NOW)
        assert len(held(database, "li.ceshi", TODAY)) == 2
        return
    for login, first, second in (("li.ceshi", post, other), ("zhao.ceshi", other, post)):
        accounts.create(login, "李测试", PASSWORD, NOW)
        accounts.add_post(login, BUREAU, first, TODAY, NOW)
        with pytest.raises(AccountRefused, match="三员分立"):
            accounts.add_post(login, OFFICE, second, TODAY, NOW)
        assert held(database, login, TODAY) == [(BUREAU, first.value)]


def test_an_administrator_may_be_a_civil_servant_and_may_change_over(accounts: Accounts, database: Database) -> None:
    accounts.create("li.ceshi", "李测试", PASSWORD, NOW)
    accounts.add_post("li.ceshi", BUREAU, Post.CIVIL_SERVANT, TODAY, NOW)
    accounts.add_post("li.ceshi", BUREAU, Post.AUDITOR, TODAY, NOW)
    accounts.end_post("li.ceshi", BUREAU, Post.AUDITOR, TODAY, NOW)
    with pytest.raises(AccountRefused, match="三员分立"):
        accounts.add_post("li.ceshi", BUREAU, Post.OFFICER, TODAY, NOW)
    accounts.add_post("li.ceshi", BUREAU, Post.OFFICER, TODAY + timedelta(days=1), NOW)
    assert len(held(database, "li.ceshi", TODAY + timedelta(days=1))) == 2


def test_a_later_post_is_seen_when_an_earlier_one_is_added(accounts: Accounts) -> None:
    """A post that begins next month excludes as well: without an end the two would meet."""
    accounts.create("li.ceshi", "李测试", PASSWORD, NOW)
    accounts.add_post("li.ceshi", BUREAU, Post.AUDITOR, TODAY + timedelta(days=30), NOW)
    with pytest.raises(AccountRefused, match="三员分立"):
        accounts.add_post("li.ceshi", BUREAU, Post.OFFICER, TODAY, NOW)


def test_posts_that_cannot_be_are_refused_with_what_to_mend(accounts: Accounts) -> None:
    accounts.create("li.ceshi", "李测试", PASSWORD, NOW)
    accounts.add_post("li.ceshi", BUREAU, Post.CLERK, TODAY, NOW)
    with pytest.raises(AccountRefused, match="无须重复设置"):
        accounts.add_post("li.ceshi", BUREAU, Post.CLERK, TODAY, NOW)
    with pytest.raises(AccountRefused, match="没有名为“示例”的单位"):
        accounts.add_post("li.ceshi", "示例", Post.CLERK, TODAY, NOW)
    with pytest.raises(AccountRefused, match="没有账号"):
        accounts.add_post("nobody", BUREAU, Post.CLERK, TODAY, NOW)
    with pytest.raises(AccountRefused, match="现未在"):
        accounts.end_post("li.ceshi", BUREAU, Post.HEAD, TODAY, NOW)
    with pytest.raises(AccountRefused, match="早于任职日期"):
        accounts.end_post("li.ceshi", BUREAU, Post.CLERK, TODAY - timedelta(days=1), NOW)


def test_lists_are_in_the_order_of_readings_on_both_databases(accounts: Accounts, database: Database) -> None:
    for login, name in (("c", "赵测试"), ("a", "陈测试"), ("b", "李测试")):
        accounts.create(login, name, PASSWORD, NOW)
    assert [line.name for line in list_accounts(database, NOW)] == ["陈测试", "李测试", "赵测试"]


def test_every_change_is_logged_with_who_did_it(accounts: Accounts, database: Database) -> None:
    accounts.create("li.ceshi", "李测试", PASSWORD, NOW, by=41)
    accounts.add_post("li.ceshi", BUREAU, Post.CLERK, TODAY, NOW, by=42)
    accounts.disable("li.ceshi", NOW, by=43)
    with database.read() as session:
        rows = session.execute(select(AccessLog.act, AccessLog.user_id).order_by(AccessLog.id)).all()
    assert [tuple(row) for row in rows] == [("account_created", 41), ("post_added", 42), ("account_disabled", 43)]
    assert all(Act(row.act).label for row in rows)


def test_an_altered_row_of_the_access_log_is_found(database: Database, keys: KeyRing, engine: Engine) -> None:
    """T9: whoever gets past the trigger still cannot make the MAC."""
    for number in range(3):
        access_log.record(database, keys, Act.VIEWED, number, NOW, target="case-uid", purpose="办理")
    with database.read() as session:
        assert list(access_log.altered(session, keys)) == []
        ids = list(session.scalars(select(AccessLog.id).order_by(AccessLog.id)))
    trigger = (
        "access_log_refuse_update" if engine.dialect.name == "sqlite" else "access_log_refuse_change ON access_log"
    )
    with database.write() as session:
        session.execute(text(f"DROP TRIGGER {trigger}"))
        session.execute(text("UPDATE access_log SET user_id = 9 WHERE id = :id"), {"id": ids[1]})
    with database.read() as session:
        assert list(access_log.altered(session, keys)) == [ids[1]]

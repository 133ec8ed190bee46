"""Signing in (trust 1.4, 1.5): lockout in the database, equal answers, sessions that end within one request."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from app.crypto import KeyRing
from app.database import Database
from app.models.history import AccessLog
from app.models.people import SignIn, User
from app.services import sign_ins
from app.services.accounts import AccountRefused, Accounts
from app.services.lockout import FIRST_LOCK, TRIES
from app.services.passwords import Passwords
from app.services.sign_ins import SignedIn, SignInRefused
from app.settings import PasswordCost
from tests.support.application import CHEAP

NOW = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
PASSWORD = "Shifan-2026"
LOGIN = "wang.ceshi"


class Desk:
    """Signs in and looks sessions up, with the collaborators that stay the same."""

    def __init__(self, engine: Engine, keys: KeyRing) -> None:
        self.database = Database.on(engine)
        self.keys = keys
        self.passwords = Passwords.with_cost("mlps3", CHEAP)
        self.accounts = Accounts(self.database, keys, self.passwords)

    def sign_in(self, password: str = PASSWORD, now: datetime = NOW, login: str = LOGIN) -> SignedIn:
        begun = sign_ins.sign_in(self.database, self.keys, self.passwords, login, password, now, "192.0.2.7")
        assert isinstance(begun, SignedIn)
        return begun

    def refused(self, password: str, now: datetime = NOW, login: str = LOGIN) -> str:
        with pytest.raises(SignInRefused) as refusal:
            self.sign_in(password, now, login)
        return refusal.value.message

    def find(self, person: SignedIn, now: datetime) -> SignedIn | None:
        return sign_ins.find(self.database, person.token, now, IDLE, LONGEST)

    def user(self) -> User:
        with self.database.read() as session:
            return session.scalars(select(User).where(User.login == LOGIN)).one()

    def acts(self) -> list[str]:
        with self.database.read() as session:
            return list(session.scalars(select(AccessLog.act).order_by(AccessLog.id)))


@pytest.fixture
def desk(engine: Engine, keys: KeyRing) -> Desk:
    made = Desk(engine, keys)
    made.accounts.create(LOGIN, "王测试", PASSWORD, NOW)
    return made


def test_the_database_holds_neither_token_nor_password(desk: Desk) -> None:
    person = desk.sign_in()
    with desk.database.read() as session:
        rows = session.scalars(select(SignIn)).all()
    assert [row.token_hash for row in rows] == [sign_ins.token_hash(person.token)]
    assert person.token not in rows[0].token_hash
    assert desk.user().password_hash.startswith("$argon2id$")
    assert person.token not in repr(person)
    assert person.get_id() == person.token
    assert len(person.token) >= 43


def test_a_session_ends_by_idleness_and_by_age(desk: Desk) -> None:
    person = desk.sign_in()
    assert desk.find(person, NOW + IDLE) is not None
    assert desk.find(person, NOW + IDLE + IDLE + timedelta(seconds=1)) is None
    busy = desk.sign_in()
    now = NOW
    while now - NOW <= LONGEST:
        assert desk.find(busy, now) is not None
        now += timedelta(minutes=29)
    assert desk.find(busy, now) is None


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(desk: Desk) -> None:
    """Trust 1.4: stock Flask-Login accepts it."""
    person = desk.sign_in()
    sign_ins.sign_out(desk.database, desk.keys, person.token, NOW)
    assert desk.find(person, NOW) is None
    assert desk.acts()[-1] == "sign_out"
    sign_ins.sign_out(desk.database, desk.keys, person.token, NOW)
    assert desk.acts().count("sign_out") == 1


def test_disabling_ends_all_sessions_at_once_and_enabling_does_not_bring_them_back(desk: Desk) -> None:
    people = [desk.sign_in(), desk.sign_in()]
    desk.accounts.disable(LOGIN, NOW)
    assert [desk.find(person, NOW) for person in people] == [None, None]
    desk.refused(PASSWORD)
    desk.accounts.enable(LOGIN, NOW)
    assert [desk.find(person, NOW) for person in people] == [None, None]
    assert desk.find(desk.sign_in(), NOW) is not None


def test_changing_the_password_ends_all_sessions(desk: Desk) -> None:
    person = desk.sign_in()
    desk.accounts.change_password(person.user_id, PASSWORD, "Gengxin-2027", NOW)
    assert desk.find(person, NOW) is None
    desk.refused(PASSWORD)
    desk.sign_in("Gengxin-2027")


def test_changing_the_password_asks_for_the_old_one_and_for_another(desk: Desk) -> None:
    person = desk.sign_in()
    with pytest.raises(AccountRefused, match="原密码不正确"):
        desk.accounts.change_password(person.user_id, "Wrong-2026", "Gengxin-2027", NOW)
    with pytest.raises(AccountRefused, match="不得与原密码相同"):
        desk.accounts.change_password(person.user_id, PASSWORD, PASSWORD, NOW)
    assert desk.find(person, NOW) is not None


def test_all_refusals_read_alike(desk: Desk) -> None:
    """Trust 1.5: the answer does not tell whether a login exists, is disabled or locked."""
    answers = {desk.refused("Wrong-2026"), desk.refused(PASSWORD, login="nobody"), desk.refused("", login="")}
    desk.accounts.disable(LOGIN, NOW)
    answers.add(desk.refused(PASSWORD))
    assert len(answers) == 1
    assert "请核对后重新输入" in answers.pop()


def test_an_unknown_login_takes_as_long_as_a_wrong_password(desk: Desk) -> None:
    """Trust 1.5: what takes long is one argon2 verification in every case."""
    verified: list[str] = []

    class Counting(Passwords):
        def matches(self, kept: str | None, password: str) -> bool:
            verified.append(kept or self.nobody)
            return super().matches(kept, password)

    passwords = desk.passwords
    desk.passwords = Counting(passwords.profile, passwords.hasher, passwords.nobody)
    desk.refused("Wrong-2026")
    desk.refused("Wrong-2026", login="nobody")
    assert verified == [desk.user().password_hash, passwords.nobody]


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(desk: Desk) -> None:
    for _ in range(TRIES):
        desk.refused("Wrong-2026")
    desk.refused(PASSWORD)
    desk.refused(PASSWORD, NOW + FIRST_LOCK - timedelta(seconds=1))
    person = desk.sign_in(now=NOW + FIRST_LOCK)
    assert person.failures_since == TRIES
    assert desk.user().failed_sign_ins == 0
    assert desk.acts().count("account_locked") == 1


def test_locks_grow_and_trying_on_a_locked_account_does_not_lengthen_them(desk: Desk) -> None:
    now = NOW
    locks = []
    for _ in range(9):
        for _ in range(TRIES + 3):
            desk.refused("Wrong-2026", now)
        until = desk.user().locked_until
        assert until is not None
        locks.append(until - now)
        now = until
    quarter = timedelta(minutes=15)
    assert locks == [min(quarter * 2**n, timedelta(hours=24)) for n in range(9)]


def test_parallel_guesses_are_all_counted(desk: Desk) -> None:
    """Trust 1.5: counters live in the database; five guesses sent at once lock like five sent in turn."""

    def guess(_: int) -> None:
        with pytest.raises(SignInRefused):
            desk.sign_in("Wrong-2026")

    with ThreadPoolExecutor(TRIES) as pool:
        list(pool.map(guess, range(TRIES)))
    assert desk.user().failed_sign_ins == TRIES
    desk.refused(PASSWORD)


def test_a_reset_between_check_and_entry_does_not_let_the_old_password_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = Passwords.matches

    def slowly(self: Passwords, kept: str | None, password: str) -> bool:
        fits = matches(self, kept, password)
        monkeypatch.undo()
        desk.accounts.reset_password(LOGIN, "Gengxin-2027", NOW)
        return fits

    monkeypatch.setattr(Passwords, "matches", slowly)
    desk.refused(PASSWORD)
    assert desk.find(desk.sign_in("Gengxin-2027"), NOW) is not None


def test_the_last_sign_in_is_told_and_failures_since(desk: Desk) -> None:
    assert desk.sign_in().previous_sign_in_at is None
    desk.refused("Wrong-2026", NOW + timedelta(hours=1))
    again = desk.sign_in(now=NOW + timedelta(hours=2))
    assert again.previous_sign_in_at == NOW
    assert again.failures_since == 1


def test_every_attempt_is_logged_without_what_was_typed(desk: Desk) -> None:
    """T15: people type their password into the wrong field."""
    desk.refused(PASSWORD, login="Shifan-2026-mistyped")
    desk.refused("Wrong-2026")
    desk.sign_in()
    with desk.database.read() as session:
        rows = session.scalars(select(AccessLog).order_by(AccessLog.id)).all()
    assert [row.act for row in rows[1:]] == ["sign_in_refused", "sign_in_refused", "sign_in"]
    assert [row.user_id for row in rows[1:]] == [None, desk.user().id, desk.user().id]
    written = " ".join(f"{row.target} {row.purpose}" for row in rows)
    assert "mistyped" not in written
    assert "Wrong" not in written
    assert {row.address for row in rows[1:]} == {"192.0.2.7"}


def test_a_hash_of_older_parameters_is_renewed_when_its_owner_comes(desk: Desk) -> None:
    before = desk.user().password_hash
    desk.passwords = Passwords.with_cost("mlps3", PasswordCost(passes=2, memory_kib=16, lanes=1))
    desk.sign_in()
    assert desk.user().password_hash != before
    assert not desk.passwords.is_outdated(desk.user().password_hash)
    desk.sign_in()


def test_a_session_is_written_at_most_once_a_minute(desk: Desk) -> None:
    person = desk.sign_in()

    def seen_at() -> datetime:
        with desk.database.read() as session:
            return session.scalars(select(SignIn.seen_at)).one()

    desk.find(person, NOW + timedelta(seconds=59))
    assert seen_at() == NOW
    desk.find(person, NOW + timedelta(seconds=60))
    assert seen_at() == NOW + timedelta(seconds=60)

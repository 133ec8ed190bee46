"""What somebody does to his own account: sessions, second factor, language. Whatever guards it asks the password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.crypto import KeyRing
from app.database import Database
from app.models.people import SignIn, User
from app.services import second_factor
from app.services.access_log import Act, write_entry
from app.services.accounts import AccountRefused
from app.services.half_sign_ins import CodeRefused, opened_offer
from app.services.lockout import count_failure, is_locked
from app.services.passwords import Passwords
from app.services.sign_ins import SignedIn, end_all, token_hash
from workflows.roles import Post


@dataclass(frozen=True)
class OwnSession:
    """One session of one's own that still holds."""

    began_at: datetime
    seen_at: datetime
    address: str
    agent: str
    this_one: bool


@dataclass(frozen=True)
class OwnAccount:
    """What the page of one's own account shows."""

    sessions: tuple[OwnSession, ...]
    second_factor_since: datetime | None
    spare_codes: int
    language: str


class OwnAccounts:
    """Changes somebody makes to his own account, each in a small transaction of its own."""

    def __init__(self, database: Database, keys: KeyRing, passwords: Passwords) -> None:
        self._database = database
        self._keys = keys
        self._passwords = passwords

    def read(self, person: SignedIn, now: datetime, idle: timedelta, longest: timedelta) -> OwnAccount:
        """Sessions, the newest first, and the second factor. `idle` and `longest` as in `sign_ins.find`."""
        with self._database.read() as session:
            rows = session.scalars(
                select(SignIn)
                .where(SignIn.user_id == person.user_id, SignIn.ended_at.is_(None))
                .where(SignIn.seen_at >= now - idle, SignIn.created_at >= now - longest)
                .order_by(SignIn.created_at.desc())
            )
            mine = token_hash(person.token)
            sessions = tuple(
                OwnSession(row.created_at, row.seen_at, row.address, row.agent, row.token_hash == mine) for row in rows
            )
            user = session.get_one(User, person.user_id)
            left = second_factor.spare_codes_left(session, user.id)
            return OwnAccount(sessions, user.totp_since, left, user.language)

    def end_other_sessions(self, person: SignedIn, now: datetime) -> None:
        """退出其他会话: every session of his but the present one ends within one request."""
        others = (
            SignIn.user_id == person.user_id, SignIn.ended_at.is_(None), SignIn.token_hash != token_hash(person.token),
        )  # fmt: skip
        with self._database.write() as session:
            session.execute(update(SignIn).where(*others).values(ended_at=now))
            write_entry(session, self._keys, Act.SESSIONS_ENDED, person.user_id, now, target=person.uid)

    def choose_language(self, person: SignedIn, language: str) -> None:
        """The language in which his pages begin."""
        with self._database.write() as session:
            session.execute(update(User).where(User.id == person.user_id).values(language=language))

    def demand_password(self, person: SignedIn, password: str, now: datetime, address: str) -> None:
        """Whoever changes what guards an account shows that he is its owner; guesses count as at the door.

        Raises:
            AccountRefused: the password is wrong, or the account is locked by now.
        """
        with self._database.read() as session:
            kept = session.scalar(select(User.password_hash).where(User.id == person.user_id))
        fits = self._passwords.matches(kept, password)
        with self._database.write() as session:
            user = self._locked(session, person)
            barred = is_locked(user, now)
            if not fits or user.password_hash != kept:
                count_failure(session, self._keys, user, now, address, "本人账号页")
                fits = False
        if barred or not fits:
            raise AccountRefused("密码不正确，或者账号已被锁定。请核对后重新输入。", "password")

    def set_up(self, person: SignedIn, offered: str, typed: str, now: datetime) -> tuple[str, ...]:
        """Take an offered seed into use; gives the spare codes. The caller has asked the password.

        Raises:
            CodeRefused: the code does not belong to the seed.
            HalfGone: the seed was offered to another session.
        """
        seed = opened_offer(self._keys, person.token, offered)
        with self._database.write() as session:
            user = self._locked(session, person)
            codes = second_factor.take_up(session, self._keys, user, seed, typed, now)
            if codes is not None:
                write_entry(session, self._keys, Act.SECOND_FACTOR_SET, user.id, now, target=user.uid)
        if codes is None:
            raise CodeRefused
        return codes

    def renew_spare_codes(self, person: SignedIn, now: datetime) -> tuple[str, ...]:
        """New spare codes; the earlier ones are void. The caller has asked the password.

        Raises:
            AccountRefused: no second factor is set up.
        """
        with self._database.write() as session:
            user = self._locked(session, person)
            if user.totp_sealed is None:
                raise AccountRefused("尚未启用动态码，没有备用码。")
            write_entry(session, self._keys, Act.SPARE_CODES_MADE, user.id, now, target=user.uid)
            return second_factor.renew_spare_codes(session, self._keys, user)

    def end_second_factor(self, person: SignedIn, needing: frozenset[Post], now: datetime) -> None:
        """停用动态码, where no post of his asks for it. The caller has asked the password.

        Raises:
            AccountRefused: one does.
        """
        if person.holds(*needing):
            raise AccountRefused("您的岗位须使用动态码，不能停用。更换设备的，请重新设置。")
        with self._database.write() as session:
            user = self._locked(session, person)
            second_factor.end(session, user)
            write_entry(session, self._keys, Act.SECOND_FACTOR_ENDED, user.id, now, target=user.uid)

    def _locked(self, session: Session, person: SignedIn) -> User:
        found = select(User).where(User.id == person.user_id).with_for_update()
        return session.execute(found).scalar_one()


def reset_second_factor(
    database: Database, keys: KeyRing, login: str, now: datetime, *, by: int | None = None, reason: str = ""
) -> None:
    """A lost device: forget the second factor and end all sessions; a required one is set up anew at the next sign-in.

    Raises:
        AccountRefused: there is no such account, or it has no second factor, or it is one's own.
    """
    with database.write() as session:
        user = session.scalar(select(User).where(User.login == login.strip()).with_for_update())
        if user is None:
            raise AccountRefused(f"没有账号“{login}”。请核对。", "login")
        if by is not None and by == user.id:
            raise AccountRefused("不得重置本人的动态码，请由另一名安全保密管理员办理。", "login")
        if user.totp_sealed is None:
            raise AccountRefused(f"账号“{login}”没有启用动态码，无须重置。", "login")
        second_factor.end(session, user)
        end_all(session, user.id, now)
        write_entry(
            session,
            keys,
            Act.SECOND_FACTOR_ENDED,
            by,
            now,
            target=user.uid,
            purpose=f"重置：{reason}",
        )

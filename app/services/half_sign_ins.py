"""The second half of signing in: the code, or setting the second factor up where the post asks for one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.crypto import FieldContext, KeyRing, SealBroken
from app.database import Database
from app.models.entry import HalfSignIn
from app.models.people import User
from app.services import second_factor
from app.services.access_log import Act, write_entry
from app.services.lockout import FIRST_LOCK, TRIES, count_failure, is_locked
from app.services.sign_ins import HALF_LASTS, Caller, SignedIn, open_session, token_hash
from workflows.kit.errors import Refusal


class CodeRefused(Refusal):
    """The second factor was not right."""

    code = "CodeRefused"

    def __init__(self) -> None:
        super().__init__(
            "动态码或者备用码不正确，或者已经使用过。请等待下一个动态码出现后重新输入；"
            f"连续{TRIES}次输错的，账号至少锁定{int(FIRST_LOCK.total_seconds() // 60)}分钟。"
        )


class HalfGone(Refusal):
    """The wait for the second factor is over: it took too long, or the account was locked or disabled meanwhile."""

    code = "HalfGone"
    status = 403

    def __init__(self) -> None:
        super().__init__("本次登录已经失效，请重新输入账号和密码；连续输错被锁定的，请稍后再试。")


@dataclass(frozen=True)
class Half:
    """Who is half signed in, and whether he has to set the second factor up first."""

    login: str
    name: str
    sets_up: bool


def half_of(database: Database, token: str, now: datetime) -> Half | None:
    """Whose second factor is waited for; None when it took too long or the account cannot be used."""
    with database.read() as session:
        row = session.get(HalfSignIn, token_hash(token)) if token else None
        if row is None or now - row.created_at > HALF_LASTS or not row.user.active or is_locked(row.user, now):
            return None
        return Half(row.user.login, row.user.name, row.user.totp_sealed is None)


def finish(database: Database, keys: KeyRing, token: str, typed: str, now: datetime, caller: Caller) -> SignedIn:
    """Check the code and begin the session.

    Raises:
        CodeRefused: wrong, or used before; counted like a wrong password.
        HalfGone: it took too long, or the account is locked by now.
    """
    with database.write() as session:
        user = _locked(session, token, now)
        done = None
        if user is not None and second_factor.accept(session, keys, user, typed, now):
            done = open_session(session, keys, user, now, caller, _method(session, token))
        elif user is not None:
            _fail(session, keys, user, now, caller)
    return _answer(user, done)


def finish_setting_up(
    database: Database, keys: KeyRing, token: str, offered: str, typed: str, now: datetime, caller: Caller
) -> tuple[SignedIn, tuple[str, ...]]:
    """Take the offered seed into use and begin the session; gives the spare codes as well.

    Raises:
        CodeRefused: the code does not belong to the seed.
        HalfGone: it took too long, or a second factor was set up meanwhile.
    """
    with database.write() as session:
        user = _locked(session, token, now)
        if user is not None and user.totp_sealed is not None:
            user = None
        done, codes = None, None
        if user is not None:
            codes = second_factor.take_up(session, keys, user, opened_offer(keys, token, offered), typed, now)
            if codes is None:
                _fail(session, keys, user, now, caller)
            else:
                write_entry(session, keys, Act.SECOND_FACTOR_SET, user.id, now, target=user.uid)
                done = open_session(session, keys, user, now, caller, _method(session, token))
    return _answer(user, done), codes or ()


def offer_seed(keys: KeyRing, token: str) -> tuple[str, str]:
    """A new seed, and the same sealed for this session: no other one can take it into use."""
    seed = second_factor.new_seed()
    return seed, keys.seal(seed, _offer_context(token))


def opened_offer(keys: KeyRing, token: str, offered: str) -> str:
    """The seed that was offered to this session.

    Raises:
        HalfGone: it was offered to another one, or changed.
    """
    try:
        return keys.unseal(offered, _offer_context(token))
    except SealBroken:
        raise HalfGone from None


def _offer_context(token: str) -> FieldContext:
    return FieldContext("half_sign_in", "offered_seed", token_hash(token))


def _locked(session: Session, token: str, now: datetime) -> User | None:
    """The account of a half sign-in that still stands, locked."""
    row = session.get(HalfSignIn, token_hash(token))
    if row is None or now - row.created_at > HALF_LASTS:
        return None
    user = session.scalar(
        select(User).where(User.id == row.user_id).with_for_update().execution_options(populate_existing=True)
    )
    # Asked again under the lock: a reset or another try may have ended it meanwhile.
    still = session.scalar(select(HalfSignIn.user_id).where(HalfSignIn.token_hash == token_hash(token)))
    return user if user is not None and still is not None and user.active and not is_locked(user, now) else None


def _method(session: Session, token: str) -> str:
    """The first factor, which was given before."""
    return session.execute(select(HalfSignIn.method).where(HalfSignIn.token_hash == token_hash(token))).scalar_one()


def _fail(session: Session, keys: KeyRing, user: User, now: datetime, caller: Caller) -> None:
    count_failure(session, keys, user, now, caller.address, "动态码")
    if is_locked(user, now):
        session.execute(delete(HalfSignIn).where(HalfSignIn.user_id == user.id))


def _answer(user: User | None, done: SignedIn | None) -> SignedIn:
    if user is None:
        raise HalfGone
    if done is None:
        raise CodeRefused
    return done

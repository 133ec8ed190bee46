"""安全保密: who signed in or failed to, whose account is locked, whose sessions run. No case, no audit, no post."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from app.crypto import KeyRing
from app.database import Database
from app.models.history import AccessLog
from app.models.people import SignIn, User
from app.services.access_log import Act, write_entry
from app.services.reading.reader import Reader
from app.services.sign_ins import end_all
from workflows.kit.errors import NotFound

PAGE = 100
#: What is a matter of signing in; what people looked at or did is the auditor's.
SIGNING_IN = (
    Act.SIGN_IN,
    Act.SIGN_IN_REFUSED,
    Act.ACCOUNT_LOCKED,
    Act.SIGN_OUT,
    Act.PASSWORD_RESET,
    Act.PASSWORD_CHANGED,
    Act.ACCOUNT_DISABLED,
    Act.ACCOUNT_ENABLED,
    Act.SECOND_FACTOR_SET,
    Act.SECOND_FACTOR_ENDED,
    Act.SIGN_ON_LINKED,
    Act.UNLOCKED,
    Act.SESSIONS_ENDED,
    Act.TOKEN_REFUSED,
)


@dataclass(frozen=True)
class AccountState:
    """An account as far as signing in goes; `sessions`: how many run."""

    uid: str
    login: str
    name: str
    active: bool
    locked_until: datetime | None
    failures: int
    sessions: int
    has_code: bool


@dataclass(frozen=True)
class SignInLine:
    """One line of the sign-in log; the login is empty where nobody by that name exists."""

    id: int
    at: datetime
    act: str
    login: str
    address: str


@dataclass(frozen=True)
class SecurityDesk:
    """Accounts that are locked, failing or signed in, or that were sought; one page of the log."""

    accounts: tuple[AccountState, ...]
    lines: tuple[SignInLine, ...]
    next_before: int | None
    refused_today: int


def read_desk(reader: Reader, words: str = "", act: str = "", before: int | None = None) -> SecurityDesk:
    """The page of the security administrator; `words` find an account by login or name."""
    running = (
        select(SignIn.user_id, func.count().label("number"))
        .where(SignIn.ended_at.is_(None), SignIn.seen_at > reader.now - timedelta(minutes=30))
        .group_by(SignIn.user_id)
        .subquery()
    )
    statement = select(User, running.c.number).outerjoin(running, running.c.user_id == User.id).order_by(User.login)
    if words:
        statement = statement.where(
            or_(User.login.contains(words, autoescape=True), User.name.contains(words, autoescape=True))
        )
    else:
        locked = User.locked_until > reader.now
        statement = statement.where(or_(locked, User.failed_sign_ins > 0, running.c.number.is_not(None)))
    accounts = tuple(
        AccountState(
            user.uid,
            user.login,
            user.name,
            user.active,
            user.locked_until if user.locked_until and user.locked_until > reader.now else None,
            user.failed_sign_ins,
            number or 0,
            user.totp_sealed is not None,
        )
        for user, number in reader.session.execute(statement.limit(PAGE))
    )
    wanted = [Act(act)] if act in {one.value for one in SIGNING_IN} else list(SIGNING_IN)
    log = (
        select(AccessLog.id, AccessLog.at, AccessLog.act, AccessLog.address, User.login)
        .outerjoin(User, or_(User.uid == AccessLog.target, (AccessLog.target == "") & (User.id == AccessLog.user_id)))
        .where(AccessLog.act.in_([one.value for one in wanted]))
        .order_by(AccessLog.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        log = log.where(AccessLog.id < before)
    if words:
        log = log.where(or_(User.login.contains(words, autoescape=True), User.name.contains(words, autoescape=True)))
    rows = reader.session.execute(log).all()
    lines = tuple(SignInLine(row.id, row.at, Act(row.act).label, row.login or "", row.address) for row in rows[:PAGE])
    refused = reader.session.scalar(
        select(func.count())
        .select_from(AccessLog)
        .where(AccessLog.act == Act.SIGN_IN_REFUSED.value, AccessLog.at > reader.now - timedelta(days=1))
    )
    return SecurityDesk(accounts, lines, rows[PAGE - 1].id if len(rows) > PAGE else None, refused or 0)


def unlock(database: Database, keys: KeyRing, uid: str, now: datetime, by: int) -> None:
    """解除锁定 before the lock ends by itself; the password stays.

    Raises:
        NotFound: there is no such account.
    """
    with database.write() as session:
        user = session.scalar(select(User).where(User.uid == uid).with_for_update())
        if user is None:
            raise NotFound("没有这个账号。请刷新页面核对。")
        user.failed_sign_ins, user.locked_until = 0, None
        write_entry(session, keys, Act.UNLOCKED, by, now, target=uid)


def end_sessions(database: Database, keys: KeyRing, uid: str, now: datetime, by: int) -> int:
    """结束会话: whoever uses the account is out with his next request; returns how many sessions ended.

    Raises:
        NotFound: there is no such account.
    """
    with database.write() as session:
        user_id = session.scalar(select(User.id).where(User.uid == uid))
        if user_id is None:
            raise NotFound("没有这个账号。请刷新页面核对。")
        count = end_all(session, user_id, now)
        write_entry(session, keys, Act.SESSIONS_ENDED, by, now, target=uid, purpose=f"{count}个")
    return count

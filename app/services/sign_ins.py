"""Signing in and server-side sessions (trust 1.4, 1.5).

The browser holds a random token, the database only its hash. Ending the row ends the access with the next request.
An unknown login, a wrong password, a disabled and a locked account are answered alike and take equally long.
"""

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from app.access.standing import DELEGATION_HOLDS
from app.clock import legal_day
from app.crypto import KeyRing
from app.database import Database
from app.models.entry import HalfSignIn
from app.models.people import Delegation, PostHolding, SignIn, Unit, User
from app.services.access_log import Act, write_entry
from app.services.lockout import FIRST_LOCK, TRIES, count_failure, is_locked
from app.services.passwords import Passwords
from workflows.kit.context import Actor
from workflows.kit.errors import Refusal
from workflows.roles import Post

#: How exactly idleness is kept: a session seen within this time is not written again.
SEEN_EVERY = timedelta(minutes=1)
_TOKEN_BYTES = 32
#: The first factors, and what the log calls them.
PASSWORD, METHODS = "password", {"password": "账号密码", "oidc": "统一身份认证"}
#: How long the second factor may take once the first was right.
HALF_LASTS = timedelta(minutes=10)


class SignInRefused(Refusal):
    """Not signed in. One message for all reasons: it must not tell whether the login exists."""

    code = "SignInRefused"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            f"账号或者密码不正确，或者账号已被停用、锁定。请核对后重新输入；连续{TRIES}次输错的，账号至少锁定"
            f"{int(FIRST_LOCK.total_seconds() // 60)}分钟，请稍后再试，或者联系本单位系统管理员重置密码。"
        )


@dataclass(frozen=True)
class HeldPost:
    """A post held today."""

    post: Post
    unit_id: int
    unit_uid: str
    unit_name: str
    locality: str
    #: Whose post it is, where he holds it for another (委托代办).
    holder: str = ""

    @property
    def label(self) -> str:
        return self.post.label


@dataclass(frozen=True)
class SignedIn:
    """A signed-in person, as pages and services see him. Serves Flask-Login, which asks for the last four names.

    The previous sign-in and the failures since are known right after signing in only, to be shown once.
    """

    user_id: int
    uid: str
    login: str
    name: str
    language: str
    posts: tuple[HeldPost, ...]
    token: str = field(repr=False)
    previous_sign_in_at: datetime | None = None
    failures_since: int = 0
    previous_address: str = ""
    #: His password was made by an administrator: nothing is open to him before he has changed it.
    first_password: bool = False

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the cookie holds: the token, never the id of the account."""
        return self.token

    @property
    def actor(self) -> Actor:
        return Actor(self.user_id, self.name, self.uid)

    def holds(self, *posts: Post) -> bool:
        """Whether he holds one of the posts today, in whatever unit."""
        return any(held.post in posts for held in self.posts)


@dataclass(frozen=True)
class HalfWay:
    """The password was right, the second factor is outstanding; `token` is worth nothing else."""

    token: str = field(repr=False)


@dataclass(frozen=True)
class Caller:
    """Where a request comes from, for the access log and the list of sessions."""

    address: str = ""
    agent: str = ""


def sign_in(
    database: Database,
    keys: KeyRing,
    passwords: Passwords,
    login: str,
    password: str,
    now: datetime,
    address: str = "",
    *,
    agent: str = "",
    needing: frozenset[Post] = frozenset(),
) -> SignedIn | HalfWay:
    """Check login and password and begin a session, or the wait for the second factor.

    Args:
        address, agent: where the request comes from.
        needing: whoever holds one of these posts needs a second factor; everybody who has set one up gives it.

    Raises:
        SignInRefused: for whatever reason; the failure is counted and logged first.
    """
    typed = login.strip()
    with database.read() as session:
        user = session.scalar(select(User).where(User.login == typed))
        kept = user.password_hash if user is not None else None
    # Hashing takes long on purpose and happens outside any writing transaction.
    fits = passwords.matches(kept, password)
    fresh = passwords.hasher.hash(password) if fits and kept and passwords.is_outdated(kept) else None
    with database.write() as session:
        begun = _begin(session, keys, typed, kept if fits else None, fresh, now, Caller(address, agent), needing)
    if begun is None:
        raise SignInRefused
    return begun


def _begin(
    session: Session,
    keys: KeyRing,
    login: str,
    verified: str | None,
    fresh: str | None,
    now: datetime,
    caller: Caller,
    needing: frozenset[Post],
) -> SignedIn | HalfWay | None:
    """Decide under the lock of the account: the counters that other requests raise meanwhile count as well."""
    user = session.scalar(select(User).where(User.login == login).with_for_update())
    if user is None:
        # The keyed hash shows that one unknown login is tried again and again; what was typed may be a password.
        unknown = keys.blind_index(login)[:16]
        write_entry(session, keys, Act.SIGN_IN_REFUSED, None, now, target=unknown, address=caller.address)
        return None
    if is_locked(user, now) or not user.active or verified is None or verified != user.password_hash:
        count_failure(session, keys, user, now, caller.address)
        return None
    if fresh is not None:
        user.password_hash = fresh
    return pass_first_factor(session, keys, user, now, caller, PASSWORD, needing)


def pass_first_factor(
    session: Session,
    keys: KeyRing,
    user: User,
    now: datetime,
    caller: Caller,
    method: str,
    needing: frozenset[Post] | None,
) -> SignedIn | HalfWay:
    """Go on after the first factor, whose `method` was right; the caller has locked the account.

    Args:
        needing: whoever holds one of these posts needs a second factor, as does who has set one up; None: nobody
            does, since the first factor held a second one.
    """
    posts = posts_on(session, user.id, legal_day(now))
    asked = needing is not None and (user.totp_sealed is not None or any(held.post in needing for held in posts))
    if asked:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        session.add(HalfSignIn(token_hash=token_hash(token), user_id=user.id, created_at=now, method=method))
        return HalfWay(token)
    return open_session(session, keys, user, now, caller, method)


def open_session(session: Session, keys: KeyRing, user: User, now: datetime, caller: Caller, method: str) -> SignedIn:
    """Begin a session for somebody who has proved who he is; the caller has locked his account."""
    previous, failures, before = user.last_sign_in_at, user.failed_sign_ins, user.last_sign_in_address
    user.last_sign_in_at, user.failed_sign_ins, user.locked_until = now, 0, None
    user.last_sign_in_address = caller.address[:64]
    session.execute(delete(HalfSignIn).where(HalfSignIn.user_id == user.id))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        SignIn(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            address=caller.address[:64],
            agent=caller.agent[:200],
            method=method,
        )
    )
    how = METHODS[method] if method != PASSWORD else ""
    write_entry(session, keys, Act.SIGN_IN, user.id, now, target=user.uid, purpose=how, address=caller.address)
    found = _signed_in(user, posts_on(session, user.id, legal_day(now)), token, method)
    return replace(found, previous_sign_in_at=previous, failures_since=failures, previous_address=before)


def find(
    database: Database, token: str, now: datetime, idle: timedelta, longest: timedelta, *, by_itself: bool = False
) -> SignedIn | None:
    """Whose session the token is; None when it ended, was idle too long or is too old, or the account is disabled.

    `idle` counts from the last request (kept to a minute), `longest` from signing in. What a page asks `by_itself` is
    no use of the session: an open page must not keep it alive.
    """
    with database.read() as session:
        row = session.get(SignIn, token_hash(token))
        if row is None or row.ended_at is not None or not row.user.active:
            return None
        if now - row.seen_at > idle or now - row.created_at > longest:
            return None
        found = _signed_in(row.user, posts_in_use(session, row.user_id, legal_day(now)), token, row.method)
        seen_at = row.seen_at
    if now - seen_at >= SEEN_EVERY and not by_itself:
        _note_seen(database, token, now)
    return found


def _note_seen(database: Database, token: str, now: datetime) -> None:
    mine = (SignIn.token_hash == token_hash(token), SignIn.ended_at.is_(None))
    with database.write() as session:
        session.execute(update(SignIn).where(*mine).values(seen_at=now))


def sign_out(database: Database, keys: KeyRing, token: str, now: datetime, address: str = "") -> None:
    """End one session; a token that is not known any more is no error."""
    with database.write() as session:
        row = session.get(SignIn, token_hash(token))
        if row is None or row.ended_at is not None:
            return
        row.ended_at = now
        write_entry(session, keys, Act.SIGN_OUT, row.user_id, now, address=address)


def end_all(session: Session, user_id: int, now: datetime) -> int:
    """End every session of a person within an open writing transaction; returns how many there were."""
    open_rows = (SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    count = session.scalar(select(func.count()).select_from(SignIn).where(*open_rows)) or 0
    session.execute(update(SignIn).where(*open_rows).values(ended_at=now))
    session.execute(delete(HalfSignIn).where(HalfSignIn.user_id == user_id))
    return count


def posts_on(session: Session, user_id: int, day: date) -> tuple[HeldPost, ...]:
    """The posts a person holds on a day; the first and the last day of a post belong to it."""
    rows = session.execute(
        select(PostHolding.post, Unit)
        .join(Unit, Unit.id == PostHolding.unit_id)
        .where(PostHolding.user_id == user_id, PostHolding.from_on <= day)
        .where((PostHolding.until_on.is_(None)) | (PostHolding.until_on >= day))
        .order_by(PostHolding.from_on, PostHolding.id)
    )
    return tuple(HeldPost(Post(post), unit.id, unit.uid, unit.name, unit.locality) for post, unit in rows)


_HELD_FOR_OTHERS = (
    select(Delegation.post, Unit, User.name)
    .join(Unit, Unit.id == Delegation.unit_id)
    .join(User, User.id == Delegation.principal_id)
    .where(Delegation.delegate_id == bindparam("person"), DELEGATION_HOLDS)
    .order_by(Delegation.id)
)


def posts_in_use(session: Session, user_id: int, day: date) -> tuple[HeldPost, ...]:
    """The posts in which a person acts on a day: his own, then those that he holds for others (委托代办)."""
    rows = session.execute(_HELD_FOR_OTHERS, {"person": user_id, "today": day})
    others = (HeldPost(Post(post), unit.id, unit.uid, unit.name, unit.locality, name) for post, unit, name in rows)
    return (*posts_on(session, user_id, day), *others)


def token_hash(token: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _signed_in(user: User, posts: tuple[HeldPost, ...], token: str, method: str) -> SignedIn:
    # Who never used the password that was made for him has no need to change it.
    first_password = user.first_password and method == PASSWORD
    return SignedIn(
        user.id, user.uid, user.login, user.name, user.language, posts, token, first_password=first_password
    )

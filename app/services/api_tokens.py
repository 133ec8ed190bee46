"""Tokens of the API: given to one unit for one clerk's post, for a time, with a person who answers for it (责任人).

A token acts as an account of its own that nobody can sign in to, so that each event names it and its unit. It never
holds a post that decides: what binds somebody needs a person. The person who answers for it holds the same post in
the unit and decides nothing either, so that nobody approves what his own program drafted.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.clock import legal_day
from app.crypto import KeyRing
from app.database import Database
from app.models.api import ApiToken
from app.models.base import new_uid
from app.models.people import PostHolding, Unit, User
from app.services.access_log import Act, write_entry
from app.services.accounts import pinyin
from app.services.passwords import Passwords
from app.services.sign_ins import posts_on, token_hash
from workflows.kit.errors import Refusal
from workflows.roles import Post

#: Posts that a token may hold: clerks who draft, register and report.
POSTS = frozenset({Post.CLERK, Post.OFFICER, Post.IMPLEMENTER})
#: Who holds one of these decides, or watches over others, and answers for no token.
NEVER_OWN = frozenset(
    {
        Post.HEAD, Post.DEPUTY, Post.APPROVER, Post.REVIEW_CLERK, Post.REVIEWER, Post.TOLERANCE, Post.TOLERANCE_HEAD,
        Post.SYSADMIN, Post.SECADMIN, Post.AUDITOR,
    }
)  # fmt: skip
LONGEST = timedelta(days=366)
_LONGEST_LABEL = 30
_LONGEST_NAME = 80
#: By which a token is known for what it is, in scanners of source code too.
PREFIX = "zct_"
_TOKEN_BYTES = 32


class Scope(StrEnum):
    """What a token may be used for."""

    READ = "read"
    DOCUMENTS = "documents"
    STEP = "step"
    WEBHOOKS = "webhooks"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Scope.READ: "查看事项、期限和办理过程",
    Scope.DOCUMENTS: "下载文书",
    Scope.STEP: "办理经办人步骤",
    Scope.WEBHOOKS: "设置办理通知地址",
}


class TokenNotGiven(Refusal):
    """A token cannot be given like this; the message says what to mend."""

    code = "TokenNotGiven"


@dataclass(frozen=True)
class TokenLine:
    """One token as a list shows it; the token itself is never shown again."""

    uid: str
    label: str
    unit: str
    post: Post
    owner: str
    scopes: tuple[Scope, ...]
    expires_on: date
    last_used_at: datetime | None
    revoked: bool


@dataclass(frozen=True)
class NewToken:
    """What is asked for: `owner` and `unit` by login and full name, `expires_on` the last day on which it works."""

    label: str
    unit: str
    post: Post
    owner: str
    scopes: Collection[Scope]
    expires_on: date


def identified_administrator(database: Database, passwords: Passwords, login: str, password: str, now: datetime) -> int:
    """The id of a system administrator who has given his own password.

    Raises:
        TokenNotGiven: wrong login or password, or he is no system administrator today; one sentence for all.
    """
    with database.read() as session:
        user = session.scalar(
            select(User)
            .where(User.login == login.strip(), User.active)
            .where(User.locked_until.is_(None) | (User.locked_until <= now))
        )
        posts = posts_on(session, user.id, legal_day(now)) if user is not None else ()
        kept = user.password_hash if user is not None else None
        known = user.id if user is not None else 0
    fits = passwords.matches(kept, password)
    if not fits or not any(held.post is Post.SYSADMIN for held in posts):
        raise TokenNotGiven("账号或者密码不正确，或者该账号现未任系统管理员。请核对。")
    return known


def give_token(database: Database, keys: KeyRing, new: NewToken, by: int, now: datetime) -> tuple[str, str]:
    """Make a token with its account; returns its uid and the token, which is kept nowhere.

    Raises:
        TokenNotGiven: a post that decides, an owner who may not answer for it, no scope, or too long a time.
    """
    today = legal_day(now)
    label = new.label.strip()
    _check(new, label, today)
    token = PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    with database.write() as session:
        unit = session.scalar(select(Unit).where(Unit.name == new.unit.strip()))
        if unit is None:
            raise TokenNotGiven(f"没有名为“{new.unit}”的单位。请填写单位全称。")
        owner = session.scalar(select(User).where(User.login == new.owner.strip(), User.active))
        if owner is None:
            raise TokenNotGiven(f"没有账号“{new.owner}”，或者该账号已停用。请用 user list 核对。")
        if problem := owner_problem(session, owner.id, unit.id, new.post, today):
            raise TokenNotGiven(problem)
        uid = new_uid()
        account = _account(uid, label, unit)
        session.add(account)
        session.flush()
        session.add(
            PostHolding(
                user_id=account.id, unit_id=unit.id, post=new.post.value, from_on=today, until_on=new.expires_on
            )
        )
        session.add(
            ApiToken(
                uid=uid,
                label=label,
                user_id=account.id,
                unit_id=unit.id,
                post=new.post.value,
                owner_id=owner.id,
                scopes=" ".join(sorted(set(new.scopes))),
                token_hash=token_hash(token),
                created_at=now,
                created_by=by,
                expires_on=new.expires_on,
            )
        )
        write_entry(session, keys, Act.TOKEN_CREATED, by, now, target=uid, purpose=f"{unit.name} {new.post.label}")
    return uid, token


def revoke_token(database: Database, keys: KeyRing, uid: str, by: int, now: datetime) -> None:
    """End a token for good, within one request; what it did stays in the history under its name.

    Raises:
        TokenNotGiven: there is no such token, or it is revoked already.
    """
    with database.write() as session:
        row = session.scalar(select(ApiToken).where(ApiToken.uid == uid).with_for_update())
        if row is None:
            raise TokenNotGiven(f"没有编号为{uid}的接口令牌。请用 token list 核对。")
        if row.revoked_at is not None:
            raise TokenNotGiven("该接口令牌已经吊销。")
        row.revoked_at = now
        today = legal_day(now)
        for held in session.scalars(select(PostHolding).where(PostHolding.user_id == row.user_id)):
            held.until_on = max(held.from_on, today)
        session.get_one(User, row.user_id).active = False
        write_entry(session, keys, Act.TOKEN_REVOKED, by, now, target=uid)


def list_tokens(database: Database) -> list[TokenLine]:
    """Every token that was ever given, oldest first."""
    owner = aliased(User)
    statement = (
        select(ApiToken, Unit.name, owner.login)
        .join(Unit, Unit.id == ApiToken.unit_id)
        .join(owner, owner.id == ApiToken.owner_id)
        .order_by(ApiToken.id)
    )
    with database.read() as session:
        return [
            TokenLine(
                row.uid,
                row.label,
                unit,
                Post(row.post),
                login,
                scopes_of(row),
                row.expires_on,
                row.last_used_at,
                row.revoked_at is not None,
            )
            for row, unit, login in session.execute(statement)
        ]


def scopes_of(row: ApiToken) -> tuple[Scope, ...]:
    """The scopes of a token in the order of their declaration."""
    held = set(row.scopes.split())
    return tuple(scope for scope in Scope if scope in held)


def owner_problem(session: Session, owner_id: int, unit_id: int, post: Post, today: date) -> str:
    """Why a person may not answer for a token of this post and unit today; empty if he may."""
    held = posts_on(session, owner_id, today)
    if not any(known.post is post and known.unit_id == unit_id for known in held):
        return f"责任人须在该单位任{post.label}，现未任此岗位。"
    deciding = next((known for known in held if known.post in NEVER_OWN), None)
    if deciding is not None:
        return f"责任人兼任{deciding.label}，不得为接口令牌负责：起草与审批须由不同的人承担。"
    return ""


def _check(new: NewToken, label: str, today: date) -> None:
    if not label or len(label) > _LONGEST_LABEL:
        raise TokenNotGiven(f"请写明接入系统的名称，至多{_LONGEST_LABEL}字。")
    if new.post not in POSTS:
        allowed = "、".join(post.label for post in Post if post in POSTS)
        raise TokenNotGiven(f"接口令牌不得担任{new.post.label}：审批、复核和管理须由本人办理。可选：{allowed}。")
    if not new.scopes:
        raise TokenNotGiven("请至少选择一项权限范围。")
    if not today <= new.expires_on <= today + LONGEST:
        raise TokenNotGiven(f"有效期须自今日起不超过{LONGEST.days}日。")


def _account(uid: str, label: str, unit: Unit) -> User:
    """The account that acts. Without a password nobody can sign in to it."""
    name = f"接口：{label}（{unit.short_name or unit.name}）"[:_LONGEST_NAME]
    return User(
        uid=new_uid(),
        login=f"api-{uid}",
        name=name,
        name_pinyin=pinyin(name),
        password_hash="",
        active=True,
        failed_sign_ins=0,
        language="zh",
    )

"""Who calls the API: the token of a request, the unit it acts for, and the person who answers for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from app.clock import legal_day
from app.crypto import KeyRing
from app.database import Database
from app.models.api import ApiToken
from app.models.people import Unit, User
from app.services.access_log import Act, record
from app.services.api_tokens import Scope, owner_problem, scopes_of
from app.services.sign_ins import SEEN_EVERY, token_hash
from workflows.kit.context import Actor
from workflows.kit.errors import Refusal
from workflows.roles import Post

_LONGEST_TOKEN = 200


class TokenRefused(Refusal):
    """No token, an unknown one, or one that has ended: one message for all."""

    code = "TokenRefused"
    status = 401

    def __init__(self) -> None:
        super().__init__("接口令牌缺失、无效、过期或者已吊销。请在 Authorization 请求头中以 Bearer 方式提供令牌。")


class TokenSuspended(Refusal):
    """The token is good, but nobody answers for it any more."""

    code = "TokenSuspended"
    status = 403


class ScopeMissing(Refusal):
    """The token was not given for this."""

    code = "ScopeMissing"
    status = 403

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"接口令牌没有“{scope.label}”（{scope.value}）的权限。请向本单位系统管理员申请。")


@dataclass(frozen=True)
class Caller:
    """A program that was let in. `actor` is the account it acts as; `owner_id` the person who answers for it."""

    token_id: int
    token_uid: str
    label: str
    actor: Actor
    owner_id: int
    unit_id: int
    unit_name: str
    locality: str
    post: Post
    scopes: tuple[Scope, ...]
    expires_on: str

    @property
    def user_id(self) -> int:
        """The id of the account it acts as."""
        assert self.actor.user_id is not None
        return self.actor.user_id

    def demand(self, scope: Scope) -> None:
        """Raises ScopeMissing unless the token was given for this."""
        if scope not in self.scopes:
            raise ScopeMissing(scope)


def admit_caller(database: Database, keys: KeyRing, token: str, now: datetime, address: str = "") -> Caller:
    """Who comes with this token.

    Args:
        address: of the sender, for the log where a token that was once good is refused.

    Raises:
        TokenRefused: it is unknown, expired or revoked.
        TokenSuspended: the person who answers for it is disabled, has left the post, or decides by now.
    """
    today = legal_day(now)
    with database.read() as session:
        found = session.execute(
            select(ApiToken, Unit, User)
            .join(Unit, Unit.id == ApiToken.unit_id)
            .join(User, User.id == ApiToken.user_id)
            .where(ApiToken.token_hash == token_hash(token[:_LONGEST_TOKEN]))
        ).one_or_none()
        if found is None:
            raise TokenRefused
        row, unit, account = found
        ended = row.revoked_at is not None or row.expires_on < today or not account.active
        post = Post(row.post)
        owner = session.get_one(User, row.owner_id)
        problem = owner_problem(session, owner.id, unit.id, post, today) if owner.active else "责任人的账号已停用。"
        caller = Caller(
            row.id,
            row.uid,
            row.label,
            Actor(account.id, account.name, account.uid),
            owner.id,
            unit.id,
            unit.name,
            unit.locality,
            post,
            scopes_of(row),
            row.expires_on.isoformat(),
        )
        used_at = row.last_used_at
    if ended or problem:
        record(database, keys, Act.TOKEN_REFUSED, caller.user_id, now, target=caller.token_uid, address=address)
        if ended:
            raise TokenRefused
        raise TokenSuspended(f"接口令牌已暂停使用：{problem}请由系统管理员另行签发。")
    if used_at is None or now - used_at >= SEEN_EVERY:
        with database.write() as session:
            session.execute(update(ApiToken).where(ApiToken.id == caller.token_id).values(last_used_at=now))
    return caller

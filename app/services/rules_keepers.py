"""Who enters and confirms rule sets at the command line: a rules keeper, by his own password."""

from datetime import datetime

from sqlalchemy import or_, select

from app.clock import legal_day
from app.database import Database
from app.models.people import PostHolding, User
from app.services.accounts import AccountRefused
from app.services.passwords import Passwords
from workflows.roles import Post


def identified_keeper(database: Database, passwords: Passwords, login: str, password: str, now: datetime) -> str:
    """The login of a rules keeper who has given his own password.

    Raises:
        AccountRefused: wrong login or password, or he is no rules keeper today; one sentence for all, so that
            nothing is learnt about accounts.
    """
    today = legal_day(now)
    statement = (
        select(User.password_hash)
        .join(PostHolding, PostHolding.user_id == User.id)
        .where(User.login == login.strip(), User.active, or_(User.locked_until.is_(None), User.locked_until <= now))
        .where(PostHolding.post == Post.RULES_KEEPER.value, PostHolding.from_on <= today)
        .where(or_(PostHolding.until_on.is_(None), PostHolding.until_on >= today))
    )
    with database.read() as session:
        kept = session.scalar(statement.limit(1))
    if not passwords.matches(kept, password):
        raise AccountRefused("账号或者密码不正确，或者该账号现未任规则管理员。请核对。")
    return login.strip()

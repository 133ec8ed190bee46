"""Accounts as lists show them: who, what posts, whether he can sign in. No identifiers."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from app.clock import legal_day
from app.database import Database
from app.models.people import PostHolding, Unit, User
from app.services.sign_ins import HeldPost, posts_on
from workflows.roles import Post


@dataclass(frozen=True)
class AccountLine:
    """One account. `locked_until` is given only while the lock holds."""

    uid: str
    login: str
    name: str
    active: bool
    locked_until: datetime | None
    last_sign_in_at: datetime | None
    posts: tuple[HeldPost, ...]


def list_accounts(database: Database, now: datetime) -> list[AccountLine]:
    """All accounts with the posts they hold today, in the order of their readings."""
    today = legal_day(now)
    with database.read() as session:
        users = session.scalars(select(User).order_by(User.name_pinyin, User.login)).all()
        return [
            AccountLine(
                uid=user.uid,
                login=user.login,
                name=user.name,
                active=user.active,
                locked_until=user.locked_until if user.locked_until and user.locked_until > now else None,
                last_sign_in_at=user.last_sign_in_at,
                posts=posts_on(session, user.id, today),
            )
            for user in users
        ]


def offices_of_administrators(database: Database, today: date) -> tuple[tuple[str, str], ...]:
    """(name, telephone) of the units in which somebody is system administrator today; no person is named."""
    with database.read() as session:
        rows = session.execute(
            select(Unit.name, Unit.phone)
            .join(PostHolding, PostHolding.unit_id == Unit.id)
            .join(User, User.id == PostHolding.user_id)
            .where(PostHolding.post == Post.SYSADMIN.value, User.active, PostHolding.from_on <= today)
            .where(or_(PostHolding.until_on.is_(None), PostHolding.until_on >= today))
            .group_by(Unit.id, Unit.name, Unit.phone)
            .order_by(Unit.id)
        )
        return tuple((name, phone) for name, phone in rows)

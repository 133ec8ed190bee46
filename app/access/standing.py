"""The posts of a person on one day: his own, and those in which he acts for somebody else (委托代办)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, bindparam, null, or_, select
from sqlalchemy.orm import Session, aliased

from app.models.people import Delegation, PostHolding, User
from workflows.roles import WITHOUT_SAY, Post


@dataclass(frozen=True)
class Deputised:
    """A post that somebody holds for another person; `principal` stands there with his own posts only."""

    unit_id: int
    post: Post
    principal: "Standing"


@dataclass(frozen=True)
class Standing:
    """A person with the posts he holds on one day, as (unit id, post), and those he holds for others."""

    user_id: int
    posts: frozenset[tuple[int, Post]]
    deputised: tuple[Deputised, ...] = ()

    def units(self, posts: frozenset[Post]) -> frozenset[int]:
        """Units in which he holds one of these posts, for himself or for another."""
        return self.own_units(posts) | {held.unit_id for held in self.deputised if held.post in posts}

    def own_units(self, posts: frozenset[Post]) -> frozenset[int]:
        """Units in which he holds one of these posts himself."""
        return frozenset(unit for unit, post in self.posts if post in posts)

    @property
    def works_in(self) -> frozenset[int]:
        return frozenset(unit for unit, _ in self.posts)


def in_force(holding: type[PostHolding], today: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether a post is held on a day; its first and its last day belong to it."""
    return and_(holding.from_on <= today, or_(holding.until_on.is_(None), holding.until_on >= today))


_TODAY: ColumnElement[date] = bindparam("today", type_=Date)


def _delegation_holds(today: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether a row of `delegation` counts on a day.

    Only while the principal holds the post himself and has an account, and the delegate works in the unit: whoever
    leaves takes nothing with him.
    """
    his, own = aliased(PostHolding), aliased(PostHolding)
    principal = (
        select(his.id)
        .join(User, User.id == his.user_id)
        .where(
            his.user_id == Delegation.principal_id,
            his.unit_id == Delegation.unit_id,
            his.post == Delegation.post,
            User.active,
            in_force(his, today),
        )
    )
    colleague = select(own.id).where(
        own.user_id == Delegation.delegate_id,
        own.unit_id == Delegation.unit_id,
        own.post.not_in(sorted(post.value for post in WITHOUT_SAY)),
        in_force(own, today),
    )
    return and_(
        Delegation.ended_at.is_(None),
        Delegation.from_on <= today,
        Delegation.until_on >= today,
        principal.exists(),
        colleague.exists(),
    )


#: Whether a delegation counts on the day that the statement's parameter `today` names.
DELEGATION_HOLDS = _delegation_holds(_TODAY)
_OWN = select(PostHolding.unit_id, PostHolding.post, null().label("principal")).where(
    PostHolding.user_id == bindparam("person"), in_force(PostHolding, _TODAY)
)
_POSTS_HELD = _OWN.union_all(
    select(Delegation.unit_id, Delegation.post, Delegation.principal_id).where(
        Delegation.delegate_id == bindparam("person"), DELEGATION_HOLDS
    )
)


def standing_of(session: Session, user_id: int, today: date) -> Standing:
    """The posts a person holds today, for himself and for others."""
    rows = session.execute(_POSTS_HELD, {"person": user_id, "today": today}).all()
    own = frozenset((unit, Post(post)) for unit, post, principal in rows if principal is None)
    principals = {row.principal: _own_standing(session, row.principal, today) for row in rows if row.principal}
    deputised = sorted((unit, post, principal) for unit, post, principal in rows if principal is not None)
    return Standing(
        user_id, own, tuple(Deputised(unit, Post(post), principals[principal]) for unit, post, principal in deputised)
    )


def _own_standing(session: Session, user_id: int, today: date) -> Standing:
    rows = session.execute(_OWN, {"person": user_id, "today": today})
    return Standing(user_id, frozenset((unit, Post(post)) for unit, post, _ in rows))

"""委托代办: who is away lets a colleague act in one of his posts for some days, and no longer (R143).

What the delegate does is recorded as “甲（受乙委托）”. Recusal and the separation of proposing and deciding hold for
both persons (R147): for them the two are one (`workflows/kit/engine.py`).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from app.access.standing import DELEGATION_HOLDS, in_force, standing_of
from app.clock import legal_day
from app.crypto import KeyRing
from app.database import Database
from app.models.api import ApiToken
from app.models.base import new_uid
from app.models.people import Delegation, PostHolding, Unit, User
from app.services.access_log import Act, write_entry
from app.services.accounts import ADMINISTRATORS
from workflows.kit.context import Actor
from workflows.kit.errors import FieldError, FormIncomplete, NotFound
from workflows.kit.storable import in_words
from workflows.roles import WITHOUT_SAY, Post

#: Posts in which one person can stand in for another; administration and one's own matters are never handed on.
DELEGABLE = frozenset(Post) - WITHOUT_SAY
#: Whoever is away longer is relieved of the post, and another is appointed.
LONGEST = timedelta(days=180)
LONGEST_REASON = 200
_LABELS = {"post": "委托的岗位", "delegate": "受托人", "from_on": "起始日期", "until_on": "截止日期", "reason": "事由"}


@dataclass(frozen=True)
class Wanted:
    """What is to be delegated: a post that `principal` (uid) holds in a unit (uid), to `delegate` (uid)."""

    principal: str
    unit: str
    post: Post
    delegate: str
    from_on: date
    until_on: date
    reason: str


@dataclass(frozen=True)
class DelegationLine:
    """A delegation as lists show it. `in_force`: it counts today; `may_end`: it has not ended yet."""

    uid: str
    principal: str
    delegate: str
    unit: str
    post: Post
    from_on: date
    until_on: date
    reason: str
    ended_at: datetime | None
    in_force: bool
    may_end: bool
    mine: bool


@dataclass(frozen=True)
class Holding:
    """A post that can be delegated, with the colleagues who may take it, as pairs of uid and name."""

    unit: str
    unit_name: str
    post: Post
    colleagues: tuple[tuple[str, str], ...]


def delegate_post(database: Database, keys: KeyRing, by: Actor, wanted: Wanted, now: datetime) -> str:
    """Let somebody act for a colleague in one of his posts, from the first to the last day; returns the uid.

    Args:
        by: the holder of the post himself, or a system administrator who enters it for him.

    Raises:
        NotFound: `by` is neither, or there is no such person or unit.
        FormIncomplete: what cannot be delegated, or not to this person, or not for these days; field by field.
    """
    today = legal_day(now)
    with database.write() as session:
        people = _lock(session, wanted.principal, wanted.delegate)
        principal, delegate = people.get(wanted.principal), people.get(wanted.delegate)
        unit = session.scalar(select(Unit).where(Unit.uid == wanted.unit))
        if principal is None or unit is None or not _may_arrange(session, by, principal.id, today):
            raise NotFound
        errors = _wrong_days(wanted, today)
        errors += _wrong_post(session, principal.id, unit.id, wanted, today)
        errors += _wrong_delegate(session, principal.id, delegate, unit.id, wanted, today)
        if not wanted.reason.strip() or len(wanted.reason.strip()) > LONGEST_REASON:
            long = f"最多{LONGEST_REASON}字，请精简" if wanted.reason.strip() else "尚未填写"
            errors.append(_error("reason", long))
        if errors or delegate is None:
            raise FormIncomplete(tuple(errors))
        assert by.user_id is not None
        row = Delegation(
            uid=new_uid(), principal_id=principal.id, delegate_id=delegate.id, unit_id=unit.id, post=wanted.post.value,
            from_on=wanted.from_on, until_on=wanted.until_on, reason=wanted.reason.strip(), made_by=by.user_id,
            made_at=now,
        )  # fmt: skip
        session.add(row)
        what = f"{unit.name} {wanted.post.label} {in_words(wanted.from_on)}至{in_words(wanted.until_on)}"
        write_entry(session, keys, Act.DELEGATED, by.user_id, now, target=row.uid, purpose=what)
        return row.uid


def end_delegation(database: Database, keys: KeyRing, by: Actor, uid: str, now: datetime) -> None:
    """End a delegation at once: by whoever gave it, whoever took it, or a system administrator.

    Raises:
        NotFound: there is none that has not ended, or it is not his to end.
    """
    today = legal_day(now)
    with database.write() as session:
        row = session.scalar(select(Delegation).where(Delegation.uid == uid).with_for_update())
        own = row is not None and by.user_id in (row.principal_id, row.delegate_id)
        if row is None or not (own or _administers(session, by, today)) or row.ended_at or row.until_on < today:
            raise NotFound("没有这项委托，或者委托已经结束。")
        row.ended_at, row.ended_by = now, by.user_id
        write_entry(session, keys, Act.DELEGATION_ENDED, by.user_id, now, target=row.uid)


def delegations_of(session: Session, user_id: int | None, today: date) -> list[DelegationLine]:
    """Delegations that a person gave or was given (None: everybody's), the newest first; the last hundred."""
    principal, delegate = aliased(User), aliased(User)
    statement = (
        select(Delegation, principal.name, delegate.name, Unit.name, DELEGATION_HOLDS)
        .join(principal, principal.id == Delegation.principal_id)
        .join(delegate, delegate.id == Delegation.delegate_id)
        .join(Unit, Unit.id == Delegation.unit_id)
        .order_by(Delegation.id.desc())
        .limit(100)
    )
    if user_id is not None:
        statement = statement.where(or_(Delegation.principal_id == user_id, Delegation.delegate_id == user_id))
    return [
        DelegationLine(
            uid=row.uid, principal=his, delegate=whose, unit=unit, post=Post(row.post), from_on=row.from_on,
            until_on=row.until_on, reason=row.reason, ended_at=row.ended_at, in_force=bool(holds),
            may_end=row.ended_at is None and row.until_on >= today, mine=row.principal_id == user_id,
        )
        for row, his, whose, unit, holds in session.execute(statement, {"today": today})
    ]  # fmt: skip


def holdings_of(session: Session, user_id: int, today: date) -> list[Holding]:
    """The posts that a person could delegate today, each with the colleagues who may take it."""
    rows = session.execute(
        select(PostHolding.post, Unit)
        .join(Unit, Unit.id == PostHolding.unit_id)
        .where(PostHolding.user_id == user_id, in_force(PostHolding, today))
        .order_by(PostHolding.from_on, PostHolding.id)
    )
    return [
        Holding(unit.uid, unit.name, Post(post), _colleagues(session, user_id, unit.id, Post(post), today))
        for post, unit in rows
        if Post(post) in DELEGABLE
    ]


def _colleagues(session: Session, principal: int, unit: int, post: Post, today: date) -> tuple[tuple[str, str], ...]:
    rows = session.execute(
        select(User.uid, User.name)
        .where(User.id != principal, _may_stand_in(unit, post, today))
        .order_by(User.name_pinyin, User.id)
    )
    return tuple((uid, name) for uid, name in rows)


def _may_stand_in(unit: int, post: Post, today: date) -> ColumnElement[bool]:
    """Whoever works in the unit, in another post, is no administrator anywhere, and is a person and no program."""
    held = aliased(PostHolding)

    def holds(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return select(held.id).where(held.user_id == User.id, in_force(held, today), *conditions).exists()

    working = held.post.in_(sorted(one.value for one in DELEGABLE))
    administers = held.post.in_(sorted(one.value for one in ADMINISTRATORS))
    return (
        User.active
        & holds(held.unit_id == unit, working)
        & ~holds(held.unit_id == unit, held.post == post.value)
        & ~holds(administers)
        & _is_a_person()
    )


def _is_a_person() -> ColumnElement[bool]:
    return ~select(ApiToken.id).where(ApiToken.user_id == User.id).exists()


def _lock(session: Session, *uids: str) -> dict[str, User]:
    """The two accounts, locked in the order of their keys: two delegations at one moment take turns."""
    rows = session.scalars(select(User).where(User.uid.in_(uids)).order_by(User.id).with_for_update())
    return {user.uid: user for user in rows}


def _may_arrange(session: Session, by: Actor, principal_id: int, today: date) -> bool:
    return by.user_id == principal_id or _administers(session, by, today)


def _administers(session: Session, by: Actor, today: date) -> bool:
    return by.user_id is not None and any(
        post is Post.SYSADMIN for _, post in standing_of(session, by.user_id, today).posts
    )


def _wrong_days(wanted: Wanted, today: date) -> list[FieldError]:
    if wanted.from_on < today:
        return [_error("from_on", "不得早于今天")]
    if wanted.until_on < wanted.from_on:
        return [_error("until_on", "不得早于起始日期")]
    if wanted.until_on - wanted.from_on > LONGEST:
        return [_error("until_on", f"委托最长{LONGEST.days}日；需要更长的，请由系统管理员调整岗位")]
    return []


def _wrong_post(session: Session, principal: int, unit: int, wanted: Wanted, today: date) -> list[FieldError]:
    if wanted.post not in DELEGABLE:
        return [_error("post", f"{wanted.post.label}的岗位不得委托他人")]
    # A post that begins during the delegation counts from its own first day.
    held = select(PostHolding.id).where(
        PostHolding.user_id == principal,
        PostHolding.unit_id == unit,
        PostHolding.post == wanted.post.value,
        PostHolding.from_on <= wanted.until_on,
        or_(PostHolding.until_on.is_(None), PostHolding.until_on >= max(wanted.from_on, today)),
    )
    person = select(User.id).where(User.id == principal, User.active, _is_a_person())
    if session.execute(held).first() is None or session.execute(person).first() is None:
        return [_error("post", f"委托人在这些日期没有任{wanted.post.label}")]
    given = session.execute(_overlapping(wanted).where(Delegation.principal_id == principal, _same(unit, wanted)))
    if (name := given.scalar()) is not None:
        return [_error("post", f"该岗位在这些日期已经委托{name}代办；需要更换的，请先结束原委托")]
    return []


def _wrong_delegate(
    session: Session, principal: int, delegate: User | None, unit: int, wanted: Wanted, today: date
) -> list[FieldError]:
    if delegate is None or delegate.id == principal:
        return [_error("delegate", "请在本单位在岗人员中另选一人")]
    fits = select(User.id).where(User.id == delegate.id, _may_stand_in(unit, wanted.post, today))
    if session.execute(fits).first() is None:
        why = "受托人应当是本单位其他岗位的在岗人员；已任同一岗位的无须委托，系统管理员、安全保密管理员、审计员不得受托"
        return [_error("delegate", why)]
    taken = session.execute(_overlapping(wanted).where(Delegation.delegate_id == delegate.id, _same(unit, wanted)))
    if taken.first() is not None:
        return [_error("delegate", f"{delegate.name}在这些日期已经受他人委托代办同一岗位，请另选一人")]
    return []


def _overlapping(wanted: Wanted):  # type: ignore[no-untyped-def]
    return (
        select(User.name)
        .join(Delegation, Delegation.delegate_id == User.id)
        .where(
            Delegation.ended_at.is_(None),
            Delegation.from_on <= wanted.until_on,
            Delegation.until_on >= wanted.from_on,
        )
        .limit(1)
    )


def _same(unit: int, wanted: Wanted) -> ColumnElement[bool]:
    return (Delegation.unit_id == unit) & (Delegation.post == wanted.post.value)


def _error(field: str, message: str) -> FieldError:
    return FieldError(field, _LABELS[field], message)

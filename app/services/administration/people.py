"""人员与岗位 as the system administrator finds them: a list to be searched, and one account with its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.clock import start_of_day
from app.models.api import ApiToken
from app.models.cases import Case
from app.models.history import AccessLog, DraftRow, EventRow
from app.models.people import PostHolding, Unit, User
from app.services.access_log import Act
from app.services.drafts import KEPT
from app.services.people import AccountLine
from app.services.reading.reader import Reader
from app.services.sign_ins import posts_on
from workflows.kit.errors import NotFound
from workflows.roles import WITHOUT_SAY, Post

PAGE = 50
_SHOWN_CHANGES = 30
#: What administrators do to an account, newest first on its page.
_CHANGES = (
    Act.ACCOUNT_CREATED, Act.ACCOUNT_DISABLED, Act.ACCOUNT_ENABLED, Act.ACCOUNT_LOCKED, Act.PASSWORD_RESET,
    Act.PASSWORD_CHANGED, Act.SIGN_ON_LINKED, Act.NAME_CORRECTED, Act.POST_ADDED, Act.POST_ENDED,
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Whom to list: words (name, reading, login or unit), a post that is held today, a condition of the account."""

    words: str = ""
    post: Post | None = None
    condition: str = ""


CONDITIONS = {"active": "正常", "locked": "锁定中", "disabled": "已停用", "postless": "无岗位"}


@dataclass(frozen=True)
class PeoplePage:
    """One page of accounts; `count` is how many fit, `next_after` the login after which the next page begins."""

    lines: tuple[AccountLine, ...]
    count: int
    next_after: str


@dataclass(frozen=True)
class Holding:
    """A post of one person. `alone`: nobody else in the unit holds it today, so its work would wait.

    `drafts`: how many he has not handed in; `cases`: how many open ones he worked on lie with the unit. Counts only.
    """

    id: int
    post: Post
    unit: str
    unit_uid: str
    from_on: date
    until_on: date | None
    running: bool
    alone: bool
    drafts: int = 0
    cases: int = 0

    @property
    def label(self) -> str:
        return self.post.label


@dataclass(frozen=True)
class Change:
    """One line of what was done to an account."""

    at: datetime
    act: str
    by: str
    purpose: str


@dataclass(frozen=True)
class AccountPage:
    """One account. No identifier is shown; `has_identity` says that one is kept."""

    line: AccountLine
    has_identity: bool
    external_id: str
    holdings: tuple[Holding, ...]
    changes: tuple[Change, ...]
    is_self: bool


def list_people(reader: Reader, wanted: Wanted, after: str = "") -> PeoplePage:
    """Accounts of persons that fit, in the order of their readings; accounts of programs are on the list of tokens."""
    fits = _fitting(reader, wanted)
    count = reader.session.execute(select(func.count()).select_from(User).where(*fits)).scalar_one()
    statement = select(User).where(*fits).order_by(User.name_pinyin, User.login).limit(PAGE + 1)
    if after:
        place = select(User.name_pinyin, User.login).where(User.login == after)
        known = reader.session.execute(place).one_or_none()
        if known is not None:
            statement = statement.where(tuple_(User.name_pinyin, User.login) > tuple_(*known))
    users = reader.session.execute(statement).scalars().all()
    lines = tuple(_line(reader, user) for user in users[:PAGE])
    return PeoplePage(lines, count, lines[-1].login if len(users) > PAGE else "")


def read_account(reader: Reader, uid: str) -> AccountPage:
    """One account.

    Raises:
        NotFound: there is none, or it is the account of a program.
    """
    user = reader.session.execute(select(User).where(User.uid == uid, ~_is_program())).scalar_one_or_none()
    if user is None:
        raise NotFound("没有这个账号。请返回人员列表查找。")
    return AccountPage(
        line=_line(reader, user),
        has_identity=user.identity_sealed is not None,
        external_id=user.external_id or "",
        holdings=_holdings(reader, user.id),
        changes=changes_of(reader.session, uid, _CHANGES),
        is_self=user.id == reader.actor.user_id,
    )


def changes_of(session: Session, target: str, acts: Sequence[Act]) -> tuple[Change, ...]:
    """What was done to an account or a unit, newest first."""
    rows = session.execute(
        select(AccessLog.at, AccessLog.act, AccessLog.purpose, User.name)
        .outerjoin(User, User.id == AccessLog.user_id)
        .where(AccessLog.target == target, AccessLog.act.in_([act.value for act in acts]))
        .order_by(AccessLog.id.desc())
        .limit(_SHOWN_CHANGES)
    )
    return tuple(Change(at, Act(act).label, name or "服务器命令", purpose) for at, act, purpose, name in rows)


def _fitting(reader: Reader, wanted: Wanted) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = [~_is_program()]
    for word in wanted.words.split():
        reading = func.replace(User.name_pinyin, " ", "")
        in_unit = _held(reader.today).join(Unit).where(Unit.name.contains(word, autoescape=True)).exists()
        fits.append(
            or_(
                User.name.contains(word, autoescape=True),
                reading.startswith(word.lower(), autoescape=True),
                User.login.contains(word, autoescape=True),
                in_unit,
            )
        )
    if wanted.post is not None:
        fits.append(_held(reader.today).where(PostHolding.post == wanted.post.value).exists())
    locked = and_(User.locked_until.is_not(None), User.locked_until > reader.now)
    match wanted.condition:
        case "active":
            fits += [User.active.is_(True), ~locked]
        case "locked":
            fits += [User.active.is_(True), locked]
        case "disabled":
            fits.append(User.active.is_(False))
        case "postless":
            fits.append(~_held(reader.today).exists())
    return fits


def _held(today: date) -> Select[int]:
    return select(PostHolding.id).where(
        PostHolding.user_id == User.id,
        PostHolding.from_on <= today,
        or_(PostHolding.until_on.is_(None), PostHolding.until_on >= today),
    )


def _is_program() -> ColumnElement[bool]:
    return select(ApiToken.id).where(ApiToken.user_id == User.id).exists()


def _line(reader: Reader, user: User) -> AccountLine:
    return AccountLine(
        uid=user.uid,
        login=user.login,
        name=user.name,
        active=user.active,
        locked_until=user.locked_until if user.locked_until and user.locked_until > reader.now else None,
        last_sign_in_at=user.last_sign_in_at,
        posts=posts_on(reader.session, user.id, reader.today),
    )


def _holdings(reader: Reader, user_id: int) -> tuple[Holding, ...]:
    rows = reader.session.execute(
        select(PostHolding, Unit)
        .join(Unit, Unit.id == PostHolding.unit_id)
        .where(PostHolding.user_id == user_id)
        .order_by(PostHolding.from_on.desc(), PostHolding.id.desc())
    ).all()
    return tuple(_holding(reader, row, unit) for row, unit in rows)


def _holding(reader: Reader, row: PostHolding, unit: Unit) -> Holding:
    running = row.until_on is None or row.until_on >= reader.today
    others = select(func.count()).where(
        PostHolding.unit_id == row.unit_id,
        PostHolding.post == row.post,
        PostHolding.user_id != row.user_id,
        PostHolding.from_on <= reader.today,
        or_(PostHolding.until_on.is_(None), PostHolding.until_on >= reader.today),
        PostHolding.user_id.in_(select(User.id).where(User.active)),
    )
    alone = running and reader.session.execute(others).scalar_one() == 0
    drafts, cases = _in_hand(reader, row) if running and Post(row.post) not in WITHOUT_SAY else (0, 0)
    days = (row.from_on, row.until_on)
    return Holding(row.id, Post(row.post), unit.name, unit.uid, *days, running, alone, drafts, cases)


def _in_hand(reader: Reader, row: PostHolding) -> tuple[int, int]:
    """What lies with him: drafts, which only he can hand in, and cases of the unit, which go on without him."""
    drafts = select(func.count()).select_from(DraftRow)
    worked = exists().where(EventRow.case_id == Case.id, EventRow.actor_id == row.user_id)
    cases = select(func.count()).select_from(Case).where(Case.holder_unit_id == row.unit_id, Case.phase != "closed")
    return (
        reader.session.scalar(drafts.where(DraftRow.author_id == row.user_id, DraftRow.saved_at >= reader.now - KEPT))
        or 0,
        reader.session.scalar(cases.where(worked)) or 0,
    )


def steps_after(reader: Reader, uid: str, day: date) -> int:
    """How many steps somebody took after a day."""
    taken = select(func.count()).select_from(EventRow).join(User, User.id == EventRow.actor_id)
    after = start_of_day(day + timedelta(days=1))
    return reader.session.scalar(taken.where(User.uid == uid, EventRow.sort == "step", EventRow.at >= after)) or 0

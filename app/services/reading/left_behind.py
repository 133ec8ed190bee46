"""移交: who left a post, and what lay with him, for whoever answers for the unit (R143).

What a unit holds goes on by itself with whoever has the post, or lies in 待分派 while nobody has it. Bound to a person
are only his drafts, which somebody who may take the same step goes on with; his live proposals lie with the decider
already, his delegations count no longer: both are shown, so that nobody wonders.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.access.hands import sees
from app.access.standing import in_force
from app.models.cases import Case, ProposalRow
from app.models.history import EventRow
from app.models.people import PostHolding, Unit, User
from app.services.delegations import DelegationLine, delegations_of
from app.services.lawbook import current_calendar
from app.services.reading.drafts_left import DraftLeft, drafts_left
from app.services.reading.lines import CaseLine, lines_of
from app.services.reading.reader import Reader
from workflows.kit.errors import NotFound
from workflows.roles import WITHOUT_SAY, Post

#: Who answers for a unit.
ANSWERS = frozenset({Post.HEAD, Post.DEPUTY, Post.APPROVER, Post.REVIEWER, Post.TOLERANCE_HEAD})
#: Whoever left longer ago is not listed any more: his drafts are gone after 90 days.
_LATELY = timedelta(days=365)
_MOST = 50


@dataclass(frozen=True)
class LostPost:
    """A post that he cannot act in any more, and who has it now; `until_on` is None where his account was closed."""

    unit_id: int
    unit: str
    post: Post
    until_on: date | None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leaver:
    """Somebody who held posts in the reader's units and cannot act in them any more."""

    id: int
    uid: str
    name: str
    closed: bool
    posts: tuple[LostPost, ...]

    @property
    def left_on(self) -> date | None:
        """The last day of his latest post; None: his account was closed."""
        return None if self.closed else max(post.until_on for post in self.posts if post.until_on)


@dataclass(frozen=True)
class LeftBehind:
    """What lay with him: drafts to be handed over, proposals with their decider, cases of the unit, delegations."""

    leaver: Leaver
    drafts: tuple[DraftLeft, ...]
    proposals: tuple[CaseLine, ...]
    worked_on: tuple[CaseLine, ...]
    delegations: tuple[DelegationLine, ...]

    @property
    def takers(self) -> tuple[tuple[str, str], ...]:
        """Whoever may go on with one of the drafts at least, as pairs of uid and name."""
        return tuple(dict.fromkeys(taker for draft in self.drafts for taker in draft.takers))


def leavers_of(reader: Reader) -> tuple[Leaver, ...]:
    """Who lost a post within a year in the units for which the reader answers, the latest first.

    Raises:
        NotFound: he answers for none.
    """
    units = sorted(reader.standing.own_units(ANSWERS))
    if not units:
        raise NotFound("没有这一页，或者您无权查看。请从导航进入。")
    held, still = aliased(PostHolding), aliased(PostHolding)
    # Appointed anew to the same post: he has lost nothing.
    stays = exists().where(
        still.user_id == held.user_id, still.unit_id == held.unit_id, still.post == held.post,
        in_force(still, reader.today),
    )  # fmt: skip
    gone = and_(held.until_on < reader.today, held.until_on >= reader.today - _LATELY, ~stays.correlate(held))
    closed = and_(~User.active, or_(held.until_on.is_(None), held.until_on >= reader.today - _LATELY))
    rows = reader.session.execute(
        select(User, Unit, held.post, held.until_on)
        .join(held, held.user_id == User.id)
        .join(Unit, Unit.id == held.unit_id)
        .where(held.unit_id.in_(units), held.post.not_in(sorted(WITHOUT_SAY)), or_(closed, gone))
        .order_by(User.id, Unit.name, held.id)
    ).all()
    found: dict[int, Leaver] = {}
    for user, unit, post, until_on in rows:
        lost = LostPost(unit.id, unit.name, Post(post), until_on if user.active else None)
        known = found.setdefault(user.id, Leaver(user.id, user.uid, user.name, not user.active, ()))
        if not any((one.unit_id, one.post) == (lost.unit_id, lost.post) for one in known.posts):
            found[user.id] = replace(known, posts=(*known.posts, lost))
    return tuple(sorted(found.values(), key=lambda one: (one.left_on or date.max, one.uid), reverse=True))


def count_left_drafts(reader: Reader) -> int | None:
    """How many drafts of people who left wait to be handed over by the reader; None: he answers for no unit."""
    if not reader.standing.own_units(ANSWERS):
        return None
    return sum(len(_drafts_of(reader, leaver)) for leaver in leavers_of(reader))


def _drafts_of(reader: Reader, leaver: Leaver) -> tuple[DraftLeft, ...]:
    units = frozenset(post.unit_id for post in leaver.posts)
    return drafts_left(reader, leaver.id, closed=leaver.closed, units=units)


def left_behind(reader: Reader, uid: str) -> LeftBehind:
    """What lay with somebody who left.

    Raises:
        NotFound: there is nobody of that uid among those who left the reader's units.
    """
    leaver = next((one for one in leavers_of(reader) if one.uid == uid), None)
    if leaver is None:
        raise NotFound("没有这名离岗人员，或者不由您移交。请返回离岗人员列表核对。")
    leaver = replace(leaver, posts=tuple(replace(post, successors=_holders(reader, post)) for post in leaver.posts))
    units = sorted({post.unit_id for post in leaver.posts})
    proposed = exists().where(
        ProposalRow.case_id == Case.id,
        ProposalRow.status == "live",
        or_(ProposalRow.author_id == leaver.id, ProposalRow.principal_id == leaver.id),
    )
    worked = exists().where(EventRow.case_id == Case.id, EventRow.actor_id == leaver.id)
    held = and_(Case.holder_unit_id.in_(units), Case.phase != "closed")
    names = {post.unit for post in leaver.posts}
    return LeftBehind(
        leaver=leaver,
        drafts=_drafts_of(reader, leaver),
        proposals=_lines(reader, held, proposed),
        worked_on=_lines(reader, held, worked, ~proposed),
        delegations=tuple(
            line
            for line in delegations_of(reader.session, leaver.id, reader.today)
            if line.unit in names and line.may_end
        ),
    )


def _lines(reader: Reader, *conditions: ColumnElement[bool]) -> tuple[CaseLine, ...]:
    statement = select(Case).where(*conditions, sees(reader.standing)).order_by(Case.due_on.is_(None), Case.due_on)
    cases: Sequence[Case] = reader.session.scalars(statement.limit(_MOST)).all()
    calendar = current_calendar(reader.session)
    return tuple(lines_of(reader.session, cases, calendar, reader.today, with_records=True))


def _holders(reader: Reader, post: LostPost) -> tuple[str, ...]:
    """Who has the post today."""
    rows = reader.session.scalars(
        select(User.name)
        .join(PostHolding, PostHolding.user_id == User.id)
        .where(
            PostHolding.unit_id == post.unit_id,
            PostHolding.post == post.post.value,
            in_force(PostHolding, reader.today),
            User.active,
        )
        .order_by(User.name_pinyin, User.id)
    )
    return tuple(dict.fromkeys(rows))

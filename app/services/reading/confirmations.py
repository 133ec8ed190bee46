"""What waits for a second person: rule sets for another keeper, mergers of units for another administrator.

And what a second person sent back, for whoever entered it.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from app.models.cases import RuleProposal, RuleSetRow
from app.models.people import UnitMerger, User
from app.services.reading.reader import Reader
from app.services.reading.rule_versions import keeps_rules_of
from workflows.roles import Post


@dataclass(frozen=True)
class WaitingSet:
    """A rule set that the reader may confirm: he keeps these rules and did not enter it. `entered_by` is a name."""

    locality: str
    number: int
    entered_by: str


@dataclass(frozen=True)
class SentBack:
    """A rule set that the reader entered and another keeper sent back. `by` is a name."""

    number: int
    by: str
    reason: str


#: So long somebody is told that what he entered was sent back, unless he enters something new before.
_TOLD = timedelta(days=30)


def set_sent_back(reader: Reader, locality: str) -> SentBack | None:
    """The last rule set that the reader entered, if another keeper sent it back of late."""
    statement = (
        select(RuleSetRow.number, RuleProposal, User.name)
        .outerjoin(RuleProposal)
        .outerjoin(User, User.login == RuleProposal.rejected_by)
        .where(RuleSetRow.locality == locality)
        .where(RuleSetRow.entered_by.in_(select(User.login).where(User.id == reader.actor.user_id)))
        .order_by(RuleSetRow.id.desc())
        .limit(1)
    )
    number, proposal, name = reader.session.execute(statement).one_or_none() or (0, None, None)
    if proposal is None or proposal.rejected_at is None or proposal.rejected_at < reader.now - _TOLD:
        return None
    own = reader.session.scalar(select(User.login).where(User.id == reader.actor.user_id))
    by = proposal.rejected_by or ""
    return None if by == own else SentBack(number, name or by, proposal.reason)


def sets_to_confirm(reader: Reader) -> tuple[WaitingSet, ...]:
    """Rule sets that wait for the reader, oldest first; nothing but their numbers is read, since every page asks."""
    statement = (
        select(RuleSetRow.locality, RuleSetRow.number, func.coalesce(User.name, RuleSetRow.entered_by))
        .outerjoin(RuleProposal)
        .outerjoin(User, User.login == RuleSetRow.entered_by)
        .where(RuleSetRow.confirmed_by.is_(None), RuleProposal.rejected_by.is_(None))
        .where(RuleSetRow.locality.in_(sorted(keeps_rules_of(reader))))
        .where(RuleSetRow.entered_by.not_in(select(User.login).where(User.id == reader.actor.user_id)))
    )
    rows = reader.session.execute(statement.order_by(RuleSetRow.id))
    return tuple(WaitingSet(*row) for row in rows)


def mergers_to_confirm(reader: Reader) -> int:
    """How many mergers another administrator proposed, that the reader may confirm."""
    if not reader.standing.units(frozenset({Post.SYSADMIN})):
        return 0
    statement = select(func.count()).where(
        UnitMerger.status == "proposed", UnitMerger.proposed_by != reader.actor.user_id
    )
    return reader.session.scalar(statement) or 0

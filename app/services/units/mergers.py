"""合并与撤销 of units: proposed by one administrator after a dry run, confirmed by another, then carried out."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.crypto import KeyRing
from app.database import Database
from app.models.api import ApiToken
from app.models.base import new_uid
from app.models.cases import Case
from app.models.people import Locality, PostHolding, Unit, UnitMerger, User
from app.models.terms import LIVE, TermRow
from app.services.access_log import Act, write_entry
from app.services.units.in_rules import charge_of
from app.services.units.names import UnitRefused, demand_present
from app.services.units.succession import OFFICIAL, RELATIONS, Heir, concerns, count_open, heir_of
from workflows.kit.errors import NotFound
from workflows.kit.forms import LabelledEnum
from workflows.kit.storable import in_words
from workflows.registry import workflow
from workflows.roles import Post

_ORGANS = {
    "office_unit_id": "信用管理部门", "superior_unit_id": "上一级机关", "review_unit_id": "复核机关",
    "tolerance_unit_id": "容错认定机关", "discipline_unit_id": "纪检监察机关", "audit_unit_id": "审计机关",
}  # fmt: skip
_BATCH = 2_000


class MergerManner(LabelledEnum):
    """How a unit ends."""

    MERGED = "merged", "并入承继单位"
    ABOLISHED = "abolished", "撤销，职权由承继单位行使"


@dataclass(frozen=True)
class Foreseen:
    """What a merger would move, in counts: no case is named (a system administrator sees none).

    `number` is how many cases, `cases` the same by (kind, relation, how many): one of two relations counts twice.
    `in_rules` tells what the rules go on charging the unit with, for their keeper to amend. `above`: cases in which the
    unit above the successor acts, as the successor would have to keep out. `obstacles` keep the merger from being
    proposed; `warnings` do not.
    """

    number: int
    dossiers: int
    cases: tuple[tuple[str, str, int], ...]
    terms: int
    above: int
    posts: tuple[tuple[str, str], ...]
    units_below: tuple[str, ...]
    organs: tuple[str, ...]
    tokens: int
    warnings: tuple[str, ...]
    in_rules: tuple[str, ...]
    obstacles: tuple[str, ...]


def foresee(session: Session, predecessor_uid: str, successor_uid: str, now: datetime) -> Foreseen:
    """The dry run: everything that would pass from one unit to the other; nothing is written.

    Raises:
        NotFound: there is no such unit.
        UnitRefused: one of them does not exist any more, or both are the same.
    """
    old, new = _pair(session, predecessor_uid, successor_uid, now)
    heir = heir_of(session, old.id, new.id)
    counted, above, obstacles = _count_cases(session, heir, new)
    posts = _posts(session, old.id, now)
    dossiers = session.scalar(select(func.count(Case.dossier_id.distinct())).where(concerns(old.id))) or 0
    mine = select(Case.id).where(concerns(old.id))
    terms = session.scalar(
        select(func.count()).select_from(TermRow).where(TermRow.status.in_(LIVE), TermRow.case_id.in_(mine))
    )
    below = session.scalars(select(Unit.name).where(Unit.superior_id == old.id).order_by(Unit.name)).all()
    organs = tuple(
        f"{place.name}{label}"
        for place in session.scalars(select(Locality).order_by(Locality.key))
        for column, label in _ORGANS.items()
        if getattr(place, column) == old.id
    )
    tokens = session.scalar(
        select(func.count()).select_from(ApiToken).where(ApiToken.unit_id == old.id, ApiToken.revoked_at.is_(None))
    )
    obstacles += _organ_obstacles(session, heir)
    return Foreseen(
        count_open(session, old.id),
        dossiers,
        tuple((kind, relation, number) for (kind, relation), number in sorted(counted.items())),
        terms or 0,
        above,
        tuple((name, post.label) for name, post in posts),
        tuple(below),
        organs,
        tokens or 0,
        _warnings(session, new, posts, now),
        _in_rules(session, old, legal_day(now)),
        tuple(obstacles),
    )


class Mergers:
    """The two acts of two persons, each in a small transaction of its own."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def propose(
        self,
        predecessor: str,
        successor: str,
        manner: MergerManner,
        basis: str,
        now: datetime,
        by: int,
        *,
        moves_posts: bool,
    ) -> str:
        """Propose that a unit ends and another takes over; returns the uid of the proposal. Nothing changes yet.

        Raises:
            NotFound, UnitRefused: as `foresee`; something stands in the way, or a proposal waits already.
        """
        with self._database.write() as session:
            old, new = _pair(session, predecessor, successor, now)
            obstacles = foresee(session, predecessor, successor, now).obstacles
            if obstacles:
                raise UnitRefused("；".join(obstacles))
            busy = or_(
                *(column.in_((old.id, new.id)) for column in (UnitMerger.predecessor_id, UnitMerger.successor_id))
            )
            if session.scalar(select(UnitMerger.id).where(busy, UnitMerger.status.in_(("proposed", "running")))):
                raise UnitRefused("其中一个单位另有待确认或者正在办理的合并、撤销。请先办结。")
            row = UnitMerger(
                uid=new_uid(),
                predecessor_id=old.id,
                successor_id=new.id,
                manner=manner.value,
                basis=basis,
                moves_posts=moves_posts,
                proposed_by=by,
                proposed_at=now,
                status="proposed",
            )
            session.add(row)
            purpose = f"{old.name}→{new.name}，{basis}"
            write_entry(session, self._keys, Act.MERGER_PROPOSED, by, now, target=row.uid, purpose=purpose)
        return row.uid

    def confirm(self, uid: str, now: datetime, by: int) -> None:
        """Confirm as the second person: the unit ends today; `succession.carry_on` then hands over its cases.

        Raises:
            NotFound: there is no such proposal.
            UnitRefused: it does not wait any more, one confirms his own, or something stands in the way by now.
        """
        with self._database.write() as session:
            row = _waiting(session, uid)
            if row.proposed_by == by:
                raise UnitRefused("合并、撤销须由提出人以外的另一名系统管理员确认。")
            old, new = session.get(Unit, row.predecessor_id), session.get(Unit, row.successor_id)
            assert old is not None
            assert new is not None
            obstacles = foresee(session, old.uid, new.uid, now).obstacles
            if obstacles:
                raise UnitRefused("；".join(obstacles))
            old.ended_on = legal_day(now)
            heir = heir_of(session, old.id, new.id)
            _hand_over_organs(session, heir)
            for unit in session.scalars(select(Unit).where(Unit.superior_id == old.id)):
                unit.superior_id = new.id if unit.id != new.id else old.superior_id
            _end_tokens(session, self._keys, old.id, now, by)
            _hand_over_posts(session, self._keys, old, new, now, by, moves=row.moves_posts)
            row.status, row.confirmed_by, row.confirmed_at = "running", by, now
            purpose = f"{old.name}→{new.name}，{row.basis}"
            write_entry(session, self._keys, Act.MERGER_CONFIRMED, by, now, target=row.uid, purpose=purpose)

    def reject(self, uid: str, reason: str, now: datetime, by: int) -> None:
        """退回 by another, or withdrawn by who proposed it; nothing has changed.

        Raises:
            NotFound, UnitRefused: as `confirm`.
        """
        with self._database.write() as session:
            row = _waiting(session, uid)
            row.status, row.remark, row.done_at = "rejected", reason[:400], now
            write_entry(session, self._keys, Act.MERGER_REJECTED, by, now, target=row.uid, purpose=reason)


def _pair(session: Session, predecessor: str, successor: str, now: datetime) -> tuple[Unit, Unit]:
    found = {unit.uid: unit for unit in session.scalars(select(Unit).where(Unit.uid.in_((predecessor, successor))))}
    if predecessor not in found or successor not in found:
        raise NotFound("没有这个单位。请返回单位名册查找。")
    if predecessor == successor:
        raise UnitRefused("承继单位不得是本单位。请另选。")
    for unit in found.values():
        demand_present(unit, legal_day(now))
    return found[predecessor], found[successor]


def _waiting(session: Session, uid: str) -> UnitMerger:
    row = session.scalar(select(UnitMerger).where(UnitMerger.uid == uid).with_for_update())
    if row is None:
        raise NotFound("没有这一合并、撤销。请返回单位名册查找。")
    if row.status != "proposed":
        raise UnitRefused("这一合并、撤销已经确认或者退回，不能再次办理。")
    return row


def _count_cases(session: Session, heir: Heir, new: Unit) -> tuple[Counter[tuple[str, str]], int, list[str]]:
    """By kind and relation; how many go to the unit above; and whether there would have to be one but is none."""
    counted: Counter[tuple[str, str]] = Counter()
    above = stuck = 0
    statement = select(Case).where(concerns(heir.predecessor)).order_by(Case.id)
    for case in session.scalars(statement.execution_options(yield_per=_BATCH)):
        moved = heir.relations_of(case)
        for name in RELATIONS:
            if getattr(case, name) == heir.predecessor:
                counted[workflow(case.kind).label, RELATIONS[name]] += 1
        above += heir.above is not None and heir.above in moved.values()
        after = {name: moved.get(name, getattr(case, name)) for name in RELATIONS}
        own = after["subject_unit_id"] == heir.successor and any(after[name] == heir.successor for name in OFFICIAL)
        stuck += own and heir.above is None
    found = []
    if stuck:
        found.append(
            f"{stuck}件事项承继后，{new.name}既是当事单位又是承办单位，须由其上级机关办理，但其上级单位尚未登记。"
            "请先登记上级单位。"
        )
    return counted, above, found


def _posts(session: Session, unit_id: int, now: datetime) -> list[tuple[str, Post]]:
    rows = session.execute(
        select(User.name, PostHolding.post)
        .join(User, User.id == PostHolding.user_id)
        .where(PostHolding.unit_id == unit_id, _lasting(now), User.id.not_in(select(ApiToken.user_id)))
        .order_by(User.name_pinyin, PostHolding.id)
    )
    return [(name, Post(post)) for name, post in rows]


def _lasting(now: datetime) -> ColumnElement[bool]:
    return or_(PostHolding.until_on.is_(None), PostHolding.until_on >= legal_day(now))


def _warnings(session: Session, new: Unit, posts: list[tuple[str, Post]], now: datetime) -> tuple[str, ...]:
    """Posts that somebody holds in the old unit and nobody in the new one: without them its cases would wait."""
    held = set(session.scalars(select(PostHolding.post).where(PostHolding.unit_id == new.id, _lasting(now))))
    lacking = dict.fromkeys(post.label for _, post in posts if post.value not in held)
    return tuple(
        f"{new.name}现无“{label}”；不转入原单位人员的，请先任命，否则相关事项转入待分派。" for label in lacking
    )


def _in_rules(session: Session, old: Unit, today: date) -> tuple[str, ...]:
    """A merger changes no rules: what they say of the unit is for their keeper to amend."""
    charge = charge_of(session, old, today)
    if charge is None:
        return ()
    what = "、".join(charge.entries)
    told = f"{charge.locality}现行规则集仍列“{charge.name}”的职责：{what}。"
    return (f"{told}合并、撤销不修改规则，请由规则管理员改列承继单位。",)


def _organ_obstacles(session: Session, heir: Heir) -> list[str]:
    """A locality needs two organs for deciding and reviewing."""
    found = []
    for place in session.scalars(select(Locality).order_by(Locality.key)):
        organs = {place.office_unit_id, place.review_unit_id}
        if organs == {heir.predecessor, heir.successor} and heir.above is None:
            found.append(
                f"{place.name}的信用管理部门和复核机关将成为同一单位，且其上级单位尚未登记。请先登记上级单位。"
            )
    return found


def _hand_over_organs(session: Session, heir: Heir) -> None:
    for place in session.scalars(select(Locality).with_for_update()):
        for column in _ORGANS:
            if getattr(place, column) == heir.predecessor:
                setattr(place, column, heir.successor)
        if place.review_unit_id == place.office_unit_id and heir.above is not None:
            place.review_unit_id = heir.above
        if place.superior_unit_id == place.office_unit_id:
            place.superior_unit_id = heir.above


def _end_tokens(session: Session, keys: KeyRing, unit_id: int, now: datetime, by: int) -> None:
    """Programs of the unit end with it; the successor is given tokens of its own."""
    for token in session.scalars(select(ApiToken).where(ApiToken.unit_id == unit_id, ApiToken.revoked_at.is_(None))):
        token.revoked_at = now
        write_entry(session, keys, Act.TOKEN_REVOKED, by, now, target=token.uid, purpose="单位合并或者撤销")


def _hand_over_posts(
    session: Session, keys: KeyRing, old: Unit, new: Unit, now: datetime, by: int, *, moves: bool
) -> None:
    """Posts in the old unit end with yesterday; those who move hold the same ones in the new unit from today."""
    today, programs = legal_day(now), set(session.scalars(select(ApiToken.user_id)))
    held = {
        (row.user_id, row.post)
        for row in session.scalars(select(PostHolding).where(PostHolding.unit_id == new.id, _lasting(now)))
    }
    rows = select(PostHolding, User.uid).join(User, User.id == PostHolding.user_id)
    for row, uid in session.execute(rows.where(PostHolding.unit_id == old.id, _lasting(now))).all():
        label, until = Post(row.post).label, row.until_on
        follows = moves and row.user_id not in programs and (row.user_id, row.post) not in held
        if row.from_on >= today:
            # Not begun: it begins in the new unit, or has no day at all.
            row.unit_id, row.until_on = (new.id, until) if follows else (old.id, row.from_on - timedelta(days=1))
            continue
        row.until_on = today - timedelta(days=1)
        write_entry(session, keys, Act.POST_ENDED, by, now, target=uid, purpose=f"{old.name} {label}，单位合并或者撤销")
        if follows:
            session.add(PostHolding(user_id=row.user_id, unit_id=new.id, post=row.post, from_on=today, until_on=until))
            write_entry(
                session, keys, Act.POST_ADDED, by, now, target=uid, purpose=f"{new.name} {label}，{in_words(today)}起"
            )

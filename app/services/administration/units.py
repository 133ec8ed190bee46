"""单位 as the system administrator finds them: a list to be searched, one unit with its names, mergers under way."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from app.clock import legal_day
from app.models.people import Locality, PostHolding, Unit, UnitMerger, UnitName, User
from app.services.access_log import Act
from app.services.administration.people import Change, changes_of
from app.services.reading.reader import Reader
from app.services.units.in_rules import Charge, charge_of
from app.services.units.mergers import MergerManner
from app.services.units.names import exists_on
from app.services.units.register import UnitKind, is_fixed_by_rules
from app.services.units.succession import count_open
from workflows.kit.errors import FieldError, FormIncomplete, NotFound
from workflows.roles import Post

_CHANGES = (Act.UNIT_ENTERED, Act.UNIT_CHANGED, Act.UNIT_RENAMED, Act.UNIT_RENAME_WITHDRAWN)


@dataclass(frozen=True)
class UnitLine:
    """One unit of the list; `ended_on` is empty while it exists, `heir` is who took over, `abolished` how it ended."""

    uid: str
    name: str
    code: str
    code_word: str
    kind: str
    locality: str
    superior: str
    on_system: bool
    ended_on: date | None
    heir: str = ""
    abolished: bool = False


@dataclass(frozen=True)
class NameLine:
    """A name with the day from which it is borne; `present` for the one of today, `coming` for one of later."""

    name: str
    from_on: date
    basis: str
    present: bool
    coming: bool


@dataclass(frozen=True)
class MergerView:
    """A merger as lists and its own page show it."""

    uid: str
    predecessor: str
    predecessor_uid: str
    successor: str
    successor_uid: str
    manner: str
    basis: str
    moves_posts: bool
    status: str
    proposed_by: str
    proposed_at: datetime
    proposed_by_me: bool
    confirmed_by: str
    confirmed_at: datetime | None
    effective_on: date | None
    remark: str
    moved: int
    left: int
    done_at: datetime | None


@dataclass(frozen=True)
class UnitPage:
    """One unit. `charged_with`: what the rule set in force charges it with; `outdated`: why that is to be amended."""

    line: UnitLine
    short_name: str
    responsibilities: str
    address: str
    phone: str
    superior_uid: str
    kind_code: str
    fixed_word: bool
    charged_with: tuple[str, ...]
    outdated: str
    names: tuple[NameLine, ...]
    holders: tuple[tuple[str, str, str], ...]
    below: tuple[tuple[str, str], ...]
    mergers: tuple[MergerView, ...]
    changes: tuple[Change, ...]


def unit_choices(reader: Reader, *, besides: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """(uid, name) of every unit that exists today, in the order of their names."""
    rows = reader.session.execute(
        select(Unit.uid, Unit.name).where(exists_on(reader.today), Unit.uid.not_in(besides)).order_by(Unit.name)
    )
    return tuple((uid, name) for uid, name in rows)


def locality_choices(reader: Reader) -> tuple[tuple[str, str], ...]:
    """(key, name) of every locality of this installation."""
    rows = reader.session.execute(select(Locality.key, Locality.name).order_by(Locality.key))
    return tuple((key, name) for key, name in rows)


def unit_name(session: Session, uid: str) -> str:
    """The name of a unit that was chosen from a list.

    Raises:
        FormIncomplete: there is no such unit.
    """
    name = session.scalar(select(Unit.name).where(Unit.uid == uid))
    if name is None:
        raise FormIncomplete((FieldError("unit", "任职单位", "没有这个单位，请从列表中选择"),))
    return name


def list_units(reader: Reader, words: str = "", *, ended: bool = False) -> tuple[UnitLine, ...]:
    """The units that fit: by a part of a present or former name, or by code; those that ended only on request."""
    statement = select(Unit).order_by(Unit.locality, Unit.id)
    if not ended:
        statement = statement.where(exists_on(reader.today))
    for word in words.split():
        borne = select(UnitName.unit_id).where(UnitName.name.contains(word, autoescape=True))
        statement = statement.where(
            or_(
                Unit.name.contains(word, autoescape=True),
                Unit.short_name.contains(word, autoescape=True),
                Unit.code == word.upper(),
                Unit.code_word == word,
                Unit.id.in_(borne),
            )
        )
    units = reader.session.execute(statement).scalars().all()
    names = dict(reader.session.execute(select(Unit.id, Unit.name)).all())
    places, heirs = dict(locality_choices(reader)), _heirs(reader.session)
    return tuple(_line(unit, names, places, heirs) for unit in units)


def count_open_of(reader: Reader, uid: str) -> int:
    """How many open cases name a unit.

    Raises:
        NotFound: there is no such unit.
    """
    unit_id = reader.session.scalar(select(Unit.id).where(Unit.uid == uid))
    if unit_id is None:
        raise NotFound("没有这个单位。请返回单位名册查找。")
    return count_open(reader.session, unit_id)


def read_unit(reader: Reader, uid: str) -> UnitPage:
    """One unit.

    Raises:
        NotFound: there is none.
    """
    unit = reader.session.execute(select(Unit).where(Unit.uid == uid)).scalar_one_or_none()
    if unit is None:
        raise NotFound("没有这个单位。请返回单位名册查找。")
    names = dict(reader.session.execute(select(Unit.id, Unit.name)).all())
    superior = reader.session.get(Unit, unit.superior_id) if unit.superior_id is not None else None
    charge = charge_of(reader.session, unit, reader.today)
    below = reader.session.execute(select(Unit.uid, Unit.name).where(Unit.superior_id == unit.id).order_by(Unit.name))
    return UnitPage(
        line=_line(unit, names, dict(locality_choices(reader)), _heirs(reader.session)),
        short_name=unit.short_name,
        responsibilities=unit.responsibilities,
        address=unit.address,
        phone=unit.phone,
        superior_uid=superior.uid if superior else "",
        kind_code=unit.kind,
        fixed_word=is_fixed_by_rules(reader.session, unit),
        charged_with=charge.entries if charge is not None else (),
        outdated=_outdated(unit, charge),
        names=_names(reader, unit),
        holders=_holders(reader, unit.id),
        below=tuple((one, name) for one, name in below),
        mergers=list_mergers(reader, unit.id),
        changes=changes_of(reader.session, uid, _CHANGES),
    )


def list_mergers(reader: Reader, unit_id: int | None = None, *, waiting: bool = False) -> tuple[MergerView, ...]:
    """Mergers of a unit or of all, the newest first; `waiting`: only what somebody has to do something about."""
    old, new, first, second = aliased(Unit), aliased(Unit), aliased(User), aliased(User)
    statement = (
        select(UnitMerger, old, new, first.name, second.name)
        .join(old, old.id == UnitMerger.predecessor_id)
        .join(new, new.id == UnitMerger.successor_id)
        .join(first, first.id == UnitMerger.proposed_by)
        .outerjoin(second, second.id == UnitMerger.confirmed_by)
        .order_by(UnitMerger.id.desc())
    )
    if unit_id is not None:
        statement = statement.where(or_(UnitMerger.predecessor_id == unit_id, UnitMerger.successor_id == unit_id))
    if waiting:
        statement = statement.where(UnitMerger.status.in_(("proposed", "running")))
    return tuple(_merger(reader, *row) for row in reader.session.execute(statement).all())


def read_merger(reader: Reader, uid: str) -> MergerView:
    """One merger.

    Raises:
        NotFound: there is none.
    """
    found = reader.session.scalar(select(UnitMerger.predecessor_id).where(UnitMerger.uid == uid))
    view = next((one for one in list_mergers(reader, found) if one.uid == uid), None) if found is not None else None
    if view is None:
        raise NotFound("没有这一合并、撤销。请返回单位名册查找。")
    return view


def _merger(reader: Reader, row: UnitMerger, old: Unit, new: Unit, proposer: str, confirmer: str | None) -> MergerView:
    return MergerView(
        uid=row.uid,
        predecessor=old.name,
        predecessor_uid=old.uid,
        successor=new.name,
        successor_uid=new.uid,
        manner=row.manner,
        basis=row.basis,
        moves_posts=row.moves_posts,
        status=row.status,
        proposed_by=proposer,
        proposed_at=row.proposed_at,
        proposed_by_me=row.proposed_by == reader.actor.user_id,
        confirmed_by=confirmer or "",
        confirmed_at=row.confirmed_at,
        effective_on=legal_day(row.confirmed_at) if row.confirmed_at is not None else None,
        remark=row.remark,
        moved=row.moved_cases,
        left=count_open(reader.session, old.id) if row.status == "running" else 0,
        done_at=row.done_at,
    )


def _heirs(session: Session) -> dict[int, tuple[int, str]]:
    """Unit that ended → who took over, and how it ended."""
    rows = session.execute(
        select(UnitMerger.predecessor_id, UnitMerger.successor_id, UnitMerger.manner).where(
            UnitMerger.status.in_(("running", "done"))
        )
    )
    return {old: (new, manner) for old, new, manner in rows}


def _line(unit: Unit, names: dict[int, str], places: dict[str, str], heirs: dict[int, tuple[int, str]]) -> UnitLine:
    heir, manner = heirs.get(unit.id, (0, ""))
    return UnitLine(
        uid=unit.uid,
        name=unit.name,
        code=unit.code or "",
        code_word=unit.code_word,
        kind=UnitKind(unit.kind).label if unit.kind else "",
        locality=places.get(unit.locality, unit.locality),
        superior=names.get(unit.superior_id or 0, ""),
        on_system=unit.on_system,
        ended_on=unit.ended_on,
        heir=names.get(heir, ""),
        abolished=manner == MergerManner.ABOLISHED.value,
    )


def _names(reader: Reader, unit: Unit) -> tuple[NameLine, ...]:
    rows = reader.session.scalars(
        select(UnitName).where(UnitName.unit_id == unit.id).order_by(UnitName.from_on.desc())
    ).all()
    due = next((row for row in rows if row.from_on <= reader.today), None)
    return tuple(NameLine(row.name, row.from_on, row.basis, row is due, row.from_on > reader.today) for row in rows)


def _holders(reader: Reader, unit_id: int) -> tuple[tuple[str, str, str], ...]:
    """(uid, name, post) of whoever works in the unit today."""
    rows = reader.session.execute(
        select(User.uid, User.name, PostHolding.post)
        .join(PostHolding, PostHolding.user_id == User.id)
        .where(PostHolding.unit_id == unit_id, PostHolding.from_on <= reader.today)
        .where(or_(PostHolding.until_on.is_(None), PostHolding.until_on >= reader.today))
        .order_by(User.name_pinyin, PostHolding.id)
    )
    return tuple((uid, name, Post(post).label) for uid, name, post in rows)


def _outdated(unit: Unit, charge: Charge | None) -> str:
    if charge is not None and unit.ended_on is not None:
        return "本单位已不再存续，规则集仍列其职责，请由规则管理员改列承继单位。"
    if charge is not None and charge.name != unit.name:
        return f"规则集仍用原名称“{charge.name}”，请由规则管理员修改。"
    return ""

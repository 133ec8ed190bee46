"""The world of one play: a locality with its organs, units and people, and the cases by their names in the script."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.capacities import Standing, capacities_on, standing_of
from app.clock import MovableClock, legal_day
from app.database import read_transaction, write_transaction
from app.documents.context import NoticeContext
from app.documents.text import notice_text
from app.models.cases import Case
from app.models.people import PostHolding, Unit, User
from app.models.registry import MODELS
from app.rehearsal.calendars import calendar_of
from app.rehearsal.script import PersonSpec, Script, UnitSpec
from app.seals.none import PaperSeal
from app.seals.provider import SealProvider
from app.services.backend import Backend
from app.services.founding import (
    NewPerson,
    Organs,
    ensure_unit,
    found_calendar,
    found_locality,
    found_person,
    organs_of,
)
from app.services.lawbook import current_calendar
from app.services.make_believe import made_up_credit_code
from app.services.sealing import Render
from workflows.kit.calendar import Calendar
from workflows.kit.context import Actor
from workflows.roles import Capacity, Post

_NUMERALS = "一二三四五六七八九十"
_DATED_BEFORE = date(2004, 1, 1)


class UnknownName(LookupError):
    """The script speaks of a person, unit or case that it does not introduce; the message says which."""


def plain_sheet(context: str) -> bytes:
    """A notice as plain text: what a rehearsal keeps instead of a rendered sheet."""
    return notice_text(NoticeContext.from_json(context)).encode()


@dataclass
class World:
    """Who and what there is. People are known by their key in the script and by their name."""

    backend: Backend
    clock: MovableClock
    files: Path
    calendar: Calendar
    #: What makes the sheet of a signed notice: plain text in a rehearsal, the real renderer in the demo.
    render: Render = plain_sheet
    #: Who seals the sheets; plain text bears no seal.
    seals: SealProvider = field(default_factory=PaperSeal)
    people: dict[str, Actor] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    _standings: dict[int, Standing] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return legal_day(self.clock())

    def person(self, name: str) -> Actor:
        """A person by key or name.

        Raises:
            UnknownName: the script has no such person.
        """
        try:
            return self.people[name]
        except KeyError:
            raise UnknownName(f"没有“{name}”这个人，请在 people 中写明") from None

    def subject_uid(self, name: str) -> str:
        """The uid of a person or unit that a record is about."""
        if name in self.people:
            return self.people[name].uid
        if name in self.units:
            return self.units[name]
        raise UnknownName(f"没有“{name}”这个人或者单位")

    def uid(self, name: str) -> str:
        """The case of this name; `O1.objection_decision` is its newest notice of that key, `P1.S01` its sync item.

        Raises:
            UnknownName: no such case was opened yet.
        """
        head, _, tail = name.partition(".")
        if head not in self.cases:
            raise UnknownName(f"还没有“{head}”这一事项")
        return self._child(self.cases[head], tail, name) if tail else self.cases[head]

    def _child(self, parent_uid: str, tail: str, name: str) -> str:
        with read_transaction(self.backend.engine) as session:
            parent = session.execute(select(Case.id).where(Case.uid == parent_uid)).scalar_one()
            for kind, column in (("notice", "key"), ("sync", "target")):
                model = MODELS[kind]
                statement = select(model.uid).where(model.parent_id == parent, getattr(model, column) == tail)
                found = session.execute(statement.order_by(model.id.desc()).limit(1)).scalar_one_or_none()
                if found is not None:
                    return found
            statement = select(Case.uid).where(Case.parent_id == parent, Case.kind == tail).order_by(Case.id.desc())
            found = session.execute(statement.limit(1)).scalar_one_or_none()
        if found is None:
            raise UnknownName(f"还没有“{name}”这一文书或者事项")
        return found

    def standing(self, session: Session, actor: Actor) -> Standing:
        """The posts of a person; nobody changes posts during a play."""
        assert actor.user_id is not None
        if actor.user_id not in self._standings:
            self._standings[actor.user_id] = standing_of(session, actor.user_id, self.today)
        return self._standings[actor.user_id]

    def holders(self, session: Session, case: Case, wanted: Iterable[Capacity]) -> list[Actor]:
        """Everybody who holds one of these capacities on the case, in the order of the script."""
        capacities = set(wanted)
        seen: dict[int, Actor] = {}
        for actor in self.people.values():
            if capacities & capacities_on(self.standing(session, actor), case):
                assert actor.user_id is not None
                seen.setdefault(actor.user_id, actor)
        return list(seen.values())


def found_world(script: Script, backend: Backend, clock: MovableClock, files: Path) -> World:
    """Store calendar, locality, units and people of a script; who is missing is added as 代办人一, 代办人二, …"""
    calendar = calendar_of(script)
    world = World(backend, clock, files, calendar)
    with write_transaction(backend.sessions) as session:
        found_calendar(session, clock(), calendar)
        organs = found_locality(session, script.locality, clock())
        _Founding(session, script, organs, world).run()
    return world


def extend_world(
    script: Script,
    backend: Backend,
    clock: MovableClock,
    files: Path,
    render: Render = plain_sheet,
    seals: SealProvider | None = None,
) -> World:
    """A world in a database that is founded already (demo): its people by login, and whoever the script adds."""
    with write_transaction(backend.sessions) as session:
        world = World(backend, clock, files, current_calendar(session), render, seals or PaperSeal())
        for user in session.execute(select(User).order_by(User.id)).scalars():
            world.people[user.login] = Actor(user.id, user.name, user.uid)
        _Founding(session, script, organs_of(session, script.locality), world).run()
    return world


@dataclass
class _Founding:
    session: Session
    script: Script
    organs: Organs
    world: World
    added: int = 0
    posts: set[tuple[int, Post]] = field(default_factory=set)

    def run(self) -> None:
        units = {name: self.unit(name) for name in self._named_units()}
        for key, spec in self.script.people.items():
            self.person(key, spec)
        held = self.session.execute(select(PostHolding.unit_id, PostHolding.post))
        self.posts |= {(unit_id, Post(post)) for unit_id, post in held}
        subjects = {given.subject for given in self.script.given}
        for name, unit in units.items():
            wanted = [Post.CLERK, Post.HEAD] + ([Post.STAFF] if name in subjects else [])
            self.fill(unit, wanted)
        self._staff_organs()
        self.world.units = {unit.name: unit.uid for unit in self.session.execute(select(Unit)).scalars()}
        self.world.units |= {name: unit.uid for name, unit in units.items()}

    def _named_units(self) -> list[str]:
        script = self.script
        named = [*script.units, *(given.provider for given in script.given), *(given.finder for given in script.given)]
        known = {*script.people, *self.world.people}
        named += [given.subject for given in script.given if given.subject not in known]
        return [name for name in dict.fromkeys(named) if name]

    def _organ(self, name: str) -> Unit | None:
        organs = self.organs
        known: Mapping[str, Unit] = {
            "信用办": organs.office,
            "上级信用办": organs.superior,
            "复核机关": organs.review,
            "容错机关": organs.tolerance,
            "纪检机关": organs.discipline,
        }
        return known.get(name)

    def unit(self, name: str) -> Unit:
        organ = self._organ(name)
        if organ is not None:
            return organ
        spec = self.script.units.get(name, UnitSpec())
        unit = ensure_unit(self.session, self.script.locality, name, superior=self.organs.government)
        unit.code = unit.code or spec.code or made_up_credit_code(unit.id)
        unit.on_system = spec.on_system == "yes"
        return unit

    def person(self, key: str, spec: PersonSpec) -> None:
        unit = self.unit(spec.unit) if spec.unit else None
        confirmed = _DATED_BEFORE if spec.confirmation == "yes" else None
        user = found_person(self.session, NewPerson(key, spec.name, unit, spec.posts, confirmed_on=confirmed))
        actor = Actor(user.id, user.name, user.uid)
        self.world.people[key] = actor
        self.world.people.setdefault(spec.name, actor)
        if unit is not None:
            self.posts |= {(unit.id, post) for post in spec.posts}

    def fill(self, unit: Unit, posts: Iterable[Post]) -> None:
        for post in posts:
            if (unit.id, post) in self.posts:
                continue
            place, digit = divmod(self.added, len(_NUMERALS))
            self.added += 1
            name = "代办人" + (_NUMERALS[place - 1] if place else "") + _NUMERALS[digit]
            user = found_person(self.session, NewPerson(name, name, unit, (post,), confirmed_on=_DATED_BEFORE))
            self.world.people[name] = Actor(user.id, user.name, user.uid)
            self.posts.add((unit.id, post))

    def _staff_organs(self) -> None:
        organs = self.organs
        self.fill(organs.office, (Post.OFFICER, Post.APPROVER))
        self.fill(organs.superior, (Post.OFFICER, Post.APPROVER))
        self.fill(organs.review, (Post.REVIEW_CLERK, Post.REVIEWER))
        self.fill(organs.tolerance, (Post.TOLERANCE, Post.TOLERANCE_HEAD))

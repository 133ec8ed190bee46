"""A make-believe district on a database of its own, in which a test lets people and the clock act.

People are named by the part they play (`subject`, `clerk`, `head`, `officer`, `approver`, …); every act goes through
`take_step`, and the sheets of notices are sealed as the worker would do it. `paths.py` knows the way into each state.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.clock import MovableClock, shanghai
from app.crypto import KeyRing
from app.database import write_sessions
from app.models.base import Base
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.people import Unit
from app.models.terms import LIVE, TermRow
from app.services.backend import Backend
from app.services.commands import Paper, Taken, TakeStep
from app.services.founding import NewPerson, Organs, ensure_unit, found_calendar, found_locality, found_person
from app.services.steps import take_step
from app.services.sweeping import sweep
from tests.support import paths
from workflows.kit.context import SYSTEM, Actor
from workflows.roles import Post

#: An ordinary Friday in the published part of the calendar.
OPENING_DAY = date(2026, 9, 18)
BASE_URL = "http://127.0.0.1:5000"
Row = TypeVar("Row", bound=Base)


@dataclass
class World:
    """One district, its people, and a clock that the test moves."""

    backend: Backend
    clock: MovableClock
    organs: Organs
    actors: dict[str, Actor] = field(default_factory=dict)
    unit_uids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, who: str) -> Actor:
        return SYSTEM if who == "system" else self.actors[who]

    # -- acting ---------------------------------------------------------------------------------------------------

    def step(self, who: str, step: str, case: str, form: Mapping[str, Any] | None = None, **more: Any) -> Taken:
        """One step and nothing else: the sheets of its notices are not sealed yet."""
        return take_step(self.backend, TakeStep(step, self[who], form or {}, case=case, **more), self.clock())

    def take(self, who: str, step: str, case: str, /, **form: Any) -> Taken:
        """One step on a case, and the sheets it brings."""
        taken = self.step(who, step, case, form)
        self.seal()
        return taken

    def open(self, who: str, kind: str, step: str, parent: str = "", /, **form: Any) -> Taken:
        """The opening step of a new case, on the case `parent` where it hangs on one, and the sheets it brings."""
        taken = self.step(who, step, "", form, opens=kind, parent=parent)
        self.seal()
        return taken

    def decide(self, step: str, case: str, team: tuple[str, str] = ("officer", "approver"), /, **form: Any) -> Taken:
        """拟办 by the clerk of a team, then the decision as proposed."""
        clerk, decider = team
        self.take(clerk, "propose", case, step=step, form=form, opinion="拟同意")
        return self.take(decider, step, case, **form)

    def on_paper(self, who: str, received_on: date, posted_on: date | None = None) -> Paper:
        """Paper received from somebody, to be entered by the office."""
        user_id = self[who].user_id
        assert user_id is not None
        return Paper(user_id, received_on, posted_on)

    def seal(self) -> None:
        """What the worker does: every signed notice gets its sheet; whoever takes it electronically is served."""
        with self.session() as session:
            waiting = list(session.execute(select(Notice.uid).where(Notice.state == "sealing").order_by(Notice.id)))
        for (uid,) in waiting:
            self.step("system", "issue", uid, {"sha256": hashlib.sha256(uid.encode()).hexdigest()})

    # -- time -----------------------------------------------------------------------------------------------------

    def go(self, day: date) -> None:
        """Set the clock to ten o'clock of a day, never back, and let it do what became due on the way."""
        self.clock.set(max(shanghai(day, 10), self.clock()))
        self._sweep()
        self.seal()
        self._sweep()

    def _sweep(self) -> None:
        report = sweep(self.backend, self.clock)
        assert report.failed == []

    # -- looking --------------------------------------------------------------------------------------------------

    def session(self) -> Session:
        """A session to read with."""
        return self.backend.sessions()

    def case(self, uid: str) -> Case:
        """The base row of a case."""
        with self.session() as session:
            return session.execute(select(Case).where(Case.uid == uid)).scalar_one()

    def state(self, uid: str) -> str:
        """The state of a case."""
        return self.case(uid).state

    def rows(self, model: type[Row]) -> list[Row]:
        """Every row of a table, oldest first."""
        with self.session() as session:
            return list(session.execute(select(model).order_by(*model.__mapper__.primary_key)).scalars())

    def children(self, uid: str, kind: str) -> list[Case]:
        """The cases of a kind that hang on a case, oldest first."""
        parent = self.case(uid)
        return [case for case in self.rows(Case) if case.parent_id == parent.id and case.kind == kind]

    def dossier(self, uid: str) -> list[Case]:
        """Every case of the dossier of a case, oldest first."""
        dossier = self.case(uid).dossier_id
        return [case for case in self.rows(Case) if case.dossier_id == dossier]

    def notices(self, uid: str, key: str = "") -> list[Notice]:
        """The notices of a case, oldest first."""
        parent = self.case(uid)
        return [row for row in self.rows(Notice) if row.parent_id == parent.id and key in ("", row.key)]

    def terms(self, uid: str, *, live: bool = True) -> dict[str, TermRow]:
        """The newest arming of each term of a case by its key; with `live` only those that run, pause or await."""
        case = self.case(uid)
        rows = [row for row in self.rows(TermRow) if row.case_id == case.id]
        return {row.key: row for row in rows if not live or row.status in LIVE}

    # -- into a state ---------------------------------------------------------------------------------------------

    def record_in(self, state: str, subject: str = "subject", **content: Any) -> str:
        """The uid of a new record in a state; `subject` is a person, or `unit` for the recorded unit."""
        return paths.record_in(self, state, subject, **content)

    def objection_in(self, state: str, record: str = "", **form: Any) -> str:
        """The uid of a new objection in a state, to a listed record where none is given."""
        return paths.objection_in(self, state, record, **form)

    def rectification_in(self, state: str) -> str:
        """The uid of a new rectification of the recorded unit in a state."""
        return paths.rectification_in(self, state)

    def repair_in(self, state: str) -> str:
        """The uid of a new repair in a state; the minimum period of its record is over."""
        return paths.repair_in(self, state)

    def exemption_in(self, state: str) -> str:
        """The uid of a new exemption in a state."""
        return paths.exemption_in(self, state)


def found_world(engine: Engine, keys: KeyRing, locality: str = "demo") -> World:
    """A district with one person per part; who can be served electronically has agreed to it, but for `offline`."""
    backend = Backend(engine, write_sessions(engine), keys, base_url=BASE_URL, demo=True)
    clock = MovableClock(shanghai(OPENING_DAY, 10))
    with backend.sessions() as session:
        found_calendar(session, clock())
        organs = found_locality(session, locality, clock())
        organs.office.address, organs.office.phone = "示范区示例路1号", "0000-12345678"
        provider = ensure_unit(session, locality, "示例甲局", "示甲", superior=organs.government)
        recorded = ensure_unit(
            session, locality, "示例乙局", "示乙", superior=organs.government, code="11999901000000002F"
        )
        other = ensure_unit(session, locality, "示例丙局", "示丙", superior=organs.government)
        world = World(backend, clock, organs)
        for who, person in _people(provider, recorded, other, organs).items():
            user = found_person(session, person)
            world.actors[who] = Actor(user.id, user.name, user.uid)
        world.unit_uids |= {"subject": recorded.uid, "provider": provider.uid, "other": other.uid}
        session.commit()
    return world


def _people(provider: Unit, recorded: Unit, other: Unit, organs: Organs) -> dict[str, NewPerson]:
    def person(who: str, name: str, unit: Unit, post: Post, confirmed_on: date | None = None) -> NewPerson:
        return NewPerson(who, name, unit, [post], confirmed_on)

    return {
        "subject": person("subject", "王测试", provider, Post.CIVIL_SERVANT, OPENING_DAY),
        "offline": person("offline", "孙测试", provider, Post.CIVIL_SERVANT),
        "clerk": person("clerk", "李测试", provider, Post.CLERK),
        "head": person("head", "赵测试", provider, Post.HEAD),
        "staff": person("staff", "周测试", recorded, Post.STAFF),
        "unit_head": person("unit_head", "郑测试", recorded, Post.HEAD),
        "officer": person("officer", "吴测试", organs.office, Post.OFFICER),
        "approver": person("approver", "钱测试", organs.office, Post.APPROVER),
        "review_clerk": person("review_clerk", "冯测试", organs.review, Post.REVIEW_CLERK),
        "reviewer": person("reviewer", "陈测试", organs.review, Post.REVIEWER),
        "tolerance": person("tolerance", "褚测试", organs.tolerance, Post.TOLERANCE),
        "tolerance_head": person("tolerance_head", "卫测试", organs.tolerance, Post.TOLERANCE_HEAD),
        "other_clerk": person("other_clerk", "蒋测试", other, Post.CLERK),
        "other_head": person("other_head", "沈测试", other, Post.HEAD),
    }

"""A small make-believe locality on a database of its own, in which a test lets people act.

People are named by what they are (`subject`, `clerk`, `head`, `officer`, …); every act goes through `take_step`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import MovableClock, shanghai
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.people import Unit, User
from app.services.backend import Backend
from app.services.commands import Paper, TakeStep, Taken
from app.services.founding import NewPerson, Organs, ensure_unit, found_calendar, found_locality, found_person
from app.services.steps import take_step
from app.services.sweeping import sweep
from workflows.kit.context import SYSTEM, Actor
from workflows.roles import Post

#: An ordinary Friday in the published part of the calendar.
OPENING_DAY = date(2026, 9, 18)
PROVIDER = "示例街道办事处"
ORGAN = "示例市场监管局"
OTHER = "示例行政服务中心"


@dataclass
class World:
    """One locality, its people, and a clock that the test moves."""

    backend: Backend
    clock: MovableClock
    organs: Organs
    actors: dict[str, Actor] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    # -- acting ---------------------------------------------------------------------------------------------------

    def take(self, who: str, step: str, case: str, form: Mapping[str, Any] | None = None, **more: Any) -> Taken:
        """One step on a case, by one of the people or by `system`."""
        return take_step(self.backend, TakeStep(step, self.actor(who), form or {}, case=case, **more), self.clock())

    def open(self, who: str, kind: str, step: str, form: Mapping[str, Any], parent: str = "", **more: Any) -> str:
        """Open a case and return its uid."""
        command = TakeStep(step, self.actor(who), form, opens=kind, parent=parent, **more)
        return take_step(self.backend, command, self.clock()).uid

    def decide(
        self, step: str, case: str, form: Mapping[str, Any], clerk: str = "officer", decider: str = "supervisor"
    ) -> Taken:
        """拟办 by the clerk, then the decision as proposed."""
        self.take(clerk, "propose", case, {"step": step, "form": dict(form), "opinion": "拟同意"})
        return self.take(decider, step, case, form)

    def actor(self, who: str) -> Actor:
        return SYSTEM if who == "system" else self.actors[who]

    def paper(self, who: str, received_on: date, posted_on: date | None = None) -> Paper:
        """Paper received from somebody, to be entered by the office."""
        user_id = self.actors[who].user_id
        assert user_id is not None
        return Paper(user_id, received_on, posted_on)

    # -- time -----------------------------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return self.clock().astimezone(shanghai(OPENING_DAY).tzinfo).date()

    def go_to(self, day: date) -> None:
        """Set the clock to ten o'clock of a day and let the clock do what became due."""
        self.clock.set(max(shanghai(day, 10), self.clock()))
        report = sweep(self.backend, self.clock)
        assert report.failed == []

    def go_on(self, days: int) -> None:
        """Some calendar days pass, one after the other, as they do with a sweep each day."""
        for _ in range(days):
            self.clock.set(self.clock() + timedelta(days=1))
            report = sweep(self.backend, self.clock)
            assert report.failed == []

    # -- notices --------------------------------------------------------------------------------------------------

    def seal(self) -> None:
        """What the worker does: every signed notice gets its sheet; whoever takes it electronically is served."""
        with self.session() as session:
            waiting = session.execute(select(Notice.uid).where(Notice.state == "sealing").order_by(Notice.id)).scalars()
            uids = list(waiting)
        for uid in uids:
            self.take("system", "issue", uid, {"sha256": hashlib.sha256(uid.encode()).hexdigest()})

    def notices(self, case: str, key: str = "") -> list[Notice]:
        """The notices of a case, oldest first."""
        with self.session() as session:
            parent = select(Case.id).where(Case.uid == case).scalar_subquery()
            statement = select(Notice).where(Notice.parent_id == parent).order_by(Notice.id)
            found = list(session.execute(statement).scalars())
        return [notice for notice in found if not key or notice.key == key]

    def session(self) -> Session:
        """A session to read with."""
        return self.backend.sessions()

    def case(self, uid: str) -> Case:
        """The base row of a case."""
        with self.session() as session:
            return session.execute(select(Case).where(Case.uid == uid)).scalar_one()


def found_world(backend: Backend, clock: MovableClock, locality: str = "demo") -> World:
    """A world with one person per part; whoever can be served electronically has agreed to it."""
    with backend.sessions() as session:
        now = clock()
        found_calendar(session, now)
        organs = found_locality(session, locality, now)
        organs.office.address, organs.office.phone = "示范区示例路1号", "0000-12345678"
        provider = ensure_unit(session, locality, PROVIDER, "示街", superior=organs.government)
        organ = ensure_unit(session, locality, ORGAN, "示市监", superior=organs.government, code="113700004941000016")
        other = ensure_unit(session, locality, OTHER, "示行服", superior=organs.government)
        people = {
            "subject": NewPerson("subject", "王测试", provider, [Post.CIVIL_SERVANT], OPENING_DAY),
            "clerk": NewPerson("clerk", "李示例", provider, [Post.CLERK]),
            "head": NewPerson("head", "赵示例", provider, [Post.HEAD]),
            "organ_staff": NewPerson("organ_staff", "孙示例", organ, [Post.STAFF]),
            "organ_head": NewPerson("organ_head", "周示例", organ, [Post.HEAD]),
            "officer": NewPerson("officer", "吴示例", organs.office, [Post.OFFICER]),
            "supervisor": NewPerson("supervisor", "郑示例", organs.office, [Post.APPROVER]),
            "review_clerk": NewPerson("review_clerk", "冯示例", organs.review, [Post.REVIEW_CLERK]),
            "reviewer": NewPerson("reviewer", "陈示例", organs.review, [Post.REVIEWER]),
            "tolerance": NewPerson("tolerance", "褚示例", organs.tolerance, [Post.TOLERANCE]),
            "tolerance_head": NewPerson("tolerance_head", "卫示例", organs.tolerance, [Post.TOLERANCE_HEAD]),
            "other_clerk": NewPerson("other_clerk", "蒋示例", other, [Post.CLERK]),
        }
        world = World(backend, clock, organs)
        for who, person in people.items():
            world.actors[who] = _actor(found_person(session, person))
        units: dict[str, Unit] = {"provider": provider, "organ": organ, "other": other}
        world.units = {name: unit.uid for name, unit in units.items()}
        session.commit()
    return world


def _actor(user: User) -> Actor:
    return Actor(user.id, user.name, user.uid)


#: What a unit reports about the person of this world; a test changes what it is about.
RECORD: Mapping[str, Any] = {
    "source_type": "accountability",
    "source_number": "示纪问〔2026〕6号",
    "source_on": "2026-08-17",
    "source_organ": "示例街道纪工委",
    "effective_on": "2026-08-20",
    "behaviour": "B30",
    "key_field": "approval",
    "facts": "2026年5月12日，在政务服务窗口办理企业开办事项时未兑现办理时限承诺，致使申请人往返四次",
    "conduct_ended_on": "2026-05-12",
    "severity": "general",
    "exemption": "none",
    "secret_free": True,
}


def reported(world: World, **changes: Any) -> str:
    """A record that lies with the office for screening."""
    subject = changes.pop("subject", world.actors["subject"].uid)
    record = world.open("clerk", "record", "create", {**RECORD, "subject": subject, **changes})
    world.take("clerk", "submit", record)
    world.take("head", "report", record)
    return record


def notified(world: World, **changes: Any) -> str:
    """A record whose subject was told of it and served."""
    record = reported(world, **changes)
    world.decide("approve", record, {"opinion": "属于现行行为清单"})
    world.seal()
    return record


def listed(world: World, **changes: Any) -> str:
    """A listed record whose decision was served; about three weeks pass."""
    record = notified(world, **changes)
    world.go_on(21)
    world.decide("list", record, {"reasons": "事实清楚，依据充分"})
    world.seal()
    return record

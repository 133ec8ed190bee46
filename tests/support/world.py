"""A small world for tests on the services: one district, its organs and people, and cases reached by taking steps.

Nothing here writes a row by hand: `world.record_in("listed")` creates, reports, notices, serves, waits and lists.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Engine, select

from app.clock import MovableClock, shanghai
from app.crypto import KeyRing
from app.database import read_transaction, write_sessions, write_transaction
from app.models.cases import Case
from app.models.history import EventRow, OutboxRow
from app.models.kinds import Notice
from app.models.registry import MODELS
from app.models.terms import LIVE, RungRow, TermRow
from app.services.backend import Backend
from app.services.commands import Paper, Taken, TakeStep
from app.services.founding import NewPerson, Organs, ensure_unit, found_calendar, found_locality, found_person
from app.services.outbox import claim_next, settle
from app.services.steps import take_step
from app.services.sweeping import sweep
from tests.support import paths
from tests.support.identity import credit_code
from tests.support.reached import remembered
from workflows.kit.context import SYSTEM, Actor
from workflows.roles import Post

T = TypeVar("T")
#: A Tuesday, 09:00 in Shanghai, far enough before the national holidays.
START = date(2026, 9, 1)
UNITS = {"employer": "示例甲局", "provider": "示例乙局", "subject": "示例丙局", "foreign": "示例丁局"}


@dataclass
class World:
    """One founded database with people by the part they play. `backend` is what production hands to services.

    People: subject, offline (a civil servant without electronic service), staff and unit_head (of the unit that can
    be a subject), clerk, head (provider), other_clerk, other_head (a foreign unit), officer, second_officer,
    approver, superior_officer, superior_approver, review_clerk, reviewer, tolerance, tolerance_head.
    """

    backend: Backend
    clock: MovableClock
    organs: Organs
    people: dict[str, Actor]
    units: dict[str, int]
    unit_uids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, role: str) -> Actor:
        return self.people[role]

    @property
    def today(self) -> date:
        return paths.today(self)

    # -- acting ---------------------------------------------------------------------------------------------------

    def take(self, actor: str | Actor, step: str, case: str, /, **form: Any) -> Taken:
        """Take a step and let the outbox run, as after every commit in production."""
        taken = self.step(actor, step, case, form)
        self.seal()
        return taken

    def step(
        self, actor: str | Actor, step: str, case: str = "", form: dict[str, Any] | None = None, **more: Any
    ) -> Taken:
        """Take a step and nothing else; `more` are further fields of `TakeStep`, such as `expected_version`."""
        command = TakeStep(step, self._actor(actor), form or {}, case=case, **more)
        return take_step(self.backend, command, self.clock())

    def open(
        self, actor: str | Actor, kind: str, step: str, parent: str = "", /, *, paper: Paper | None = None, **form: Any
    ) -> Taken:
        """Take the opening step of a new case on `parent` (none: it opens a dossier), and let the outbox run."""
        command = TakeStep(step, self._actor(actor), form, opens=kind, parent=parent, paper=paper)
        taken = take_step(self.backend, command, self.clock())
        self.seal()
        return taken

    def decide(self, step: str, case: str, by: tuple[str, str] = ("officer", "approver"), /, **form: Any) -> Taken:
        """The clerk proposes a step with this form (拟办), the decider takes it."""
        self.take(by[0], "propose", case, step=step, form=form, opinion="拟同意")
        return self.take(by[1], step, case, **form)

    def _actor(self, actor: str | Actor) -> Actor:
        return self.people[actor] if isinstance(actor, str) else actor

    def seal(self) -> int:
        """Work the outbox to rest: a drafted sheet becomes bytes (here: their hash) and is issued."""
        done = 0
        while (claim := claim_next(self.backend, self.clock())) is not None:
            if claim.work == "seal":
                assert claim.case_id is not None
                self.issue(claim.case_id)
            settle(self.backend, claim, self.clock())
            done += 1
        return done

    def issue(self, notice_id: int) -> None:
        """成文 of one notice; one that was voided meanwhile is left alone."""
        with read_transaction(self.backend.engine) as session:
            uid, state = session.execute(select(Case.uid, Case.state).where(Case.id == notice_id)).one()
        if state == "sealing":
            self.step(SYSTEM, "issue", uid, {"sha256": hashlib.sha256(uid.encode()).hexdigest()})

    def go(self, day: date, hour: int = 9) -> None:
        """Let time pass until an hour of a day; the sweep runs at 00:00 of each day that has something due."""
        while True:
            with read_transaction(self.backend.engine) as session:
                due = select(TermRow.wakes_on).where(TermRow.status == "running", TermRow.wakes_on <= day)
                wakes = session.execute(due.order_by(TermRow.wakes_on).limit(1)).scalar()
            if wakes is None:
                break
            self.clock.set(max(shanghai(wakes), self.clock()))
            report = sweep(self.backend, self.clock)
            assert not report.failed, report.failed
            self.seal()
        self.clock.set(shanghai(day, hour))

    # -- reading --------------------------------------------------------------------------------------------------

    def case(self, uid: str) -> Any:
        """The row of a case, with the columns of its kind."""
        with read_transaction(self.backend.engine) as session:
            case_id, kind = session.execute(select(Case.id, Case.kind).where(Case.uid == uid)).one()
            return session.get(MODELS[kind], case_id)

    def state(self, uid: str) -> str:
        state: str = self.case(uid).state
        return state

    def terms(self, uid: str, *, live: bool = True) -> dict[str, TermRow]:
        """The newest arming of each term of a case; by default only those that run, are paused or await."""
        with read_transaction(self.backend.engine) as session:
            statement = select(TermRow).join(Case, Case.id == TermRow.case_id).where(Case.uid == uid)
            if live:
                statement = statement.where(TermRow.status.in_(LIVE))
            return {row.key: row for row in session.execute(statement.order_by(TermRow.arming)).scalars()}

    def events(self, uid: str, sort: str = "") -> list[EventRow]:
        """The history of a case, oldest first."""
        with read_transaction(self.backend.engine) as session:
            statement = select(EventRow).join(Case, Case.id == EventRow.case_id).where(Case.uid == uid)
            if sort:
                statement = statement.where(EventRow.sort == sort)
            return list(session.execute(statement.order_by(EventRow.seq)).scalars())

    def steps(self, uid: str) -> list[str]:
        """The steps of a case in order."""
        return [event.step for event in self.events(uid, "step")]

    def notices(self, uid: str, key: str = "") -> list[Notice]:
        """The notices that steps of a case made, oldest first."""
        with read_transaction(self.backend.engine) as session:
            parent = select(Case.id).where(Case.uid == uid).scalar_subquery()
            statement = select(Notice).where(Notice.parent_id == parent)
            if key:
                statement = statement.where(Notice.key == key)
            return list(session.execute(statement.order_by(Notice.id)).scalars())

    def children(self, uid: str, kind: str) -> list[Any]:
        """Cases of a kind that hang on this one."""
        with read_transaction(self.backend.engine) as session:
            parent = select(Case.id).where(Case.uid == uid).scalar_subquery()
            model = MODELS[kind]
            return list(session.execute(select(model).where(model.parent_id == parent).order_by(model.id)).scalars())

    def dossier(self, uid: str) -> list[Case]:
        """Every case of the dossier to which this one belongs."""
        dossier_id = self.case(uid).dossier_id
        return [case for case in self.rows(Case) if case.dossier_id == dossier_id]

    def rows(self, model: type[Any]) -> list[Any]:
        """Every row of a table in the order of its key."""
        with read_transaction(self.backend.engine) as session:
            return list(session.execute(select(model).order_by(model.id)).scalars())

    def rungs(self, uid: str) -> list[RungRow]:
        """Every rung that fired on a case."""
        case_id = self.case(uid).id
        return [row for row in self.rows(RungRow) if row.case_id == case_id]

    def outbox(self) -> list[OutboxRow]:
        rows: list[OutboxRow] = self.rows(OutboxRow)
        return rows

    # -- cases in a state, by taking steps ------------------------------------------------------------------------

    def remembered(self, what: tuple[object, ...], walk: Callable[[], T]) -> T:
        """What `walk` returns; a way that was gone before is written again (`tests.support.reached`).

        Worlds that do more than write to their database walk each time.
        """
        if type(self) is not World or "issue" in vars(self):
            return walk()
        backend = self.backend
        what = (*what, backend.base_url, backend.demo)
        return remembered(backend.engine, backend.keys, self.clock, what, walk)

    def record_in(self, state: str, subject: str = "subject", **content: Any) -> str:
        """A record in a state; `subject` is a person's part, or `unit` for the unit that can be one."""
        return paths.record_in(self, state, subject, **content)

    def objection_in(self, state: str, record: str = "", **form: Any) -> str:
        """An objection of the subject to a listed record, in a state."""
        return paths.objection_in(self, state, record, **form)

    def rectification_in(self, state: str) -> str:
        """A rectification ordered on the listed record of a unit, in a state."""
        return paths.rectification_in(self, state)

    def repair_in(self, state: str) -> str:
        """A repair of a person's listed record whose publication period is over, in a state."""
        return paths.repair_in(self, state)

    def exemption_in(self, state: str) -> str:
        """An exemption asked for by the subject of a record in its statement period, in a state."""
        return paths.exemption_in(self, state)


def found_world(engine: Engine, keys: KeyRing, start: date = START, locality: str = "demo") -> World:
    """Fill a migrated, empty database with the calendar, a district (the demo one) and its people."""
    clock = MovableClock(shanghai(start, 9))
    founded = remembered(engine, keys, clock, ("found", locality), lambda: _found(engine, locality, clock))
    return World(Backend(engine, write_sessions(engine), keys), clock, *founded)


def _found(
    engine: Engine, locality: str, clock: MovableClock
) -> tuple[Organs, dict[str, Actor], dict[str, int], dict[str, str]]:
    people: dict[str, Actor] = {}
    with write_transaction(write_sessions(engine)) as session:
        found_calendar(session, clock())
        organs = found_locality(session, locality, clock())
        units = {
            name: ensure_unit(session, locality, title, superior=organs.government, code=credit_code(place))
            for place, (name, title) in enumerate(UNITS.items(), 1)
        }

        def person(role: str, name: str, unit: Any, *posts: Post, electronic: bool = True) -> None:
            confirmed = date(2026, 1, 1) if electronic else None
            user = found_person(session, NewPerson(role, name, unit, posts, confirmed_on=confirmed))
            people[role] = Actor(user.id, user.name, user.uid)

        person("subject", "王测试", units["employer"], Post.CIVIL_SERVANT)
        person("offline", "何测试", units["employer"], Post.CIVIL_SERVANT, electronic=False)
        person("staff", "吴测试", units["subject"], Post.STAFF)
        person("unit_head", "郑测试", units["subject"], Post.HEAD)
        person("clerk", "李测试", units["provider"], Post.CLERK)
        person("head", "赵测试", units["provider"], Post.HEAD)
        person("other_clerk", "钱测试", units["foreign"], Post.CLERK)
        person("other_head", "冯测试", units["foreign"], Post.HEAD)
        person("officer", "孙测试", organs.office, Post.OFFICER)
        person("second_officer", "陈测试", organs.office, Post.OFFICER)
        person("approver", "周测试", organs.office, Post.APPROVER)
        person("superior_officer", "褚测试", organs.superior, Post.OFFICER)
        person("superior_approver", "卫测试", organs.superior, Post.APPROVER)
        person("review_clerk", "蒋测试", organs.review, Post.REVIEW_CLERK)
        person("reviewer", "沈测试", organs.review, Post.REVIEWER)
        person("tolerance", "韩测试", organs.tolerance, Post.TOLERANCE)
        person("tolerance_head", "杨测试", organs.tolerance, Post.TOLERANCE_HEAD)
        ids = {name: unit.id for name, unit in units.items()}
        uids = {name: unit.uid for name, unit in units.items()}
    return organs, people, ids, uids

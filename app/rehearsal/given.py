"""Cases that a script takes as given: brought to their state by taking steps, each as early as its table allows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.clock import shanghai
from app.database import read_transaction
from app.models.cases import Case
from app.models.history import EventRow
from app.models.people import Unit
from app.models.terms import TermRow
from app.rehearsal.acting import Acting, state_named
from app.rehearsal.content import BENT, record_content, usual_form
from app.rehearsal.moments import OPENING_HOUR, plain_values
from app.rehearsal.routes import CONFIRM_ALL, ROUTES
from app.rehearsal.script import Given
from app.rehearsal.world import UnknownName, World
from app.services.commands import TakeStep
from app.services.lawbook import rule_set_in_force
from workflows.kit.context import Actor
from workflows.kit.definition import Step
from workflows.kit.errors import GuardRefused, Refusal
from workflows.registry import workflow
from workflows.roles import Capacity, Post

_DAY = timedelta(days=1)


class GivenFailed(Exception):
    """A given case does not reach its state; the message says where it stands and why."""


@dataclass
class Preparation:
    """One given case on its way: a generator of the moments at which it wants to act."""

    given: Given
    world: World
    acting: Acting
    today: date
    locality: str
    uid: str = ""

    def run(self) -> Iterator[datetime]:
        """Yield the next moment wanted; the player sets the clock and comes back.

        Raises:
            GivenFailed: the state cannot be reached.
        """
        yield self._begin()
        self._take_up()
        for name in self._route():
            while (wanted := self._attempt(name)) is not None:
                yield wanted
        target = state_named(self.given.kind, self.given.state)
        while self._case().state != target:
            yield self._when_something_is_due(f"等待“{self.given.state}”")

    def _take_up(self) -> None:
        """A case that exists already: taken further, or known by the case on which it hangs."""
        if "." in self.given.record:
            self._opened(self.world.uid(self.given.record))
        else:
            self.uid = self.world.cases.get(self.given.case, "")

    def _route(self) -> tuple[str, ...]:
        if self.given.by:
            return tuple(self.given.by)
        try:
            return ROUTES[self.given.kind][state_named(self.given.kind, self.given.state)]
        except KeyError:
            raise GivenFailed(f"{self.given.case}：推演不知道怎样到达“{self.given.state}”，请用 by 写明步骤") from None

    def _begin(self) -> datetime:
        if self.given.starts is not None:
            return self.given.starts.at(self.today, self.world.calendar)
        if self.given.source is not None:
            source_on = self.given.source.on.on(self.today, self.world.calendar)
            return _opening(self.world.calendar.add_working_days(source_on, 1))
        return self.world.clock()

    def _case(self) -> Case:
        return self.acting.load(self.uid)

    def _attempt(self, name: str) -> datetime | None:
        """Take the step, or say when to try again."""
        if name == CONFIRM_ALL:
            self._confirm_all()
            return None
        step = workflow(self.given.kind).step(name)
        if step is None:
            raise GivenFailed(f"{self.given.case}：没有“{name}”这一步骤")
        opening = not self.uid
        if not opening and step.move_from(self._case().state) is None:
            return self._when_something_is_due(f"等待可以办理“{step.label}”")
        try:
            self._take(step, opening=opening)
        except GuardRefused as refusal:
            days = [unmet.possible_on for unmet in refusal.unmet]
            first = max((day for day in days if day is not None), default=None)
            if first is None or first <= self.world.today:
                raise GivenFailed(f"{self.given.case}“{step.label}”：{refusal.message}") from None
            return _opening(self.world.calendar.next_working_day(first))
        except Refusal as refusal:
            raise GivenFailed(f"{self.given.case}“{step.label}”：{refusal.message}") from None
        return None

    def _take(self, step: Step, *, opening: bool) -> None:
        if opening and self.given.kind == "record":
            actor = self._clerk()
            taken = self.acting.take(TakeStep(step.key, actor, self._content(), opens="record"))
            self._opened(taken.uid)
            return
        target = self.acting.load(self.world.uid(self.given.record)) if opening else self._case()
        form = self._form(step.key, None if opening else target)
        without = self._drafters(step, target)
        signers = {capacity for later in workflow(self.given.kind).steps if later.four_eyes == step.key
                   for capacity in later.by}  # fmt: skip
        if step.key in self.given.actors:
            actor = self.world.person(self.given.actors[step.key])
        else:
            actor = self.acting.somebody(target, sorted(step.by - {Capacity.SYSTEM}), without, signers)
        self.acting.propose(step, target, form, actor, None)
        if opening:
            command = TakeStep(step.key, actor, form, opens=self.given.kind, parent=target.uid)
        else:
            command = TakeStep(step.key, actor, form, case=target.uid)
        uid = self.acting.take(command).uid
        if opening:
            self._opened(uid)

    def _opened(self, uid: str) -> None:
        self.uid = uid
        self.world.cases[self.given.case] = uid

    def _drafters(self, step: Step, case: Case) -> list[int | None]:
        """Who drafted what is signed now."""
        if not step.four_eyes:
            return []
        with read_transaction(self.world.backend.engine) as session:
            statement = select(EventRow.actor_id).where(EventRow.case_id == case.id, EventRow.step == step.four_eyes)
            return list(session.execute(statement).scalars())

    def _clerk(self) -> Actor:
        """The clerk of the unit that reports the record.

        Raises:
            UnknownName: the script names no such unit.
        """
        with read_transaction(self.world.backend.engine) as session:
            unit = session.execute(select(Unit.id).where(Unit.uid == self.world.units.get(self.given.provider, "")))
            unit_id = unit.scalar_one_or_none()
            for actor in self.world.people.values():
                if unit_id in self.world.standing(session, actor).units(frozenset({Post.CLERK})):
                    return actor
        raise UnknownName(f"{self.given.case}：没有信息提供单位“{self.given.provider}”，请填写 provider")

    def _content(self) -> dict[str, Any]:
        given, calendar = self.given, self.world.calendar
        if given.source is None:
            raise GivenFailed(f"{given.case}：缺少 source（来源文书）")
        source_on = given.source.on.on(self.today, calendar)
        ended = given.conduct_ended_on.on(self.today, calendar) if given.conduct_ended_on else source_on
        with read_transaction(self.world.backend.engine) as session:
            _, rules = rule_set_in_force(session, self.locality, self.world.today)
        subject = self.world.subject_uid(given.subject)
        form = record_content(given, subject, given.provider, rules, source_on, ended)
        return form | plain_values(given.forms.get("create", {}), self.today, calendar)

    def _form(self, step: str, case: Case | None) -> dict[str, Any]:
        given = self.given
        bent = BENT.get((given.kind, state_named(given.kind, given.state)), {})
        form = dict(bent[step]) if step in bent else usual_form(case, given.kind, step, self.world.today)
        if step in given.forms:
            form = {**form, **plain_values(given.forms[step], self.today, self.world.calendar)}
        return form

    def _confirm_all(self) -> None:
        with read_transaction(self.world.backend.engine) as session:
            parent = self._case().id
            items = select(Case.uid).where(Case.parent_id == parent, Case.kind == "sync", Case.phase != "closed")
            uids = list(session.execute(items.order_by(Case.id)).scalars())
        for uid in uids:
            item = self.acting.load(uid)
            holder = self.acting.somebody(item, [Capacity(item.holder or Capacity.OFFICE)])
            self.acting.take(TakeStep("confirm", holder, usual_form(item, "sync", "confirm", self.today), case=uid))

    def _when_something_is_due(self, waiting_for: str) -> datetime:
        """The opening hour of the next working day after the clock has moved something in this dossier."""
        case = self._case()
        with read_transaction(self.world.backend.engine) as session:
            statement = select(TermRow.wakes_on).where(
                TermRow.dossier_id == case.dossier_id, TermRow.status == "running", TermRow.wakes_on > self.world.today
            )
            day = session.execute(statement.order_by(TermRow.wakes_on).limit(1)).scalar_one_or_none()
        if day is None:
            label = workflow(case.kind).state(case.state).label
            raise GivenFailed(f"{self.given.case}：{waiting_for}，但是事项现为“{label}”，没有将要到期的期限")
        return _opening(self.world.calendar.next_working_day(day))


def _opening(day: date) -> datetime:
    return shanghai(day, OPENING_HOUR)

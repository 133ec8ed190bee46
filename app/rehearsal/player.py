"""The player: one time line in which people act, the clock works, and what is expected is looked at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.clock import SHANGHAI, MovableClock, legal_day, shanghai, start_of_day
from app.database import read_transaction
from app.models.cases import Case
from app.models.terms import TermRow
from app.rehearsal.acting import Acting, NobodyThere, step_named
from app.rehearsal.calendars import calendar_of, imported_facts
from app.rehearsal.expectations import Check, Looking
from app.rehearsal.given import GivenFailed, Preparation
from app.rehearsal.moments import Moment, counted_day, plain_values
from app.rehearsal.papers import NO_PAPERS, Drawn
from app.rehearsal.script import CalendarAct, DaysAct, DownAct, Expected, Script, StepAct
from app.rehearsal.world import UnknownName, World, found_world
from app.services.backend import Backend
from app.services.calendar_imports import import_calendar
from app.services.commands import Paper, TakeStep
from app.services.sweeping import sweep
from workflows.kit.calendar import Calendar
from workflows.kit.context import Actor
from workflows.kit.definition import Step
from workflows.kit.errors import GuardRefused, Refusal
from workflows.roles import Capacity

_DAY = timedelta(days=1)
Progress = Callable[[int, int], None]


class PlayFailed(Exception):
    """The play cannot go on; the message says at which act and why."""


@dataclass(frozen=True)
class Remark:
    """Something that is no event of a case: a refusal, a standstill, an imported calendar."""

    at: datetime
    text: str


@dataclass
class Played:
    """What came of a play."""

    script: Script
    world: World
    began: datetime
    checks: list[Check] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def failed(self) -> list[Check]:
        return [check for check in self.checks if not check.holds]


@dataclass
class _Thread:
    """Something that goes on in the play: a given case on its way, or the script itself."""

    name: str
    after: str
    turns: Iterator[datetime]
    wanted: datetime | None = None


class Player:
    """Plays one script in one world."""

    def __init__(
        self,
        script: Script,
        world: World,
        today: date,
        watch: Callable[[World], None] = lambda _world: None,
        papers: Drawn = NO_PAPERS,
    ) -> None:
        self.script, self.world, self.today = script, world, today
        self.acting = Acting(world, watch, papers)
        self.starts = script.starts.at(today, world.calendar)
        self.played = Played(script, world, self.starts)
        self.looking = Looking(world, self.acting, today)
        self._stands_still = False

    def play(self, progress: Progress | None = None) -> Played:
        """Play everything to its end.

        Raises:
            PlayFailed: a given case does not reach its state, or the script itself cannot be followed.
        """
        threads = [
            _Thread(given.case, given.after or given.record.partition(".")[0], self._prepare(given).run())
            for given in self.script.given
        ]
        main = _Thread("", "", self._acts())
        total, waiting, done = len(threads) + 1, list(threads), {""}
        main.wanted = next(main.turns, None)
        while waiting:
            ready = [thread for thread in waiting if thread.after in done]
            if not ready:
                names = "、".join(thread.name for thread in waiting)
                raise PlayFailed(f"以下事项所依附的记录没有写明：{names}")
            thread = min(ready, key=lambda item: item.wanted or self.world.clock())
            if thread.wanted is not None and thread.wanted > self.starts:
                raise PlayFailed(f"{thread.name}：在 starts 之前达不到所要的状态，请提前 source.on 或者推后 starts")
            self._turn(thread)
            if thread.wanted is None:
                waiting.remove(thread)
                done.add(thread.name)
                if progress is not None:
                    progress(total - len(waiting) - 1, total)
        self.advance(self.starts)
        while main.wanted is not None:
            self._turn(main)
        if progress is not None:
            progress(total, total)
        return self.played

    def _prepare(self, given: Any) -> Preparation:
        return Preparation(given, self.world, self.acting, self.today, self.script.locality)

    def _turn(self, thread: _Thread) -> None:
        if thread.wanted is not None:
            # A given case that had to wait for another goes on now; the script itself never turns back.
            self.advance(max(thread.wanted, self.world.clock()) if thread.name else thread.wanted)
        try:
            thread.wanted = next(thread.turns, None)
        except (GivenFailed, UnknownName, NobodyThere) as failure:
            raise PlayFailed(str(failure)) from None
        except Refusal as refusal:
            raise PlayFailed(f"{thread.name}：{refusal.message}") from None

    # -- time -----------------------------------------------------------------------------------------------------

    def advance(self, until: datetime) -> None:
        """Move the clock on; at every moment at which something is due the sweep runs, as in production."""
        clock = self.world.clock
        if until < clock():
            raise PlayFailed(f"时间不能倒退：现为{_when(clock())}，下一步却在{_when(until)}")
        while not self._stands_still and (due := self._next_due(legal_day(until))) is not None:
            moment = max(clock(), start_of_day(due))
            if moment > until:
                break
            clock.set(moment)
            if not self._work():
                break
        clock.set(until)
        if not self._stands_still:
            self.acting.work_outbox()

    def _next_due(self, until: date) -> date | None:
        with read_transaction(self.world.backend.engine) as session:
            statement = select(TermRow.wakes_on).where(TermRow.status == "running", TermRow.wakes_on <= until)
            return session.execute(statement.order_by(TermRow.wakes_on).limit(1)).scalar_one_or_none()

    def _work(self) -> bool:
        """Sweep and drain; whether anything was done."""
        report = sweep(self.world.backend, self.world.clock)
        if report.failed:
            raise PlayFailed("到期处理失败：" + "；".join(report.failed))
        self.acting.work_outbox()
        self.acting.watch(self.world)
        return report.fired > 0

    # -- the script -----------------------------------------------------------------------------------------------

    def _acts(self) -> Iterator[datetime]:
        """The acts in the order of the file; what is expected is looked at in between."""
        dated = sorted(
            ((self._at(item.at), item) for item in self.script.expect if item.at is not None), key=lambda pair: pair[0]
        )
        yield self.starts
        for act in self.script.acts:
            moment = self._moment_of(act)
            while dated and dated[0][0] < moment:
                yield max(dated[0][0], self.world.clock())
                self._look(dated.pop(0)[1])
            self._stands_still = isinstance(act, DaysAct) and not act.sweep
            yield moment
            self._stands_still = False
            yield from self._perform(act)
        for when, expected in dated:
            yield max(when, self.world.clock())
            self._look(expected)
        for expected in (item for item in self.script.expect if item.at is None):
            self._look(expected)

    def _at(self, moment: Moment) -> datetime:
        return moment.at(self.today, self.world.calendar)

    def _moment_of(self, act: Any) -> datetime:
        now = self.world.clock()
        if isinstance(act, DaysAct):
            local = now.astimezone(SHANGHAI)
            day = counted_day(local.date(), act.days.number, act.days.unit, self.world.calendar)
            return shanghai(day, local.hour, local.minute)
        return self._at(act.at) if act.at is not None else now

    def _look(self, expected: Expected) -> None:
        self.played.checks += self.looking.at(expected)

    def _perform(self, act: Any) -> Iterator[datetime]:
        if isinstance(act, StepAct):
            self._step(act)
        elif isinstance(act, CalendarAct):
            self._import(act)
        elif isinstance(act, DownAct):
            until = self._at(act.down_until)
            self._remark(f"系统停止运行至{_when(until)}")
            self._stands_still = True
            yield until
            self._stands_still = False
            self._remark("系统恢复运行，补办停运期间到期的事项")
            self._work()

    def _remark(self, text: str) -> None:
        self.played.remarks.append(Remark(self.world.clock(), text))

    def _import(self, act: CalendarAct) -> None:
        spec = act.calendar_import
        calendar = self.world.calendar.with_facts(spec.version, imported_facts(spec), spec.year)
        report = import_calendar(self.world.backend, calendar, "推演导入", self.world.clock)
        self.world.calendar = calendar
        self._remark(f"导入工作日历“{spec.version}”，{len(report.moved)}项期限变动")
        self.acting.work_outbox()

    def _step(self, act: StepAct) -> None:
        try:
            command, step, target = self._command(act)
            where = f"{_when(self.world.clock())} {act.actor} {act.do} {act.on or act.new}"
        except (UnknownName, NobodyThere) as failure:
            raise PlayFailed(f"{_when(self.world.clock())} {act.do}：{failure}") from None
        try:
            if step is not None and target is not None and act.refused is None:
                by = self.world.person(act.proposed_by) if act.proposed_by else None
                self.acting.propose(step, target, command.form, command.actor, by)
            taken = self.acting.take(command)
        except Refusal as refusal:
            what = step.label if step is not None else act.do
            self._remark(f"{command.actor.name}办理“{what}”被拒绝：{refusal.message}")
            self._note_refusal(act, where, refusal)
            return
        if act.new:
            self.world.cases[act.on or act.new] = taken.uid
        if act.refused is not None:
            self.played.checks.append(Check(where, "拒绝", act.refused, "办理成功"))

    def _note_refusal(self, act: StepAct, where: str, refusal: Refusal) -> None:
        name = type(refusal).__name__
        self.played.checks.append(
            Check(
                where, "拒绝", act.refused or "办理成功", name if name == act.refused else f"{name}：{refusal.message}"
            )
        )
        unmet = refusal.unmet if isinstance(refusal, GuardRefused) else ()
        if act.refused_by:
            guards = [item.guard for item in unmet]
            actual = act.refused_by if act.refused_by in guards else "、".join(guards) or name
            self.played.checks.append(Check(where, "拒绝的条件", act.refused_by, actual))
        if act.possible_on is not None:
            first = max((item.possible_on for item in unmet if item.possible_on), default=None)
            wanted = act.possible_on.on(self.today, self.world.calendar)
            self.played.checks.append(Check(where, "最早可以办理", str(wanted), str(first)))

    def _command(self, act: StepAct) -> tuple[TakeStep, Step | None, Case | None]:
        target = self._target(act)
        kind = act.new or (target.kind if target is not None else "")
        flow, key = step_named(kind, act.do)
        step = flow.step(key)
        person = self.world.person(act.actor)
        form = self._form(act, kind, key)
        actor, paper = (person, None) if act.via is None else self._on_paper(act, person, target)
        parent = target.uid if act.new and target is not None else ""
        command = TakeStep(
            key, actor, form, case="" if act.new or target is None else target.uid, opens=act.new, parent=parent,
            expected_version=act.version, key=act.key, paper=paper,
        )  # fmt: skip
        return command, step, target

    def _target(self, act: StepAct) -> Case | None:
        """The case on which the step is taken, or on which the new one hangs."""
        name = act.record if act.new else act.on
        if act.new and not name:
            return None
        return self.acting.load(self.world.uid(name))

    def _form(self, act: StepAct, kind: str, key: str) -> dict[str, Any]:
        form: dict[str, Any] = plain_values(act.form, self.today, self.world.calendar)
        if act.served_on is not None:
            form["served_on"] = act.served_on.on(self.today, self.world.calendar).isoformat()
        if kind == "record" and key in ("create", "edit") and "subject" in form:
            form["subject"] = self.world.subject_uid(form["subject"])
        return form

    def _on_paper(self, act: StepAct, person: Actor, target: Case | None) -> tuple[Actor, Paper]:
        """代录: `as` is whose paper it is, `entered_by` who of the office enters it."""
        assert target is not None
        assert person.user_id is not None
        office = self.world.person(act.entered_by) if act.entered_by else None
        received = act.received_on.on(self.today, self.world.calendar) if act.received_on else self.world.today
        posted = act.posted_on.on(self.today, self.world.calendar) if act.posted_on else None
        return office or self.acting.somebody(target, [Capacity.OFFICE]), Paper(person.user_id, received, posted)


def play_script(
    script: Script,
    backend: Backend,
    files: Path,
    today: date,
    watch: Callable[[World], None] = lambda _world: None,
) -> Played:
    """Found the script's own world in an empty database and play it.

    Args:
        today: the day from which counted days (`-3 WD`) are reckoned.
        watch: called after each step and each sweep.
    """
    clock = MovableClock(first_moment(script, today, calendar_of(script)))
    return Player(script, found_world(script, backend, clock, files), today, watch).play()


def first_moment(script: Script, today: date, calendar: Calendar) -> datetime:
    """The earliest instant that the script speaks of: there its clock begins."""
    firsts = [script.starts.at(today, calendar)]
    for given in script.given:
        if given.starts is not None:
            firsts.append(given.starts.at(today, calendar))
        elif given.source is not None:
            firsts.append(shanghai(given.source.on.on(today, calendar)))
    return min(firsts)


def _when(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")

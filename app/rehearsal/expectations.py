"""What a script expects, compared with what a user of the system would see."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.capacities import capacities_on
from app.clock import SHANGHAI
from app.database import read_transaction
from app.models.cases import Case
from app.models.history import EventRow
from app.models.kinds import Notice, Record
from app.models.people import Unit, User
from app.models.terms import RungRow, TermRow
from app.rehearsal.acting import Acting, state_named
from app.rehearsal.moments import Moment
from app.rehearsal.script import Expected, NoticeExpected, TermExpected
from app.rehearsal.world import UnknownName, World
from app.services.audit import verify
from app.services.files import read_bytes
from app.services.lawbook import current_calendar
from app.services.terms import counting_of
from workflows.kit.counting import ledger
from workflows.kit.forms import LabelledEnum
from workflows.registry import workflow
from workflows.roles import Capacity

_PENDING = ("submitted", "incomplete", "verifying", "signing", "answered", "review_submitted", "reviewing")


@dataclass(frozen=True)
class Check:
    """One expectation: where it was looked at, what, what was expected and what was there."""

    where: str
    what: str
    expected: str
    actual: str

    @property
    def holds(self) -> bool:
        return self.expected == self.actual


@dataclass
class Looking:
    """Looks at the cases of a play; it changes nothing."""

    world: World
    acting: Acting
    today: date

    def at(self, expected: Expected) -> list[Check]:
        """Every check of one entry, at the present moment."""
        now = self.world.clock().astimezone(SHANGHAI)
        where = f"{now:%Y-%m-%d %H:%M} {expected.case}".strip()
        with read_transaction(self.world.backend.engine) as session:
            checks = [Check(where, *found) for found in self._chain(session, expected)]
            if expected.case:
                try:
                    case = self.acting.load(self.world.uid(expected.case))
                except UnknownName as unknown:
                    return [*checks, Check(where, "事项", "存在", str(unknown))]
                checks += [Check(where, *found) for found in self._of_case(session, case, expected)]
        return checks

    def _chain(self, session: Session, expected: Expected) -> Iterator[tuple[str, str, str]]:
        if expected.chain is not None:
            report = verify(session, self.world.backend.keys)
            yield "历史链", "valid", "valid" if report.holds else "；".join(str(fault) for fault in report.faults[:3])

    def _of_case(self, session: Session, case: Case, expected: Expected) -> Iterator[tuple[str, str, str]]:
        if expected.state is not None:
            yield "状态", state_named(case.kind, expected.state), case.state
        for name, label in (("outcome", "结论"), ("phase", "阶段"), ("number", "编号")):
            wanted = getattr(expected, name)
            if wanted is not None:
                yield label, wanted, str(getattr(case, name))
        for name, wanted in (expected.terms or {}).items():
            yield from self._term(session, case, name, wanted)
        for name, rungs in (expected.rungs or {}).items():
            yield from self._rungs(session, case, name, rungs)
        yield from self._notices(session, case, expected)
        yield from self._inboxes(session, case, expected)
        if expected.history is not None:
            yield "步骤", "、".join(expected.history), "、".join(self._history(session, case, expected.history))
        if expected.moved is not None:
            yield "变动的期限", "、".join(sorted(expected.moved)), "、".join(self._moved(session, case))
        for name, value in (expected.fields or {}).items():
            yield f"字段 {name}", self._plain(value), self._field(case, name)
        for name, mark in self._marks(session, case, expected).items():
            if getattr(expected, name) is not None:
                yield name, str(getattr(expected, name)), str(mark())

    # -- terms ----------------------------------------------------------------------------------------------------

    def _newest_term(self, session: Session, case: Case, name: str) -> TermRow | None:
        keys = {term.key for term in workflow(case.kind).terms if name in (term.key, term.key.rpartition(".")[2])}
        keys |= {term.key for term in workflow(case.kind).terms if term.label == name}
        statement = select(TermRow).where(TermRow.case_id == case.id, TermRow.key.in_(sorted(keys)))
        return session.execute(statement.order_by(TermRow.arming.desc()).limit(1)).scalar_one_or_none()

    def _term(self, session: Session, case: Case, name: str, wanted: TermExpected) -> Iterator[tuple[str, str, str]]:
        row = self._newest_term(session, case, name)
        if row is None:
            yield f"期限 {name}", "有", "没有这一期限"
            return
        what = f"期限 {name}"
        if wanted.due_on is not None:
            yield f"{what} 最后一日", self._day(wanted.due_on), str(row.due_on)
        for field, value in (("status", row.status), ("provisional", row.provisional), ("arming", row.arming)):
            if getattr(wanted, field) is not None:
                yield f"{what} {field}", str(getattr(wanted, field)), str(value)
        if wanted.calendar is not None:
            yield f"{what} 日历版本", wanted.calendar, row.calendar_version
        if wanted.skipped is not None:
            yield f"{what} 不计入", "、".join(map(self._day, wanted.skipped)), "、".join(skipped_days(session, row))

    def _rungs(self, session: Session, case: Case, name: str, wanted: list[str]) -> Iterator[tuple[str, str, str]]:
        row = self._newest_term(session, case, name)
        fired: dict[str, str] = {}
        if row is not None:
            for rung in session.execute(select(RungRow).where(RungRow.term_id == row.id)).scalars():
                fired[rung.rung] = "overtaken" if rung.overtaken else ""
        for entry in wanted:
            key, _, mark = entry.partition(" ")
            actual = f"{key} {fired[key]}".strip() if key in fired else "没有发生"
            yield f"期限 {name} 提醒催办", f"{key} {mark}".strip(), actual

    # -- notices --------------------------------------------------------------------------------------------------

    def _notices(self, session: Session, case: Case, expected: Expected) -> Iterator[tuple[str, str, str]]:
        statement = select(Notice).where(Notice.parent_id == case.id).order_by(Notice.id)
        made = list(session.execute(statement).scalars())
        keys = [notice.key for notice in made if notice.state != "voided"]
        for key in expected.no_notices or []:
            yield f"文书 {key}", "没有", "有" if key in keys else "没有"
        for key in expected.notices or []:
            yield f"文书 {key}", "有", "有" if key in keys else "没有（现有：" + "、".join(keys) + "）"
        if isinstance(expected.notices, dict):
            for key, wanted in expected.notices.items():
                of_key = [notice for notice in made if notice.key == key]
                if of_key:
                    yield from self._notice(session, of_key, wanted)

    def _notice(self, session: Session, made: list[Notice], wanted: NoticeExpected) -> Iterator[tuple[str, str, str]]:
        notice, what = made[-1], f"文书 {made[-1].key}"
        if wanted.count is not None:
            yield f"{what} 份数", str(wanted.count), str(len([one for one in made if one.state != "voided"]))
        if wanted.state is not None:
            yield f"{what} 状态", state_named("notice", wanted.state), notice.state
        if wanted.served_on is not None:
            yield f"{what} 送达日期", self._day(wanted.served_on), str(notice.served_on)
        if wanted.due is not None:
            row = self._newest_term(session, notice, "service")
            yield f"{what} 送达期限", self._day(wanted.due), str(row.due_on if row else None)
        if wanted.to is not None:
            names = [recipient_name(session, one) for one in made]
            yield f"{what} 受送达人", wanted.to, wanted.to if wanted.to in names else "、".join(names)
        text = "".join(self.text_of(one) for one in made) if wanted.says else ""
        for words in wanted.says or []:
            yield f"{what} 内容", f"含“{words}”", f"含“{words}”" if words in text else "没有这些字"

    def text_of(self, notice: Notice) -> str:
        """What a notice says, as the play keeps it."""
        return read_bytes(self.world.files, notice.sha256).decode() if notice.sha256 else ""

    # -- who and what ---------------------------------------------------------------------------------------------

    def _inboxes(self, session: Session, case: Case, expected: Expected) -> Iterator[tuple[str, str, str]]:
        for name, wanted in ((expected.inbox_of, True), (expected.not_inbox_of, False)):
            if name is None:
                continue
            held = capacities_on(self.world.standing(session, self.world.person(name)), case)
            holds = case.holder is not None and Capacity(case.holder) in held
            words = {True: f"在{name}的待办中", False: f"不在{name}的待办中"}
            yield "待办", words[wanted], words[holds] if holds == wanted else f"现由{case.holder or '无人'}办理"

    def _history(self, session: Session, case: Case, wanted: list[str]) -> list[str]:
        """The steps taken; SYSTEM steps stand in brackets and may be left out, and then all of them are."""
        rows = session.execute(
            select(EventRow.step, EventRow.actor_id)
            .where(EventRow.case_id == case.id, EventRow.sort == "step")
            .order_by(EventRow.seq)
        )
        steps = [step if actor is not None else f"[{step}]" for step, actor in rows]
        named = {item for item in wanted if item.startswith("[")}
        drop_proposals = "propose" not in wanted
        return [
            step
            for step in steps
            if not (step.startswith("[") and step not in named) and not (drop_proposals and step == "propose")
        ]

    def _moved(self, session: Session, case: Case) -> list[str]:
        statement = select(EventRow.step).where(EventRow.case_id == case.id, EventRow.sort == "moved")
        return sorted(set(session.execute(statement).scalars()))

    def _field(self, case: Case, name: str) -> str:
        return self._plain(getattr(case, name, "没有这一字段"))

    def _plain(self, value: Any) -> str:
        if isinstance(value, LabelledEnum):
            return value.value
        if isinstance(value, (dict, list)):
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
        return str(value)

    def _marks(self, session: Session, case: Case, expected: Expected) -> dict[str, Callable[[], bool]]:
        def open_in(kind: str, states: tuple[str, ...] | None) -> bool:
            statement = select(Case.id).where(Case.dossier_id == case.dossier_id, Case.kind == kind)
            statement = statement.where(Case.state.in_(states) if states else Case.phase != "closed")
            return session.execute(statement).first() is not None

        return {
            "disputed": lambda: open_in("objection", _PENDING),
            "rectifying": lambda: open_in("rectification", None),
            "published": lambda: is_published(session, case),
        }

    def _day(self, moment: Moment) -> str:
        return str(moment.on(self.today, self.world.calendar))


def is_published(session: Session, case: Case) -> bool:
    """公示中: an organ's record, open to the public, listed, and its longest publication not over."""
    record = session.get(Record, case.id)
    if record is None or record.state != "listed" or record.subject_unit_id is None:
        return False
    running = select(TermRow.id).where(
        TermRow.case_id == record.id, TermRow.key == "record.publication_max", TermRow.status == "running"
    )
    return record.disclosure_level == "public" and session.execute(running).first() is not None


def skipped_days(session: Session, row: TermRow) -> list[str]:
    """The days of a term's ledger that are not counted, in order."""
    if row.anchor_on is None:
        return []
    found = ledger(counting_of(row), current_calendar(session))
    days: list[str] = []
    for skip in found.skips:
        count = (skip.last - skip.first).days + 1
        days += [str(skip.first + timedelta(days=place)) for place in range(count)]
    return days


def recipient_name(session: Session, notice: Notice) -> str:
    """Whom a notice is served on."""
    if notice.recipient_person_id is not None:
        person = session.get(User, notice.recipient_person_id)
        return person.name if person else ""
    unit = session.get(Unit, notice.recipient_unit_id)
    return unit.name if unit else ""


def shown(instant: datetime) -> str:
    """An instant by the clocks of Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")

"""What happened in a play, for reading: acts, automatic steps, rungs, notices, and each term with its ledger."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import SHANGHAI
from app.database import read_transaction
from app.models.cases import Case
from app.models.history import EventRow
from app.models.kinds import Notice
from app.models.kinds_more import SyncItem
from app.models.people import User
from app.models.terms import RungRow, TermRow
from app.rehearsal.expectations import recipient_name
from app.rehearsal.player import Played
from app.services.lawbook import current_calendar
from app.services.terms import counting_of
from workflows.kit.counting import ledger
from workflows.kit.span import Span, Unit
from workflows.registry import workflow

_WEEKDAYS = "一二三四五六日"
_RUNGS = {
    "t-3": "届满前3个工作日提醒",
    "t-1": "届满前1个工作日提醒",
    "t+1": "逾期催办",
    "t+5": "逾期5个工作日，列入通报批评范围",
}
_STATUS = {"running": "进行中", "paused": "暂停中", "awaiting": "待起算", "met": "已办结", "lapsed": "已届满"}
_SORTS = {"armed": "期限起算", "paused": "期限暂停", "resumed": "期限恢复", "moved": "期限变动", "ended": "期限办结"}
_NOTED = {"expiry_refused": "到期待处理", "without_object": "标的已终结"}


@dataclass(frozen=True)
class Line:
    """One line of the time line."""

    at: datetime
    case: str
    text: str

    @property
    def when(self) -> str:
        local = self.at.astimezone(SHANGHAI)
        return f"{local:%Y-%m-%d} 周{_WEEKDAYS[local.weekday()]} {local:%H:%M}"

    def __str__(self) -> str:
        return f"{self.when}  {self.case:<4}{self.text}"


@dataclass(frozen=True)
class TermEntry:
    """One term of a case with the account of its days."""

    case: str
    label: str
    key: str
    arming: int
    length: str
    anchor_on: date | None
    due_on: date | None
    status: str
    provisional: bool
    basis: str
    calendar: str
    rungs: tuple[str, ...]
    skips: tuple[str, ...]

    def __str__(self) -> str:
        number = f"（第{self.arming}次）" if self.arming > 1 else ""
        days = (
            f"自{self.anchor_on}起，至{self.due_on}" if self.due_on else "尚未起算" if not self.anchor_on else "暂停中"
        )
        mark = "，暂按双休日和法定节假日推算" if self.provisional else ""
        lines = [f"{self.case:<4}{self.label}{number} {self.length}：{days}，{self.status}{mark}"]
        lines += [f"      不计入 {skip}" for skip in self.skips]
        lines += [f"      {rung}" for rung in self.rungs]
        lines.append(f"      依据：{self.basis}；日历版本：{self.calendar}")
        return "\n".join(lines)


class Telling:
    """Reads a play's database into lines and terms."""

    def __init__(self, played: Played) -> None:
        self.played = played
        self.world = played.world
        self._names: dict[int, str] = {}

    def lines(self) -> list[Line]:
        """Everything that happened, in the order in which it happened."""
        with read_transaction(self.world.backend.engine) as session:
            people = dict(session.execute(select(User.id, User.name)).all())
            cases = self._cases(session)
            found: list[Line] = []
            for event in session.execute(select(EventRow).order_by(EventRow.id)).scalars():
                text = self._told(session, event, cases[event.case_id], people)
                if text:
                    found.append(Line(event.at, self._names[event.case_id], text))
        found += [Line(remark.at, "·", remark.text) for remark in self.played.remarks]
        return sorted(found, key=lambda line: line.at)

    def _cases(self, session: Session) -> dict[int, Case]:
        cases = {case.id: case for case in session.execute(select(Case)).scalars()}
        by_uid = {uid: name for name, uid in self.world.cases.items()}
        for case in cases.values():
            self._names[case.id] = by_uid.get(case.uid) or (
                self._names.get(case.parent_id, "") if case.parent_id else ""
            )
        return cases

    def _told(self, session: Session, event: EventRow, case: Case, people: dict[int, str]) -> str:
        body = json.loads(event.body)
        if case.kind == "notice":
            return self._notice(session, event, case)
        if case.kind == "sync":
            item = session.get(SyncItem, case.id)
            assert item is not None
            words = {"open": "待同步", "confirm": "已同步", "drop": "无需同步"}
            return (
                f"同步事项“{item.target_label}”（{item.trigger}）{words.get(event.step, '')}"
                if event.step in words
                else ""
            )
        if event.sort == "rung":
            mark = "（已被后续事项超过，不再提醒）" if body["overtaken"] else ""
            return f"‖ {self._term_label(case, event.step)} {_RUNGS[body['rung']]}{mark}"
        if event.sort != "step":
            return self._other(event, case, body)
        return self._step(event, case, body, people)

    def _step(self, event: EventRow, case: Case, body: dict[str, Any], people: dict[int, str]) -> str:
        flow = workflow(case.kind)
        step = flow.step(event.step)
        who = people.get(event.actor_id, "") if event.actor_id is not None else "［系统］"
        moved = f" → {flow.state(body['to']).label}" if body["from"] != body["to"] else ""
        # A record's draft has no number yet; every other case is filed with its opening step.
        filed = event.step == "report" if case.kind == "record" else step is not None and step.opening
        number = f"，{case.number}" if filed else ""
        paper = "（代录纸质材料）" if body.get("paper") else ""
        what = ""
        if event.step == "propose":
            proposed = flow.decidable(body["form"]["step"])
            what = f"“{proposed.label}”" if proposed else ""
        return f"{who}  {step.label if step else event.step}{what}{paper}{moved}{number}"

    def _other(self, event: EventRow, case: Case, body: dict[str, Any]) -> str:
        if event.sort == "noted":
            return f"‖ {_NOTED.get(event.step, event.step)}" + (f"：{body['why']}" if body.get("why") else "")
        label = self._term_label(case, event.step)
        due = body["terms"][0]["due"] if body.get("terms") else None
        was = f"，原为{body['before']}" if body.get("before") else ""
        return f"‖ {_SORTS.get(event.sort, event.sort)}：{label}" + (f"，至{due}{was}" if due else "")

    def _term_label(self, case: Case, key: str) -> str:
        term = workflow(case.kind).term(key)
        return term.label if term else key

    def _notice(self, session: Session, event: EventRow, case: Case) -> str:
        notice = session.get(Notice, case.id)
        assert notice is not None
        title = f"《{notice.title}》{notice.number or ''}"
        if event.sort != "step":
            return ""
        if event.step == "draft" and json.loads(event.body)["to"] == "drafted":
            return f"✉ {title} 待签发"
        if event.step == "issue" and not notice.electronic:
            return f"✉ {title} 成文，待送达{recipient_name(session, notice)}"
        if event.step in ("confirm_service", "deem_served"):
            return f"✉ {title} 送达{recipient_name(session, notice)}，{notice.served_on}"
        if event.step in ("draft", "issue", "dispatch") and notice.electronic:
            return ""
        step = workflow("notice").step(event.step)
        return f"✉ {title} {step.label}" if step and event.step not in ("draft", "issue") else ""

    def terms(self) -> list[TermEntry]:
        """Every term of the named cases, with every day that was left out and why."""
        with read_transaction(self.world.backend.engine) as session:
            cases = self._cases(session)
            kinds = {case.id: case for case in cases.values() if case.kind not in ("notice", "sync")}
            calendar = current_calendar(session)
            found = []
            for row in session.execute(select(TermRow).order_by(TermRow.case_id, TermRow.id)).scalars():
                if row.case_id not in kinds:
                    continue
                skips: tuple[str, ...] = ()
                if row.anchor_on is not None:
                    account = ledger(counting_of(row), calendar)
                    skips = tuple(_skip(skip.first, skip.last, skip.reason) for skip in account.skips)
                found.append(self._entry(session, kinds[row.case_id], row, skips))
        return found

    def _entry(self, session: Session, case: Case, row: TermRow, skips: tuple[str, ...]) -> TermEntry:
        rungs = session.execute(select(RungRow).where(RungRow.term_id == row.id).order_by(RungRow.id)).scalars()
        told = tuple(
            f"{rung.fired_at.astimezone(SHANGHAI):%Y-%m-%d} {_RUNGS[rung.rung]}"
            + ("（已被超过）" if rung.overtaken else "")
            for rung in rungs
            if rung.rung in _RUNGS
        )
        return TermEntry(
            case=self._names[case.id],
            label=self._term_label(case, row.key),
            key=row.key,
            arming=row.arming,
            length=Span(row.number, Unit(row.unit)).text,
            anchor_on=row.anchor_on,
            due_on=row.due_on,
            status=_STATUS[row.status],
            provisional=row.provisional,
            basis=row.basis,
            calendar=row.calendar_version,
            rungs=told,
            skips=skips,
        )


def _skip(first: date, last: date, reason: str) -> str:
    return f"{first}（{reason}）" if first == last else f"{first}至{last}（{reason}）"

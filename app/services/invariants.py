"""What must hold in any database at any time (trust 2): asked by `doctor --deep`, and by tests after every ordeal."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from app.access.hands import stranded
from app.clock import legal_day
from app.models.cases import Case, Dossier
from app.models.history import EventRow, OutboxRow
from app.models.kinds import Notice, Record
from app.models.terms import LIVE, TermRow
from app.services.lawbook import rule_set
from app.services.reading.copies import not_a_copy
from workflows.kit.counting import Nature
from workflows.kit.definition import Phase, StartKind, Term, Workflow
from workflows.registry import WORKFLOWS


@dataclass(frozen=True)
class Breach:
    """One thing that does not hold: which rule, on which case (uid, empty for the whole database), and how."""

    rule: str
    case: str
    detail: str


def breaches(session: Session, today: date | None = None) -> list[Breach]:
    """Everything that does not hold, in the order of the rules. The chains are `app.services.audit`'s.

    Args:
        today: the day on which somebody must hold each case; by default that of the last event.
    """
    return [
        *_versions(session),
        *_one_event_per_step(session),
        *_terms_of_closed_cases(session),
        *_terms_outside_their_states(session),
        *_duties(session),
        *_nobody_holds(session, today or _last_day(session)),
        *_published_unserved(session),
        *_database_itself(session),
    ]


def _last_day(session: Session) -> date:
    last = session.scalar(select(func.max(Dossier.last_event_at)))
    return legal_day(last) if last is not None else date.max


def _versions(session: Session) -> Iterator[Breach]:
    """Version = number of steps; rungs and other notes are no steps."""
    steps = (
        select(EventRow.case_id, func.count().label("taken")).where(EventRow.sort == "step").group_by(EventRow.case_id)
    ).subquery()
    taken = func.coalesce(steps.c.taken, 0)
    rows = session.execute(
        select(Case.uid, Case.version, taken)
        .outerjoin(steps, steps.c.case_id == Case.id)
        .where(Case.version != taken)
        .order_by(Case.id)
    )
    for uid, version, count in rows:
        yield Breach("版本号等于步骤数", uid, f"版本号{version}，步骤{count}个")


def _one_event_per_step(session: Session) -> Iterator[Breach]:
    """Each step one history row; the history of a case has no hole and is as long as the case says."""
    doubled = session.execute(
        select(Case.uid, EventRow.version, func.count())
        .join(EventRow, EventRow.case_id == Case.id)
        .where(EventRow.sort == "step")
        .group_by(Case.uid, EventRow.version)
        .having(func.count() > 1)
        .order_by(Case.uid)
    )
    for uid, version, count in doubled:
        yield Breach("一个步骤一条记录", uid, f"第{version}步有{count}条记录")
    last, kept = func.coalesce(func.max(EventRow.seq), 0), func.count(EventRow.id)
    broken = session.execute(
        select(Case.uid, Case.event_count, kept, last)
        .outerjoin(EventRow, EventRow.case_id == Case.id)
        .group_by(Case.id, Case.uid, Case.event_count)
        .having(or_(Case.event_count != kept, last != kept))
        .order_by(Case.id)
    )
    for uid, expected, count, seq in broken:
        yield Breach("一个步骤一条记录", uid, f"应有{expected}条，现有{count}条，末条序号{seq}")


def _terms_of_closed_cases(session: Session) -> Iterator[Breach]:
    rows = session.execute(
        select(Case.uid, TermRow.key, TermRow.status)
        .join(TermRow, TermRow.case_id == Case.id)
        .where(Case.phase == Phase.CLOSED.value, TermRow.status.in_(LIVE))
        .order_by(Case.id, TermRow.id)
    )
    for uid, key, status in rows:
        yield Breach("办结的事项没有在计期限", uid, f"{key} {status}")


def _terms_outside_their_states(session: Session) -> Iterator[Breach]:
    """A live term belongs to the table, and its table lets it run in the present state."""
    rows = session.execute(
        select(Case.uid, Case.kind, Case.state, TermRow.key)
        .join(TermRow, TermRow.case_id == Case.id)
        .where(Case.phase != Phase.CLOSED.value, TermRow.status.in_(LIVE))
        .order_by(Case.id, TermRow.id)
    )
    for uid, kind, state, key in rows:
        term = WORKFLOWS[kind].term(key)
        if term is None or not any(known.key == state for known in term.runs_in | term.paused_in):
            yield Breach("期限只在其状态内计算", uid, f"{key} 在 {state}")


def _duties(session: Session) -> Iterator[Breach]:
    """Every duty that a step began, and that nothing ended since, has exactly one live row."""
    open_cases = select(Case.id).where(Case.phase != Phase.CLOSED.value)
    live: dict[int, list[str]] = {}
    for case_id, key in session.execute(
        select(TermRow.case_id, TermRow.key).where(TermRow.status.in_(LIVE), TermRow.case_id.in_(open_cases))
    ):
        live.setdefault(case_id, []).append(key)
    events = session.execute(
        select(Case.id, Case.uid, Case.kind, Case.state, Case.rule_set_id, EventRow.sort, EventRow.step, EventRow.body)
        .join(EventRow, EventRow.case_id == Case.id)
        .where(Case.phase != Phase.CLOSED.value, EventRow.sort.in_(("step", "ended")))
        .order_by(Case.id, EventRow.seq)
    )
    for case_id, group in groupby(events, key=lambda row: row.id):
        history = list(group)
        case = history[0]
        flow = WORKFLOWS[case.kind]
        rules = rule_set(session, case.rule_set_id) if case.rule_set_id is not None else None
        for term in flow.terms:
            rule = rules.term(term.key) if rules is not None else None
            if term.nature is not Nature.DUTY or rule is None or not rule.exists:
                continue
            count = live.get(case_id, []).count(term.key)
            if count != 1 and _must_run(flow, term, case.state, history):
                yield Breach("每项职责恰有一个期限", case.uid, f"{term.key} 在 {case.state} 有{count}个")


def _must_run(flow: Workflow, term: Term, state: str, history: Sequence[Any]) -> bool:
    """Whether the history began this duty and neither a step, a state nor a dispatch has ended it since."""
    runs_in = {known.key for known in term.runs_in}
    starts = {start.step for start in term.starts if start.when is None and start.kind is not StartKind.DATE}
    runs = False
    for event in history:
        if event.sort == "ended":
            runs = runs and event.step != term.key
            continue
        to = json.loads(event.body)["to"]
        if to not in runs_in or event.step in term.ends_at:
            runs = False
        elif event.step in starts:
            runs = True
    return runs and state in runs_in


def lost_cases(session: Session, today: date) -> list[tuple[str, str, str]]:
    """Cases that are in nobody's 待办, in nobody's 待分派, and in no resting state with a way out: uid, kind, state.

    A way out is a clock, work in the outbox, or another open case of the dossier.
    """
    other = aliased(Case)
    has_clock = select(TermRow.id).where(TermRow.case_id == Case.id, TermRow.status.in_(LIVE)).exists()
    has_work = select(OutboxRow.id).where(OutboxRow.case_id == Case.id, OutboxRow.status != "done").exists()
    waits_for = (
        select(other.id)
        .where(other.dossier_id == Case.dossier_id, other.id != Case.id, other.phase == Phase.OPEN.value)
        .exists()
    )
    rests = and_(_resting(), or_(has_clock, has_work, waits_for))
    nowhere = and_(Case.holder_unit_id.is_(None), Case.holder_person_id.is_(None))
    unheld = and_(Case.phase == Phase.OPEN.value, or_(Case.holder.is_(None), nowhere), ~rests)
    rows = session.execute(
        select(Case.uid, Case.kind, Case.state).where(or_(unheld, stranded()), not_a_copy()).order_by(Case.id),
        {"today": today},
    )
    return [(uid, kind, state) for uid, kind, state in rows]


def _nobody_holds(session: Session, today: date) -> Iterator[Breach]:
    for uid, kind, state in lost_cases(session, today):
        yield Breach("未办结的事项有人办理或者自动推进", uid, f"{kind} {state}")


def _resting() -> ColumnElement[bool]:
    return or_(
        *(
            and_(Case.kind == kind, Case.state.in_([state.key for state in flow.states if state.resting]))
            for kind, flow in WORKFLOWS.items()
        )
    )


def _published_unserved(session: Session) -> Iterator[Breach]:
    """What is shown or shared was told to its subject first."""
    told = (
        select(Notice.id)
        .where(Notice.parent_id == Record.id, Notice.key == "record_notice", Notice.state == "served")
        .exists()
    )
    rows = session.scalars(select(Record.uid).where(Record.listed_on.is_not(None), ~told).order_by(Record.id))
    for uid in rows:
        yield Breach("记入之前已送达告知", uid, "没有已送达的告知书")


def _database_itself(session: Session) -> Iterator[Breach]:
    """The database's own opinion of its files, keys and constraints."""
    if session.get_bind().dialect.name == "sqlite":
        for (answer,) in session.execute(text("PRAGMA integrity_check")):
            if answer != "ok":
                yield Breach("数据库文件完好", "", str(answer)[:200])
        for row in session.execute(text("PRAGMA foreign_key_check")):
            yield Breach("外键完好", "", f"{row[0]} 第{row[1]}行指向不存在的 {row[2]}")
        return
    for (name,) in session.execute(text("SELECT conname FROM pg_constraint WHERE NOT convalidated ORDER BY 1")):
        yield Breach("外键完好", "", f"约束 {name} 未经校验")

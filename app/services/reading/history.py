"""办理过程: the events of a case that a reader may read, newest first."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.access.capacities import reading_capacities
from app.models.cases import Case
from app.models.history import EventRow
from app.models.kinds import Notice
from app.models.people import User
from app.services.acting_for import done_by
from app.services.reading.form_lines import event_lines
from app.services.reading.reader import Reader
from workflows.kit.definition import Audience, Recipient, Workflow
from workflows.registry import workflow
from workflows.roles import Capacity

_PARTIES = frozenset({Capacity.SUBJECT, Capacity.SUBJECT_HEAD, Capacity.RECIPIENT})
_PROVIDERS = frozenset({Capacity.PROVIDER, Capacity.PROVIDER_HEAD, Capacity.FINDER, Capacity.FINDER_HEAD})
#: Words for events that are no steps.
SORTS = {"rung": "期限提醒", "armed": "送达起算期限", "paused": "期限暂停", "resumed": "期限恢复",
         "ended": "期限办结", "moved": "期限随日历调整", "noted": "系统记载"}  # fmt: skip
RUNGS = {"t-3": "期限届满前三个工作日提醒", "t-1": "期限届满前一个工作日提醒", "t+1": "逾期，发出催办通知",
         "t+5": "逾期五个工作日，列入通报范围"}  # fmt: skip


@dataclass(frozen=True)
class EventView:
    """One event as the timeline shows it; an empty author is the system."""

    seq: int
    at: datetime
    act: str
    author: str
    led_to: str
    lines: tuple[str, ...]


def events_of(reader: Reader, case: Case) -> tuple[EventView, ...]:
    """The history this reader may read, newest first.

    A party reads a decision when the notice of it has been dispatched, not before (architecture, section 3).
    """
    flow = workflow(case.kind)
    audiences = audiences_of(reader, case)
    rows = (
        reader.session.execute(
            select(EventRow)
            .where(EventRow.case_id == case.id, EventRow.audience.in_(audiences))
            .order_by(EventRow.seq.desc())
        )
        .scalars()
        .all()
    )
    names = _names(reader, rows)
    withheld = _withheld(reader, case, flow) if Audience.INSIDE.value not in audiences else frozenset()
    return tuple(_view(row, flow, names, withheld) for row in rows)


def audiences_of(reader: Reader, case: Case) -> list[str]:
    """Which audiences of a case this reader belongs to."""
    held = reading_capacities(reader.standing, case)
    found = {Audience.PARTIES.value}
    if held & _PROVIDERS:
        found.add(Audience.PROVIDER.value)
    if held - _PARTIES - _PROVIDERS - {Capacity.IMPLEMENTER}:
        found |= {Audience.PROVIDER.value, Audience.INSIDE.value}
    return sorted(found)


def _names(reader: Reader, rows: Any) -> dict[int, str]:
    ids = {person for row in rows for person in (row.actor_id, row.principal_id)} - {None}
    return dict(reader.session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())


def _withheld(reader: Reader, case: Case, flow: Workflow) -> frozenset[int]:
    """Versions whose decision is signed but not yet on its way to the party."""
    told = {
        draft.notice
        for step in flow.steps
        for draft in step.notices
        if draft.to in (Recipient.SUBJECT, Recipient.APPLICANT)
    }
    rows = reader.session.execute(
        select(Notice.occasion).where(
            Notice.parent_id == case.id,
            Notice.key.in_(told),
            Notice.state.in_(("drafted", "sealing", "issued")),
            Notice.subject_sees.is_(False),
        )
    )
    return frozenset(rows.scalars())


def _view(row: EventRow, flow: Workflow, names: dict[int, str], withheld: frozenset[int]) -> EventView:
    body = json.loads(row.body)
    author = done_by(names.get(row.actor_id or 0, ""), names.get(row.principal_id or 0))
    if row.sort != "step":
        return EventView(row.seq, row.at, SORTS.get(row.sort, row.sort), author, "", _lines_of_no_step(row, body, flow))
    step = flow.step(row.step)
    label = step.label if step else row.step
    if row.version in withheld:
        return EventView(row.seq, row.at, label, author, "", ("文书制作中，送出后可以查看内容。",))
    moved = body["from"] != body["to"]
    lines = event_lines(flow, step, body["form"]) if step else ()
    return EventView(row.seq, row.at, label, author, flow.state(body["to"]).label if moved else "", lines)


def _lines_of_no_step(row: EventRow, body: dict[str, Any], flow: Workflow) -> tuple[str, ...]:
    lines = []
    term = flow.term(body.get("term", "") or row.step)
    if term is not None:
        lines.append(term.label)
    if row.sort == "rung":
        lines.append(
            RUNGS.get(body["rung"], body["rung"]) + ("（补记，已被后一级提醒取代）" if body["overtaken"] else "")
        )
    if why := body.get("why") or body.get("cause") or body.get("note"):
        lines.append(str(why))
    lines += [f"届满日：{note['due']}" for note in body.get("terms", ()) if note.get("due")]
    return tuple(lines)


def last_step_of(reader: Reader, case: Case) -> tuple[int | None, str, str]:
    """Who took the newest step of the case, its key and its label."""
    row = reader.session.execute(
        select(EventRow.actor_id, EventRow.step)
        .where(EventRow.case_id == case.id, EventRow.sort == "step")
        .order_by(EventRow.seq.desc())
        .limit(1)
    ).one()
    step = workflow(case.kind).step(row.step)
    return row.actor_id, row.step, step.label if step else row.step

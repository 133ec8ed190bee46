"""办理过程: the events of a case that a reader may read, newest first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.access.capacities import reading_capacities
from app.models.cases import Case
from app.models.history import EventRow
from app.services.acting_for import done_by
from app.services.once_read import history_of, notices_of, person_name
from app.services.reading.form_lines import event_lines
from app.services.reading.reader import Reader
from workflows.kit.definition import Audience, Recipient, Workflow
from workflows.kit.span import Span
from workflows.kit.storable import in_words
from workflows.registry import workflow
from workflows.roles import REVIEWING, Capacity

_PARTIES = frozenset({Capacity.SUBJECT, Capacity.SUBJECT_HEAD, Capacity.RECIPIENT})
_PROVIDERS = frozenset({Capacity.PROVIDER, Capacity.PROVIDER_HEAD, Capacity.FINDER, Capacity.FINDER_HEAD})
#: Words for events that are no steps.
SORTS = {"rung": "期限提醒", "armed": "送达起算期限", "paused": "期限暂停", "resumed": "期限恢复",
         "ended": "期限办结", "moved": "期限随日历调整", "noted": "系统记载"}  # fmt: skip
RUNGS = {"t-3": "期限届满前三个工作日提醒", "t-1": "期限届满前一个工作日提醒", "t+1": "逾期，发出催办通知",
         "t+5": "逾期五个工作日，列入通报批评范围"}  # fmt: skip


#: What an event did to a term.
TERM_ACTS = {"open": "开启", "close": "办结", "pause": "暂停", "resume": "恢复", "paused": "暂停", "resumed": "恢复",
             "arm": "起算", "lapse": "届满", "move": "调整", "extend": "延长", "recount": "重算"}  # fmt: skip
#: What is noted of a term without a length, as 最短公示期限 of a minor record: it never applied, or no longer does.
NEVER, NO_LONGER = "不适用", "不再适用"


@dataclass(frozen=True)
class TermNote:
    """What an event did to one arming of a term, and the last day that came of it."""

    act: str
    key: str
    arming: int
    label: str
    due: str

    @property
    def words(self) -> str:
        done = TERM_ACTS.get(self.act, self.act)
        return f"{done}：{self.label}" + (f"，届满日{in_words(date.fromisoformat(self.due))}" if self.due else "")


@dataclass(frozen=True)
class EventView:
    """One event as the timeline and the log show it; an empty author is the system."""

    seq: int
    at: datetime
    act: str
    author: str
    led_to: str
    lines: tuple[str, ...]
    sort: str = "step"
    step: str = ""
    version: int = 0
    acting_as: str = ""
    #: Keys of the states between which the case moved; empty where it did not, or the reader was not told yet.
    moved: tuple[str, str] | None = None
    terms: tuple[TermNote, ...] = ()
    mac: str = ""


def events_of(reader: Reader, case: Case) -> tuple[EventView, ...]:
    """The history this reader may read, newest first.

    A party reads a decision when the notice of it has been dispatched, not before (architecture, section 3).
    """
    flow = workflow(case.kind)
    audiences = audiences_of(reader, case)
    rows = [row for row in history_of(reader.view, case.id) if row.audience in audiences]
    people = {person for row in rows for person in (row.actor_id, row.principal_id)}
    names = {person: person_name(reader.view, person) for person in people}
    withheld = withheld_versions(reader, case)
    shortened = frozenset(
        (note["term"], note["arming"])
        for row in history_of(reader.view, case.id)
        for note in json.loads(row.body).get("recounted", ())
        if has_no_length(note)
    )
    return tuple(_view(row, flow, names, withheld, shortened) for row in reversed(rows))


def has_no_length(note: Mapping[str, Any]) -> bool:
    """Whether what is noted of a term says that it has no days: its last day would be the day it begins from."""
    return Span.parse(note["length"]).number == 0


def audiences_of(reader: Reader, case: Case) -> list[str]:
    """Which audiences of a case this reader belongs to."""
    held = reading_capacities(reader.standing, case)
    found = {Audience.PARTIES.value}
    if held & _PROVIDERS:
        found.add(Audience.PROVIDER.value)
    inside = held - _PARTIES - _PROVIDERS - {Capacity.IMPLEMENTER}
    if case.holder and case.holder not in REVIEWING:
        # Others are at work again on what was sent back to them, and may be reviewed again.
        inside -= REVIEWING
    if inside:
        found |= {Audience.PROVIDER.value, Audience.INSIDE.value}
    return sorted(found)


def withheld_versions(reader: Reader, case: Case) -> frozenset[int]:
    """Versions whose decision is signed but not yet on its way to the party; none for whoever handles the case."""
    if Audience.INSIDE.value in audiences_of(reader, case):
        return frozenset()
    told = {
        draft.notice
        for step in workflow(case.kind).steps
        for draft in step.notices
        if draft.to in (Recipient.SUBJECT, Recipient.APPLICANT)
    }
    return frozenset(
        notice.occasion
        for notice in notices_of(reader.view, case.id)
        if notice.key in told and notice.state in ("drafted", "sealing", "issued") and not notice.subject_sees
    )


def _view(
    row: EventRow,
    flow: Workflow,
    names: Mapping[int | None, str],
    withheld: frozenset[int],
    shortened: frozenset[tuple[str, int]],
) -> EventView:
    body = json.loads(row.body)
    author = done_by(names[row.actor_id], names[row.principal_id])
    step = flow.step(row.step) if row.sort == "step" else None
    act = (step.label if step else row.step) if row.sort == "step" else SORTS.get(row.sort, row.sort)
    common = EventView(row.seq, row.at, act, author, "", (), row.sort, row.step, row.version, mac=row.mac)
    if row.version in withheld and row.sort == "step":
        return replace(common, lines=("文书制作中，送出后可以查看内容。",))
    notes = _term_notes(body, flow, shortened)
    if row.sort != "step":
        if row.sort == "ended" and notes and notes[0].act in (NEVER, NO_LONGER):
            common = replace(common, act="期限不适用" if notes[0].act == NEVER else "期限不再适用")
        return replace(common, lines=_lines_of_no_step(row, body, flow), terms=notes)
    moved = (body["from"], body["to"]) if body["from"] != body["to"] else None
    return replace(
        common,
        led_to=flow.state(body["to"]).label if moved else "",
        lines=event_lines(flow, step, body["form"]) if step else (),
        acting_as=Capacity(body["as"]).label,
        moved=moved,
        terms=notes,
    )


def _term_notes(body: dict[str, Any], flow: Workflow, shortened: frozenset[tuple[str, int]]) -> tuple[TermNote, ...]:
    notes = (*body.get("terms", ()), *body.get("recounted", ()), *filter(None, [body.get("extended")]))
    return tuple(_term_note(note, flow, shortened) for note in notes)


def _term_note(note: dict[str, Any], flow: Workflow, shortened: frozenset[tuple[str, int]]) -> TermNote:
    term, act, due = flow.term(note["term"]), note["act"], note["due"] or ""
    if has_no_length(note):
        act, due = NO_LONGER if (note["term"], note["arming"]) in shortened else NEVER, ""
    return TermNote(act, note["term"], note["arming"], term.label if term else note["term"], due)


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
    lines += [
        f"届满日：{in_words(date.fromisoformat(note['due']))}"
        for note in body.get("terms", ())
        if note.get("due") and not has_no_length(note)
    ]
    return tuple(lines)


def states_passed(reader: Reader, case: Case) -> frozenset[str]:
    """Keys of the states in which the case has been, its present one included, whoever may read what led there."""
    bodies = (json.loads(row.body) for row in history_of(reader.view, case.id) if row.sort == "step")
    return frozenset(state for body in bodies for state in (body["from"], body["to"]))


def last_step_of(reader: Reader, case: Case) -> tuple[int | None, str, str]:
    """Who took the newest step of the case, its key and its label."""
    row = next(row for row in reversed(history_of(reader.view, case.id)) if row.sort == "step")
    step = workflow(case.kind).step(row.step)
    return row.actor_id, row.step, step.label if step else row.step

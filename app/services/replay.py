"""Rebuild a case from the bodies of its events alone: state, version, and the last day of each live term (trust, T14).

Days are counted anew from what the events note (anchor, length, pauses, extensions), never copied from a row.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from app.clock import legal_day
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Counting, Extension, Nature, Pause, Span, Unit, due_on
from workflows.kit.definition import Workflow


@dataclass
class Replayed:
    """A case as its history tells it; a term that awaits its first day or is paused open-ended has no last day."""

    in_state: str = ""
    version: int = 0
    due: dict[str, date | None] = field(default_factory=dict)


def replay(bodies: Iterable[str], flow: Workflow, calendar: Calendar) -> Replayed:
    """What the events say, one after the other."""
    made = Replayed()
    running: dict[str, Counting | None] = {}
    for body in map(json.loads, bodies):
        if body["sort"] == "step":
            made.in_state, made.version = body["to"], body["version"]
        today = legal_day(datetime.fromisoformat(body["at"]))
        for note in [*body.get("recounted", ()), *body.get("terms", ())]:
            _apply(running, note, flow, calendar, today)
        if extended := body.get("extended"):
            _extend(running, extended, body["form"]["days"], today)
    made.due = {key: due_on(one, calendar).on if one else None for key, one in running.items()}
    return made


def _apply(
    running: dict[str, Counting | None], note: dict[str, Any], flow: Workflow, calendar: Calendar, today: date
) -> None:
    key, act = note["term"], note["act"]
    known = running.get(key)
    if act in {"close", "lapse"}:
        running.pop(key)
    elif act in {"pause", "paused"}:
        assert known is not None
        running[key] = replace(known, pauses=(*known.pauses, Pause(today, None, "")))
    elif act in {"resume", "resumed"}:
        assert known is not None
        *before, last = known.pauses
        running[key] = replace(known, pauses=(*before, replace(last, ended_on=max(today, last.began_on))))
    elif act == "move":
        assert known is not None
        running[key] = replace(known, not_before=date.fromisoformat(note["due"]))
    elif act == "arm" and known is not None:
        told = due_on(known, calendar).on if known.nature is Nature.RIGHT else None
        running[key] = replace(known, anchor_on=date.fromisoformat(note["anchor"]), not_before=told)
    else:
        running[key] = _begun(note, flow)


def _begun(note: dict[str, Any], flow: Workflow) -> Counting | None:
    if note["anchor"] is None:
        return None
    term = flow.term(note["term"])
    assert term is not None
    return Counting(term.nature, Span.parse(note["length"]), date.fromisoformat(note["anchor"]))


def _extend(running: dict[str, Counting | None], note: dict[str, Any], days: int, today: date) -> None:
    known = running[note["term"]]
    assert known is not None
    more = Extension(Span(days, Unit(note["length"].split()[1])), today, "")
    running[note["term"]] = replace(known, extensions=(*known.extensions, more))

"""A drafted notice for those who edit and sign it: its editable places, its differences from the standard text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from app.documents.text import notice_text
from app.models.cases import Case
from app.models.kinds import Notice
from app.services.notice_context import context_for
from app.services.reading.reader import Reader
from workflows.catalogue import NOTICES


class Mark(StrEnum):
    """What became of some words of the standard text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


Line = tuple[tuple[Mark, str], ...]
"""One line of the text in pieces, each with what became of it."""


@dataclass(frozen=True)
class DraftView:
    """The places of a draft that may be edited, what stands in them now, and every line with its differences."""

    places: tuple[str, ...]
    given: Mapping[str, Any]
    lines: tuple[Line, ...] = field(default=())

    @property
    def edited(self) -> bool:
        """Whether anything differs from the standard text."""
        return bool(self.changed)

    @property
    def changed(self) -> tuple[Line, ...]:
        """The lines that differ from the standard text."""
        return tuple(line for line in self.lines if any(mark is not Mark.KEPT for mark, _ in line))


def draft_of(reader: Reader, case: Case) -> DraftView | None:
    """The draft of a notice; None for other cases and for what is signed already."""
    if not isinstance(case, Notice) or case.state != "drafted":
        return None
    given = {**(case.edits or {}), "added_text": case.added_text}
    lines: tuple[Line, ...] = ()
    if any(given.values()):
        standard = notice_text(context_for(reader.view, case, edited=False))
        lines = differences(standard, notice_text(context_for(reader.view, case)))
    return DraftView(NOTICES[case.key].editable, given, lines)


def differences(standard: str, present: str) -> tuple[Line, ...]:
    """Every line of the present text in order, and where it departs from the standard text, character by character."""
    old, new = standard.splitlines(), present.splitlines()
    found: list[Line] = []
    for act, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            found += [((Mark.KEPT, line),) for line in old[a:b]]
            continue
        paired = min(b - a, d - c)
        found += [_within(was, now) for was, now in zip(old[a : a + paired], new[c : c + paired], strict=True)]
        found += [((Mark.REMOVED, line),) for line in old[a + paired : b]]
        found += [((Mark.ADDED, line),) for line in new[c + paired : d]]
    return tuple(found)


def _within(was: str, now: str) -> Line:
    pieces: list[tuple[Mark, str]] = []
    for act, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if act == "equal":
            pieces.append((Mark.KEPT, was[a:b]))
            continue
        pieces += [(Mark.REMOVED, was[a:b])] if b > a else []
        pieces += [(Mark.ADDED, now[c:d])] if d > c else []
    return tuple(pieces)

"""What the macros of a case page take. Pages make these from what the services answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.web.lights import Light
from workflows.kit.counting import Counting, Extension, Ledger, Pause
from workflows.rules.model import Grade


class MarkStatus(StrEnum):
    """Where a step of the strip lies: behind, here, or still to come."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True)
class StepMark:
    """One mark of the steps strip, with a short note such as the day."""

    label: str
    status: MarkStatus
    note: str = ""


def strip_of(labels: Sequence[str], current: int) -> tuple[StepMark, ...]:
    """The strip of a case that stands at `current` (0 is the first); with all done when it is past the last."""
    return tuple(
        StepMark(
            label,
            MarkStatus.DONE if index < current else MarkStatus.CURRENT if index == current else MarkStatus.AHEAD,
        )
        for index, label in enumerate(labels)
    )


@dataclass(frozen=True)
class Identity:
    """The bar on top of a case. `marks` are short words such as 异议中; `subject` is already masked."""

    title: str
    number: str
    subject: str
    state_label: str
    phase: str
    light: Light | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A link in a list."""

    text: str
    href: str


@dataclass(frozen=True)
class TimelineEntry:
    """One event of the history. An empty author is 系统; `led_to` is the new state where the act moved the case."""

    at: datetime
    sequence: int
    act: str
    author: str = ""
    led_to: str = ""
    lines: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def by_system(self) -> bool:
        return not self.author


@dataclass(frozen=True)
class TermView:
    """A term explained. `ledger` is None while it awaits the service or the date that starts it.

    `length` and `start` are words: 五个工作日, 收到告知书之日（2026年11月16日）.
    """

    key: str
    label: str
    length: str
    basis: str
    start: str
    grade: Grade
    light: Light | None = None
    ledger: Ledger | None = None
    pauses: tuple[Pause, ...] = field(default=())
    extensions: tuple[Extension, ...] = field(default=())

    @classmethod
    def counted(
        cls,
        key: str,
        label: str,
        counting: Counting,
        ledger: Ledger,
        *,
        basis: str,
        start: str,
        grade: Grade,
        light: Light | None,
    ) -> "TermView":
        """A term that has begun."""
        return cls(
            key, label, counting.span.text, basis, start, grade, light, ledger, counting.pauses, counting.extensions
        )

    @property
    def unconfirmed(self) -> bool:
        """Whether 待核 is shown: background knowledge or our own choice, not a text that was read."""
        return self.grade.unconfirmed

"""What the macros of a case page take. Pages make these from what the services answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.web.lights import Light
from app.web.month_pictures import Month, months_of
from workflows.kit.counting import Counting, Extension, Ledger, Pause
from workflows.rules.model import Basis, Grade


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


#: A term of more days than these is told in stretches, not day by day.
MOST_DAYS = 100


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
    months: tuple[Month, ...] = ()
    #: The citation with its words, where the rule set of the case still has it, and what the rule set adds.
    cited: Basis | None = None
    note: str = ""
    #: How it ended, empty while it lives; and why what its expiry brings could not be done yet.
    ended: str = ""
    refused: str = ""
    #: What was done on a day that paused, resumed or extended it: pairs of author and act, by day.
    acts: Mapping[date, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @classmethod
    def counted(
        cls,
        key: str,
        label: str,
        counting: Counting,
        ledger: Ledger,
        *,
        today: date,
        basis: str,
        start: str,
        grade: Grade,
        light: Light | None,
        length: str = "",
        **more: Any,
    ) -> "TermView":
        """A term that has begun; `length` where it is another than that which is counted, as of a returned term."""
        return cls(
            key, label, length or counting.span.text, basis, start, grade, light, ledger, counting.pauses,
            counting.extensions, months_of(ledger, today), **more,
        )  # fmt: skip

    @property
    def unconfirmed(self) -> bool:
        """Whether 待核 is shown: background knowledge or our own choice, not a text that was read."""
        return self.grade.unconfirmed

    @property
    def by_day(self) -> bool:
        """Whether the account is given day by day."""
        return self.ledger is not None and len(self.ledger.days) <= MOST_DAYS

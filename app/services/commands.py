"""What a caller wants: one step on one case, or one step that opens a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows.kit.context import Actor


@dataclass(frozen=True)
class Paper:
    """代录: the office enters what came on paper. The day that counts is the postmark, else the receipt."""

    on_behalf_of: int
    received_on: date
    posted_on: date | None = None


@dataclass(frozen=True)
class TakeStep:
    """One step on the case `case`, or, with `opens`, the opening step of a new case of that kind.

    `parent` is the case on which the new one hangs (the record of an objection, repair, …); `unit_id` the unit for
    which the actor opens it, where it hangs on none. `key` makes a repetition harmless. `shown` marks the texts that
    the actor was shown (`specimens.mark_of`): a step that would make or sign others is refused.
    """

    step: str
    actor: Actor
    form: Mapping[str, Any] = field(default_factory=dict)
    case: str = ""
    opens: str = ""
    parent: str = ""
    unit_id: int | None = None
    expected_version: int | None = None
    key: str | None = None
    paper: Paper | None = None
    shown: str = ""


@dataclass(frozen=True)
class Taken:
    """What came of it."""

    uid: str
    kind: str
    step: str
    state: str
    version: int
    number: str | None
    repeated: bool = False

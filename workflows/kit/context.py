"""What a step is judged on: the case, who acts, the time, the rules, and answers to the questions guards may ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from workflows.facts import Facts
from workflows.kit.calendar import Calendar
from workflows.kit.forms import NoForm, StepForm
from workflows.roles import Capacity
from workflows.rules.model import RuleSet


class CaseView(Protocol):
    """The base columns of a case that tables and guards read; procedures add their own in a protocol of theirs."""

    kind: str
    uid: str
    state: str
    phase: str
    outcome: str | None
    round: int
    version: int
    number: str | None
    received_on: date | None
    complete_on: date | None
    opened_on: date | None
    decided_on: date | None
    locality: str
    subject_person_id: int | None
    subject_unit_id: int | None


@dataclass(frozen=True)
class Actor:
    """Who acts. `user_id` is None for SYSTEM, as which nobody may act by hand."""

    user_id: int | None
    name: str
    uid: str = ""

    @property
    def is_system(self) -> bool:
        return self.user_id is None


SYSTEM = Actor(None, "系统", "system")


@dataclass(frozen=True)
class Proposal:
    """A live proposal (拟办) or signed request: the step wanted, its form, the opinion, and who has to act on it."""

    step: str
    form: Mapping[str, Any]
    opinion: str
    author_id: int
    holder: Capacity = Capacity.SUPERVISOR


@dataclass(frozen=True)
class Context:
    """Everything one step may depend on. Frozen: the engine changes nothing but the state of the case."""

    case: Any
    actor: Actor
    now: datetime
    today: date
    capacities: frozenset[Capacity]
    calendar: Calendar
    rules: RuleSet
    facts: Facts
    proposal: Proposal | None = None
    form: Any = field(default_factory=NoForm)
    given: Mapping[str, Any] | None = None
    expected_version: int | None = None
    #: Paper: the day it was received, and the day that counts for being in time (postmark, else receipt).
    received_on: date | None = None
    counts_on: date | None = None
    #: Paper: whose act the office enters (代录); None where the actor acts himself.
    on_behalf_of: int | None = None

    @property
    def taker_id(self) -> int | None:
        """Whose act the step is: the person on the paper, else the actor."""
        return self.on_behalf_of if self.on_behalf_of is not None else self.actor.user_id

    @property
    def filed_on(self) -> date:
        """The day an application is received: of the paper, else today."""
        return self.received_on or self.today

    @property
    def in_time_on(self) -> date:
        """The day that decides whether a right was used in time: postmark, else receipt, else today."""
        return self.counts_on or self.filed_on


__all__ = ["SYSTEM", "Actor", "CaseView", "Context", "Proposal", "StepForm"]

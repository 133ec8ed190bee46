"""What a step is judged on: the case, who acts, the time, the rules, and answers to the questions guards may ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    #: For whom its author acted (委托代办); None: for nobody but himself.
    principal_id: int | None = None

    @property
    def authors(self) -> frozenset[int]:
        """Whose proposal it is: its author's, and that of the person for whom he made it."""
        return _known(self.author_id, self.principal_id)


@dataclass(frozen=True)
class Hat:
    """In what quality somebody may act: as himself (`principal` None), or by a delegation for somebody else."""

    principal: int | None
    capacities: frozenset[Capacity]


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
    #: Of somebody who acts for others too (委托代办): his own hat first; empty where he has but one.
    hats: tuple[Hat, ...] = ()
    #: For whom the actor acts under the hat that he wears.
    acting_for: int | None = None

    def worn(self) -> "tuple[Context, ...]":
        """The context under each hat: a step is judged under one of them, never under two at once."""
        if not self.hats:
            return (self,)
        return tuple(replace(self, capacities=hat.capacities, acting_for=hat.principal, hats=()) for hat in self.hats)

    @property
    def persons(self) -> frozenset[int]:
        """Who stands behind the step: the actor, and the person for whom he acts."""
        return _known(self.actor.user_id, self.acting_for)

    @property
    def takers(self) -> frozenset[int]:
        """Whose act the step is: of the person on the paper, else of the actor and the person for whom he acts."""
        return self.persons if self.on_behalf_of is None else frozenset({self.on_behalf_of})

    @property
    def filed_on(self) -> date:
        """The day an application is received: of the paper, else today."""
        return self.received_on or self.today

    @property
    def in_time_on(self) -> date:
        """The day that decides whether a right was used in time: postmark, else receipt, else today."""
        return self.counts_on or self.filed_on


def _known(*user_ids: int | None) -> frozenset[int]:
    return frozenset(user_id for user_id in user_ids if user_id is not None)


__all__ = ["SYSTEM", "Actor", "CaseView", "Context", "Hat", "Proposal", "StepForm"]

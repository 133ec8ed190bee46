"""The occasion of a notice: the step of the parent that made it, with everything the text is drawn from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from app.clock import legal_day
from app.models.cases import Case
from app.models.history import EventRow
from app.models.kinds import Notice, Record
from app.models.terms import TermRow
from app.services.contexts import context_of
from app.services.notice_content.parties import parent_of, serves_the_subject
from app.services.terms import KeptTerms, kept_terms
from app.services.unit_of_work import UnitOfWork
from workflows.kit.calendar import Calendar
from workflows.kit.context import SYSTEM, Context
from workflows.kit.definition import Workflow
from workflows.registry import workflow
from workflows.rules.model import Basis, RuleSet


@dataclass(frozen=True)
class Taken:
    """One step that was taken. `on` is the legal day that counts: of paper, the day it was received."""

    step: str
    at: datetime
    on: date
    version: int
    form: Mapping[str, Any]
    by_system: bool


@dataclass(frozen=True)
class Matter:
    """What a notice says of its own beside the facts that every notice carries.

    `running` are keys of the parent's terms that are printed with their last day, in this order; `facts` takes the
    place of the record's facts where the parent words the problem itself.
    """

    content: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    basis: tuple[Basis, ...] = ()
    clauses: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    facts: str = ""


@dataclass(frozen=True)
class Occasion:
    """A notice and what it is about. `dated` is the day of signing, for a draft the present day."""

    work: UnitOfWork
    notice: Notice
    parent: Case
    ctx: Context
    calendar: Calendar
    dated: date

    @property
    def rules(self) -> RuleSet:
        """The rule set of the parent's opening day."""
        return self.ctx.rules

    @property
    def flow(self) -> Workflow:
        return workflow(self.parent.kind)

    @cached_property
    def record(self) -> Record | None:
        """The record of the dossier; a notice about a notice finds it too."""
        if isinstance(self.parent, Record):
            return self.parent
        dossier = self.parent.dossier_id
        statement = select(Record).where(Record.dossier_id == dossier)
        return self.work.once("record", dossier, lambda: self.work.session.execute(statement).scalar_one_or_none())

    @cached_property
    def history(self) -> tuple[Taken, ...]:
        """The steps of the parent, oldest first, those of this transaction included."""
        return self.work.once("history", self.parent.id, self._read_history)

    def _read_history(self) -> tuple[Taken, ...]:
        rows = self.work.session.execute(
            select(EventRow.step, EventRow.at, EventRow.version, EventRow.actor_id, EventRow.body)
            .where(EventRow.case_id == self.parent.id, EventRow.sort == "step")
            .order_by(EventRow.seq)
        )
        written = [_taken(row.step, row.at, row.version, row.actor_id, json.loads(row.body)) for row in rows]
        pending = [
            _taken(event.step, event.at, event.version, event.actor_id, event.content)
            for event in self.work.events
            if event.case is self.parent and event.sort == "step"
        ]
        return (*written, *pending)

    @cached_property
    def taken(self) -> Taken | None:
        """The step that made the notice; None where the clock made it without a step (a rung)."""
        return next((item for item in self.history if item.version == self.notice.occasion), None)

    def form(self, *steps: str) -> Mapping[str, Any]:
        """The form of the step that made the notice; empty if that was none of `steps`."""
        taken = self.taken
        return taken.form if taken is not None and taken.step in steps else {}

    def last(self, *steps: str) -> Taken | None:
        """The newest of these steps that had been taken when the notice was made."""
        made = self.notice.occasion
        return next((item for item in reversed(self.history) if item.step in steps and item.version <= made), None)

    def term_row(self, key: str, case_id: int | None = None) -> TermRow | None:
        """The newest arming of a term of the parent, or of another case."""
        return self.kept_terms(case_id).newest.get(key)

    def kept_terms(self, case_id: int | None = None) -> KeptTerms:
        """Every term of the parent, or of another case."""
        of = case_id or self.parent.id
        return self.work.once("terms", of, lambda: kept_terms(self.work, of))

    def basis_of(self, *terms: str) -> tuple[Basis, ...]:
        """Where the lengths of these terms come from; terms that the locality does not know are passed over."""
        rules = [self.rules.term(key) for key in terms]
        return tuple(rule.basis for rule in rules if rule is not None)

    @property
    def serves_the_subject(self) -> bool:
        """Whether the recipient is the recorded person or unit itself."""
        return serves_the_subject(self.notice, self.parent)


def _taken(step: str, at: datetime, version: int, actor_id: int | None, content: Mapping[str, Any]) -> Taken:
    on = legal_day(at)
    received = (content.get("paper") or {}).get("received_on")
    if received:
        on = received if isinstance(received, date) else date.fromisoformat(received)
    return Taken(step, at, on, version, content.get("form") or {}, actor_id is None)


def occasion_of(work: UnitOfWork, notice: Notice) -> Occasion:
    """Read the occasion of a notice of the locked dossier."""
    parent = parent_of(work.session, notice)
    return Occasion(
        work=work,
        notice=notice,
        parent=parent,
        ctx=context_of(work, parent, SYSTEM),
        calendar=work.calendar,
        dated=notice.signed_on or work.today,
    )

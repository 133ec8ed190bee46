"""Answers to the questions of `workflows.facts.Facts`, with SQL, once per step and only when asked."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, func, select

from app.documents.context import NoticeContext
from app.models.cases import Case
from app.models.history import EventRow
from app.models.kinds import Notice, Objection, Record
from app.models.kinds_more import Exemption, SyncItem
from app.models.people import Recusal, Unit, User
from app.models.terms import LIVE, TermRow
from app.services.unit_of_work import UnitOfWork
from workflows.forms.record import SANCTION_MONTHS, Sanction, Severity
from workflows.identity import check_credit_code
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Nature, has_ended, running_days_late
from workflows.kit.definition import State
from workflows.roles import OFFICIAL, REVIEWING, Capacity

OBJECTION_PENDING = ("submitted", "incomplete", "verifying", "signing", "answered", "review_submitted", "reviewing")
EXEMPTION_PENDING = ("submitted", "examining", "signing")
#: Official capacities of the first handling; those of the review organ are none.
_HANDLING = OFFICIAL - REVIEWING
_RECUSALS = Recusal.__table__
_DECLARED = select(_RECUSALS.c.reason).where(
    _RECUSALS.c.dossier_id == bindparam("dossier"), _RECUSALS.c.user_id == bindparam("person")
)
#: States of a record that count no more when the same act is recorded again.
RECORD_OVER = ("declined", "annulled", "exempted", "expired", "discarded")


@dataclass
class SqlFacts:
    """The facts around one case, as one actor's step sees them."""

    work: UnitOfWork
    case: Case
    actor_id: int | None
    calendar: Calendar
    today: date

    # -- who ------------------------------------------------------------------------------------------------------

    def last_mover(self) -> str:
        statement = (
            select(User.name)
            .join(EventRow, EventRow.actor_id == User.id)
            .where(EventRow.case_id == self.case.id, EventRow.sort == "step")
            .order_by(EventRow.seq.desc())
            .limit(1)
        )
        return self.work.session.execute(statement).scalar_one_or_none() or ""

    def recusal_ground(self, user_id: int | None = None) -> str:
        person = self.actor_id if user_id is None else user_id
        assert person is not None
        if person == self.case.subject_person_id:
            return "您是本事项的当事人"
        if self.case.subject_unit_id is not None and self.case.subject_unit_id in self.work.standing(person).works_in:
            return "您在当事单位任职"
        declared = self._declared(person)
        return f"您已声明自行回避（{declared}）" if declared else ""

    def _declared(self, person: int) -> str | None:
        asked = {"dossier": self.case.dossier_id, "person": person}
        return self.work.session.execute(_DECLARED, asked).scalar()

    def takers_in_round(self, step: str) -> frozenset[int]:
        acts = self._acts(step, self.case.round)
        pending = [
            known(event.actor_id, event.principal_id)
            for event in self.work.events
            if event.case is self.case and event.step == step
        ]
        return frozenset().union(*(takers for _, takers in acts), *pending)

    def last_takers(self, step: str) -> frozenset[int]:
        return next((takers for _, takers in reversed(self._acts(step))), frozenset())

    def handlers(self) -> frozenset[int]:
        return frozenset().union(*(takers for body, takers in self._acts() if Capacity(body["as"]) in _HANDLING))

    def _acts(self, step: str = "", in_round: int | None = None) -> list[tuple[dict[str, Any], frozenset[int]]]:
        """Steps of the case, one or all, with the people whose act each was (`takers_of`)."""
        which = [EventRow.step == step] if step else []
        which += [EventRow.round == in_round] if in_round is not None else []
        rows = self.work.session.execute(
            select(EventRow.actor_id, EventRow.principal_id, EventRow.body)
            .where(EventRow.case_id == self.case.id, EventRow.sort == "step", *which)
            .order_by(EventRow.seq)
        )
        acts = [
            (body, takers_of(body, actor, principal)) for actor, principal, text in rows for body in [json.loads(text)]
        ]
        return [(body, takers) for body, takers in acts if takers]

    def times_taken(self, step: str) -> int:
        if not self.case.is_stored:
            return 0
        return self.work.session.execute(
            select(func.count()).where(EventRow.case_id == self.case.id, EventRow.sort == "step", EventRow.step == step)
        ).scalar_one()

    # -- terms ----------------------------------------------------------------------------------------------------

    def _live(self, key: str) -> TermRow | None:
        return self.work.session.execute(
            select(TermRow).where(TermRow.case_id == self.case.id, TermRow.key == key, TermRow.status.in_(LIVE))
        ).scalar_one_or_none()

    def term_runs_until(self, key: str) -> date | None:
        row = self._live(key)
        return row.due_on if row is not None else None

    def term_over_since(self, key: str) -> date | None:
        due = self.term_runs_until(key)
        return due if due is not None and has_ended(due, self.today) else None

    def term_due_on(self, key: str) -> date | None:
        return self._newest_due(self.case.id, key)

    def _newest_due(self, case_id: int, key: str) -> date | None:
        statement = select(TermRow.due_on).where(TermRow.case_id == case_id, TermRow.key == key)
        return self.work.session.execute(statement.order_by(TermRow.arming.desc()).limit(1)).scalar_one_or_none()

    def working_days_late(self, key: str) -> int:
        due = self.term_over_since(key)
        return running_days_late(due, self.today, self.calendar) if due else 0

    # -- notices --------------------------------------------------------------------------------------------------

    def notice_issued(self, notice: str) -> bool:
        return self._exists(
            select(Notice.id).where(
                Notice.parent_id == self.case.id, Notice.key == notice, Notice.state.not_in(("drafted", "voided"))
            )
        )

    def notice_text_problem(self) -> str:
        from app.services.notice_text import problem_of

        return problem_of(self.work, self.case)

    def parent_state_opened_by_service(self) -> bool:
        from workflows.registry import workflow

        parent, notice = self._parent(), self._notice()
        if parent is None or not self._starts_something(parent, notice):
            return False
        opening = [step for step in workflow(parent.kind).steps if step.on_service == notice.key]
        opened = {move.to.key for step in opening for move in step.moves if isinstance(move.to, State)}
        return parent.state in opened if opened else self._runs_from(parent, notice)

    def _starts_something(self, parent: Case, notice: Notice) -> bool:
        """Only the service on the party does; a copy for the provider or the office tells them and no more."""
        from app.services.notice_content.parties import serves_the_subject

        return serves_the_subject(notice, parent)

    def _runs_from(self, parent: Case, notice: Notice) -> bool:
        """Whether a term of the parent awaits this service or is counted from it."""
        return self._exists(
            select(TermRow.id).where(
                TermRow.case_id == parent.id, TermRow.status.in_(LIVE), TermRow.awaits == notice.key
            )
        )

    def parent_waits_for_notice(self) -> bool:
        from workflows.registry import workflow

        parent, notice = self._parent(), self._notice()
        if parent is None or not self._starts_something(parent, notice):
            return False
        waits = any(step.on_service == notice.key for step in workflow(parent.kind).steps_from(parent.state))
        return waits or self._runs_from(parent, notice)

    def _notice(self) -> Notice:
        assert isinstance(self.case, Notice)
        return self.case

    def _parent(self) -> Case | None:
        return self.work.session.get(Case, self.case.parent_id) if self.case.parent_id else None

    # -- the dossier ----------------------------------------------------------------------------------------------

    def _exists(self, statement: object) -> bool:
        return self.work.session.execute(statement).first() is not None  # type: ignore[call-overload]

    def _others(self, kind: str) -> object:
        statement = select(Case.id).where(Case.dossier_id == self.case.dossier_id, Case.kind == kind)
        return statement.where(Case.id != self.case.id) if self.case.is_stored else statement

    def open_in_dossier(self, kind: str) -> int:
        statement = select(func.count()).where(
            Case.dossier_id == self.case.dossier_id, Case.kind == kind, Case.phase != "closed", Case.id != self.case.id
        )
        return self.work.session.execute(statement).scalar_one()

    def waiting_exemption(self) -> bool:
        return self._exists(
            select(Exemption.id).where(
                Exemption.dossier_id == self.case.dossier_id,
                Exemption.state.in_(EXEMPTION_PENDING),
                Exemption.waited_for,
            )
        )

    def pending_objection(self) -> bool:
        return self._exists(
            select(Case.id).where(
                Case.dossier_id == self.case.dossier_id, Case.kind == "objection", Case.state.in_(OBJECTION_PENDING)
            )
        )

    def decision_waits(self) -> bool:
        return self.pending_objection() or self.waiting_exemption()

    @cached_property
    def _record(self) -> Record | None:
        if isinstance(self.case, Record):
            return self.case
        return self._read_record()

    def _read_record(self) -> Record | None:
        statement = select(Record).where(Record.dossier_id == self.case.dossier_id)
        return self.work.session.execute(statement).scalar_one_or_none()

    def record_state(self) -> str:
        return self._record.state if self._record else ""

    def beyond_the_notice(self) -> bool:
        record = self._record
        assert record is not None
        context = self._told_in(record)
        if not context:
            return True
        told = NoticeContext.from_json(context).record
        assert told is not None
        ranks = [severity.label for severity in Severity]
        graver = ranks.index(Severity(record.severity).label) > ranks.index(told.severity_label)
        # Until its first correction, which never weighs more, a record must read as it was notified.
        return graver or (
            record.revision == 1 and (record.facts != told.facts or record.behaviour != told.behaviour_id)
        )

    def _told_in(self, record: Record) -> str | None:
        """What the record_notice says, as it was fixed."""
        statement = select(Notice.context).where(
            Notice.parent_id == record.id, Notice.key == "record_notice", Notice.state != "voided"
        )
        return self.work.session.execute(statement).scalar()

    def record_severity(self) -> str:
        return self._record.severity if self._record else "general"

    def record_listed_on(self) -> date | None:
        return self._record.listed_on if self._record else None

    def record_closed_on(self) -> date | None:
        return self._record.closed_on if self._record else None

    def subject_is_unit(self) -> bool:
        return self.case.subject_unit_id is not None

    def subject_code_problem(self) -> str:
        if self.case.subject_unit_id is None:
            # A person's number is checked when it is entered and is kept only as ciphertext.
            return ""
        unit = self.work.session.get(Unit, self.case.subject_unit_id)
        if unit is None or not unit.code:
            return "当事单位没有统一社会信用代码，请先在单位名册中补录"
        return check_credit_code(unit.code).error

    def same_act_recorded(self) -> bool:
        case = self.case
        assert isinstance(case, Record)
        return self._exists(
            select(Record.id).where(
                Record.id != case.id,
                Record.source_number == case.source_number,
                Record.behaviour == case.behaviour,
                Record.subject_person_id == case.subject_person_id,
                Record.subject_unit_id == case.subject_unit_id,
                Record.state.not_in(RECORD_OVER),
            )
        )

    def same_fields_disputed(self, fields: Collection[str]) -> bool:
        wanted = set(fields)
        return any(
            wanted & {item["field"] for item in objection.fields}
            for objection in self._objections()
            if objection.state in OBJECTION_PENDING
        )

    def same_objection_decided(self, fields: Collection[str], reason: str) -> bool:
        wanted = set(fields)
        return any(
            wanted == {item["field"] for item in objection.fields} and objection.reason == reason
            for objection in self._objections()
            if objection.decided_on is not None
        )

    def _objections(self) -> list[Objection]:
        rows = self.work.session.execute(
            select(Objection).where(Objection.dossier_id == self.case.dossier_id)
        ).scalars()
        return [row for row in rows if row is not self.case]

    def rectification_passed(self) -> bool | None:
        states = list(
            self.work.session.execute(
                select(Case.state).where(Case.dossier_id == self.case.dossier_id, Case.kind == "rectification")
            ).scalars()
        )
        return None if not states else "passed" in states

    def sanction_until(self) -> date | None:
        record = self._record
        if record is None or not record.sanction or record.effective_on is None:
            return None
        months = record.sanction_months or SANCTION_MONTHS.get(Sanction(record.sanction))
        if months is None:
            return None
        return _months_later(record.effective_on, months, self.calendar)

    def period_until(self, key: str) -> date | None:
        return self._newest_due(self._record.id, key) if self._record else None

    def repair_exists(self, *states: str) -> bool:
        return self._exists(self._others("repair").where(Case.state.in_(states)))  # type: ignore[attr-defined]

    def open_sync_items(self) -> int:
        statement = select(func.count()).where(Case.parent_id == self.case.id, Case.kind == "sync")
        return self.work.session.execute(statement.where(Case.phase != "closed")).scalar_one()

    def pending_sync_targets(self) -> frozenset[str]:
        statement = select(SyncItem.target).where(SyncItem.parent_id == self.case.id, SyncItem.phase != "closed")
        return frozenset(self.work.session.execute(statement).scalars())

    def sync_replaced(self) -> bool:
        item = self.case
        assert isinstance(item, SyncItem)
        return self._exists(
            select(SyncItem.id).where(
                SyncItem.dossier_id == item.dossier_id, SyncItem.target == item.target, SyncItem.id > item.id
            )
        )

    def parent_repair_waits_only_for_this(self) -> bool:
        parent = self._parent()
        if parent is None or parent.kind != "repair" or parent.state != "executing":
            return False
        statement = select(SyncItem.id).where(
            SyncItem.parent_id == parent.id, SyncItem.phase != "closed", SyncItem.id != self.case.id
        )
        return not self._exists(statement)

    def sync_reminded(self, target: str) -> bool:
        return self._exists(
            select(EventRow.seq)
            .join(SyncItem, SyncItem.id == EventRow.case_id)
            .where(
                SyncItem.parent_id == self.case.id,
                SyncItem.target == target,
                EventRow.sort == "step",
                EventRow.step == "supervise",
            )
        )


def takers_of(body: dict[str, Any], actor_id: int | None, principal_id: int | None) -> frozenset[int]:
    """Whose act a step was: the actor's, and his for whom he acted (委托代办); empty for the system's.

    What came on paper was not the act of its enterer.
    """
    return known(body["paper"]["on_behalf_of"]) if "paper" in body else known(actor_id, principal_id)


def known(*user_ids: int | None) -> frozenset[int]:
    """Those of the people who are somebody."""
    return frozenset(user_id for user_id in user_ids if user_id is not None)


def _months_later(start: date, months: int, calendar: Calendar) -> date | None:
    from workflows.kit.counting import Counting, Span, Unit, due_on

    return due_on(Counting(Nature.PERIOD, Span(months, Unit.M), start), calendar).on

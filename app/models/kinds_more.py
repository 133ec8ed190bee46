"""What only the pages of a rectification, a repair, an exemption and a sync item show: one joined table per kind."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import BigKey
from app.models.cases import Case
from workflows.roles import Capacity


class Rectification(Case):
    """整改: what was ordered, explained, planned, done and found."""

    __tablename__ = "rectification"
    __mapper_args__ = {"polymorphic_identity": "rectification"}

    id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"), primary_key=True)
    problems: Mapped[str] = mapped_column(Text, default="")
    requirements: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: Calendar days from service, or from `fail` or `reopen`; empty: as the rule set says.
    completion_days: Mapped[int | None] = mapped_column(Integer)
    served_on: Mapped[date | None] = mapped_column(Date)
    #: 0 正常, 1 催办, 2 督办, 3 通报批评; its history is that of the case.
    escalation_level: Mapped[int] = mapped_column(Integer, default=0)
    causes: Mapped[str] = mapped_column(Text, default="")
    responsible_persons: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: [{task, person, due_on}]; tasks are numbered from 1 in this order
    tasks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    #: Ledger (台账): [{on, task, progress, done}]
    progress: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    #: [{task, result, evidence}] as drafted for verification
    completion: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    completion_summary: Mapped[str] = mapped_column(Text, default="")


class Repair(Case):
    """信用修复: the application, the findings per line of the gate, and the review."""

    __tablename__ = "repair"
    __mapper_args__ = {"polymorphic_identity": "repair"}

    id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"), primary_key=True)
    correction: Mapped[str] = mapped_column(Text, default="")
    corrected_on: Mapped[date | None] = mapped_column(Date)
    evidence: Mapped[list[str]] = mapped_column(JSON, default=list)
    commitment: Mapped[bool] = mapped_column(Boolean, default=False)
    #: {line of the gate: {met, reason}}
    findings: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    finding_explanation: Mapped[str] = mapped_column(Text, default="")
    #: {line of the gate: {reason, possible_on}} as refused or denied
    unmet_lines: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    review_reason: Mapped[str] = mapped_column(Text, default="")
    review_was_late: Mapped[bool] = mapped_column(Boolean, default=False)
    review_result: Mapped[str | None] = mapped_column(String(20))
    review_reasons: Mapped[str] = mapped_column(Text, default="")


class Exemption(Case):
    """容错免责: the claim, the organ's finding, and what has to be put right afterwards."""

    __tablename__ = "exemption"
    __mapper_args__ = {"polymorphic_identity": "exemption"}

    id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"), primary_key=True)
    #: "subject" or "provider" (from the exemption question of the record)
    claimed_by: Mapped[str] = mapped_column(String(10), default="subject")
    situation: Mapped[str] = mapped_column(String(200), default="")
    circumstances: Mapped[str] = mapped_column(Text, default="")
    decision_procedure: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: {clause, motive, decision_procedure, corrective_measures, proposed} of the organ
    finding: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    #: granted, partial, denied
    decision: Mapped[str | None] = mapped_column(String(20))
    decision_reasons: Mapped[str] = mapped_column(Text, default="")
    document_number: Mapped[str] = mapped_column(String(200), default="")
    document_organ: Mapped[str] = mapped_column(String(200), default="")
    document_on: Mapped[date | None] = mapped_column(Date)
    #: {field of the record: new value}, for tolerance in part
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    correction: Mapped[str] = mapped_column(Text, default="")
    correction_evidence: Mapped[str] = mapped_column(Text, default="")
    #: Whether the record has to wait for the finding; ended by `proceed`.
    waited_for: Mapped[bool] = mapped_column(Boolean, default=True)


class SyncItem(Case):
    """同步事项: one target outside that must learn of a change of a record."""

    __tablename__ = "sync_item"
    __mapper_args__ = {"polymorphic_identity": "sync"}

    id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"), primary_key=True)
    #: Id of the rule set's sync target (S01–S16) and its name that day.
    target: Mapped[str] = mapped_column(String(20), index=True)
    target_label: Mapped[str] = mapped_column(String(200))
    trigger: Mapped[str] = mapped_column(String(200))

    @property
    def confirmer(self) -> str:
        """Who has to confirm: the target's own unit where it works here, else the office (procedures 5a)."""
        return Capacity.OFFICE if self.implementer_unit_id is None else Capacity.IMPLEMENTER

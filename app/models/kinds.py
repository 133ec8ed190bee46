"""What only the pages of a record, an objection and a notice show: one joined table per kind."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import BigKey, Id, Instant
from app.models.cases import Base, Case


class Record(Case):
    """政务失信记录, in its present revision."""

    __tablename__ = "record"
    __mapper_args__ = {"polymorphic_identity": "record"}

    id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"), primary_key=True)
    source_type: Mapped[str] = mapped_column(String(30))
    source_number: Mapped[str] = mapped_column(String(200), default="", index=True)
    source_on: Mapped[date | None] = mapped_column(Date)
    source_organ: Mapped[str] = mapped_column(String(200), default="")
    effective_on: Mapped[date | None] = mapped_column(Date)
    under_remedy: Mapped[bool] = mapped_column(Boolean, default=False)
    sanction: Mapped[str | None] = mapped_column(String(20))
    sanction_months: Mapped[int | None] = mapped_column(Integer)
    behaviour: Mapped[str] = mapped_column(String(10))
    key_field: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[str] = mapped_column(Text, default="")
    conduct_ended_on: Mapped[date | None] = mapped_column(Date)
    conduct_continues: Mapped[bool] = mapped_column(Boolean, default=False)
    loss: Mapped[str] = mapped_column(Text, default="")
    influence: Mapped[str] = mapped_column(Text, default="")
    severity: Mapped[str] = mapped_column(String(10))
    responsible_persons: Mapped[list[str]] = mapped_column(JSON, default=list)
    disclosure_level: Mapped[str] = mapped_column(String(20))
    exemption: Mapped[str | None] = mapped_column(String(20))
    secret_free: Mapped[bool] = mapped_column(Boolean, default=False)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    published_on: Mapped[date | None] = mapped_column(Date)
    listed_on: Mapped[date | None] = mapped_column(Date)
    #: The day on which record_notice was served; the statement term counts from it.
    served_on: Mapped[date | None] = mapped_column(Date)


class RecordRevision(Base):
    """An earlier text of a record, kept when it was corrected."""

    __tablename__ = "record_revision"
    __table_args__ = (UniqueConstraint("record_id", "revision", name="uq_record_revision"),)

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(BigKey, ForeignKey("record.id"))
    revision: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)


class Statement(Base):
    """陈述申辩 of a subject; each one must be answered in writing before listing."""

    __tablename__ = "statement"

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(BigKey, ForeignKey("record.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    late_reason: Mapped[str] = mapped_column(Text, default="")
    made_on: Mapped[date] = mapped_column(Date)
    author_id: Mapped[int | None] = mapped_column(BigKey)


class Objection(Case):
    """异议: which fields are disputed, what the provider found, what was decided."""

    __tablename__ = "objection"
    __mapper_args__ = {"polymorphic_identity": "objection"}

    id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"), primary_key=True)
    #: [{field, ground, wanted}]
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    #: The record's words on the day of filing, per contestable field.
    recorded: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    attacks_source_only: Mapped[bool] = mapped_column(Boolean, default=False)
    accepted_on: Mapped[date | None] = mapped_column(Date)
    transferred_by: Mapped[list[int]] = mapped_column(JSON, default=list)
    #: {field: {verdict, value}} of the provider
    verdicts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    explanation: Mapped[str] = mapped_column(Text, default="")
    #: {field: {verdict, value}} as decided
    decided_verdicts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    decision_reasons: Mapped[str] = mapped_column(Text, default="")
    review_reason: Mapped[str] = mapped_column(Text, default="")
    review_was_late: Mapped[bool] = mapped_column(Boolean, default=False)
    review_result: Mapped[str | None] = mapped_column(String(20))
    review_reasons: Mapped[str] = mapped_column(Text, default="")


class Notice(Case):
    """文书: one notice to one recipient."""

    __tablename__ = "notice"
    __mapper_args__ = {"polymorphic_identity": "notice"}

    id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(200))
    #: Capacity that signs, and the unit whose organ mark stands on it.
    signer: Mapped[str] = mapped_column(String(20))
    organ_unit_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"), index=True)
    served: Mapped[bool] = mapped_column(Boolean)
    electronic: Mapped[bool] = mapped_column(Boolean)
    added_text: Mapped[str] = mapped_column(Text, default="")
    #: What else was written into the places that may be edited, by place; None: nothing.
    edits: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    #: Version of the parent whose step made it, and a reason that the step's form does not hold.
    occasion: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str] = mapped_column(Text, default="")
    #: Canonical JSON of everything it says, fixed when it is signed.
    context: Mapped[str] = mapped_column(Text, default="")
    code: Mapped[str] = mapped_column(String(20), unique=True)
    sha256: Mapped[str | None] = mapped_column(String(64))
    signed_on: Mapped[date | None] = mapped_column(Date)
    issued_on: Mapped[date | None] = mapped_column(Date)
    method: Mapped[str | None] = mapped_column(String(20))
    dispatched_on: Mapped[date | None] = mapped_column(Date)
    announced_on: Mapped[date | None] = mapped_column(Date)
    served_on: Mapped[date | None] = mapped_column(Date)
    service: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    #: The parts of its number, by which the register is kept; empty until it is drawn, and for what bears none.
    number_word: Mapped[str | None] = mapped_column(String(60))
    number_year: Mapped[int | None] = mapped_column(Integer)
    number_serial: Mapped[int | None] = mapped_column(Integer)


Index("uq_notice_number", Notice.number_word, Notice.number_year, Notice.number_serial, unique=True)

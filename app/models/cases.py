"""Dossiers and cases: the base that inbox, search, access, terms, history and notices need."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, BigKey, Id, Instant, Uid


class Dossier(Base):
    """案卷: a record and all that hangs on it. One transaction locks exactly one of these rows, first."""

    __tablename__ = "dossier"

    id: Mapped[Id]
    uid: Mapped[Uid]
    locality: Mapped[str] = mapped_column(String(40), index=True)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    #: The instant of its last event: time never runs back within a dossier.
    last_event_at: Mapped[datetime] = mapped_column(Instant)
    #: When it was imported from another installation: a copy to be read, in which no step is taken.
    imported_at: Mapped[datetime | None] = mapped_column(Instant)


class CaseState(Base):
    """The vocabulary of states; a new state is one row and never a table rebuild."""

    __tablename__ = "case_state"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(30), primary_key=True)
    phase: Mapped[str] = mapped_column(String(10), primary_key=True)


class RuleSetRow(Base):
    """An immutable numbered rule set of a locality, entered by one keeper and confirmed by another."""

    __tablename__ = "rule_set"
    __table_args__ = (Index("uq_rule_set_locality_number", "locality", "number", unique=True),)

    id: Mapped[Id]
    locality: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    in_force_from: Mapped[date] = mapped_column(Date)
    entered_by: Mapped[str] = mapped_column(String(80))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_by: Mapped[str | None] = mapped_column(String(80))
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)


class RuleProposal(Base):
    """How a rule set came about, kept beside it: what was changed on which set, and whether it was rejected."""

    __tablename__ = "rule_proposal"

    rule_set_id: Mapped[int] = mapped_column(BigKey, ForeignKey("rule_set.id"), primary_key=True)
    #: Number of the set on which the change was made; empty for a whole set out of files.
    base: Mapped[int | None] = mapped_column(Integer)
    #: Every change by the keepers on top of the shipped files (`workflows.rules.changes.Changes`), as JSON.
    changes: Mapped[str] = mapped_column(Text, default="{}")
    rejected_by: Mapped[str | None] = mapped_column(String(80))
    rejected_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(400), default="")


class CalendarRow(Base):
    """A version of the working-day calendar; the newest one counts."""

    __tablename__ = "calendar_version"

    id: Mapped[Id]
    version: Mapped[str] = mapped_column(String(40), unique=True)
    body: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200))
    imported_at: Mapped[datetime] = mapped_column(Instant)


def _of_relations() -> Iterator[Index]:
    """From a relation by which somebody may see cases to these cases, the newest first: `search_index.by_relation`."""
    for column in ("handling_unit_id", "provider_unit_id", "finder_unit_id"):
        name = f"ix_cases_{column.removesuffix('_unit_id')}"
        yield Index(f"{name}_kind", column, "kind", "id")
        yield Index(f"{name}_state", column, "kind", "state", "id")
        yield _index_where(f"{name}_due", "due_on IS NOT NULL", column, "due_on", "id")
    for column in ("review_unit_id", "tolerance_unit_id", "implementer_unit_id"):
        yield _index_where(f"ix_cases_{column.removesuffix('_unit_id')}", f"{column} IS NOT NULL", column, "id")
    for column in ("subject_person_id", "subject_unit_id", "recipient_person_id", "recipient_unit_id"):
        name = f"ix_cases_{column.removesuffix('_id')}"
        yield Index(name, column, "id")
        if column.startswith("subject"):
            yield _index_where(f"{name}_due", f"{column} IS NOT NULL AND due_on IS NOT NULL", column, "due_on", "id")


def _index_where(name: str, condition: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


_OWN = text("holder_unit_id IS NOT NULL AND subject_unit_id IS NOT NULL")


class Case(Base):
    """One case of any kind. Kinds add a joined table with what only their own page shows."""

    __tablename__ = "cases"
    __table_args__ = (
        ForeignKeyConstraint(
            ["kind", "state", "phase"],
            ["case_state.kind", "case_state.state", "case_state.phase"],
            name="fk_cases_state",
        ),
        CheckConstraint("(phase = 'closed') = (closed_on IS NOT NULL)", name="closed_has_day"),
        CheckConstraint(
            "filed = 0 OR (number IS NOT NULL AND opened_on IS NOT NULL AND rule_set_id IS NOT NULL)",
            name="filed_is_complete",
        ),
        CheckConstraint("phase <> 'decided' OR decided_on IS NOT NULL", name="decided_has_day"),
        # 待办 and 督办 walk these in the order of their last days.
        Index("ix_cases_holder", "holder_unit_id", "holder", "due_on", "id"),
        # A unit that would have to act on its own matter: all its people must keep out.
        Index("ix_cases_own_matter", "subject_unit_id", "holder_unit_id", sqlite_where=_OWN, postgresql_where=_OWN),
        Index("ix_cases_holder_person", "holder_person_id"),
        Index("ix_cases_dossier", "dossier_id"),
        Index("ix_cases_due", "due_on"),
        *_of_relations(),
    )
    __mapper_args__ = {"polymorphic_on": "kind"}

    id: Mapped[Id]
    uid: Mapped[Uid]
    kind: Mapped[str] = mapped_column(String(20))
    dossier_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dossier.id"))
    parent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("cases.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(80), unique=True)
    filed: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(String(30))
    phase: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str | None] = mapped_column(String(40))
    round: Mapped[int] = mapped_column(Integer, default=1)
    version: Mapped[int] = mapped_column(Integer, default=0)
    locality: Mapped[str] = mapped_column(String(40), index=True)
    rule_set_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("rule_set.id"))

    subject_person_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))
    subject_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    provider_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    finder_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    handling_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    review_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    tolerance_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    implementer_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    #: Whom a notice is served on.
    recipient_person_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))
    recipient_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    #: Whether the subject has been told of the case; a record shows itself from the dispatch of its notice.
    subject_sees: Mapped[bool] = mapped_column(Boolean, default=False)

    #: Who holds the case now: a capacity with the unit or the person it means here; empty while it rests.
    holder: Mapped[str | None] = mapped_column(String(20))
    holder_unit_id: Mapped[int | None] = mapped_column(BigKey)
    holder_person_id: Mapped[int | None] = mapped_column(BigKey)
    #: Last day of the governing (earliest) running duty or right.
    due_on: Mapped[date | None] = mapped_column(Date)

    received_on: Mapped[date | None] = mapped_column(Date)
    complete_on: Mapped[date | None] = mapped_column(Date)
    opened_on: Mapped[date | None] = mapped_column(Date)
    decided_on: Mapped[date | None] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(Instant)
    chain_head: Mapped[str] = mapped_column(String(64), default="")
    event_count: Mapped[int] = mapped_column(Integer, default=0)

    dossier: Mapped[Dossier] = relationship()

    @property
    def is_stored(self) -> bool:
        """Whether the case has a row; a case before its opening step has none."""
        return inspect(self).has_identity


class ProposalRow(Base):
    """拟办: what the clerk would have decided. One live proposal per case."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index(
            "uq_proposal_live",
            "case_id",
            unique=True,
            sqlite_where=text("status = 'live'"),
            postgresql_where=text("status = 'live'"),
        ),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"))
    step: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(Text)
    opinion: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    #: For whom its author acted (委托代办).
    principal_id: Mapped[int | None] = mapped_column(BigKey)
    made_at: Mapped[datetime] = mapped_column(Instant)
    #: The capacity that has to act on it: a decider, or the head who signs a request.
    holder: Mapped[str] = mapped_column(String(20))
    #: live, taken, withdrawn, returned, dropped
    status: Mapped[str] = mapped_column(String(10))

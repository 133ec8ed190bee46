"""Terms and their rungs. `due_on` is a pure function of the other columns; overdue is derived, never stored."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigKey, Id, Instant

LIVE = ("running", "paused", "awaiting")
_DUTY = text("nature = 'duty'")
_OPEN_DUTY = text("nature = 'duty' AND status IN ('running', 'paused')")
_ENDED_DUTY = text("nature = 'duty' AND ended_on IS NOT NULL")


class TermRow(Base):
    """One arming of one term of one case."""

    __tablename__ = "term"
    __table_args__ = (
        Index("ix_term_wakes", "status", "wakes_on", "id"),
        Index("ix_term_case", "case_id"),
        Index(
            "uq_term_live",
            "case_id",
            "key",
            unique=True,
            sqlite_where=text("status IN ('running', 'paused', 'awaiting')"),
            postgresql_where=text("status IN ('running', 'paused', 'awaiting')"),
        ),
        UniqueConstraint("case_id", "key", "arming", name="uq_term_arming"),
        # 督办: what is open by its last day, what falls due in a period, what ended in one.
        Index("ix_term_open_duty", "due_on", "id", sqlite_where=_OPEN_DUTY, postgresql_where=_OPEN_DUTY),
        Index("ix_term_duty_due", "due_on", sqlite_where=_DUTY, postgresql_where=_DUTY),
        Index("ix_term_duty_ended", "ended_on", sqlite_where=_ENDED_DUTY, postgresql_where=_ENDED_DUTY),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"))
    dossier_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dossier.id"))
    key: Mapped[str] = mapped_column(String(40))
    arming: Mapped[int] = mapped_column(Integer)
    nature: Mapped[str] = mapped_column(String(10))
    holder: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(String(4))
    #: The day the term begins from (not counted); empty while it awaits a service or a date.
    anchor_on: Mapped[date | None] = mapped_column(Date)
    anchor: Mapped[str] = mapped_column(String(40))
    awaits: Mapped[str] = mapped_column(String(40), default="")
    pauses: Mapped[str] = mapped_column(Text, default="[]")
    extensions: Mapped[str] = mapped_column(Text, default="[]")
    #: A day already told to a subject: the last day never falls earlier.
    told_on: Mapped[date | None] = mapped_column(Date)
    basis: Mapped[str] = mapped_column(String(400))
    grade: Mapped[str] = mapped_column(String(2))
    calendar_version: Mapped[str] = mapped_column(String(40))
    #: running, paused, awaiting; ended: met (by a step), lapsed (its expiry step was taken)
    status: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date | None] = mapped_column(Date)
    provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    #: The next day on which the sweep has something to do; empty when nothing is left.
    wakes_on: Mapped[date | None] = mapped_column(Date)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    ended_on: Mapped[date | None] = mapped_column(Date)
    #: An expiry step that a guard refused: shown as 到期待处理, asked again daily.
    expiry_refused: Mapped[str] = mapped_column(String(400), default="")


class RungRow(Base):
    """A rung that fired. The unique key is the claim that makes it fire once."""

    __tablename__ = "rung"
    __table_args__ = (UniqueConstraint("term_id", "rung", name="uq_rung_term"),)

    id: Mapped[Id]
    term_id: Mapped[int] = mapped_column(BigKey, ForeignKey("term.id"))
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"), index=True)
    #: t-3, t-1, t+1, t+5
    rung: Mapped[str] = mapped_column(String(6))
    due_on: Mapped[date] = mapped_column(Date)
    fired_at: Mapped[datetime] = mapped_column(Instant)
    #: A reminder that a late sweep found overtaken by a later rung.
    overtaken: Mapped[bool] = mapped_column(Boolean, default=False)


class StuckClaim(Base):
    """A due term whose handling failed: counted here, tried again later, listed when stuck."""

    __tablename__ = "stuck_claim"

    term_id: Mapped[int] = mapped_column(BigKey, ForeignKey("term.id"), primary_key=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    retry_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(String(400), default="")

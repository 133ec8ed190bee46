"""The append-only history of each case, its anchors, the outbox, the number series and stored files."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigKey, Id, Instant, Uid

_BY_HAND = "actor_id IS NOT NULL"
_BEGUN = "seq = 1 AND actor_id IS NOT NULL"
_FOR = "principal_id IS NOT NULL"


class EventRow(Base):
    """One event. `body` is canonical JSON text, MACed as stored together with the MAC before it."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("case_id", "seq", name="uq_event_seq"),
        Index(
            "uq_event_key",
            "case_id",
            "idempotency_key",
            unique=True,
            sqlite_where=text("idempotency_key IS NOT NULL"),
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        # Whose cases somebody has worked on (已办) and has begun (我发起的), newest first.
        Index("ix_event_actor", "actor_id", "case_id", sqlite_where=text(_BY_HAND), postgresql_where=text(_BY_HAND)),
        Index("ix_event_begun", "actor_id", "case_id", sqlite_where=text(_BEGUN), postgresql_where=text(_BEGUN)),
        Index("ix_event_principal", "principal_id", "case_id", sqlite_where=text(_FOR), postgresql_where=text(_FOR)),
        # The acts of a month.
        Index("ix_event_act", "at", sqlite_where=text("sort = 'step'"), postgresql_where=text("sort = 'step'")),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"))
    seq: Mapped[int] = mapped_column(Integer)
    #: step; or an event that is no step: rung, armed, paused, resumed, moved, noted
    sort: Mapped[str] = mapped_column(String(10))
    step: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(BigKey)
    #: For whom he acted (委托代办); the body says it only where it is so.
    principal_id: Mapped[int | None] = mapped_column(BigKey)
    at: Mapped[datetime] = mapped_column(Instant)
    audience: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(Integer)
    round: Mapped[int] = mapped_column(Integer)
    idempotency_key: Mapped[str | None] = mapped_column(String(80))
    form_hash: Mapped[str] = mapped_column(String(64), default="")
    body: Mapped[str] = mapped_column(Text)
    mac: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(20))
    algorithm: Mapped[str] = mapped_column(String(20))


class AnchorRow(Base):
    """A sealed list of chain heads: a tail that was cut off shows against it."""

    __tablename__ = "anchor"

    id: Mapped[Id]
    made_at: Mapped[datetime] = mapped_column(Instant)
    body: Mapped[str] = mapped_column(Text)
    mac: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(20))


class AccessLog(Base):
    """Who looked at what and why, sign-ins and exports; append-only, a MAC per row."""

    __tablename__ = "access_log"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(Instant)
    user_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    act: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(80), default="")
    purpose: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    mac: Mapped[str] = mapped_column(String(64))


class OutboxRow(Base):
    """Work for outside the database, written in the step's transaction; carries ids only."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_open", "status", "not_before", "id"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    work: Mapped[str] = mapped_column(String(30))
    case_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("cases.id"))
    body: Mapped[str] = mapped_column(Text, default="{}")
    #: open, done, stuck
    status: Mapped[str] = mapped_column(String(10), default="open")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(String(400), default="")


class NumberSeries(Base):
    """A gapless row of numbers per organ, series and year; drawn last in a transaction, in the order of its key."""

    __tablename__ = "number_series"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class StoredFile(Base):
    """A file kept under the hash of its bytes; the row exists only after the file does."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    media_type: Mapped[str] = mapped_column(String(80))
    stored_at: Mapped[datetime] = mapped_column(Instant)


class Attachment(Base):
    """One use of a file: with a case, or with a draft before the case exists."""

    __tablename__ = "attachment"

    id: Mapped[Id]
    uid: Mapped[Uid]
    case_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("cases.id"), index=True)
    draft_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("draft.id"), index=True)
    event_seq: Mapped[int | None] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("stored_file.sha256"))
    name: Mapped[str] = mapped_column(String(200))
    audience: Mapped[str] = mapped_column(String(10))
    uploaded_by: Mapped[int | None] = mapped_column(BigKey)
    uploaded_at: Mapped[datetime] = mapped_column(Instant)


class DraftRow(Base):
    """An application or form being written: belongs to its author, autosaved, gone after 90 days."""

    __tablename__ = "draft"

    id: Mapped[Id]
    uid: Mapped[Uid]
    author_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    step: Mapped[str] = mapped_column(String(40))
    #: The form of a case page it was typed into, by its name there; empty for a form with a page of its own.
    act: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(80), default="")
    case_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("cases.id"))
    form: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Instant)


class SystemMark(Base):
    """Facts about this database itself, such as its purpose (production, demo, rehearsal)."""

    __tablename__ = "system_mark"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))

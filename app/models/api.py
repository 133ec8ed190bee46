"""Tokens by which programs act, the addresses that are told of steps, and what came of telling them."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigKey, Id, Instant, Uid


class ApiToken(Base):
    """A token of one unit. It acts as an account of its own (`user_id`), so that the history names it."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    uid: Mapped[Uid]
    label: Mapped[str] = mapped_column(String(30))
    #: The account that acts: without a password, with one post in one unit.
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"), index=True)
    post: Mapped[str] = mapped_column(String(40))
    #: 责任人: the person who answers for what the program does.
    owner_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), index=True)
    #: Names of scopes, by blanks.
    scopes: Mapped[str] = mapped_column(String(200))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    #: The last day on which it works.
    expires_on: Mapped[date] = mapped_column(Date)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class WebhookSubscription(Base):
    """An address that is told of steps on the cases which its token may see."""

    __tablename__ = "webhook_subscription"

    id: Mapped[Id]
    uid: Mapped[Uid]
    token_id: Mapped[int] = mapped_column(BigKey, ForeignKey("api_token.id"), index=True)
    url: Mapped[str] = mapped_column(String(400))
    #: Ciphertext of the key that signs what is sent.
    secret_sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    #: Failures in a row; while there are any, nothing is sent before `retry_at`.
    failures: Mapped[int] = mapped_column(Integer, default=0)
    retry_at: Mapped[datetime | None] = mapped_column(Instant)


class WebhookDelivery(Base):
    """What came of telling one address of one event; written with the first attempt."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (UniqueConstraint("subscription_id", "case_id", "event_seq", name="uq_webhook_delivery_event"),)

    id: Mapped[Id]
    uid: Mapped[Uid]
    subscription_id: Mapped[int] = mapped_column(BigKey, ForeignKey("webhook_subscription.id"), index=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"))
    event_seq: Mapped[int] = mapped_column(Integer)
    #: waiting, delivered, given_up
    status: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    answer: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str] = mapped_column(String(200), default="")
    first_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)

"""Units, people, posts, and the credit locality they belong to."""

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, BigKey, Id, Instant, Uid


class Unit(Base):
    """A government body: department, office, sub-district, court …"""

    __tablename__ = "unit"

    id: Mapped[Id]
    uid: Mapped[Uid]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    short_name: Mapped[str] = mapped_column(String(80), default="")
    code: Mapped[str | None] = mapped_column(String(18), unique=True)
    code_word: Mapped[str] = mapped_column(String(40), default="")
    locality: Mapped[str] = mapped_column(String(40), index=True)
    superior_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    #: A unit on the system takes its notices electronically.
    on_system: Mapped[bool] = mapped_column(Boolean, default=True)
    #: What kind of body it is (`administration.units.UnitKind`), and what it is charged with, in words.
    kind: Mapped[str] = mapped_column(String(20), default="")
    responsibilities: Mapped[str] = mapped_column(String(400), default="")
    #: The day on which it was merged into another or abolished: nothing begins with it any more. Empty while it exists.
    ended_on: Mapped[date | None] = mapped_column(Date)

    superior: Mapped["Unit | None"] = relationship(remote_side="Unit.id")


class UnitName(Base):
    """A name that a unit bears from a day on. `unit.name` is the present one; a unit never renamed has no row here."""

    __tablename__ = "unit_name"
    __table_args__ = (UniqueConstraint("unit_id", "from_on", name="uq_unit_name_from"),)

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date] = mapped_column(Date)
    #: The document that renames it: title and number.
    basis: Mapped[str] = mapped_column(String(200), default="")
    entered_by: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)


class UnitMerger(Base):
    """合并、撤销: one unit ends and another takes over its open duties; proposed by one, confirmed by another."""

    __tablename__ = "unit_merger"

    id: Mapped[Id]
    uid: Mapped[Uid]
    predecessor_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"), index=True)
    successor_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"))
    #: merged or abolished
    manner: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(String(200))
    #: Whether those who work in the predecessor hold the same posts in the successor from then on.
    moves_posts: Mapped[bool] = mapped_column(Boolean)
    proposed_by: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_by: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    #: proposed, rejected, running, done
    status: Mapped[str] = mapped_column(String(10))
    #: Why it was rejected, or what keeps it from ending.
    remark: Mapped[str] = mapped_column(String(400), default="")
    moved_cases: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class Locality(Base):
    """A locality and the organs that act in it; names and terms come from its rule sets."""

    __tablename__ = "locality"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    office_unit_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"))
    superior_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    review_unit_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"))
    tolerance_unit_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"))
    discipline_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))
    audit_unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"))


class User(Base):
    """A person with a personal account; what he may do follows from his posts."""

    __tablename__ = "user_account"

    id: Mapped[Id]
    uid: Mapped[Uid]
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_pinyin: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    #: What the provider of single sign-on calls him, as the administrator linked it.
    external_id: Mapped[str | None] = mapped_column(String(255), unique=True, index=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    #: The password was made for him by an administrator and has to be changed before anything else.
    first_password: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    #: Ciphertext of the identity number and its blind index (trust, 1.7).
    identity_sealed: Mapped[str | None] = mapped_column(String(200))
    identity_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    #: Ciphertext of the address for reminders by mail; nobody is served by it.
    mail_sealed: Mapped[str | None] = mapped_column(String(600))
    #: Day of the signed 送达地址确认书; without it nothing is served electronically.
    electronic_service_on: Mapped[date | None] = mapped_column(Date)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Instant)
    last_sign_in_address: Mapped[str] = mapped_column(String(64), default="")
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    language: Mapped[str] = mapped_column(String(10), default="zh")
    #: Ciphertext of the seed of the second factor, the step of the last code (none is accepted twice), and since when.
    totp_sealed: Mapped[str | None] = mapped_column(String(200))
    totp_step: Mapped[int | None] = mapped_column()
    totp_since: Mapped[datetime | None] = mapped_column(Instant)

    posts: Mapped[list["PostHolding"]] = relationship(back_populates="user")


class PostHolding(Base):
    """A post of a person in a unit, from a day to a day; access by the unit ends with it."""

    __tablename__ = "post_holding"
    __table_args__ = (Index("ix_post_holding_unit_post", "unit_id", "post"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), index=True)
    unit_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"))
    post: Mapped[str] = mapped_column(String(40))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)

    user: Mapped[User] = relationship(back_populates="posts")
    unit: Mapped[Unit] = relationship()


class Delegation(Base):
    """委托代办: for some days somebody acts for a colleague in one of his posts; both days belong to it."""

    __tablename__ = "delegation"
    __table_args__ = (CheckConstraint("from_on <= until_on", name="days_in_order"),)

    id: Mapped[Id]
    uid: Mapped[Uid]
    #: Whose post it is, and who acts in it for him.
    principal_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), index=True)
    delegate_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), index=True)
    unit_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"))
    post: Mapped[str] = mapped_column(String(40))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    #: Ended before its last day, by whom.
    ended_by: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    principal: Mapped[User] = relationship(foreign_keys=[principal_id])
    delegate: Mapped[User] = relationship(foreign_keys=[delegate_id])
    unit: Mapped[Unit] = relationship()


class ServiceAddress(Base):
    """送达地址确认书 as a person or a unit signed it; a later one ends it."""

    __tablename__ = "service_address"

    id: Mapped[Id]
    uid: Mapped[Uid]
    person_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"), index=True)
    #: Whether electronic service was agreed to, and the method to be tried first.
    electronic: Mapped[bool] = mapped_column(Boolean)
    preferred: Mapped[str] = mapped_column(String(20))
    #: Ciphertext of whom letters are addressed to, the postal address and the telephone number.
    sealed: Mapped[str] = mapped_column(Text)
    confirmed_on: Mapped[date] = mapped_column(Date)
    entered_by: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    #: The signed paper, where the office entered it.
    scan_sha256: Mapped[str | None] = mapped_column(String(64), ForeignKey("stored_file.sha256"))
    scan_name: Mapped[str] = mapped_column(String(200), default="")


class SignIn(Base):
    """A server-side session (trust, 1.4); ending it ends the access within one request."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    #: From where and with which browser it was begun, for its owner to look at; `method` is the first factor.
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    method: Mapped[str] = mapped_column(String(20), default="password")

    user: Mapped[User] = relationship()


class Recusal(Base):
    """Somebody declared himself out of a dossier (自行回避)."""

    __tablename__ = "recusal"

    id: Mapped[Id]
    dossier_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dossier.id"), index=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(String(400))
    declared_at: Mapped[datetime] = mapped_column(Instant)

"""Between a person and his session: a sign-in that lacks its second factor, spare codes, text kept for him."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, BigKey, Id, Instant
from app.models.people import User


class HalfSignIn(Base):
    """The first factor was right, the second is outstanding; worth nothing but the right to give it, for minutes."""

    __tablename__ = "half_sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    method: Mapped[str] = mapped_column(String(20))

    user: Mapped[User] = relationship()


class RecoveryCode(Base):
    """A spare code for somebody without his authenticator: a keyed hash, good for one sign-in."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class KeptForm(Base):
    """What somebody had typed when his session turned out to be over; given back to him alone, for a day."""

    __tablename__ = "kept_form"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), index=True)
    kept_at: Mapped[datetime] = mapped_column(Instant, index=True)
    #: Ciphertext of where the form was sent, where it stood and what it held (trust, 1.7).
    sealed: Mapped[str] = mapped_column(Text)

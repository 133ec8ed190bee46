"""What those who draft and decide have at hand: the sentences of their unit, and what each has opened."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigKey, Id, Instant


class StockPhrases(Base):
    """常用语 of a unit for one use: a JSON list of sentences. No row: those that come with the product."""

    __tablename__ = "stock_phrases"
    __table_args__ = (UniqueConstraint("unit_id", "use"),)

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(BigKey, ForeignKey("unit.id"))
    use: Mapped[str] = mapped_column(String(30))
    texts: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    changed_at: Mapped[datetime] = mapped_column(Instant)


class OpenedCase(Base):
    """Which version of a case that waits for his decision somebody has opened last, and the texts he was shown."""

    __tablename__ = "opened_case"
    __table_args__ = (UniqueConstraint("user_id", "case_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("cases.id"))
    version: Mapped[int]
    #: `specimens.mark_of` the notices of the proposed decision; empty where it makes none.
    shown: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Instant)

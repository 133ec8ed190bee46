"""Counters that several processes share: how often somebody did something within the present window."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant


class RateWindow(Base):
    """One bucket with the window it counts in. A bucket names an address by its keyed hash only."""

    __tablename__ = "rate_window"

    bucket: Mapped[str] = mapped_column(String(100), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(Instant, index=True)
    count: Mapped[int] = mapped_column(Integer)

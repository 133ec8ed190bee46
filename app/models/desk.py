"""What people arrange on their desks."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigKey, Id, Instant, Uid


class SavedView(Base):
    """常用筛选: filters of the desk that a person keeps under a name; nobody else sees them."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "name", name="uq_saved_view_name"),)

    id: Mapped[Id]
    uid: Mapped[Uid]
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(20))
    #: The address behind `/desk?`, as the desk itself writes it.
    query: Mapped[str] = mapped_column(String(600))
    saved_at: Mapped[datetime] = mapped_column(Instant)

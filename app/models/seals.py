"""The seal of each notice: what was sent to be sealed, and what came back."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigKey, Instant


class NoticeSeal(Base):
    """用印 of one notice: the sheet as it was sent, while that waits, and the sealed one, made once and never again."""

    __tablename__ = "notice_seal"

    notice_id: Mapped[int] = mapped_column(BigKey, ForeignKey("notice.id"), primary_key=True)
    #: Who seals: local, platform.
    provider: Mapped[str] = mapped_column(String(20))
    #: Kept where sheets wait, so that the same bytes are asked for whatever changed since.
    sent_sha256: Mapped[str | None] = mapped_column(String(64), ForeignKey("stored_file.sha256"))
    sealed_sha256: Mapped[str | None] = mapped_column(String(64), ForeignKey("stored_file.sha256"))
    sealed_at: Mapped[datetime | None] = mapped_column(Instant)

"""批量导入: an uploaded table, and each of its rows with what became of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigKey, Id, Instant, Uid


class ImportBatch(Base):
    """One uploaded table (导入批次). Its content is ciphertext, and is gone as soon as the rows are read."""

    __tablename__ = "import_batch"

    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    #: The unit whose drafts it brings; empty for units and people.
    unit_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("unit.id"), index=True)
    uploaded_by: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    #: Who confirmed the import, or took it back; the steps are his.
    acting_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12))
    #: all: nothing unless every row is fine; fine: the good rows only. Empty until it is confirmed.
    mode: Mapped[str] = mapped_column(String(10), default="")
    #: Why the file as a whole was not taken.
    refusal: Mapped[str] = mapped_column(Text, default="")
    #: JSON: the headings as they stand in the file, and what the dry run has to tell about the whole of it.
    summary: Mapped[str] = mapped_column(Text, default="{}")
    #: How many pieces of work were put out for it so far; each has a key of its own.
    pieces: Mapped[int] = mapped_column(Integer, default=0)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class ImportRow(Base):
    """One row of an uploaded table."""

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "number", name="uq_import_row_number"),
        Index("ix_import_row_status", "batch_id", "status", "number"),
        Index("ix_import_row_made", "made_uid"),
    )

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(BigKey, ForeignKey("import_batch.id"))
    #: As the spreadsheet counts its rows.
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(10))
    #: Ciphertext of the cells, of the form made of them, and of what is wrong; empty once it is no longer kept.
    sealed: Mapped[str] = mapped_column(Text)
    #: The uid of the draft, unit or account that was made of it.
    made_uid: Mapped[str | None] = mapped_column(String(36))

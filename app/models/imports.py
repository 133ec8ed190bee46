"""Where an imported dossier came from, and the chain values that its events had there."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigKey, Instant


class DossierImport(Base):
    """A dossier that was imported from a bundle. It is a copy to be read: nobody and no clock takes a step in it."""

    __tablename__ = "dossier_import"

    dossier_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dossier.id"), primary_key=True)
    #: SHA-256 of the bundle's manifest, which names the hash of every other file of it.
    manifest_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    imported_at: Mapped[datetime] = mapped_column(Instant)
    imported_by: Mapped[str] = mapped_column(String(80))
    #: JSON {case uid: [[mac, key id, algorithm], …]}: what its events carried where they were written.
    chains: Mapped[str] = mapped_column(Text)
    #: JSON list of the anchors that came with it.
    anchors: Mapped[str] = mapped_column(Text)
    #: JSON {manifest: base64, certificates: {path: PEM}}: who vouched for the bundle; empty for an unsigned one.
    signature: Mapped[str | None] = mapped_column(Text)
    #: JSON {path: entry} of the rule sets and calendars as they came: when and by whom they were stored there.
    law: Mapped[str | None] = mapped_column(Text)
    #: Whether it came from a demo or a rehearsal.
    make_believe: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

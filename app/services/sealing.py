"""成文: the sheet of a signed notice is rendered from its values, sealed, kept by its hash, and the notice issued.

Rendering and sealing happen outside any transaction, and nothing is issued unsealed where a provider of seals is set.
A second attempt after a crash asks for the same bytes, keeps the first seal that was recorded, takes no second step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import insert_into, read_transaction, write_transaction
from app.models.kinds import Notice
from app.models.people import Unit
from app.models.seals import NoticeSeal
from app.seals.none import PaperSeal
from app.seals.provider import NotSealedYet, SealProvider, SealRefused, SealRequest
from app.services.applying import SYSTEM
from app.services.backend import Backend
from app.services.commands import TakeStep
from app.services.files import read_bytes, store_bytes
from app.services.outbox import Claim, Failed, NotYet
from app.services.steps import take_step

Render = Callable[[str], bytes]
"""From the canonical JSON that was fixed at signing to the bytes of the sheet."""

_PDF = "application/pdf"
_ON_PAPER = PaperSeal()


@dataclass(frozen=True)
class _Work:
    """A signed notice that waits to be issued, and what was done for it already."""

    notice_id: int
    uid: str
    context: str
    title: str
    number: str
    organ: str
    organ_code: str
    sent: str | None
    sealed: str | None


def seal_notice(
    backend: Backend, folder: Path, claim: Claim, render: Render, now: datetime, seals: SealProvider = _ON_PAPER
) -> None:
    """Render, seal, keep and issue the notice of one outbox row.

    Args:
        folder: where files are kept (`Settings.files_dir`).
        seals: who seals; without one the print is sealed by hand.

    Raises:
        NotYet: the seal is not there yet; the notice waits as 待用印.
        Failed: there will be no seal until somebody looks.
        whatever `render` raises (the row is counted and comes back), and the refusals of `issue`.
    """
    work = _work_of(backend, claim)
    if work is None:
        # Voided meanwhile, or issued by an attempt that could not say so any more.
        return
    sha256 = work.sealed or _made(backend, folder, work, render, now, seals)
    take_step(backend, TakeStep("issue", SYSTEM, {"sha256": sha256}, case=work.uid, key=claim.key), now)


def _work_of(backend: Backend, claim: Claim) -> _Work | None:
    with read_transaction(backend.engine) as session:
        notice = session.get(Notice, claim.case_id)
        if notice is None or notice.state != "sealing":
            return None
        organ = session.get(Unit, notice.organ_unit_id)
        kept = session.get(NoticeSeal, notice.id)
        assert organ is not None
        return _Work(
            notice_id=notice.id,
            uid=notice.uid,
            context=notice.context,
            title=notice.title,
            number=notice.number or "",
            organ=organ.name,
            organ_code=organ.code or "",
            sent=kept.sent_sha256 if kept else None,
            sealed=kept.sealed_sha256 if kept else None,
        )


def _made(backend: Backend, folder: Path, work: _Work, render: Render, now: datetime, seals: SealProvider) -> str:
    """The hash of the finished sheet: sealed, or as rendered where seals are put on paper."""
    sheet = read_bytes(folder, work.sent) if work.sent else render(work.context)
    is_pdf = sheet.startswith(b"%PDF-")
    if seals.name == "none" or not is_pdf:
        # Plain text is what rehearsals make; production refuses to start with it and a provider of seals.
        with write_transaction(backend.sessions) as session:
            return store_bytes(session, folder, sheet, _PDF if is_pdf else "text/plain", now)
    if seals.waits and not work.sent:
        with write_transaction(backend.sessions) as session:
            sent = store_bytes(session, folder, sheet, _PDF, now)
            _enter(session, work.notice_id, seals.name, sent)
    request = SealRequest(sheet, work.organ, work.organ_code, work.title, work.number)
    try:
        sealed = seals.seal(request, now)
    except NotSealedYet as waiting:
        raise NotYet(waiting.reason, waiting.after) from waiting
    except SealRefused as refused:
        raise Failed(str(refused), hopeless=True) from refused
    return _kept(backend, folder, work, sealed, now, seals)


def _kept(backend: Backend, folder: Path, work: _Work, sealed: bytes, now: datetime, seals: SealProvider) -> str:
    """Keep the sealed sheet, unless another attempt was first: then that one's counts."""
    with write_transaction(backend.sessions) as session:
        _enter(session, work.notice_id, seals.name, None)
        row = session.execute(
            select(NoticeSeal).where(NoticeSeal.notice_id == work.notice_id).with_for_update()
        ).scalar_one()
        if row.sealed_sha256 is None:
            row.sealed_sha256 = store_bytes(session, folder, sealed, _PDF, now)
            row.provider, row.sealed_at = seals.name, now
        return row.sealed_sha256


def _enter(session: Session, notice_id: int, provider: str, sent: str | None) -> None:
    """The row of a notice's seal; the first attempt makes it."""
    row = {"notice_id": notice_id, "provider": provider, "sent_sha256": sent}
    session.execute(insert_into(session, NoticeSeal).values(row).on_conflict_do_nothing(index_elements=["notice_id"]))

"""文书成文: the sheet of a signed notice is rendered from its stored values, kept by its hash, and the notice issued.

Rendering happens outside any transaction. Equal values give equal bytes, so a second attempt after a crash keeps the
same file and takes no second step.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.database import read_transaction, write_transaction
from app.models.kinds import Notice
from app.services.applying import SYSTEM
from app.services.backend import Backend
from app.services.commands import TakeStep
from app.services.files import store_bytes
from app.services.outbox import Claim
from app.services.steps import take_step

Render = Callable[[str], bytes]
"""From the canonical JSON that was fixed at signing to the bytes of the sheet."""


def seal_notice(backend: Backend, folder: Path, claim: Claim, render: Render, now: datetime) -> None:
    """Render, keep and issue the notice of one outbox row.

    Args:
        folder: where files are kept (`Settings.files_dir`).

    Raises:
        whatever `render` raises (the row is counted and comes back), and the refusals of `issue`.
    """
    with read_transaction(backend.engine) as session:
        notice = session.get(Notice, claim.case_id)
        if notice is None or notice.state != "sealing":
            # Voided meanwhile, or issued by an attempt that could not say so any more.
            return
        uid, context = notice.uid, notice.context
    sheet = render(context)
    media_type = "application/pdf" if sheet.startswith(b"%PDF-") else "text/plain"
    with write_transaction(backend.sessions) as session:
        sha256 = store_bytes(session, folder, sheet, media_type, now)
    take_step(backend, TakeStep("issue", SYSTEM, {"sha256": sha256}, case=uid, key=claim.key), now)

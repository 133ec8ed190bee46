"""存证: the heads of the case chains that grew, sealed in a chain of its own and written outside the data folder.

A tail that somebody cut off, with the head in the case row made to fit, shows against an anchor; anchors that were cut
off show against the file.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import read_transaction, write_transaction
from app.models.cases import Case
from app.models.history import AnchorRow, EventRow
from app.services.backend import Backend
from app.services.events import canonical

#: Events with lower ids may be committed later (PostgreSQL); so many are looked at again with each anchor.
_OVERLAP = 10_000


@dataclass(frozen=True)
class Anchored:
    """One anchor: how many chains it sealed, and its MAC, which the next backup's manifest takes over."""

    id: int
    chains: int
    mac: str


def seal_heads(backend: Backend, now: datetime, outside: Path | None = None) -> Anchored | None:
    """Seal the heads of the chains that grew since the last anchor; None when none did.

    Args:
        outside: a file outside the data folder to which the anchor is appended, one line each.
    """
    with write_transaction(backend.sessions) as session:
        last = session.execute(select(AnchorRow).order_by(AnchorRow.id.desc()).limit(1)).scalar_one_or_none()
        through = json.loads(last.body)["through"] if last else 0
        newest = session.execute(select(EventRow.id).order_by(EventRow.id.desc()).limit(1)).scalar_one_or_none() or 0
        if newest == through:
            return None
        heads = _heads_since(session, max(through - _OVERLAP, 0))
        body = canonical({"at": now, "heads": heads, "through": newest})
        mac = backend.keys.chain_mac(last.mac if last else "", body)
        row = AnchorRow(made_at=now, body=body, mac=mac, key_id=backend.keys.active)
        session.add(row)
        session.flush()
        anchored, line = Anchored(row.id, len(heads), mac), _line(row)
    if outside is not None:
        _append(outside, line)
    return anchored


def _heads_since(session: Session, event_id: int) -> dict[str, tuple[int, str]]:
    grown = select(EventRow.case_id).where(EventRow.id > event_id).distinct()
    rows = session.execute(select(Case.uid, Case.event_count, Case.chain_head).where(Case.id.in_(grown)))
    return {uid: (count, head) for uid, count, head in rows}


def _line(row: AnchorRow) -> str:
    return canonical({"id": row.id, "at": row.made_at, "mac": row.mac, "key": row.key_id})


def _append(outside: Path, line: str) -> None:
    """Bring one line to the disk; the file only ever grows."""
    outside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(outside, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def missing_anchors(backend: Backend, outside: Path) -> list[str]:
    """Compare the file with the table: anchors that were written outside and are gone or different inside.

    Returns one Chinese sentence for each; a file that does not exist yet has none.
    """
    if not outside.exists():
        return []
    with read_transaction(backend.engine) as session:
        kept = {row.id: row.mac for row in session.execute(select(AnchorRow.id, AnchorRow.mac))}
    faults = []
    for number, line in enumerate(outside.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            fits = kept.get(entry["id"]) == entry["mac"]
        except (ValueError, KeyError, TypeError):
            faults.append(f"存证文件第{number}行不完整。")
            continue
        if not fits:
            faults.append(f"存证文件第{number}行所记的第{entry['id']}份存证，在数据库中缺失或者不一致。")
    return faults

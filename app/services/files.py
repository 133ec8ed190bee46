"""Stored files and their uses: kept once under the hash of their bytes, never a row without its file.

A file is written under a temporary name, brought to the disk, renamed to `<hash[:2]>/<hash>`, and only then gets its
row in the caller's transaction. What is left without a row by a transaction that failed is removed after a day.
"""

import hashlib
import os
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import insert_into
from app.models.base import new_uid
from app.models.history import Attachment, StoredFile
from app.services.file_kinds import examine

STRAY_AFTER = timedelta(hours=24)
_LONGEST_NAME = 120
_UNFINISHED = "unfinished"
#: Control characters, and marks that turn the direction of text and let `gpj.exe` look like `exe.jpg`.
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class FileDamaged(RuntimeError):
    """A stored file is missing or not what its hash says; nothing of it is handed out."""


def store_bytes(session: Session, folder: Path, content: bytes, media_type: str, now: datetime) -> str:
    """Keep bytes and enter their row in the caller's writing transaction; equal bytes are kept once.

    Returns the SHA-256 in hex, under which `read_bytes` finds them.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    _write(folder, sha256, content, now)
    row = {"sha256": sha256, "size": len(content), "media_type": media_type, "stored_at": now}
    session.execute(insert_into(session, StoredFile).values(row).on_conflict_do_nothing(index_elements=["sha256"]))
    return sha256


def attach(
    session: Session,
    sha256: str,
    name: str,
    audience: str,
    uploaded_by: int | None,
    now: datetime,
    *,
    case_id: int | None = None,
    draft_id: int | None = None,
    event_seq: int | None = None,
) -> Attachment:
    """One use of a stored file: with a case, or with a draft before its case exists."""
    row = Attachment(
        uid=new_uid(),
        sha256=sha256,
        name=clean_name(name),
        audience=audience,
        uploaded_by=uploaded_by,
        uploaded_at=now,
        case_id=case_id,
        draft_id=draft_id,
        event_seq=event_seq,
    )
    session.add(row)
    return row


def keep_upload(
    session: Session,
    folder: Path,
    name: str,
    content: bytes,
    audience: str,
    uploaded_by: int | None,
    now: datetime,
    *,
    case_id: int | None = None,
    draft_id: int | None = None,
) -> Attachment:
    """Check an uploaded file, keep it and attach it.

    Raises:
        FileRefused: the file is not of a kind that is taken; nothing is kept.
    """
    kind = examine(clean_name(name), content)
    sha256 = store_bytes(session, folder, content, kind.media_type, now)
    return attach(session, sha256, name, audience, uploaded_by, now, case_id=case_id, draft_id=draft_id)


def read_bytes(folder: Path, sha256: str) -> bytes:
    """The stored bytes, checked against their hash.

    Raises:
        FileDamaged: the file is missing or was changed; `doctor --deep` lists such files.
    """
    try:
        content = path_of(folder, sha256).read_bytes()
    except FileNotFoundError:
        raise FileDamaged(f"文件 {sha256[:12]}… 不在存储目录中。请从备份恢复。") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileDamaged(f"文件 {sha256[:12]}… 的内容与存入时不一致。请从备份恢复。")
    return content


def path_of(folder: Path, sha256: str) -> Path:
    """Where a file is kept; a value that is no hash is refused, so that no path can be smuggled in."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise FileDamaged("文件编号的格式不对。")
    return folder / sha256[:2] / sha256


def clean_name(given: str) -> str:
    """The name under which a file is shown and downloaded: no folders, no hidden characters, at most 120 long."""
    name = _HIDDEN.sub("", re.split(r"[\\/]", given)[-1]).strip().lstrip(".") or "附件"
    if len(name) <= _LONGEST_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    kept = extension[:10] if dot else ""
    return f"{(stem or name)[: _LONGEST_NAME - len(kept) - 1]}{dot}{kept}"


def remove_strays(session: Session, folder: Path, now: datetime) -> int:
    """Remove files without a row that are older than a day; returns how many. A younger one may still get its row."""
    old = (now - STRAY_AFTER).timestamp()
    found = [path for path in folder.glob("*/*") if path.is_file() and path.stat().st_mtime < old]
    known = set(session.scalars(select(StoredFile.sha256))) if found else set()
    strays = [path for path in found if path.name not in known]
    for path in strays:
        path.unlink()
    return len(strays)


def _write(folder: Path, sha256: str, content: bytes, now: datetime) -> None:
    # The file's age counts by the clock that was handed in, as in `remove_strays`: a demo may run ahead of the machine.
    written = (now.timestamp(), now.timestamp())
    target = path_of(folder, sha256)
    if target.exists() and target.stat().st_size == len(content):
        # Young again: a stray of yesterday must not be removed while its row is being written.
        os.utime(target, written)
        return
    unfinished = folder / _UNFINISHED / secrets.token_hex(16)
    for needed in (unfinished.parent, target.parent):
        needed.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(unfinished, written)
        unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    _to_disk(target.parent)


def _to_disk(folder: Path) -> None:
    """Bring the new name itself to the disk, not only the bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Notices and attachments of a dossier: their exact bytes, and the list (卷内目录) in which each has its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.models.history import StoredFile
from app.services.dossier_bundle.tables import Row, hash_columns
from app.services.files import clean_name, read_bytes

_ENDINGS = {"application/pdf": ".pdf", "text/plain": ".txt"}
_NO_FILE_NAME = re.compile(r'[<>:"|?*\\/\x00-\x1f]+')


@dataclass(frozen=True)
class Paper:
    """One line of the 卷内目录. `pages` is None where the file has none that could be counted."""

    number: str
    responsible: str
    title: str
    dated: str
    pages: int | None
    path: str


def papers_of(
    session: Session, rows: dict[str, list[Row]], folder: Path, names: Mapping[str, Mapping[int, str]]
) -> tuple[list[Paper], dict[str, bytes], list[dict[str, Any]]]:
    """Lines in the order of their days; every stored file by its path; and what the database kept of each file.

    Raises:
        FileDamaged: a stored file is missing or not what its hash says; nothing is handed out then.
    """
    hashes = sorted(_hashes(rows))
    kept = {row.sha256: row for row in session.scalars(select(StoredFile).where(StoredFile.sha256.in_(hashes)))}
    content = {sha256: read_bytes(folder, sha256) for sha256 in hashes}
    cases = {case["id"]: case for case in rows["cases"]}
    listed: list[tuple[str, int, str, Paper]] = []
    paths: dict[str, str] = {}
    for place, notice in enumerate(rows["notice"], 1):
        if notice["sha256"] is None:
            continue
        number = cases[notice["id"]]["number"] or ""
        number = "" if number == cases[notice["id"]]["uid"] else number
        ending = _ENDINGS.get(kept[notice["sha256"]].media_type, "")
        path = f"documents/{place:03}-{_file_name(number + notice['title'])}{ending}"
        paths[notice["sha256"]] = path
        organ = names["unit"].get(notice["organ_unit_id"], "")
        signed = notice["signed_on"].isoformat() if notice["signed_on"] else ""
        pages = _pages(content[notice["sha256"]])
        listed.append((signed, 0, path, Paper(number, organ, notice["title"], signed, pages, path)))
    for place, use in enumerate(rows["attachment"], 1):
        path = paths.setdefault(use["sha256"], f"attachments/{place:03}-{_file_name(use['name'])}")
        on = legal_day(use["uploaded_at"]).isoformat()
        by = names["user_account"].get(use["uploaded_by"], "")
        pages = _pages(content[use["sha256"]])
        listed.append((on, 1, path, Paper("", by, use["name"], on, pages, path)))
    for sha256 in hashes:
        # What a notice was before it was sealed, and other bytes that a row refers to.
        paths.setdefault(sha256, f"other/{sha256}{_ENDINGS.get(kept[sha256].media_type, '')}")
    files = {paths[sha256]: content[sha256] for sha256 in hashes}
    told = [_told(kept[sha256], paths[sha256]) for sha256 in hashes]
    return [paper for *_order, paper in sorted(listed, key=lambda item: item[:3])], files, told


def _told(row: StoredFile, path: str) -> dict[str, Any]:
    return {"media_type": row.media_type, "path": path, "sha256": row.sha256}


def _hashes(rows: dict[str, list[Row]]) -> set[str]:
    """Every stored file to which a row of the dossier refers."""
    return {row[column] for name, own in rows.items() for column in hash_columns(name) for row in own if row[column]}


def _file_name(name: str) -> str:
    """A name that every file system takes."""
    return _NO_FILE_NAME.sub("_", clean_name(name)).strip(" .")[:80] or "文件"


def _pages(content: bytes) -> int | None:
    """How many pages a PDF has; None for anything else, and for a PDF that cannot be read."""
    if not content.startswith(b"%PDF-"):
        return None
    # Large, and needed here only.
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        return int(PdfFileReader(BytesIO(content)).root["/Pages"]["/Count"])
    except (PdfError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None

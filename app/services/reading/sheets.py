"""Sheets of notices for whoever may see the notice: the stored bytes, and what accompanies a service."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.documents.context import NoticeContext
from app.documents.render import shared_renderer
from app.documents.text import notice_text
from app.models.history import StoredFile
from app.models.kinds import Notice
from app.services.files import read_bytes
from app.services.notice_context import context_for
from app.services.reading.attached import Download
from app.services.reading.reader import Reader, case_for
from app.services.reading.sheet_queue import failure_of
from app.services.specimens import as_specimen
from app.services.term_sheets import begins_terms, service_receipt_context, term_sheet_context
from workflows.kit.errors import NotFound

_ENDINGS = {"application/pdf": ".pdf", "text/plain": ".txt"}


@dataclass(frozen=True)
class Sheet:
    """A notice's sheet; `download` is None while it is being made, `problem` says why that has failed so far."""

    title: str
    number: str
    uid: str
    download: Download | None
    problem: str = ""


def read_sheet(reader: Reader, uid: str, folder: Path) -> Sheet:
    """The sheet of a notice, as it was sealed.

    Raises:
        NotFound: there is no such notice, or it is not the reader's to see, or it is not signed yet.
        FileDamaged: the stored bytes are missing or were changed.
    """
    notice = _notice(reader, uid)
    if notice.signed_on is None:
        raise NotFound
    download = _stored(reader, notice, folder)
    problem = "" if download is not None else failure_of(reader, notice)
    return Sheet(notice.title, notice.number or "", notice.uid, download, problem)


def sheets_of(reader: Reader, uid: str) -> tuple[str, ...]:
    """Which sheets a notice has by now: `sheet` itself, `receipt` (送达回证), `terms` (期限告知单).

    Raises:
        NotFound: there is no such notice, or it is not the reader's to see.
    """
    notice = _notice(reader, uid)
    if notice.signed_on is None:
        return ()
    return ("sheet", "receipt", "terms") if begins_terms(reader.session, notice) else ("sheet", "receipt")


def accompanying_sheet(reader: Reader, uid: str, which: str, *, as_pdf: bool) -> Download:
    """送达回证 (`receipt`) or 期限告知单 (`terms`) of a notice, made now from what is recorded.

    Raises:
        NotFound: the notice is not the reader's to see, or there is no such sheet for it yet.
    """
    notice = _notice(reader, uid)
    if which == "receipt" and notice.signed_on is not None:
        context: NoticeContext | None = service_receipt_context(
            reader.session, reader.backend, notice, issued_by=_issuer(reader, notice)
        )
    else:
        context = term_sheet_context(reader.session, reader.backend, notice) if which == "terms" else None
    if context is None:
        raise NotFound("没有可以制作的送达文书：文书尚未签发或者尚未送达。")
    if not as_pdf:
        return Download(f"{context.title}.txt", "text/plain", notice_text(context).encode())
    return Download(f"{context.title}.pdf", "application/pdf", shared_renderer().render(context.to_json()))


def drafted_sheet(reader: Reader, uid: str, *, as_pdf: bool) -> Download:
    """A draft as it would read if it were signed today, marked 样张; made now, kept nowhere.

    Raises:
        NotFound: there is no such notice, it is not the reader's to see, or it is signed already.
    """
    notice = _notice(reader, uid)
    if notice.state != "drafted":
        raise NotFound("文书已经签发，请查看正式文书。")
    return specimen_sheet(as_specimen(context_for(reader.view, notice)).to_json(), as_pdf=as_pdf)


def specimen_sheet(context: str, *, as_pdf: bool) -> Download:
    """The sheet of values that nobody has signed."""
    marked = NoticeContext.from_json(context)
    name = f"{marked.title}（样张）"
    if not as_pdf:
        return Download(f"{name}.txt", "text/plain", notice_text(marked).encode())
    return Download(f"{name}.pdf", "application/pdf", shared_renderer().render(context))


def _notice(reader: Reader, uid: str) -> Notice:
    case = case_for(reader, uid)
    if not isinstance(case, Notice):
        raise NotFound
    return case


def _issuer(reader: Reader, notice: Notice) -> str:
    """The reader's name when he prints for the organ that serves; a party that looks is not 填发人."""
    if notice.organ_unit_id not in reader.standing.works_in:
        return ""
    return reader.actor.name


def _stored(reader: Reader, notice: Notice, folder: Path) -> Download | None:
    if notice.sha256 is None:
        return None
    media_type = reader.session.execute(
        select(StoredFile.media_type).where(StoredFile.sha256 == notice.sha256)
    ).scalar_one_or_none()
    if media_type is None:
        return None
    name = f"{notice.title}{notice.number or ''}{_ENDINGS.get(media_type, '')}"
    return Download(name, media_type, read_bytes(folder, notice.sha256))

"""The renderer's child process: HTML in, PDF/A-3a out, with limits and without a way to the network or to files.

Run by path in an isolated interpreter (``python -I worker.py``), so it imports nothing of the application. Frames on
stdin and stdout are a four-byte length and that many bytes. The first frame is the set-up (fonts and style sheets, kept
warm for every sheet), each further one a job; each answer is one status byte and a body: ``+`` the PDF, ``-`` what went
wrong, ``?`` the characters that no face can print.
"""

import json
import os
import resource
import struct
import sys
import zlib
from datetime import datetime
from typing import Any, BinaryIO

import pydyf  # type: ignore[import-untyped]
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

_SHEETS = ("letter", "document", "slip", "form")
#: Nothing but fontconfig's cache is ever written.
_LARGEST_FILE = 64 * 1024 * 1024


class Unprintable(ValueError):
    """Characters were drawn as empty boxes; the message holds them and nothing else."""


class PreparedFonts(URLFetcher):
    """Opens the prepared font files and nothing else; used once, when the style sheets are read."""

    def __init__(self, urls: list[str]) -> None:
        super().__init__(allowed_protocols=["file"], allow_redirects=False, fail_on_errors=True)
        self._urls = frozenset(urls)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Fetch one of the known fonts; ``ValueError`` for anything else."""
        if url not in self._urls:
            raise ValueError(f"not a prepared font: {url}")
        return super().fetch(url, headers)


def compress_once(_document: object, pdf: pydyf.PDF) -> None:
    """Deflate every stream now, once.

    pydyf would deflate each again to reckon the file identifier, which costs a fifth of a notice.
    """
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.compress is not False:
            item.compress = False
            body = item.data.split(b"\nstream\n", 1)[1].removesuffix(b"\nendstream")
            item.stream = [zlib.compress(body, 6)]
            item.extra["Filter"] = "/FlateDecode"


def finish(document: Any, pdf: pydyf.PDF) -> None:
    """The last look at a sheet before it becomes bytes.

    Raises:
        Unprintable: a character has no glyph, so the sheet must not leave.
    """
    boxes = {chr(point) for font in document.fonts.values() for point in font.missing}
    if boxes:
        raise Unprintable("".join(sorted(boxes)))
    if "AF" in pdf.catalog:
        # WeasyPrint 70 names every associated file twice.
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    compress_once(document, pdf)


def attachments(job: dict[str, Any]) -> list[Attachment]:
    """The notice's elements for machines, an associated file of the sheet (PDF/A-3); none where the job has none."""
    if not job["elements"]:
        return []
    day = datetime.fromisoformat(job["dated"])
    return [
        Attachment(
            string=job["elements"],
            name="notice.json",
            description="文书要素（机器可读）",
            relationship="Data",
            created=day,
            modified=day,
        )
    ]


def receive(stream: BinaryIO) -> bytes | None:
    """One frame, or ``None`` when the parent has closed the pipe."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    return stream.read(length)


def send(stream: BinaryIO, status: bytes, body: bytes) -> None:
    """One answer frame."""
    stream.write(struct.pack(">I", len(body) + 1) + status + body)
    stream.flush()


def main() -> None:
    """Serve jobs until the pipe closes."""
    answers = os.fdopen(os.dup(1), "wb")
    # A library that prints must not end up inside a frame.
    os.dup2(2, 1)
    first = receive(sys.stdin.buffer)
    if first is None:
        return
    setup = json.loads(first)
    resource.setrlimit(resource.RLIMIT_AS, (setup["memory"], setup["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (setup["cpu"], setup["cpu"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    fonts = FontConfiguration()
    from_disk = PreparedFonts(setup["font_urls"])
    faces = CSS(string=setup["faces"], font_config=fonts, url_fetcher=from_disk)
    common = CSS(string=setup["common"], font_config=fonts)
    styles = {sheet: [faces, common, CSS(string=setup[sheet], font_config=fonts)] for sheet in _SHEETS}
    closed = URLFetcher(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=True)
    send(answers, b"+", b"ready")
    while (frame := receive(sys.stdin.buffer)) is not None:
        job = json.loads(frame)
        try:
            options = {
                "stylesheets": styles[job["sheet"]],
                "pdf_identifier": bytes.fromhex(job["identifier"]),
                "pdf_variant": "pdf/a-3a",
                "attachments": attachments(job),
                "optimize_images": False,
            }
            sheet = HTML(string=job["html"], url_fetcher=closed).render(font_config=fonts, **options)
            if "turned_over" in job and len(sheet.pages) % 2:
                # The colophon of a document stands on the back of its last leaf.
                sheet = HTML(string=job["turned_over"], url_fetcher=closed).render(font_config=fonts, **options)
            pdf = sheet.write_pdf(finisher=finish, **options)
        except Unprintable as error:
            send(answers, b"?", str(error).encode())
        except (Exception, MemoryError) as error:  # noqa: BLE001 - whatever broke, the parent must learn of it
            send(answers, b"-", f"{type(error).__name__}: {error}".encode())
        else:
            send(answers, b"+", pdf)


if __name__ == "__main__":
    main()

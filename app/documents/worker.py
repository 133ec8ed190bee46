"""The renderer's child process: HTML in, PDF out, with limits and without a way to the network or to files.

Run by path in an isolated interpreter (``python -I worker.py``), so it imports nothing of the application. Frames on
stdin and stdout are a four-byte length and that many bytes. The first frame is the set-up (fonts and style sheets, kept
warm for every sheet), each further one a job; each answer is one status byte (``+`` or ``-``) and the PDF or a message.
"""

import json
import os
import resource
import struct
import sys
import zlib
from typing import BinaryIO

import pydyf  # type: ignore[import-untyped]
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

_SHEETS = ("letter", "document", "slip", "form")


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
            sheet = HTML(string=job["html"], url_fetcher=closed, base_url=None)
            pdf = sheet.write_pdf(
                stylesheets=styles[job["sheet"]],
                font_config=fonts,
                finisher=compress_once,
                pdf_identifier=bytes.fromhex(job["identifier"]),
                optimize_images=False,
            )
        except (Exception, MemoryError) as error:  # noqa: BLE001 - whatever broke, the parent must learn of it
            send(answers, b"-", f"{type(error).__name__}: {error}".encode())
        else:
            send(answers, b"+", pdf)


if __name__ == "__main__":
    main()

"""A unified seal platform that does as it is told: a real HTTP server in a thread, with an authority of its own.

It speaks the interface of docs/seals.md. `behave("pending", "sealed")` scripts the next answers; when the script is
over, it seals. Every request is noted in `asked`.
"""

import base64
import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from app.crypto import KeyRing, SoftwareProvider
from app.seals.ca import Authority
from app.seals.pades import sign
from app.settings import SealSettings

ACCOUNT, SECRET = "zhengcheng-test", "a-secret-of-the-test-platform"


@dataclass
class SealPlatform:
    """The server and what it has seen. `clock` is the time it seals at; `folder` holds its authority."""

    folder: Path
    clock: Callable[[], datetime]
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        keys = KeyRing.load_or_create(self.folder / "keys.json")
        self.authority, self._foreign = Authority(self.folder / "own", keys), Authority(self.folder / "foreign", keys)
        self.authority.found(self.clock())
        self._foreign.found(self.clock())
        self.roots_file = self.folder / "roots.pem"
        self.roots_file.write_bytes(self.authority.root().certificate.public_bytes(Encoding.PEM))
        self.revoked: set[int] = set()
        self.crl_lasts = timedelta(days=1)
        self._script: deque[str] = deque()
        self._requests: dict[str, dict[str, str]] = {}
        self._recorded: tuple[int, bytes, str] | None = None
        self._let_go = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    # -- what a test does -----------------------------------------------------------------------------------------

    @property
    def settings(self) -> SealSettings:
        """How an installation is told of this platform."""
        return SealSettings("platform", f"http://127.0.0.1:{self._port}", ACCOUNT, SECRET, self.roots_file)

    def behave(self, *acts: str) -> None:
        """The next answers, in order."""
        self._script.extend(acts)

    def revoke(self, organ: str) -> None:
        """Put an organ's certificate on the revocation list."""
        self.revoked.add(self.authority.identity_of(organ, self.clock()).certificate.serial_number)

    @property
    def sheets_taken(self) -> int:
        """How many different sheets were handed in."""
        return len(self._requests)

    def start(self) -> None:
        """Listen; after `stop` on the same port as before."""
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                platform._answer(self, b"")

            def do_PUT(self) -> None:
                platform._answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Go down: the next connection is refused."""
        if self._server is not None:
            self._let_go.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    # -- what the server does -------------------------------------------------------------------------------------

    def _answer(self, http: BaseHTTPRequestHandler, body: bytes) -> None:
        self.asked.append((http.command, http.path))
        nonce, wanted = http.headers["X-Seal-Nonce"], http.headers["X-Seal-Mac"]
        text = "\n".join((http.command, http.path, http.headers["X-Seal-Time"], nonce, _hash(body)))
        if http.headers["X-Seal-Account"] != ACCOUNT or wanted != _mac(text):
            self._send(http, 401, b"", "")
            return
        if http.path == "/v1/health":
            self._say(http, nonce, 200, {})
            return
        sheet_hash = http.path.rsplit("/", 1)[1]
        if body:
            self._requests.setdefault(sheet_hash, json.loads(body))
        request = self._requests.get(sheet_hash)
        if request is None:
            self._say(http, nonce, 404, {})
        else:
            self._act(http, nonce, sheet_hash, request, self._script.popleft() if self._script else "sealed")

    def _act(
        self, http: BaseHTTPRequestHandler, nonce: str, sheet_hash: str, request: dict[str, str], act: str
    ) -> None:
        sheet = base64.b64decode(request["sheet"])
        match act:
            case "hang":
                self._let_go.wait(timeout=30)
                http.close_connection = True
            case "drop":
                http.close_connection = True
            case "error":
                self._send(http, 503, b"<html>maintenance</html>", "")
            case "redirect":
                http.send_response(307)
                http.send_header("Location", "http://127.0.0.1:9/elsewhere")
                http.send_header("Content-Length", "0")
                http.end_headers()
            case "garbage":
                self._signed(http, nonce, 200, b"\x00\xff not json")
            case "no json object":
                self._signed(http, nonce, 200, b"[1, 2]")
            case "unsigned":
                self._send(http, 200, json.dumps(self._sealed(sheet_hash, sheet, request)).encode(), "")
            case "foreign letters":
                self._send(http, 200, b"{}", "é" * 32)
            case "replay":
                assert self._recorded is not None
                self._send(http, *self._recorded)
            case "pending" | "refused":
                said: dict[str, object] = {"sheet_sha256": sheet_hash, "status": act, "reason": "等待印章管理员审批"}
                self._say(http, nonce, 202 if act == "pending" else 200, said)
            case _:
                self._say(http, nonce, 200, self._variant(act, sheet_hash, sheet, request))

    def _variant(self, act: str, sheet_hash: str, sheet: bytes, request: dict[str, str]) -> dict[str, object]:
        match act:
            case "sealed":
                return self._sealed(sheet_hash, sheet, request)
            case "wrong hash":
                return self._sealed(_hash(b"another"), sheet, request)
            case "another sheet":
                return self._sealed(sheet_hash, _changed(sheet), request)
            case "changed too":
                return self._sealed(sheet_hash, _with_addition(sheet), request)
            case "not sealed":
                return {**self._sealed(sheet_hash, sheet, request), "sealed": base64.b64encode(sheet).decode()}
            case "broken seal" | "smuggled":
                sealed = bytearray(base64.b64decode(str(self._sealed(sheet_hash, sheet, request)["sealed"])))
                # The last digits of the signature itself, or of the noughts behind it.
                behind = sealed.index(b">", sealed.rindex(b"/Contents <"))
                digits = len(sealed[:behind].rstrip(b"0")) if act == "broken seal" else behind
                sealed[digits - 1] = ord("7") if sealed[digits - 1] != ord("7") else ord("8")
                return {**self._sealed(sheet_hash, sheet, request), "sealed": base64.b64encode(sealed).decode()}
            case "foreign organ":
                return self._sealed(sheet_hash, sheet, {**request, "organ": "示例丁局"})
            case "foreign authority":
                return self._sealed(sheet_hash, sheet, request, self._foreign)
            case "no list":
                return {**self._sealed(sheet_hash, sheet, request), "crls": []}
            case _:
                raise AssertionError(f"no such act: {act}")

    def _sealed(
        self, sheet_hash: str, sheet: bytes, request: dict[str, str], by: Authority | None = None
    ) -> dict[str, object]:
        authority, now = by or self.authority, self.clock()
        sealed = sign(sheet, authority.identity_of(request["organ"], now), now)
        return {
            "sheet_sha256": sheet_hash,
            "status": "sealed",
            "sealed": base64.b64encode(sealed).decode("ascii"),
            "crls": [base64.b64encode(self._crl(authority)).decode("ascii")],
        }

    def _crl(self, authority: Authority) -> bytes:
        root, now = authority.root(), self.clock()
        made = x509.CertificateRevocationListBuilder().issuer_name(root.certificate.subject)
        made = made.last_update(now - timedelta(hours=1)).next_update(now + self.crl_lasts)
        made = made.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False
        )
        for number in sorted(self.revoked):
            entry = x509.RevokedCertificateBuilder().serial_number(number)
            made = made.add_revoked_certificate(entry.revocation_date(now - timedelta(hours=2)).build())
        return made.sign(root.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _say(self, http: BaseHTTPRequestHandler, nonce: str, status: int, said: dict[str, object]) -> None:
        self._signed(http, nonce, status, json.dumps(said, ensure_ascii=False).encode())

    def _signed(self, http: BaseHTTPRequestHandler, nonce: str, status: int, content: bytes) -> None:
        mac = _mac(f"{nonce}\n{status}\n{_hash(content)}")
        if status == 200:
            self._recorded = (status, content, mac)
        self._send(http, status, content, mac)

    def _send(self, http: BaseHTTPRequestHandler, status: int, content: bytes, mac: str) -> None:
        http.send_response(status)
        http.send_header("Content-Length", str(len(content)))
        http.send_header("X-Seal-Mac", mac)
        http.end_headers()
        http.wfile.write(content)


@contextmanager
def running_platform(folder: Path, clock: Callable[[], datetime]) -> Iterator[SealPlatform]:
    """A platform that listens until the test is over."""
    platform = SealPlatform(folder, clock)
    platform.start()
    try:
        yield platform
    finally:
        platform.stop()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _mac(text: str) -> str:
    return SoftwareProvider().mac(SECRET.encode(), text.encode()).hex()


def _changed(sheet: bytes) -> bytes:
    """A sheet of its own that looks much like this one."""
    with pikepdf.open(BytesIO(sheet)) as pdf:
        pdf.docinfo["/Subject"] = "another"
        written = BytesIO()
        pdf.save(written)
    return written.getvalue()


def _with_addition(sheet: bytes) -> bytes:
    """The same bytes with a revision appended that writes over the first page."""
    from pyhanko.pdf_utils.generic import StreamObject, pdf_name
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(sheet))
    reference, _resources = writer.find_page_for_modification(0)
    page = reference.get_object()
    page[pdf_name("/Contents")] = writer.add_object(StreamObject(stream_data=b"1 0 0 rg 0 0 300 300 re f"))
    writer.mark_update(reference)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()

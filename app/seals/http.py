"""A unified seal platform over HTTP: asked by the hash of the sheet, believed only after its answer was verified.

`PUT <url>/v1/seals/<sha256 of the sheet>` asks for a seal, `GET` on the same address asks how far it is; both may be
repeated. Requests are signed with the shared secret (HMAC-SM3 over method, path, time, nonce and body hash), and so is
each answer over the request's nonce: an answer to another request does not pass. docs/seals.md describes the interface.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from app.crypto import SoftwareProvider
from app.seals.place import POINTS_PER_MM, seal_place
from app.seals.provider import NotSealedYet, ProviderName, SealRefused, SealRequest
from app.seals.validate import Root, verify_sealed
from app.settings import SealSettings

_SECONDS = 10.0
_LARGEST_ANSWER = 64 * 1024 * 1024
#: After the platform failed to answer, other sheets do not wait for it one by one.
_REST = timedelta(seconds=30)
_SOONEST, _LATEST = 5, 600
_ENOUGH_REASON = 200


@dataclass(frozen=True)
class _Answer:
    status: int
    said: Mapping[str, Any]


class PlatformSeal:
    """Asks the platform and verifies what it returns. Threads may share one."""

    name: ProviderName = "platform"
    waits = True

    def __init__(self, settings: SealSettings, roots: Sequence[Root], seconds: float = _SECONDS) -> None:
        self._settings = settings
        self._roots = tuple(roots)
        self._seconds = seconds
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
        self._lock = threading.Lock()
        self._rests_until: datetime | None = None

    def seal(self, request: SealRequest, now: datetime) -> bytes:
        """The sheet as the platform sealed it, verified.

        Raises:
            NotSealedYet: being made, not reachable, or its answer cannot be read or believed; asked again later.
            SealRefused: it declined, or what it made is another sheet, changed, revoked, or another organ's.
        """
        self._respect_rest(now)
        sheet_hash = hashlib.sha256(request.sheet).hexdigest()
        path = f"/v1/seals/{sheet_hash}"
        answer = self._exchange("GET", path, b"", now)
        if answer.status == 404:
            answer = self._exchange("PUT", path, _asked(request), now)
        if answer.said.get("sheet_sha256") != sheet_hash:
            raise SealRefused("统一印章平台答复的是另一份文书：内容摘要不符。")
        return self._sealed(request, answer.said, now)

    def greet(self, now: datetime) -> None:
        """Ask whether the platform is there and knows this installation; for `seal check`.

        Raises:
            NotSealedYet, SealRefused: as for a sheet.
        """
        self._exchange("GET", "/v1/health", b"", now)

    def _sealed(self, request: SealRequest, said: Mapping[str, Any], now: datetime) -> bytes:
        status, reason = said.get("status"), str(said.get("reason") or "")[:_ENOUGH_REASON]
        if status == "pending":
            raise NotSealedYet(f"统一印章平台正在办理用印{f'（{reason}）' if reason else ''}。", _later(said))
        if status == "refused":
            raise SealRefused(f"统一印章平台不予用印：{reason or '未说明理由'}。")
        if status != "sealed":
            raise NotSealedYet("统一印章平台的答复无法识别，稍后再问。")
        try:
            sealed = base64.b64decode(said["sealed"], validate=True)
            lists = [base64.b64decode(one, validate=True) for one in said["crls"]]
            fresh = [one for one in lists if _is_current(one, now)]
        except (KeyError, TypeError, ValueError):
            raise NotSealedYet("统一印章平台的答复无法识别，稍后再问。") from None
        if not fresh:
            raise NotSealedYet("统一印章平台没有提供有效的证书吊销列表，暂不能确认印章证书未被吊销。")
        verify_sealed(request, sealed, self._roots, fresh, now)
        return sealed

    def _exchange(self, method: str, path: str, body: bytes, now: datetime) -> _Answer:
        nonce = secrets.token_hex(16)
        status, content, mac = self._sent(self._signed(method, path, body, nonce, now), now)
        if status >= 500 or status == 429:
            raise NotSealedYet(f"统一印章平台暂时不能办理（状态码{status}），稍后再问。")
        if status in (401, 403):
            raise SealRefused(
                f"统一印章平台不接受本系统的账号或者签名（状态码{status}）。请核对账号、密钥和服务器时间。"
            )
        expected = self._mac(f"{nonce}\n{status}\n{hashlib.sha256(content).hexdigest()}")
        if not hmac.compare_digest(mac.encode(), expected.encode()):
            raise NotSealedYet("统一印章平台的答复未通过校验：不是对本次请求的答复，或者被改动过。稍后再问。")
        if status not in (200, 202, 404):
            raise SealRefused(f"统一印章平台不受理（状态码{status}）。")
        try:
            said = json.loads(content) if content else {}
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise NotSealedYet("统一印章平台的答复无法识别，稍后再问。")
        return _Answer(status, said)

    def _signed(self, method: str, path: str, body: bytes, nonce: str, now: datetime) -> urllib.request.Request:
        url = self._settings.url + path
        sent_at = now.astimezone(UTC).isoformat(timespec="seconds")
        text = "\n".join((method, urlsplit(url).path, sent_at, nonce, hashlib.sha256(body).hexdigest()))
        headers = {
            "Content-Type": "application/json",
            "X-Seal-Account": self._settings.account,
            "X-Seal-Time": sent_at,
            "X-Seal-Nonce": nonce,
            "X-Seal-Mac": self._mac(text),
        }
        return urllib.request.Request(url, data=body or None, headers=headers, method=method)

    def _sent(self, request: urllib.request.Request, now: datetime) -> tuple[int, bytes, str]:
        deadline = time.monotonic() + 2 * self._seconds
        try:
            try:
                answer = self._opener.open(request, timeout=self._seconds)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                parts = bytearray()
                while part := answer.read1(1 << 16):
                    parts += part
                    if len(parts) > _LARGEST_ANSWER or time.monotonic() > deadline:
                        raise TimeoutError
                return int(answer.status), bytes(parts), str(answer.headers.get("X-Seal-Mac", ""))
        except (OSError, HTTPException):
            with self._lock:
                self._rests_until = now + _REST
            raise NotSealedYet("统一印章平台连接不上，恢复后自动用印。") from None

    def _respect_rest(self, now: datetime) -> None:
        with self._lock:
            if self._rests_until is not None and now < self._rests_until:
                raise NotSealedYet("统一印章平台连接不上，恢复后自动用印。", self._rests_until - now)

    def _mac(self, text: str) -> str:
        return SoftwareProvider().mac(self._settings.secret.encode(), text.encode()).hex()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A sheet goes to the address that was set and nowhere else."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def _asked(request: SealRequest) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    place = seal_place(IncrementalPdfFileWriter(BytesIO(request.sheet)))
    wanted = {
        "organ": request.organ,
        "organ_code": request.organ_code,
        "title": request.title,
        "number": request.number,
        "page": place.page + 1,
        "x_mm": round(place.x / POINTS_PER_MM, 2),
        "y_mm": round(place.y / POINTS_PER_MM, 2),
        "diameter_mm": round(place.diameter / POINTS_PER_MM, 2),
        "sheet": base64.b64encode(request.sheet).decode("ascii"),
    }
    return json.dumps(wanted, ensure_ascii=False).encode()


def _later(said: Mapping[str, Any]) -> timedelta | None:
    seconds = said.get("retry_after")
    return timedelta(seconds=min(max(seconds, _SOONEST), _LATEST)) if isinstance(seconds, int) else None


def _is_current(revoked: bytes, now: datetime) -> bool:
    until = x509.load_der_x509_crl(revoked).next_update_utc
    return until is not None and now <= until

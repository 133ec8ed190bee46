"""What a sealed sheet proves: whose seal, when, by which authority, and that not one byte was changed since."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING

from app.seals.additions import only_sealed
from app.seals.awaiting import settled
from app.seals.provider import SealRefused, SealRequest

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

_CHANGED = "用印之后文书被改动过。"
# These log every broken signature with a trace; the verdict says it already.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class SealKind(StrEnum):
    """What a seal is worth in law; a sheet says so in words."""

    DEMONSTRATION = "demonstration"
    STATUTORY = "statutory"

    @property
    def label(self) -> str:
        """As a page prints it."""
        return {"demonstration": "演示印章（非法定电子印章）", "statutory": "法定电子印章"}[self.value]


@dataclass(frozen=True)
class Root:
    """A certificate (DER) from which organ certificates come, and what seals under it are worth."""

    certificate: bytes
    kind: SealKind


@dataclass(frozen=True)
class SheetVerdict:
    """What was found on a sheet.

    `sealed`: it carries a signature. `intact`: the signature covers the whole file, and no byte was changed. `trusted`:
    the certificate comes from an authority that this installation knows. `organ`, `signed_at` and `kind` are what the
    seal says, and count only if `genuine`. `problem` says in Chinese what is wrong; empty if nothing is.
    """

    sealed: bool = False
    intact: bool = False
    trusted: bool = False
    organ: str = ""
    signed_at: datetime | None = None
    kind: SealKind | None = None
    problem: str = ""

    @property
    def genuine(self) -> bool:
        """Sealed, unchanged and by a known authority."""
        return self.sealed and self.intact and self.trusted


def check_sheet(content: bytes, roots: Sequence[Root]) -> SheetVerdict:
    """Read the seal of a PDF of unknown origin. Never raises, whatever the bytes are.

    Certificates are judged as of the time of signing: a seal stays good after its certificate has run out. Whether a
    certificate was revoked is asked once, before the notice is issued (`verify_sealed`).

    Args:
        roots: the authorities that this installation knows (`SealSetup.roots`).
    """
    try:
        signature = _only_signature(content)
        if signature is None:
            return SheetVerdict(problem="文书上没有电子印章的数字签名，或者签名不止一个。")
        signed_at = signature.self_reported_timestamp
        if signed_at is None:
            return SheetVerdict(sealed=True, problem="签名没有写明签署时间。")
        verdict = _verdict(signature, _status(signature, roots, signed_at), roots, signed_at)
        return verdict if _gap_is_plain(signature, content) else replace(verdict, intact=False, problem=_CHANGED)
    except Exception as error:  # noqa: BLE001 - hostile bytes may break the reader anywhere; they are no sealed sheet
        return SheetVerdict(problem=f"不能作为已用印的文书读取（{type(error).__name__}）。")


def verify_sealed(
    request: SealRequest, sealed: bytes, roots: Sequence[Root], revoked: Sequence[bytes], now: datetime
) -> SheetVerdict:
    """Hold what a platform returned against what it was asked for, before anything depends on it.

    Args:
        revoked: the authority's current revocation lists (DER).

    Raises:
        SealRefused: another sheet, something else changed in it, a broken or foreign seal, or a revoked certificate.
    """
    if not sealed.startswith(request.sheet) or len(sealed) == len(request.sheet):
        raise SealRefused("平台返回的不是送签的文书：内容摘要不符。")
    try:
        signature = _only_signature(sealed)
        if signature is None:
            raise SealRefused("平台返回的文书上没有数字签名，或者签名不止一个。")
        if not only_sealed(request.sheet, sealed):
            raise SealRefused("平台返回的文书除用印外另有改动。")
        status = _status(signature, roots, now, revoked)
        verdict = _verdict(signature, status, roots, now)
        if not _gap_is_plain(signature, sealed):
            raise SealRefused("平台返回的签名之外夹带有其他内容。")
    except SealRefused:
        raise
    except Exception as error:
        raise SealRefused(f"平台返回的文书不能校验（{type(error).__name__}）。") from error
    if status.revoked:
        raise SealRefused("印章证书已被吊销。")
    if not verdict.genuine:
        raise SealRefused(f"平台返回的文书未通过校验：{verdict.problem}")
    if verdict.organ != request.organ:
        raise SealRefused(f"印章不是签发机关的：应为{request.organ}，实为{verdict.organ or '（未写明）'}。")
    return verdict


def _only_signature(content: bytes) -> "EmbeddedPdfSignature | None":
    # The library is large and is needed by the jobs and by uploads only.
    from pyhanko.pdf_utils.reader import PdfFileReader

    found = list(PdfFileReader(BytesIO(content)).embedded_signatures)
    return found[0] if len(found) == 1 and found[0].sig_object_type == "/Sig" else None


def _gap_is_plain(signature: "EmbeddedPdfSignature", content: bytes) -> bool:
    """Whether the place of the signature, which it cannot cover itself, holds it and noughts and nothing else."""
    from asn1crypto.cms import ContentInfo

    first, length, second, _rest = (int(number) for number in signature.byte_range)
    written = content[first + length : second]
    digits = ContentInfo.load(signature.pkcs7_content).dump().hex().encode("ascii").ljust(len(written) - 2, b"0")
    return written in (b"<" + digits + b">", b"<" + digits.upper() + b">")


def _status(
    signature: "EmbeddedPdfSignature", roots: Sequence[Root], moment: datetime, revoked: Sequence[bytes] | None = None
) -> "PdfSignatureStatus":
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(
        trust_roots=[Certificate.load(root.certificate) for root in roots],
        moment=moment,
        allow_fetching=False,
        crls=list(revoked or ()),
        revocation_mode="soft-fail" if revoked is None else "require",
    )
    return settled(async_validate_pdf_signature(signature, context))


def _verdict(
    signature: "EmbeddedPdfSignature", status: "PdfSignatureStatus", roots: Sequence[Root], signed_at: datetime
) -> SheetVerdict:
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    intact = whole and bool(status.intact and status.valid and status.docmdp_ok)
    path = status.validation_path
    anchor = path.first.dump() if status.trusted and path is not None else b""
    kind = next((root.kind for root in roots if root.certificate == anchor), None)
    trusted = kind is not None
    subject = signature.signer_cert.subject.native
    organ = subject.get("organization_name") or subject.get("common_name") or ""
    problem = ""
    if not intact:
        problem = _CHANGED
    elif not trusted:
        problem = "印章证书不是本系统认可的机构签发的，或者签署时不在有效期内。"
    return SheetVerdict(True, intact, trusted, str(organ), signed_at, kind, problem)

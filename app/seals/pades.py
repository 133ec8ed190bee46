"""The local provider: a PAdES signature (ECDSA P-256) by the organ's own certificate, the drawn seal with it."""

import threading
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.seals.awaiting import settled
from app.seals.ca import DISCLAIMER, Authority, AuthorityMissing, Identity
from app.seals.picture import seal_picture
from app.seals.place import Place, seal_place
from app.seals.provider import ProviderName, SealRefused, SealRequest

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers.pdf_cms import SimpleSigner

FIELD = "Seal"
_RESERVED = 8192
#: Widget annotation: printed, locked.
_FLAGS = 0b10000100


class LocalSeal:
    """Seals with the certificates of this installation's own authority. Threads may share one."""

    name: ProviderName = "local"
    waits = False

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._lock = threading.Lock()

    def seal(self, request: SealRequest, now: datetime) -> bytes:
        """The sheet with seal and signature appended.

        Raises:
            SealRefused: no authority, or the sheet does not say where the seal goes.
        """
        try:
            with self._lock:
                identity = self._authority.identity_of(request.organ, now)
        except AuthorityMissing as missing:
            raise SealRefused(str(missing)) from missing
        return sign(request.sheet, identity, now)


def sign(sheet: bytes, identity: Identity, now: datetime) -> bytes:
    """Append the seal of an organ to a sheet; the bytes before it stay as they are.

    Raises:
        SealRefused: the sheet does not say where the seal goes.
    """
    from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
    from pyhanko.sign.signers.pdf_byterange import SignatureObject

    writer = _writer(sheet)
    place = seal_place(writer)
    spec = SigFieldSpec(
        FIELD,
        on_page=place.page,
        box=place.box,  # type: ignore[arg-type] # written as numbers; whole ones are not needed
        readable_field_name=f"{identity.organ}印章：{DISCLAIMER}",
    )
    embedding = PdfCMSEmbedder(new_field_spec=spec).write_cms(FIELD, writer)
    _draw(writer, next(embedding), identity.organ, place)
    placeholder = SignatureObject(
        timestamp=now,
        subfilter=SigSeedSubFilter.PADES,
        name=identity.organ,
        reason=DISCLAIMER,
        bytes_reserved=_RESERVED,
    )
    # Certified: nothing at all may be added afterwards.
    final = SigMDPSetup("sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    embedding.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=final))
    digest, output = embedding.send(SigIOSetup("sha256"))
    signer = _signer(identity)
    cms = settled(signer.async_sign(digest.document_digest, "sha256", use_pades=True))
    embedding.send(cms)
    return bytes(output.getvalue())


def _writer(sheet: bytes) -> "IncrementalPdfFileWriter":
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class SealWriter(IncrementalPdfFileWriter):
        """Leaves the entries about the document alone: they say PDF/A, and are dated by the notice, not by now."""

        def _update_meta(self) -> None:
            pass

    return SealWriter(BytesIO(sheet))


def _draw(writer: "IncrementalPdfFileWriter", field: Any, organ: str, place: Place) -> None:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name

    # Laid over the text as ink is: what is black stays black.
    ink = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/ExtGState"), pdf_name("/BM"): pdf_name("/Multiply")})
    picture = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/Filter"): pdf_name("/FlateDecode"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.FloatObject, (0, 0, place.diameter, place.diameter))),
            pdf_name("/Resources"): generic.DictionaryObject(
                {pdf_name("/ExtGState"): generic.DictionaryObject({pdf_name("/Ink"): ink})}
            ),
        },
        encoded_data=seal_picture(organ, place.diameter),
    )
    widget = field.get_object()
    widget[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(picture)})
    widget[pdf_name("/F")] = generic.NumberObject(_FLAGS)


def _signer(identity: Identity) -> "SimpleSigner":
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.sign.signers.pdf_cms import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    # The root stays outside: who checks must have it from elsewhere, and what nobody reads could be changed unnoticed.
    return SimpleSigner(
        signing_cert=Certificate.load(identity.der),
        signing_key=PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore(),
    )

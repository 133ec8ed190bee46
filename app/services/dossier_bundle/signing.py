"""Who vouches for a bundle: the certificate of the organ that handles the dossier signs its manifest.

The signature is deterministic (RFC 6979), so that equal state gives equal bytes also where it is signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from app.seals.ca import Identity
from app.seals.setup import SealSetup
from app.services.dossier_bundle.archive import SIGNATURE
from app.services.dossier_bundle.errors import BundleRefused

FOLDER = "certificates/"
_SIGNER, _ROOT = f"{FOLDER}signer.pem", f"{FOLDER}root.pem"


@dataclass(frozen=True)
class SignedBy:
    """Whose signature a bundle carries. `root` is the SHA-256 fingerprint of the certificate at its top.

    `known`: the root is one that whoever checks has given, or that this installation knows.
    """

    organ: str
    root: str
    known: bool


class Signer:
    """The organ's certificate with the root above it."""

    def __init__(self, identity: Identity, root: x509.Certificate) -> None:
        self._identity, self._root = identity, root

    @property
    def certificates(self) -> dict[str, bytes]:
        """What an outsider needs to check the signature, by path within the bundle."""
        return {
            _SIGNER: self._identity.certificate.public_bytes(Encoding.PEM),
            _ROOT: self._root.public_bytes(Encoding.PEM),
        }

    def sign(self, manifest: bytes) -> bytes:
        """ECDSA with SHA-256 over the manifest, in DER as `openssl dgst` reads it."""
        return self._identity.key.sign(manifest, ec.ECDSA(SHA256(), deterministic_signing=True))


def signer_of(seals: SealSetup, organ: str, now: datetime) -> Signer | None:
    """Who signs for an organ; None where the installation has no authority of its own, or no organ handles it."""
    if not organ or not seals.authority.exists:
        return None
    return Signer(seals.authority.identity_of(organ, now), seals.authority.root().certificate)


def seal_roots(seals: SealSetup) -> dict[str, bytes]:
    """The authorities by which the seals on the notices are checked, by path within the bundle."""
    certificates = (x509.load_der_x509_certificate(root.certificate) for root in seals.roots)
    return {
        f"{FOLDER}seal-{place}.pem": certificate.public_bytes(Encoding.PEM)
        for place, certificate in enumerate(certificates, 1)
    }


def signed_by(
    manifest: bytes, signature: bytes | None, files: Mapping[str, bytes], roots: tuple[bytes, ...]
) -> SignedBy | None:
    """Whose signature it is; None for an unsigned bundle.

    Args:
        roots: certificates (DER) that are known to be genuine.

    Raises:
        BundleRefused: the signature does not fit, or was taken away.
    """
    if signature is None:
        if _SIGNER in files:
            raise BundleRefused("缺失：案卷包带有签名证书而没有签名。", SIGNATURE)
        return None
    try:
        signer = x509.load_pem_x509_certificate(files[_SIGNER])
        root = x509.load_pem_x509_certificate(files[_ROOT])
        signer.verify_directly_issued_by(root)
        key = signer.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TypeError
        key.verify(signature, manifest, ec.ECDSA(SHA256()))
    except KeyError:
        raise BundleRefused("没有相应的证书，不能核验。", SIGNATURE) from None
    except (InvalidSignature, ValueError, TypeError):
        raise BundleRefused("与清单不符，签名无效。", SIGNATURE) from None
    names = signer.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
    known = root.public_bytes(Encoding.DER) in roots
    return SignedBy(str(names[0].value) if names else "", root.fingerprint(SHA256()).hex(), known)

"""The installation's own authority: a root certificate, and under it one certificate for each organ that seals.

They lie in one folder beside the key file, one JSON file of mode 600 each; private keys are encrypted with the key ring
and never leave this module unencrypted but as objects. The certificates are for demonstration seals: they prove that a
sheet came from this installation unchanged, and say in their subject that they are no statutory seals.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.crypto import FieldContext, KeyRing, SealBroken
from app.secrets_on_disk import replace_private, write_once

#: In the subject of every certificate; readers of a signature see it.
DISCLAIMER = "演示印章（非法定电子印章）"
_ROOT_FILE = "authority.json"
_ROOT_LASTS = timedelta(days=30 * 366)
_LASTS = timedelta(days=5 * 366)
#: A certificate is replaced when less than this is left.
_RENEWED_BEFORE = timedelta(days=60)
#: A demo plays cases of the past years; their sheets are sealed on the played days.
_BACKDATED = timedelta(days=3 * 366)
#: RFC 5280, upper bounds: characters of an organisation; the library counts the bytes of a common name.
_LONGEST_ORGAN, _LONGEST_COMMON_BYTES = 64, 64


class AuthorityMissing(RuntimeError):
    """There is no authority, or it cannot be read; the message says in Chinese what to do."""


@dataclass(frozen=True)
class Identity:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    organ: str = ""

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)


class Authority:
    """The authority whose files lie in `folder`. Several processes may use one folder; the first file written stays."""

    def __init__(self, folder: Path, keys: KeyRing) -> None:
        self._folder = folder
        self._keys = keys
        self._kept: dict[str, Identity] = {}

    @property
    def folder(self) -> Path:
        """What must be backed up together with the key file."""
        return self._folder

    @property
    def exists(self) -> bool:
        """Whether the root was made."""
        return (self._folder / _ROOT_FILE).is_file()

    def found(self, now: datetime) -> bool:
        """Make the root certificate where there is none; returns whether it did."""
        if self.exists:
            return False
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        # The number tells the roots of two installations apart.
        number = x509.random_serial_number()
        name = _name(f"政诚自建签章根证书 {number % 0xFFFFFF:06X}", "")
        made = _builder(name, name, key.public_key(), now, _ROOT_LASTS, number)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(_usage(authority=True), critical=True)
        write_once(self._folder / _ROOT_FILE, self._written(Identity(made.sign(key, hashes.SHA256()), key), _ROOT_FILE))
        return True

    def root(self) -> Identity:
        """The root certificate and its key.

        Raises:
            AuthorityMissing: it was not made, or the file is damaged.
        """
        return self._read(_ROOT_FILE)

    def identity_of(self, organ: str, now: datetime) -> Identity:
        """The organ's certificate; made when it seals for the first time, and anew before it runs out.

        Raises:
            AuthorityMissing: there is no root to make it under.
        """
        name = _file_of(organ)
        known = self._kept.get(name)
        if known is None and (self._folder / name).is_file():
            known = self._read(name)
        if known is None:
            write_once(self._folder / name, self._written(self._issued(organ, now), name))
            # If another process was first, its certificate is the one.
            known = self._read(name)
        elif known.certificate.not_valid_after_utc - now < _RENEWED_BEFORE:
            replace_private(self._folder / name, self._written(self._issued(organ, now), name))
            known = self._read(name)
        self._kept[name] = known
        return known

    def identities(self) -> list[Identity]:
        """Every organ's certificate, by name.

        Raises:
            AuthorityMissing: a file is damaged.
        """
        files = [path.name for path in self._folder.glob("organ-*.json")] if self._folder.is_dir() else []
        return sorted((self._read(name) for name in files), key=lambda identity: identity.organ)

    def files(self) -> list[Path]:
        """The files that the authority consists of, for the doctor."""
        return sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []

    def reseal(self) -> int:
        """Seal the private keys with the active key of the installation; returns how many were not.

        Raises:
            AuthorityMissing: one of them cannot be opened.
        """
        done = 0
        for path in self.files():
            if not self._keys.is_current(json.loads(path.read_text(encoding="utf-8"))["key"]):
                replace_private(path, self._written(self._read(path.name), path.name))
                done += 1
        return done

    def _issued(self, organ: str, now: datetime) -> Identity:
        root, key = self.root(), ec.generate_private_key(ec.SECP256R1())
        number = x509.random_serial_number()
        until = min(_LASTS, root.certificate.not_valid_after_utc - now)
        made = _builder(_name(organ, organ), root.certificate.subject, key.public_key(), now, until, number)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(_usage(authority=False), critical=True)
        signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
        made = made.add_extension(signer, critical=False)
        return Identity(made.sign(root.key, hashes.SHA256()), key, organ)

    def _written(self, identity: Identity, name: str) -> str:
        private = identity.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        kept = {
            "organ": identity.organ,
            "certificate": identity.certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"),
            "key": self._keys.seal(private.decode("ascii"), _context(name)),
        }
        return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"

    def _read(self, name: str) -> Identity:
        path = self._folder / name
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            certificate = x509.load_pem_x509_certificate(kept["certificate"].encode("ascii"))
            private = self._keys.unseal(kept["key"], _context(name))
            key = serialization.load_pem_private_key(private.encode("ascii"), password=None)
            organ = str(kept["organ"])
        except FileNotFoundError:
            raise AuthorityMissing(
                f"没有签章证书（{path}）。新安装的请执行 flask --app wsgi seal init；原来有的请从备份恢复，切勿重建。"
            ) from None
        except SealBroken:
            raise AuthorityMissing(
                f"签章证书 {path} 的私钥打不开：密钥文件 keys.json 不是当时的那一份。请从备份恢复同一时间的两者。"
            ) from None
        except (OSError, ValueError, KeyError, TypeError, UnicodeError):
            raise AuthorityMissing(f"签章证书 {path} 已损坏。请从备份恢复。") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise AuthorityMissing(f"签章证书 {path} 与其私钥不符。请从备份恢复。")
        return Identity(certificate, key, organ)


def _file_of(organ: str) -> str:
    """Named by a digest: an organ's name may hold what a file name may not."""
    return f"organ-{hashlib.sha256(organ.encode()).hexdigest()[:16]}.json"


def _context(name: str) -> FieldContext:
    return FieldContext("seals", "key", name)


def _name(common: str, organ: str) -> x509.Name:
    named = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")]
    if organ:
        named.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organ[:_LONGEST_ORGAN]))
    named.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DISCLAIMER))
    short = common.encode()[:_LONGEST_COMMON_BYTES].decode(errors="ignore")
    named.append(x509.NameAttribute(NameOID.COMMON_NAME, short))
    return x509.Name(named)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    lasts: timedelta,
    number: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(number)
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )

"""The keys of an installation: kept in one file of mode 600, in numbered versions, one key per purpose."""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.crypto.provider import CannotOpen, Provider, SoftwareProvider, check
from app.crypto.sealing import FieldContext, SealBroken, Sealed
from app.secrets_on_disk import replace_private, write_once

_NONCE_BYTES = 12
#: Bytes of key per purpose. Each purpose has a key of its own, so a value made for one never passes for another.
_PURPOSES = {"chain": 32, "log": 32, "seal": 16, "index": 32}


class KeyFileRefused(RuntimeError):
    """The key file is missing something or unreadable; the message says what to do."""


@dataclass(frozen=True)
class KeyRing:
    """All versions of the keys; new values use the active one, old ones open with theirs."""

    active: str
    versions: Mapping[str, Mapping[str, bytes]] = field(repr=False)
    provider: Provider = field(default_factory=SoftwareProvider, repr=False)

    @classmethod
    def load_or_create(cls, path: Path, provider: Provider | None = None) -> "KeyRing":
        """Read the key file; at the first start make it.

        Raises:
            CryptoUnavailable: this machine lacks SM3 or SM4.
            KeyFileRefused: the file is damaged or can be read by others.
        """
        used = provider or SoftwareProvider()
        check(used)
        if not path.exists():
            write_once(path, _written("k1", {"k1": _new_version()}))
        if path.stat().st_mode & 0o077:
            raise KeyFileRefused(f"密钥文件 {path} 可被其他用户读取。请执行 chmod 600 {path} 后重试。")
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            versions = {
                key_id: {purpose: bytes.fromhex(keys[purpose]) for purpose in _PURPOSES}
                for key_id, keys in kept["versions"].items()
            }
            active = kept["active"]
            versions[active]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise KeyFileRefused(f"密钥文件 {path} 已损坏。请用备份中的同名文件恢复，切勿删除后重建。") from None
        return cls(active, versions, used)

    def rotate(self, path: Path) -> "KeyRing":
        """Add a version, make it the active one and keep it in the file. Old versions stay to open old values."""
        key_id = f"k{max(int(known[1:]) for known in self.versions) + 1}"
        versions = {**self.versions, key_id: _new_version()}
        replace_private(path, _written(key_id, versions))
        return KeyRing(key_id, versions, self.provider)

    # -- history ------------------------------------------------------------------------------------------------

    def chain_mac(self, previous_mac: str, body_text: str, key_id: str | None = None) -> str:
        """The MAC of an event's stored body together with the MAC before it (empty for the first), in hex.

        Raises:
            KeyFileRefused: the key that the row names is not in the key file.
        """
        return chain_mac(self._key("chain", key_id), previous_mac, body_text, self.provider)

    def log_mac(self, row_text: str) -> str:
        """The MAC of one row of the access log, in hex."""
        return self.provider.mac(self._key("log"), row_text.encode()).hex()

    def log_mac_holds(self, row_text: str, mac: str) -> bool:
        """Whether a row of the access log is as it was written, under any version of the key."""
        return any(
            hmac.compare_digest(self.provider.mac(keys["log"], row_text.encode()).hex(), mac)
            for keys in self.versions.values()
        )

    # -- sealed fields ------------------------------------------------------------------------------------------

    def seal(self, value: str, context: FieldContext) -> str:
        """Encrypt one field for one row; the result names its algorithm and key."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self.provider.encrypt(self._key("seal"), nonce, value.encode(), context.as_bytes())
        return str(Sealed(self.provider.seal_algorithm, self.active, nonce + sealed))

    def unseal(self, written: str, context: FieldContext) -> str:
        """The value of a sealed field.

        Raises:
            SealBroken: changed, moved to another row or column, or made with an unknown key or algorithm.
        """
        sealed = Sealed.parse(written)
        if sealed.algorithm != self.provider.seal_algorithm or sealed.key_id not in self.versions:
            raise SealBroken
        nonce, content = sealed.content[:_NONCE_BYTES], sealed.content[_NONCE_BYTES:]
        if len(nonce) < _NONCE_BYTES:
            raise SealBroken
        try:
            key = self.versions[sealed.key_id]["seal"]
            return self.provider.decrypt(key, nonce, content, context.as_bytes()).decode()
        except CannotOpen:
            raise SealBroken from None

    def is_current(self, written: str) -> bool:
        """Whether a sealed field uses the active key; rotation seals the others anew."""
        sealed = Sealed.parse(written)
        return (sealed.algorithm, sealed.key_id) == (self.provider.seal_algorithm, self.active)

    def blind_index(self, value: str) -> str:
        """Keyed hash of a normalised value, by which equal values are found without opening any."""
        return self._index(value, self.active)

    def blind_indexes(self, value: str) -> tuple[str, ...]:
        """The value's index under every version of the key, the active one first: while a rotation runs, seek all."""
        others = (key_id for key_id in self.versions if key_id != self.active)
        return (self.blind_index(value), *(self._index(value, key_id) for key_id in others))

    def _index(self, value: str, key_id: str) -> str:
        normal = "".join(value.split()).upper()
        return self.provider.mac(self._key("index", key_id), normal.encode()).hex()

    def _key(self, purpose: str, key_id: str | None = None) -> bytes:
        wanted = key_id or self.active
        if wanted not in self.versions:
            raise KeyFileRefused(f"密钥文件中没有编号为 {wanted} 的密钥。请从备份恢复密钥文件。")
        return self.versions[wanted][purpose]


def chain_mac(key: bytes, previous_mac: str, body_text: str, provider: Provider | None = None) -> str:
    """HMAC-SM3 over the previous MAC and the body as stored, in hex. A MAC has no line break."""
    return (provider or SoftwareProvider()).mac(key, f"{previous_mac}\n{body_text}".encode()).hex()


def _new_version() -> dict[str, bytes]:
    return {purpose: secrets.token_bytes(size) for purpose, size in _PURPOSES.items()}


def _written(active: str, versions: Mapping[str, Mapping[str, bytes]]) -> str:
    kept = {key_id: {purpose: key.hex() for purpose, key in keys.items()} for key_id, keys in versions.items()}
    return json.dumps({"active": active, "versions": kept}, indent=1) + "\n"

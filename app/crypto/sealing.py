"""The written form of a sealed field: algorithm, key id and content, so that keys can change without downtime."""

import base64
import binascii
from dataclasses import dataclass


class SealBroken(ValueError):
    """A sealed value cannot be opened: changed, moved to another row, or its key is missing."""

    def __init__(self) -> None:
        super().__init__("加密保存的内容无法解密：内容被改动、被移到别处，或者缺少当时的密钥。请执行 doctor 查明原因。")


@dataclass(frozen=True)
class FieldContext:
    """Where a sealed value belongs; the same ciphertext in another row or column does not open."""

    table: str
    column: str
    row_uid: str

    def as_bytes(self) -> bytes:
        return f"{self.table}\x1f{self.column}\x1f{self.row_uid}".encode()


@dataclass(frozen=True)
class Sealed:
    """One sealed value: `algorithm:key id:base64(nonce, ciphertext, tag)`."""

    algorithm: str
    key_id: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.key_id}:{base64.b64encode(self.content).decode('ascii')}"

    @classmethod
    def parse(cls, written: str) -> "Sealed":
        """Raises SealBroken when the text is not a sealed value."""
        try:
            algorithm, key_id, content = written.split(":")
            return cls(algorithm, key_id, base64.b64decode(content, validate=True))
        except (ValueError, binascii.Error):
            raise SealBroken from None

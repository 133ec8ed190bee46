"""The seam behind which the algorithms stand: software now, a certified module where one is required."""

from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_TAG_BYTES = 16


class CryptoUnavailable(RuntimeError):
    """The cryptographic library of this machine lacks SM3 or SM4."""


class CannotOpen(ValueError):
    """The ciphertext, its context or its key is not the one it was sealed with."""


class Provider(Protocol):
    """Two algorithms. Keys are given as bytes; a hardware module may take them as references to its own keys."""

    mac_algorithm: str
    seal_algorithm: str

    def mac(self, key: bytes, message: bytes) -> bytes:
        """A keyed hash of 32 bytes."""
        ...

    def encrypt(self, key: bytes, nonce: bytes, plaintext: bytes, context: bytes) -> bytes:
        """Ciphertext with its tag, bound to `context`."""
        ...

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        """The plaintext; raises CannotOpen when anything was changed."""
        ...


class SoftwareProvider:
    """HMAC-SM3 (GB/T 32905) and SM4-GCM (GB/T 32907) of the OpenSSL that `cryptography` brings along."""

    mac_algorithm = "HMAC-SM3"
    seal_algorithm = "SM4-GCM"

    def mac(self, key: bytes, message: bytes) -> bytes:
        keyed = hmac.HMAC(key, hashes.SM3())
        keyed.update(message)
        return keyed.finalize()

    def encrypt(self, key: bytes, nonce: bytes, plaintext: bytes, context: bytes) -> bytes:
        encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context)
        return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        if len(sealed) < _TAG_BYTES:
            raise CannotOpen
        ciphertext, tag = sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:]
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(context)
        try:
            return decryptor.update(ciphertext) + decryptor.finalize()
        except InvalidTag:
            raise CannotOpen from None


def check(provider: Provider) -> None:
    """Try both algorithms once.

    Raises:
        CryptoUnavailable: in Chinese, with what to do; asked at the start and by `doctor`.
    """
    try:
        provider.mac(bytes(32), b"")
        provider.decrypt(bytes(16), bytes(12), provider.encrypt(bytes(16), bytes(12), b"", b""), b"")
    except UnsupportedAlgorithm:
        raise CryptoUnavailable(
            "本机的 cryptography 软件包所带的 OpenSSL 不支持国密算法 SM3、SM4，系统无法启动。"
            "请执行 make set-up 安装锁定版本的 cryptography，不要使用操作系统自带的 python3-cryptography。"
        ) from None

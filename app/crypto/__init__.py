"""Keyed hashes and sealed fields with the national algorithms SM3 and SM4, behind one provider."""

from app.crypto.keys import KeyFileRefused, KeyRing
from app.crypto.provider import CryptoUnavailable, Provider, SoftwareProvider
from app.crypto.sealing import FieldContext, SealBroken

__all__ = [
    "CryptoUnavailable",
    "FieldContext",
    "KeyFileRefused",
    "KeyRing",
    "Provider",
    "SealBroken",
    "SoftwareProvider",
]

"""The ID token: whose it is, once signature, issuer, audience, nonce and times hold (OpenID Connect Core 3.1.3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

#: Signatures with a public key only: neither none, nor a shared secret that a public key could be taken for.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
#: Seconds by which the two clocks may differ.
LEEWAY = 60
#: How a provider says that more than a password was asked for (RFC 8176).
_MORE_THAN_ONE = frozenset({"mfa", "otp", "hwk", "swk"})


@dataclass(frozen=True)
class Expected:
    """What the token has to say; `claim` names the account."""

    issuer: str
    client_id: str
    nonce: str
    claim: str


@dataclass(frozen=True)
class Identity:
    """Whom the provider vouches for: the value of the claim, and whether it asked for a second factor."""

    name: str
    second_factor: bool


def identity_of(token: str, keys: Mapping[str, Any], expected: Expected, now: datetime) -> Identity | None:
    """The identity in a token; None if anything about it does not hold."""
    try:
        claims = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=list(ALGORITHMS)).claims  # type: ignore[arg-type]
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": expected.issuer},
            aud={"essential": True, "value": expected.client_id},
            nonce={"essential": True, "value": expected.nonce},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        ).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    # Issued to several: it has to say that it is for us.
    if ("azp" in claims or len(audience) > 1) and claims.get("azp") != expected.client_id:
        return None
    name = claims.get(expected.claim)
    if not isinstance(name, str) or not name.strip():
        return None
    methods = claims.get("amr")
    return Identity(name.strip(), isinstance(methods, list) and bool(_MORE_THAN_ONE & {str(one) for one in methods}))

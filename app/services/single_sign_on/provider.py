"""Talking to the provider: its discovery document, the way there (authorization code with PKCE), the code for a token.

What is needed is asked anew at each sign-in: these are few, and a provider that changes its keys is believed at once.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from app.services.single_sign_on.identity import Expected, Identity, identity_of
from app.settings import OidcSettings
from workflows.kit.errors import Refusal

#: Seconds for connecting, and for each part of an answer.
_PATIENCE = (3.05, 5)
_DISCOVERY = "/.well-known/openid-configuration"
_LARGEST_ANSWER = 256 * 1024


class ProviderUnavailable(Refusal):
    """The provider cannot be reached, or answers what no provider answers."""

    code = "ProviderUnavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__("统一身份认证暂时不能使用。请稍后再试，或者用账号和密码登录。")


class NotAdmitted(Refusal):
    """The provider let nobody in, or what it sent does not hold."""

    code = "NotAdmitted"
    status = 403


@dataclass(frozen=True)
class Errand:
    """What has to come back unchanged; kept in the browser's session for the minutes at the provider."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Errand":
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))

    def kept(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Provider:
    """The provider that the settings name; `back` is the address to which it sends the browser back."""

    settings: OidcSettings
    back: str

    def way_there(self, errand: Errand) -> str:
        """Where the browser is sent to sign in.

        Raises:
            ProviderUnavailable: its discovery document cannot be had.
        """
        found = self._discovered()
        with self._session(found) as session:
            address, _state = session.create_authorization_url(
                found["authorization_endpoint"],
                state=errand.state,
                nonce=errand.nonce,
                code_verifier=errand.verifier,
            )
        return str(address)

    def redeem(self, code: str, errand: Errand, now: datetime) -> Identity:
        """Who signed in there.

        Raises:
            ProviderUnavailable: it cannot be reached.
            NotAdmitted: the code does not hold any more, or the token does not hold.
        """
        found = self._discovered()
        try:
            with self._session(found) as session:
                answer = session.fetch_token(
                    found["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=errand.verifier,
                    timeout=_PATIENCE,
                    allow_redirects=False,
                )
        except OAuthError:
            raise NotAdmitted("统一身份认证未予通过，或者用时过长。请重新登录。") from None
        except (requests.RequestException, ValueError, AttributeError):
            raise ProviderUnavailable from None
        expected = Expected(self.settings.issuer, self.settings.client_id, errand.nonce, self.settings.claim)
        identity = identity_of(str(answer.get("id_token", "")), self._read(found["jwks_uri"]), expected, now)
        if identity is None:
            raise NotAdmitted("统一身份认证的答复未通过校验，没有登录。请重新登录；仍不能登录的，请联系系统管理员。")
        return identity

    def _discovered(self) -> Mapping[str, str]:
        found = self._read(self.settings.issuer.rstrip("/") + _DISCOVERY)
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        # OpenID Connect Discovery 4.3: the document has to be that of the issuer it was asked for.
        if found.get("issuer") != self.settings.issuer or not all(isinstance(found.get(name), str) for name in needed):
            raise ProviderUnavailable
        if not all(self._may_be_asked(found[name]) for name in needed):
            raise ProviderUnavailable
        return found

    def _may_be_asked(self, address: str) -> bool:
        """Nothing goes over an unencrypted line that the issuer itself does not use."""
        return address.startswith("https://") or (
            address.startswith("http://") and self.settings.issuer.startswith("http://")
        )

    def _session(self, found: Mapping[str, Any]) -> OAuth2Session:
        offered = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        return OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret,
            token_endpoint_auth_method=method,
            scope=self.settings.scope,
            redirect_uri=self.back,
            code_challenge_method="S256",
        )

    def _read(self, address: str) -> dict[str, Any]:
        try:
            with requests.get(address, timeout=_PATIENCE, allow_redirects=False, stream=True) as answer:
                content = answer.raw.read(_LARGEST_ANSWER + 1, decode_content=True)
                if answer.status_code != requests.codes.ok or len(content) > _LARGEST_ANSWER:
                    raise ProviderUnavailable
                found = requests.models.complexjson.loads(content)
        except (requests.RequestException, OSError, ValueError):
            raise ProviderUnavailable from None
        if not isinstance(found, dict):
            raise ProviderUnavailable
        return found

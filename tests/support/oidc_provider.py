"""A small OpenID Connect provider on the loopback: it signs with real keys and lies where a test tells it to."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "zhengcheng-test", "only-for-tests"
_LASTS = 300


def new_key() -> RSAKey:
    """A key pair for signing tokens."""
    return RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})


@dataclass
class Provider:
    """What it knows, and how it misbehaves: `claims` override those of the token, `broken` names an answer of 500."""

    clock: Callable[[], datetime]
    person: str = "7f3a-person"
    claims: dict[str, Any] = field(default_factory=dict)
    issuer: str = ""
    told_issuer: str = ""
    algorithm: str = "RS256"
    broken: str = ""
    refuses: bool = False
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=new_key)
    #: Another key than the one it publishes.
    signs_with: RSAKey | None = None

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.told_issuer or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes next: back, with a code that can be redeemed once."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        if self.refuses:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The tokens for a code, if the client is who it says and knows the verifier."""
        if authorization != "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode():
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.token(asked["nonce"])}

    def token(self, nonce: str) -> str:
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": self.person, "nonce": nonce, "iat": now, "exp": now + _LASTS,
            **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            return f"{_part({'alg': 'none'})}.{_part(claims)}."
        if self.algorithm == "HS256":
            # The public key taken for a shared secret: whoever reads the key set could sign like this.
            signed = f"{_part({'alg': 'HS256', 'kid': 'k1'})}.{_part(claims)}"
            mac = hmac.digest(self.key.as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        signer = self.signs_with or self.key
        return jwt.encode({"alg": self.algorithm, "kid": "k1"}, claims, signer, algorithms=[self.algorithm])


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts, provider = urlsplit(self.path), self.provider
        provider.asked.append(parts.path)
        if provider.broken == parts.path:
            self._answer(500, {"error": "server_error"})
        elif parts.path == "/.well-known/openid-configuration":
            self._answer(200, provider.discovery())
        elif parts.path == "/keys":
            self._answer(200, KeySet([provider.key]).as_dict(private=False))
        elif parts.path == "/authorize":
            self.send_response(302)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_header("Location", provider.authorize(asked))
            self.end_headers()
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        content = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.provider.broken == self.path:
            self._answer(500, {"error": "server_error"})
            return
        form = {name: values[0] for name, values in parse_qs(content).items()}
        self._answer(*self.provider.redeem(form, self.headers.get("Authorization", "")))

    def _answer(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing on the terminal of the tests."""


@contextmanager
def serving_provider(clock: Callable[[], datetime]) -> Iterator[Provider]:
    """The provider on a free port of the loopback."""
    provider = Provider(clock)
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

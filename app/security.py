"""What every answer carries (trust 1.11): headers, cookies, and whose forwarded addresses are believed."""

import ipaddress
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, abort, request, session
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from app.problems import API
from app.settings import Settings

#: What may be sent, in bytes, by somebody who has not signed in, and as JSON by anybody: it is read and taken apart
#: before it is known what it is for. Files come as parts of a form, from somebody who has signed in.
LARGEST_UNASKED = 1024 * 1024
_BRINGS_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
#: Where Flask-Login keeps the token of a sign-in; looked at, not loaded: an answer must never fail for its headers.
_SIGNED_IN = "_user_id"
_HSTS = "max-age=31536000; includeSubDomains"


def cookie_settings(settings: Settings) -> dict[str, Any]:
    """Flask's configuration of the cookie; in production the browser itself binds it to host and HTTPS."""
    return {
        "SESSION_COOKIE_NAME": "__Host-zhengcheng" if settings.in_production else "zhengcheng",
        "SESSION_COOKIE_SECURE": settings.in_production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
    }


def register(app: Flask, settings: Settings) -> None:
    """Add limits and headers to every request and answer, and put the proxy rule before the application."""

    # Runs before everything that reads the request; an area may set a limit of its own in the same way.
    @app.url_value_preprocessor
    def limit_size(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if request.method in _BRINGS_NOTHING:
            return
        # A browser that was signed in may send a form whose session is over: what was typed is kept for its owner.
        known = current_user.is_authenticated or _SIGNED_IN in session
        if request.is_json or request.path.startswith(API) or not known:
            request.max_content_length = min(LARGEST_UNASKED, request.max_content_length or LARGEST_UNASKED)

    @app.before_request
    def refuse_unstorable() -> None:
        # PostgreSQL cannot keep U+0000, and no database a lone surrogate; nobody types them by hand.
        given = [request.view_args, request.args.to_dict(flat=False), request.form.to_dict(flat=False)]
        try:
            given.append(request.get_json(silent=True) if request.is_json else None)
        except RecursionError:
            abort(400, "提交的内容层次过多。请简化后重新提交。")
        if _is_unstorable(given):
            abort(400, "提交的内容含有无法保存的控制字符（U+0000）或残缺字符。请删除后重新提交。")

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.in_production:
            response.headers.setdefault("Strict-Transport-Security", _HSTS)
        if request.path.startswith(API) or (not _is_static(request.endpoint) and _SIGNED_IN in session):
            response.headers["Cache-Control"] = "no-store"
        return response

    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]


def _is_unstorable(given: object) -> bool:
    """Whether anything in what was given cannot be kept; without recursion, since its depth is the sender's choice."""
    waiting = [given]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
                return True
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
    return False


def _is_static(endpoint: str | None) -> bool:
    return endpoint is not None and (endpoint == "static" or endpoint.endswith(".static"))


class TrustedProxies:
    """Believe X-Forwarded-For, -Proto and -Host only when the named proxies sent them; drop them otherwise."""

    _FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")

    def __init__(self, application: Any, proxies: Iterable[str]) -> None:
        self._application = application
        self._behind_proxy = ProxyFix(application, x_for=1, x_proto=1, x_host=1)
        self._unix = "unix" in proxies
        self._networks = [ipaddress.ip_network(proxy, strict=False) for proxy in proxies if proxy != "unix"]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            return self._behind_proxy(environ, start_response)
        for name in self._FORWARDED:
            environ.pop(name, None)
        return self._application(environ, start_response)

    def _trusts(self, sender: str) -> bool:
        try:
            address = ipaddress.ip_address(sender)
        except ValueError:
            return self._unix
        return any(address in network for network in self._networks)

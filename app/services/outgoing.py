"""Sending one POST to an address that somebody else has named, without being led into our own network.

The address is resolved once and every answer of the name server is judged; the connection goes to the very address
that was judged, so a name that changes its mind gains nothing. Redirects are not followed.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Timer
from urllib.parse import SplitResult, urlsplit

#: Seconds for connecting and for each answer of the other side, and for all of it.
_PATIENCE, _DEADLINE = 5.0, 10.0
LONGEST_URL = 400
#: Global by their prefix, but they lead to whatever IPv4 address is written inside.
_TUNNELS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"))


class AddressRefused(ValueError):
    """Nothing is sent to such an address; the message says why, in Chinese."""


class NotReached(OSError):
    """The other side could not be reached or did not answer in time; the message is Chinese."""


@dataclass(frozen=True)
class Outgoing:
    """Where may be sent to. `allowed` hosts (with or without a port) may speak plain HTTP and be private."""

    allowed: Sequence[str] = ()
    patience: float = _PATIENCE
    deadline: float = _DEADLINE

    def check(self, url: str) -> SplitResult:
        """The parts of an address that may be sent to, as far as that shows without asking a name server.

        Raises:
            AddressRefused: no http address, with a password in it, not encrypted, or plainly of a private network.
        """
        parts = _parts(url)
        if self._is_allowed(parts):
            return parts
        if parts.scheme != "https":
            raise AddressRefused("通知地址须以 https:// 开头；内部网络的地址须由系统管理员列入允许的主机。")
        try:
            _demand_public(ipaddress.ip_address(str(parts.hostname)))
        except AddressRefused:
            raise
        except ValueError:
            pass
        return parts

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send the body once; the status of the answer.

        Raises:
            AddressRefused: the address, or what its name stands for, may not be sent to.
            NotReached: it could not be reached, its certificate is not good, or it took too long.
        """
        parts = self.check(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = self._resolve(str(parts.hostname), port, judged=not self._is_allowed(parts))
        connection = _connection(parts, port, found, self.patience)
        timer = Timer(self.deadline, lambda: _cut_off(connection))
        timer.daemon = True
        timer.start()
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, dict(headers))
            return connection.getresponse().status
        except ssl.SSLError:
            raise NotReached("接收方的 HTTPS 证书无效，或者不能建立加密连接。") from None
        except TimeoutError:
            raise NotReached("接收方未在规定时间内答复。") from None
        except (OSError, http.client.HTTPException):
            raise NotReached("不能连接接收方，或者接收方中断了连接。") from None
        finally:
            timer.cancel()
            connection.close()

    def _is_allowed(self, parts: SplitResult) -> bool:
        host = str(parts.hostname).lower()
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return host in self.allowed or f"{host}:{port}" in self.allowed

    def _resolve(self, host: str, port: int, *, judged: bool) -> str:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NotReached("不能解析接收方的域名。") from None
        addresses = [str(answer[4][0]) for answer in answers]
        if judged:
            for address in addresses:
                _demand_public(ipaddress.ip_address(address.partition("%")[0]))
        return addresses[0]


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("通知地址的格式不对。") from None
    plain = url.isascii() and url.isprintable() and " " not in url
    if len(url) > LONGEST_URL or not plain or parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise AddressRefused(f"通知地址须为完整的 http 或者 https 地址，至多{LONGEST_URL}个字符。")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused("通知地址中不得含有账号、密码或者“#”。")
    return parts


def _demand_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    inner = getattr(address, "ipv4_mapped", None) or address
    tunnelled = inner.version == 6 and any(inner in network for network in _TUNNELS)
    if not inner.is_global or inner.is_multicast or tunnelled:
        raise AddressRefused("通知地址指向内部网络，未发送。确需使用的，请由系统管理员列入允许的主机。")


def _connection(parts: SplitResult, port: int, address: str, patience: float) -> http.client.HTTPConnection:
    host = str(parts.hostname)
    if parts.scheme == "https":
        return _PinnedHTTPS(host, port, address, patience)
    return _Pinned(host, port, address, patience)


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was judged, whatever the name stands for by now."""

    def __init__(self, host: str, port: int, address: str, patience: float) -> None:
        super().__init__(host, port, timeout=patience)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class _PinnedHTTPS(http.client.HTTPSConnection):
    """The same, encrypted; the certificate has to be that of the name."""

    def __init__(self, host: str, port: int, address: str, patience: float) -> None:
        self._trust = ssl.create_default_context()
        super().__init__(host, port, timeout=patience, context=self._trust)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._trust.wrap_socket(plain, server_hostname=self.host)


def _cut_off(connection: http.client.HTTPConnection) -> None:
    """End a conversation that the other side draws out."""
    held = connection.sock
    if held is not None:
        try:
            held.shutdown(socket.SHUT_RDWR)
        except OSError:
            # It ended by itself.
            return

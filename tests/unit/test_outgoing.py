"""Where may be sent to: no private network, no password, no redirect; a name is judged by what it stands for (T12)."""

import socket
from typing import Any

import pytest

from app.services.outgoing import AddressRefused, NotReached, Outgoing

REFUSED = (
    "http://example.org/hook",
    "ftp://example.org/hook",
    "https://",
    "https://user:word@example.org/",
    "https://example.org/#part",
    "https://exa mple.org/",
    "https://示例.org/",
    "https://127.0.0.1/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data",
    "https://192.168.0.1:8443/",
    "https://[::1]/",
    "https://[fd00::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://example.org:0/",
    "https://example.org:99999/",
    "https://example.org/" + "x" * 400,
)


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_may_not_be_sent_to(url: str) -> None:
    with pytest.raises(AddressRefused, match="通知地址"):
        Outgoing().check(url)


def test_a_public_https_address_may_and_so_may_a_named_host() -> None:
    assert Outgoing().check("https://example.org/hook").hostname == "example.org"
    assert Outgoing(("oa.example.internal:8080",)).check("http://oa.example.internal:8080/x").port == 8080
    with pytest.raises(AddressRefused):
        Outgoing(("oa.example.internal:8080",)).check("http://oa.example.internal:8081/x")


def test_a_name_that_leads_inside_is_refused_when_it_is_sent_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """One private answer among public ones is enough; nothing is connected to."""
    answers = [("93.184.215.14", 443), ("10.0.0.8", 443)]

    def resolve(*_args: Any, **_more: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answer) for answer in answers]

    def connect(*_args: Any, **_more: Any) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(AddressRefused):
        Outgoing().post("https://hook.example.org/", b"", {})


def test_a_name_that_stands_for_nothing_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_args: Any, **_more: Any) -> list[tuple[Any, ...]]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(NotReached, match="域名"):
        Outgoing().post("https://hook.example.org/", b"", {})

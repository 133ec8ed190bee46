"""Markup that makes a careless renderer fetch: from a server that counts its visitors, or from a file of the machine.

Each payload is tried twice: with WeasyPrint as it comes, where it must reach its target or it would prove nothing, and
with our renderer, where it must not.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

#: `{web}` is the server's address, `{file}` the URL of a file that holds `SECRET`.
PAYLOADS = {
    "picture from the network": '<img src="{web}/a.png">',
    "picture from a file": '<img src="{file}">',
    "style sheet from the network": '<link rel="stylesheet" href="{web}/a.css">',
    "style sheet by @import": '<style>@import url("{web}/a.css");</style>',
    "picture in a style": '<style>p{{background:url("{web}/a.png")}}</style>',
    "font from the network": '<style>@font-face{{font-family:x;src:url("{web}/a.ttf")}}p{{font-family:x}}</style>',
    "picture inside an SVG": '<svg width="9" height="9"><image href="{web}/a.png" width="9" height="9"/></svg>',
    "attached file": '<link rel="attachment" href="{file}">',
    "attachment by a link": '<a rel="attachment" href="{file}">附件</a>',
    "object": '<object data="{web}/a.svg"></object>',
    "embedded document": '<embed src="{web}/a.svg">',
}
SECRET = b"the secret of the house: 7f3e19"


class Visited(BaseHTTPRequestHandler):
    """Answers every request with nothing useful and remembers it."""

    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@contextmanager
def counting_server() -> Iterator[tuple[str, list[str]]]:
    """A server on the loopback interface: its address and the paths that were asked for."""
    Visited.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Visited)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", Visited.seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)

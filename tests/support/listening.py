"""A receiver of webhooks on the loopback interface, that answers as it is told to and keeps what it was sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """Where it listens, what it answers (`slow`: nothing, until it is let go), and what came."""

    url: str = ""
    host: str = ""
    status: int = 204
    slow: bool = False
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A server of its own for one test."""
    own = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            own.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if own.slow:
                own.let_go.wait(timeout=30)
            self.send_response(own.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    own.host = f"127.0.0.1:{server.server_port}"
    own.url = f"http://{own.host}/hook?unit=1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield own
    finally:
        own.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)

"""Serving one process with eight threads: gunicorn, or waitress where gunicorn does not run."""

import sys
from collections.abc import Callable
from typing import Any

from flask import Flask

from app import create_app
from app.clock import Clock
from app.jobs.embedding import start_jobs, stop_jobs
from app.settings import Settings

THREADS = 8
#: Seconds that requests in hand get when the server is told to stop.
_GRACE = 5


def serve(settings: Settings, clock: Clock, host: str, port: int, announce: Callable[[], None]) -> None:
    """Serve until told to stop (SIGINT, SIGTERM); `announce` is called once the address takes connections."""
    if sys.platform == "win32":
        _serve_with_waitress(create_app(settings, clock), host, port, announce)
    else:
        _serve_with_gunicorn(settings, clock, host, port, announce)


def _serve_with_gunicorn(settings: Settings, clock: Clock, host: str, port: int, announce: Callable[[], None]) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        """The application is made in the one worker, after the fork: connections and threads are its own."""

        def load_config(self) -> None:
            options: dict[str, Any] = {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "workers": 1,
                "worker_class": "gthread",
                "threads": THREADS,
                "graceful_timeout": _GRACE,
                "loglevel": "warning",
                "control_socket_disable": True,
                "when_ready": lambda _arbiter: announce(),
                "post_worker_init": lambda worker: start_jobs(worker.wsgi),
                "worker_exit": lambda _arbiter, worker: stop_jobs(worker.wsgi) if worker.wsgi else None,
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return create_app(settings, clock)

    Server().run()


def _serve_with_waitress(app: Flask, host: str, port: int, announce: Callable[[], None]) -> None:
    from waitress import create_server

    server = create_server(app, host=host, port=port, threads=THREADS)
    start_jobs(app)
    announce()
    try:
        server.run()
    finally:
        server.close()
        stop_jobs(app)

"""A worker of imports in a process of its own, to be killed in the middle of its work."""

from datetime import datetime
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from app.crypto import KeyRing
from app.database import make_engine, write_sessions
from app.services.backend import Backend
from app.services.imports.running import work_on_batch
from app.services.outbox import claim_next, settle
from tests.support.importing import PASSWORDS

#: Starts workers from a process that has everything imported already.
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.import_worker"])


def start_worker(url: str, keys: Path, now: datetime) -> BaseProcess:
    """Begin to work the outbox at this moment of the world's clock."""
    process = _CONTEXT.Process(target=_work, args=(url, keys, now), daemon=True)
    process.start()
    return process


def _work(url: str, keys: Path, now: datetime) -> None:
    engine = make_engine(url)
    backend = Backend(engine, write_sessions(engine), KeyRing.load_or_create(keys))
    while (claim := claim_next(backend, now)) is not None:
        work_on_batch(backend, PASSWORDS, claim, lambda: now)
        settle(backend, claim, now)

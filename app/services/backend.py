"""What services need from an installation: how to write, the keys, and what this database is for. No Flask here."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from app.crypto import KeyRing
from app.database import WriteSessions


def _nobody() -> None:
    """Nobody waits for the outbox."""


@dataclass(frozen=True)
class Backend:
    """Handed to every service that writes. `wake` tells the drain that the outbox grew (after the commit)."""

    engine: Engine
    sessions: WriteSessions
    keys: KeyRing
    base_url: str = ""
    demo: bool = False
    wake: Callable[[], None] = field(default=_nobody)

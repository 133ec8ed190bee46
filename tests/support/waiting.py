"""Waiting for what another thread or process does, as long as it takes and no longer."""

from collections.abc import Callable
from threading import Event
from time import monotonic


def eventually(holds: Callable[[], object], seconds: float = 20.0) -> float:
    """Ask again and again until the answer is true; returns how long it took.

    Raises:
        AssertionError: it did not come true in time.
    """
    began, pause = monotonic(), Event()
    while not holds():
        assert monotonic() - began < seconds, f"still not so after {seconds:g} s"
        pause.wait(0.02)
    return monotonic() - began

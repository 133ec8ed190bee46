"""Several renderers behind one door: each call takes an idle child, the one that was used last first.

So a second child is started only when two sheets are wanted at the same moment.
"""

import os
import threading

from app.documents.render import Renderer

MOST = 2


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class RendererPool:
    """Up to ``size`` child processes; a thread that finds all of them busy waits for one."""

    def __init__(self, size: int = MOST, *, seconds: float = 10.0, sheets: int = 200) -> None:
        self._idle = [Renderer(seconds=seconds, sheets=sheets) for _ in range(size)]
        self._free = threading.Semaphore(size)
        self._lock = threading.Lock()

    def render(self, context_json: str, version: str | None = None) -> bytes:
        """The PDF of one notice; as `Renderer.render`, also in what it raises."""
        with self._free:
            with self._lock:
                renderer = self._idle.pop()
            try:
                return renderer.render(context_json, version)
            finally:
                with self._lock:
                    self._idle.append(renderer)

    def rest(self) -> None:
        """End all idle children but the one used last, and give back their memory; the next rush starts them again."""
        with self._lock:
            for renderer in self._idle[:-1]:
                renderer.stop()

    def stop(self) -> None:
        """End every idle child."""
        with self._lock:
            for renderer in self._idle:
                renderer.stop()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the idle children that run, for operations and tests."""
        with self._lock:
            return tuple(pid for renderer in self._idle if (pid := renderer.pid) is not None)

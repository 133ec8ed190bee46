"""Workers that are killed: they sweep, drain and take steps until somebody ends them (T1).

A worker writes a line to its log after each commit that it was told of. Such a line must be found in the database.
"""

import signal
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from app.clock import MovableClock
from app.crypto import KeyRing
from app.database import make_engine, write_sessions
from app.services.backend import Backend
from app.services.founding import Organs
from app.services.sweeping import sweep
from tests.support import paths
from tests.support.world import World
from workflows.kit.context import Actor
from workflows.kit.errors import Refusal

#: Starts workers from a process that has everything imported already.
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.ordeal"])


@dataclass
class Ordeal:
    """A world, the cases its workers work on, and what has come of it."""

    world: World
    drafts: list[str]
    folder: Path
    random: Random = field(default_factory=lambda: Random(2026))
    kills: int = 0

    def run(self, kills: int, workers: int = 2) -> None:
        """Let `workers` work at a time and kill one at random, again and again, each somewhere in a step."""
        running = [self._start(number) for number in range(workers)]
        for kill in range(kills):
            victim, log = running.pop(self.random.randrange(len(running)))
            self._await_work(victim, log)
            victim.join(self.random.random() * 0.1)
            victim.kill()
            victim.join()
            assert victim.exitcode == -signal.SIGKILL, "the worker had failed by itself"
            self.kills += 1
            running.append(self._start(workers + kill))
        for worker, _log in running:
            worker.kill()
            worker.join()

    def _await_work(self, worker: BaseProcess, log: Path) -> None:
        """A worker has taken its first step."""
        for _ in range(3000):
            if log.exists() and log.stat().st_size:
                return
            worker.join(0.01)
            assert worker.is_alive(), f"the worker failed by itself: {worker.exitcode}"
        raise AssertionError("the worker did not begin within half a minute")

    def _start(self, number: int) -> tuple[BaseProcess, Path]:
        url = self.world.backend.engine.url.render_as_string(hide_password=False)
        world, log = self.world, self.folder / f"{number}.log"
        parts = _Parts(world.backend.keys, world.clock(), world.organs, world.people, world.units, world.unit_uids)
        made = _CONTEXT.Process(target=_work, args=(url, parts, self.drafts, log))
        made.start()
        return made, log

    def told(self) -> list[tuple[str, int]]:
        """Every (case, version) that a worker was told was taken; a last line that was cut off counts for nothing."""
        lines = (line for log in self.folder.glob("*.log") for line in log.read_text().splitlines(keepends=True))
        return [(uid, int(version)) for uid, version in (line.split() for line in lines if line.endswith("\n"))]

    def settle(self) -> None:
        """What the workers of tomorrow do: the sweep and the outbox go on where they stopped."""
        self.world.clock.advance(timedelta(hours=12))
        report = sweep(self.world.backend, self.world.clock)
        assert not report.failed, report.failed
        self.world.seal()


@dataclass(frozen=True)
class _Parts:
    """What a worker needs of a world besides a connection of its own."""

    keys: KeyRing
    now: datetime
    organs: Organs
    people: dict[str, Actor]
    units: dict[str, int]
    unit_uids: dict[str, str]

    def world(self, url: str) -> World:
        engine = make_engine(url)
        backend = Backend(engine, write_sessions(engine), self.keys)
        return World(backend, MovableClock(self.now), self.organs, self.people, self.units, self.unit_uids)


def _work(url: str, parts: _Parts, drafts: list[str], log: Path) -> None:
    """One worker, for ever."""
    own = parts.world(url)
    random = Random(log.name)
    with log.open("a", buffering=1) as told:
        while True:
            taken = own.step("clerk", "edit", random.choice(drafts), paths.record_content(own))
            told.write(f"{taken.uid} {taken.version}\n")
            sweep(own.backend, own.clock, limit=2)
            with suppress(Refusal):
                own.seal()

"""The jobs of one process: a scheduler rings, the rows say what is to be done.

APScheduler is only the alarm clock. All truth is in rows and both jobs are idempotent scans, so a missed or doubled
ring does no harm; several processes may run them at once.
"""

import logging
from datetime import timedelta
from threading import Event, Thread

import psycopg
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from app.clock import SHANGHAI
from app.extensions import Installation
from app.jobs.rounds import Rounds
from app.services.waking import calls

LOGGER = logging.getLogger("zhengcheng.jobs")
#: The drain looks by itself this often, should a call be lost.
DRAIN_EVERY = timedelta(seconds=5)
#: How far the search index may be behind a step; looking whether there is something to do takes under 0.2 ms.
INDEX_EVERY = timedelta(milliseconds=500)
#: A round that was rung for while the machine slept is still worth running.
_LATE = int(timedelta(hours=12).total_seconds())
_JOIN_SECONDS = 10.0


class Jobs:
    """Sweep, drain, search index, daily anchor and tidying of one installation: in this process, `start` to `stop`."""

    def __init__(self, own: Installation) -> None:
        self._own = own
        self._rounds = Rounds(own)
        self._stopping = Event()
        self._threads: list[Thread] = []
        self._alarm = BackgroundScheduler(
            timezone=SHANGHAI, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _LATE}
        )

    def start(self) -> None:
        """Begin; the first round of each comes at once, whatever was missed while the process was down."""
        sweep = self._rounds.sweep
        self._alarm.add_job(sweep, CronTrigger(second=5, timezone=SHANGHAI), id="sweep")
        self._alarm.add_job(sweep, id="sweep at the start")
        self._alarm.add_job(self._rounds.hand_over, CronTrigger(second=35, timezone=SHANGHAI), id="hand over")
        self._alarm.add_job(self._own.outbox_grew.set, IntervalTrigger(seconds=DRAIN_EVERY.seconds), id="drain")
        self._alarm.add_job(self._rounds.tidy, CronTrigger(hour=3, timezone=SHANGHAI), id="tidy")
        self._alarm.add_job(self._rounds.anchor, CronTrigger(hour=0, minute=30, timezone=SHANGHAI), id="anchor")
        self._alarm.start()
        self._own.outbox_grew.set()
        self._run(self._drain, "drain")
        self._run(self._index, "index")
        if self._own.engine.dialect.name == "postgresql":
            self._run(self._listen, "listen")

    def stop(self) -> None:
        """End after the item in hand; nothing is lost, a lease or a claim that is cut off comes back by itself."""
        self._stopping.set()
        self._rounds.stop()
        self._own.outbox_grew.set()
        if self._alarm.running:
            self._alarm.shutdown(wait=True)
        for thread in self._threads:
            thread.join(timeout=_JOIN_SECONDS)
        self._rounds.close()

    def wait(self) -> None:
        """Block until `stop` is called from a signal handler."""
        self._stopping.wait()

    def request_stop(self) -> None:
        """Let `wait` return; safe in a signal handler."""
        self._stopping.set()

    def _run(self, loop: object, name: str) -> None:
        assert callable(loop)
        thread = Thread(target=loop, name=f"zhengcheng-{name}", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _drain(self) -> None:
        while True:
            self._own.outbox_grew.wait()
            # Cleared before the round: a call that comes during it leads to another round.
            self._own.outbox_grew.clear()
            if self._stopping.is_set():
                return
            self._rounds.drain()

    def _index(self) -> None:
        while not self._stopping.is_set():
            self._rounds.index()
            self._stopping.wait(INDEX_EVERY.total_seconds())

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                for called in calls(self._own.engine, seconds=1.0):
                    if called:
                        self._own.outbox_grew.set()
                    if self._stopping.is_set():
                        return
            except (SQLAlchemyError, psycopg.Error):
                LOGGER.warning("listening lost", extra={"job": "listen"})
                self._stopping.wait(DRAIN_EVERY.total_seconds())

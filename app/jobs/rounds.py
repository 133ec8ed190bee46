"""One round of each job. A round never raises: whatever breaks is logged, and the next ring tries again."""

import logging
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from app.clock import legal_day
from app.documents.pool import cores
from app.extensions import Installation
from app.jobs.handlers import Sheets, handlers
from app.services import kept_forms
from app.services.anchors import seal_heads
from app.services.calendar_imports import catch_up_newest
from app.services.drafts import remove_old_drafts
from app.services.heartbeat import beat
from app.services.imports.batches import forget_old_rows
from app.services.outbox import drain, due_count
from app.services.search_index.keeping import refresh
from app.services.sweeping import sweep
from app.services.units.names import apply_due_names
from app.services.units.succession import carry_on_all
from workflows.kit.errors import Refusal

LOGGER = logging.getLogger("zhengcheng.jobs")
#: So many sheets in line are a rush, worth the start of a second renderer (about a second and 100 MB).
RUSH = 6


class Rounds:
    """What the alarm clock rings for."""

    def __init__(self, own: Installation) -> None:
        self._own = own
        self._sheets = Sheets(own.settings.renderer)
        self._stopping = Event()

    def stop(self) -> None:
        """No round takes up another item."""
        self._stopping.set()

    def close(self) -> None:
        """End the child process that renders."""
        self._sheets.close()

    def sweep(self) -> None:
        """Handle every due term, one by one, and leave a sign of life."""
        fired = failed = 0
        try:
            while not self._stopping.is_set():
                report = sweep(self._own.backend, self._own.clock, limit=1)
                fired += report.fired
                failed += len(report.failed)
                if not report.fired:
                    break
            beat(self._own.database, self._own.clock())
        except SQLAlchemyError:
            LOGGER.exception("round failed", extra={"job": "sweep"})
        if fired or failed:
            LOGGER.info("swept", extra={"job": "sweep", "count": fired, "status": f"{failed} failed"})

    def hand_over(self, *, finished: bool = False) -> None:
        """Let units bear the names that are due; carry on a calendar's import and mergers of units under way.

        Args:
            finished: also look after what those that ended may have left, such as a case that was taken up again.
        """
        try:
            with self._own.database.write() as session:
                apply_due_names(session, legal_day(self._own.clock()))
            catch_up_newest(self._own.backend, self._own.clock)
            moved = carry_on_all(self._own.backend, self._own.clock, finished=finished)
        except (SQLAlchemyError, Refusal):
            LOGGER.exception("round failed", extra={"job": "hand over"})
            return
        if moved and not finished:
            LOGGER.info("handed over", extra={"job": "hand over", "count": moved})

    def anchor(self) -> None:
        """Seal the heads of the chains that grew since yesterday."""
        try:
            made = seal_heads(self._own.backend, self._own.clock(), self._own.settings.anchor_file)
        except (SQLAlchemyError, OSError):
            LOGGER.exception("round failed", extra={"job": "anchor"})
            return
        if made is not None:
            LOGGER.info("anchored", extra={"job": "anchor", "count": made.chains})

    def tidy(self) -> None:
        """Remove drafts that nobody has touched for 90 days, and the rows of imports that ended as long ago."""
        try:
            with self._own.database.write() as session:
                removed = remove_old_drafts(session, self._own.clock())
                kept_forms.remove_old(session, self._own.clock())
                removed += forget_old_rows(session, self._own.clock())
        except SQLAlchemyError:
            LOGGER.exception("round failed", extra={"job": "tidy"})
            return
        if removed:
            LOGGER.info("tidied", extra={"job": "tidy", "count": removed})
        self.hand_over(finished=True)

    def drain(self) -> None:
        """Work the outbox to rest; with a second pair of hands while many sheets wait and a processor is free."""
        try:
            rush = cores() > 1 and due_count(self._own.backend, self._own.clock(), "seal", RUSH) >= RUSH
        except SQLAlchemyError:
            LOGGER.exception("round failed", extra={"job": "drain"})
            return
        if not rush:
            self._drain_to_rest()
            return
        helper = Thread(target=self._drain_to_rest, name="zhengcheng-drain-2", daemon=True)
        helper.start()
        self._drain_to_rest()
        helper.join()
        self._sheets.rest()

    def _drain_to_rest(self) -> None:
        done = 0
        try:
            work = handlers(self._own, self._sheets)
            while not self._stopping.is_set() and drain(self._own.backend, self._own.clock, work, limit=1):
                done += 1
        except SQLAlchemyError:
            LOGGER.exception("round failed", extra={"job": "drain"})
        if done:
            LOGGER.info("drained", extra={"job": "drain", "count": done})

    def index(self) -> None:
        """Bring the search index up to date with the cases that were changed."""
        try:
            while not self._stopping.is_set() and refresh(self._own.database):
                pass
        except SQLAlchemyError:
            LOGGER.exception("round failed", extra={"job": "index"})

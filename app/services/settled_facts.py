"""The same answers as `facts`, from rows that are read once: for pages, and for the end of a transaction.

A step asks one question at a time, since it changes what the next one would find; a page asks dozens of questions about
rows that stand still.
"""

import json
from datetime import date
from typing import Any

from sqlalchemy import inspect

from app.models.cases import Case
from app.models.history import EventRow
from app.models.kinds import Record
from app.models.terms import LIVE, TermRow
from app.services.facts import EXEMPTION_PENDING, OBJECTION_PENDING, SqlFacts, takers_of
from app.services.once_read import cases_of, history_of, notices_of, recusal_of, terms_of_case, terms_of_dossier


class SettledFacts(SqlFacts):
    """Facts around a case while nothing changes any more (`UnitOfWork.readings`)."""

    # -- who ------------------------------------------------------------------------------------------------------

    def _declared(self, person: int) -> str | None:
        return recusal_of(self.work, self.case.dossier_id, person)

    def _acts(self, step: str = "", in_round: int | None = None) -> list[tuple[dict[str, Any], frozenset[int]]]:
        found = []
        for row in self._steps(step):
            body = json.loads(row.body)
            takers = takers_of(body, row.actor_id, row.principal_id)
            if takers and in_round in (None, row.round):
                found.append((body, takers))
        return found

    def _steps(self, step: str) -> list[EventRow]:
        if not self.case.is_stored:
            return []
        rows = history_of(self.work, self.case.id)
        return [row for row in rows if row.sort == "step" and step in ("", row.step)]

    def times_taken(self, step: str) -> int:
        return len(self._steps(step))

    # -- terms and notices ----------------------------------------------------------------------------------------

    def _live(self, key: str) -> TermRow | None:
        rows = terms_of_case(self.work, self.case)
        return next((row for row in rows if row.key == key and row.status in LIVE), None)

    def _newest_due(self, case_id: int, key: str) -> date | None:
        rows = terms_of_dossier(self.work, self.case.dossier_id)
        return next((row.due_on for row in reversed(rows) if row.case_id == case_id and row.key == key), None)

    def notice_issued(self, notice: str) -> bool:
        made = [row for row in notices_of(self.work, self.case.id) if row.key == notice]
        return any(row.state not in ("drafted", "voided") for row in made)

    # -- the dossier ----------------------------------------------------------------------------------------------

    def _of_kind(self, kind: str) -> list[Case]:
        return [case for case in cases_of(self.work, self.case.dossier_id) if case.kind == kind]

    def open_in_dossier(self, kind: str) -> int:
        return sum(1 for case in self._of_kind(kind) if case.phase != "closed" and case is not self.case)

    def waiting_exemption(self) -> bool:
        pending = any(case.state in EXEMPTION_PENDING for case in self._of_kind("exemption"))
        return pending and super().waiting_exemption()

    def pending_objection(self) -> bool:
        return any(case.state in OBJECTION_PENDING for case in self._of_kind("objection"))

    def _read_record(self) -> Record | None:
        """The record of the dossier; the one that the page is about has all its columns already."""
        known = next((case for case in self._of_kind("record") if isinstance(case, Record)), None)
        if known is not None and "severity" not in inspect(known).unloaded:
            return known
        return self.work.once("record", self.case.dossier_id, super()._read_record)

    def _told_in(self, record: Record) -> str | None:
        if record is not self.case:
            return super()._told_in(record)
        made = [notice for notice in notices_of(self.work, record.id) if notice.key == "record_notice"]
        return next((notice.context for notice in made if notice.state != "voided"), None)

    def rectification_passed(self) -> bool | None:
        states = [case.state for case in self._of_kind("rectification")]
        return None if not states else "passed" in states

    def repair_exists(self, *states: str) -> bool:
        return any(case.state in states for case in self._of_kind("repair") if case is not self.case)

    def open_sync_items(self) -> int:
        own = [case for case in self._of_kind("sync") if case.parent_id == self.case.id]
        return sum(1 for case in own if case.phase != "closed")

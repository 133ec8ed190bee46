"""The questions a guard may ask of the world, one documented method each.

`app/services/facts.py` answers with SQL, once per step and only when asked; unit tests answer with a dataclass.
All questions are about the case of the context and its dossier.
"""

from collections.abc import Collection
from datetime import date
from typing import Protocol


class Facts(Protocol):
    """What tables want to know beyond the case itself."""

    def last_mover(self) -> str:
        """Name of whoever took the last step of the case; empty if nobody has."""

    def recusal_ground(self, user_id: int | None = None) -> str:
        """Why the actor (or the person whose paper he enters) must not act officially here (回避), empty if he may.

        He is the subject, works in the recorded unit, or declared himself out of the dossier.
        """

    def takers_in_round(self, step: str) -> frozenset[int]:
        """User ids of those who took `step` in the present round, and for whom (经办与审批分离)."""

    def last_takers(self, step: str) -> frozenset[int]:
        """Whose act `step` was when it was taken last, in whatever round: what is signed may be his draft."""

    def handlers(self) -> frozenset[int]:
        """User ids of those who took an official step on the case, and for whom; not those of the review organ."""

    def times_taken(self, step: str) -> int:
        """How often `step` was taken on the case."""

    def term_over_since(self, key: str) -> date | None:
        """The last day of the live term `key` if that day has ended, else None."""

    def term_runs_until(self, key: str) -> date | None:
        """The last day of the live term `key`, whether or not it has ended; None while it awaits or is paused."""

    def term_due_on(self, key: str) -> date | None:
        """The last day of the newest arming of `key`, None if it never ran or still awaits."""

    def working_days_late(self, key: str) -> int:
        """Working days since the last day of the live term `key`; 0 while it runs."""

    def notice_issued(self, notice: str) -> bool:
        """Whether a notice of this kind was signed for the case and is not voided."""

    def open_in_dossier(self, kind: str) -> int:
        """How many cases of a kind are open or decided (not closed) in the dossier, this case not counted."""

    def waiting_exemption(self) -> bool:
        """An exemption is pending in the dossier and the record has to wait for it (not after `proceed`)."""

    def pending_objection(self) -> bool:
        """An objection is being handled in the dossier: neither decided, refused nor closed."""

    def decision_waits(self) -> bool:
        """The decision on the record waits: for an objection that is being handled, or for an exemption."""

    def record_state(self) -> str:
        """State of the record of the dossier."""

    def beyond_the_notice(self) -> bool:
        """Whether the record says more against the subject than the record_notice that was served on him."""

    def record_severity(self) -> str:
        """Severity of the record of the dossier: minor, general or serious."""

    def record_listed_on(self) -> date | None:
        """Day on which the record was listed, None if it is not."""

    def record_closed_on(self) -> date | None:
        """Day on which the record was closed, None if it is not."""

    def subject_is_unit(self) -> bool:
        """Whether the subject is an organ."""

    def subject_code_problem(self) -> str:
        """What is wrong with the subject's identity code (in Chinese), empty if it holds."""

    def same_act_recorded(self) -> bool:
        """Another record that is not closed rests on the same source document and subject."""

    def same_fields_disputed(self, fields: Collection[str]) -> bool:
        """This subject has an open objection on one of these fields of the record."""

    def same_objection_decided(self, fields: Collection[str], reason: str) -> bool:
        """An objection with the same fields and the same reasons was decided or refused before."""

    def rectification_passed(self) -> bool | None:
        """Whether the ordered rectification passed; None if none was ordered."""

    def sanction_until(self) -> date | None:
        """Last day of the sanction's period the record rests on, None if it rests on none."""

    def period_until(self, key: str) -> date | None:
        """Last day of a *period* of the record in the dossier (e.g. `record.publication_min`), or of another term of
        it that began (e.g. `record.statement`); None if it never did.
        """

    def repair_exists(self, *states: str) -> bool:
        """Another repair of the dossier is in one of these states."""

    def open_sync_items(self) -> int:
        """Sync items opened by this case's steps that are still pending."""

    def sync_reminded(self, target: str) -> bool:
        """Whether a 督办 was issued to this silent target."""

    def parent_state_opened_by_service(self) -> bool:
        """Whether the notice's parent is still in the state that this service opened, or waits for it."""

    def parent_waits_for_notice(self) -> bool:
        """Whether the notice's parent waits for this notice or runs a term from it."""

    def notice_text_problem(self) -> str:
        """What keeps the notice from being signed: a text that is not complete, a character without a glyph."""

    def pending_sync_targets(self) -> frozenset[str]:
        """Ids of the targets whose sync items, opened by this case's steps, are still pending."""

    def sync_replaced(self) -> bool:
        """Whether a later sync item for the same target exists in the dossier of this sync item."""

    def parent_repair_waits_only_for_this(self) -> bool:
        """Whether this sync item belongs to an executing repair and is the last of its items that is pending."""

"""催办 and 督办 of a duty: what was sent to whoever is late, and by which step the reader can call to him."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.terms import TermRow
from app.services.reading.reader import Reader
from workflows.registry import WORKFLOWS, workflow
from workflows.roles import Post

#: Who calls by which step; whoever may do both reminds.
_STEPS = ((Post.OFFICER, "remind"), (Post.APPROVER, "supervise"))
_SENT = ("reminder", "supervision")
#: So many keys in one question: databases limit them.
_AT_ONCE = 500


@dataclass(frozen=True)
class Calls:
    """How often it was called to (催办通知书, 督办通知书 that were signed), and when last."""

    reminders: int = 0
    supervisions: int = 0
    last_on: date | None = None


NONE = Calls()


@dataclass(frozen=True)
class OpenDuty:
    """What tells to whom and when a notice of a late duty goes."""

    term: TermRow
    unit_id: int | None


def calls_to(session: Session, duties: Sequence[OpenDuty]) -> dict[int, Calls]:
    """What was sent because of each of these duties, by the key of its term; those without anything are left out.

    A notice belongs to the duty that it names; one that names none, to those duties of the case that were late on that
    day and lie with its recipient.
    """
    cases = sorted({duty.term.case_id for duty in duties})
    sent: dict[int, list[Notice]] = {}
    for start in range(0, len(cases), _AT_ONCE):
        rows = session.execute(
            select(Notice)
            .where(
                Notice.parent_id.in_(cases[start : start + _AT_ONCE]),
                Notice.key.in_(_SENT),
                Notice.signed_on.is_not(None),
                Case.state != "voided",
            )
            .order_by(Notice.id)
        ).scalars()
        for notice in rows:
            sent.setdefault(notice.parent_id or 0, []).append(notice)
    found = {
        duty.term.id: [notice for notice in sent.get(duty.term.case_id, ()) if _belongs(notice, duty)]
        for duty in duties
    }
    return {term: _counted(notices) for term, notices in found.items() if notices}


def _belongs(notice: Notice, duty: OpenDuty) -> bool:
    term, made_on = duty.term, legal_day(notice.created_at)
    if term.due_on is None or made_on <= term.due_on or (term.ended_on is not None and made_on > term.ended_on):
        return False
    return notice.reason == term.key if notice.reason else notice.recipient_unit_id == duty.unit_id


def _counted(notices: Sequence[Notice]) -> Calls:
    days = [notice.signed_on for notice in notices if notice.signed_on is not None]
    reminders = sum(notice.key == "reminder" for notice in notices)
    return Calls(reminders, len(notices) - reminders, max(days))


def step_for(reader: Reader, case: Case, *, in_any_state: bool = False) -> str:
    """The step by which the reader calls to a late duty of this case: remind or supervise; empty: none.

    Args:
        in_any_state: also where the case has left the states in which it is called to.
    """
    flow = workflow(case.kind)
    for post, key in _STEPS:
        step = flow.step(key)
        held = case.handling_unit_id in reader.standing.units(frozenset({post}))
        if held and step is not None and (in_any_state or step.move_from(case.state) is not None):
            return key
    return ""


def callable_by(reader: Reader) -> ColumnElement[bool]:
    """`step_for` as SQL: cases whose late duties the reader can call to."""
    parts = []
    for post, key in _STEPS:
        units = sorted(reader.standing.units(frozenset({post})))
        for flow in WORKFLOWS.values() if units else ():
            step = flow.step(key)
            states = [move.source.key for move in step.moves] if step is not None else []
            if states:
                parts.append(and_(Case.kind == flow.key, Case.state.in_(states), Case.handling_unit_id.in_(units)))
    return or_(false(), *parts)

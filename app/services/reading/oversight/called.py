"""How far a batch of 催办 or 督办 has come: a result for every duty, with the reason where it was refused."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from app.models.cases import Case
from app.models.history import OutboxRow
from app.models.terms import TermRow
from app.services.calling import DONE, MOST, OVER, Batch, Call, key_of
from app.services.reading.oversight.calls import callable_by, step_for
from app.services.reading.oversight.duties import Duty, Wanted, duties_of, matching
from app.services.reading.oversight.scope import (
    DUTY_UNIT,
    IS_DUTY,
    demand_board,
    in_charge,
    outcome_on,
    standing_on,
)
from app.services.reading.reader import Reader
from app.services.reading.shade import Shade
from workflows.kit.errors import NotFound

_AT_ONCE = 500
_REASONS = {
    OVER: "已经办结，或者期限已有变动，不再逾期",
    "Stale": "您打开页面之后，该事项已有他人办理。请查看最新进展，仍需催办的重新选定",
    "NotFound": "该事项已不在您可以查看的范围",
    "NotPermitted": "您在该事项中已没有催办的身份",
    "GuardRefused": "不符合下列条件：",
    "WrongState": "该事项的状态已经变化，现在不能催办",
}


class Result(StrEnum):
    """What came of one call."""

    DONE = "done"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True)
class CallLine:
    """One duty of the batch; None for one that the reader may no longer see. `reason` says why it was refused."""

    duty: Duty | None
    step: str
    result: Result
    reason: str
    #: What the reason speaks of: the conditions that did not hold.
    detail: str = ""


@dataclass(frozen=True)
class CallReport:
    """The whole batch, what was refused in front; `stopped`: it failed and waits for the administrator."""

    lines: tuple[CallLine, ...]
    stopped: bool

    def count(self, result: Result) -> int:
        return sum(line.result is result for line in self.lines)

    @property
    def is_over(self) -> bool:
        return not self.count(Result.WAITING)


def calls_to_all(reader: Reader, wanted: Wanted, near: int) -> tuple[Call, ...]:
    """The calls to every late duty of a list that the reader can call to, the longest overdue first, at most MOST.

    Args:
        near: as in `read_board`.

    Raises:
        NotFound: as `read_board`.
    """
    late = (matching(reader, wanted, near), callable_by(reader), standing_on(reader, near) == Shade.LATE.value)
    return _calls(reader, *late)


def calls_to_chosen(reader: Reader, chosen: Collection[int]) -> tuple[Call, ...]:
    """The calls to duties that were chosen by the keys of their terms, also where one is met or has moved since.

    Raises:
        NotFound: as `read_board`.
    """
    return _calls(reader, in_charge(reader, DUTY_UNIT), IS_DUTY, TermRow.id.in_(sorted(chosen)[:MOST]))


def _calls(reader: Reader, *where: ColumnElement[bool]) -> tuple[Call, ...]:
    rows = reader.session.execute(
        select(TermRow.id, Case)
        .join(Case, Case.id == TermRow.case_id)
        .where(*where)
        .order_by(TermRow.due_on, TermRow.id)
        .limit(MOST)
    )
    steps = ((term, case, step_for(reader, case, in_any_state=True)) for term, case in rows)
    return tuple(Call(case.uid, term, step, case.version) for term, case, step in steps if step)


def read_calls(reader: Reader, name: str, near: int) -> CallReport:
    """The batch that this reader put out under a name.

    Args:
        near: as in `read_board`.

    Raises:
        NotFound: he put none out under this name.
    """
    demand_board(reader)
    assert reader.actor.user_id is not None
    kept = select(OutboxRow.body, OutboxRow.status).where(OutboxRow.key == key_of(reader.actor.user_id, name))
    row = reader.session.execute(kept).one_or_none()
    if row is None:
        raise NotFound
    batch = Batch.from_json(row.body)
    duties = _duties(reader, [call.term for call in batch.calls], near)
    lines = []
    for call in batch.calls:
        result, reason, detail = _told(batch.results.get(call.term))
        lines.append(CallLine(duties.get(call.term), call.step, result, reason, detail))
    return CallReport(tuple(sorted(lines, key=_in_order)), row.status == "stuck")


def _in_order(line: CallLine) -> tuple[int, date]:
    """What was refused in front, then what waits; the longest overdue first."""
    due = line.duty.state.due_on if line.duty is not None else None
    return (Result.REFUSED, Result.WAITING, Result.DONE).index(line.result), due or date.max


def _told(result: str | None) -> tuple[Result, str, str]:
    if result is None:
        return Result.WAITING, "", ""
    if result == DONE:
        return Result.DONE, "", ""
    code, _, detail = result.partition(":")
    return Result.REFUSED, _REASONS.get(code, "系统未能催办，请打开该事项单独办理"), detail


def _duties(reader: Reader, terms: Sequence[int], near: int) -> dict[int, Duty]:
    found: dict[int, Duty] = {}
    for start in range(0, len(terms), _AT_ONCE):
        rows = reader.session.execute(
            select(TermRow, Case, DUTY_UNIT, standing_on(reader, near), outcome_on(reader.today))
            .join(Case, Case.id == TermRow.case_id)
            .where(TermRow.id.in_(terms[start : start + _AT_ONCE]), in_charge(reader, DUTY_UNIT))
        ).all()
        found |= {duty.term: duty for duty in duties_of(reader, rows)}
    return found

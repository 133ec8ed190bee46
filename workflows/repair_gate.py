"""The gate of a credit repair: a checklist with 满足, 未满足 and 何时满足 (procedures, section 5; R48–R50).

It is judged when a repair is filed online (the lines that a date decides), and whole again on the day of approval.
The same lines are shown to the applicant, to the office and on the notices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from workflows.forms.repair import GateKey
from workflows.kit.context import Context

_NEXT = timedelta(days=1)

#: What a record is that is not listed, by its state: not yet, or no more.
_UNLISTED = {
    "noticing": "所涉记录正在告知",
    "statement_open": "所涉记录正在陈述申辩",
    "deciding": "所涉记录正在作出决定",
}
_OVER = {
    "repaired": "所涉记录已经修复",
    "expired": "所涉记录已经期满归档",
    "annulled": "所涉记录已经撤销",
    "declined": "所涉记录已经决定不予记录",
    "exempted": "所涉记录已经容错免责，不作为失信记录",
}

#: Lines that only somebody who looks at the evidence can judge: the FINDER, or OFFICE after `go_on`.
TO_VERIFY = frozenset({GateKey.CORRECTED, GateKey.NOT_EXCLUDED})


@dataclass(frozen=True)
class GateLine:
    """One line of the checklist.

    `possible_on` is the first day on which an unmet line will be met, where a date decides (`dated`); `until` the last
    day of what it waits or waited for; `pending` says that nobody has judged the line yet.
    """

    key: GateKey
    label: str
    met: bool
    possible_on: date | None = None
    note: str = ""
    dated: bool = False
    pending: bool = False
    until: date | None = None

    @property
    def status(self) -> str:
        """满足, 待核实 or 未满足, as screens and notices write it."""
        return "满足" if self.met else "待核实" if self.pending else "未满足"


def gate(ctx: Context) -> tuple[GateLine, ...]:
    """The whole checklist as it stands today, in its fixed order.

    Reads the record of the dossier through `ctx.facts` and the case's `commitment` and `findings`; whoever found
    a line unmet after looking at the evidence is followed, even where the register says otherwise.
    """
    lines = (
        _listed(ctx),
        _period(ctx),
        _waits_for(GateKey.SANCTION, ctx.facts.sanction_until(), "来源处分的处分期", ctx),
        _to_verify(GateKey.CORRECTED),
        _rectified(ctx),
        _commitment(ctx),
        _waits_for(GateKey.NOT_BARRED, ctx.facts.period_until("repair.bar"), "不得再次申请修复的期间", ctx),
        _to_verify(GateKey.NOT_EXCLUDED),
    )
    findings: Mapping[str, Mapping[str, Any]] = ctx.case.findings or {}
    return tuple(_as_found(line, findings.get(line.key)) for line in lines)


def unmet(lines: tuple[GateLine, ...]) -> tuple[GateLine, ...]:
    """The lines that are not met, those not yet judged among them."""
    return tuple(line for line in lines if not line.met)


def unmet_dates(lines: tuple[GateLine, ...]) -> tuple[GateLine, ...]:
    """The unmet lines that a date decides."""
    return tuple(line for line in lines if line.dated and not line.met)


def first_possible_on(lines: tuple[GateLine, ...]) -> date | None:
    """The first day on which every dated line is met; None if all are met today."""
    return max((line.possible_on for line in unmet_dates(lines) if line.possible_on), default=None)


def described(lines: tuple[GateLine, ...]) -> str:
    """The lines in one Chinese sentence part, each with its note."""
    return "；".join(f"{line.label}：{line.note or line.status}" for line in lines)


def _listed(ctx: Context) -> GateLine:
    met = ctx.facts.record_state() == "listed"
    return GateLine(GateKey.LISTED, GateKey.LISTED.label, met, note="" if met else _why_not_listed(ctx))


def still_to_be_listed(ctx: Context) -> bool:
    """Whether the record may yet be listed, so that there may be something to repair one day."""
    return ctx.facts.record_state() not in _OVER


def instead_of_listed(ctx: Context) -> str:
    """What the record is instead of listed, and until or since when, where a date tells it."""
    state, heard = ctx.facts.record_state(), ctx.facts.period_until("record.statement")
    if state == "statement_open" and heard is not None:
        return f"所涉记录正在陈述申辩（{_day(heard)}届满）"
    ended = ctx.facts.record_closed_on()
    if state in _OVER and ended is not None:
        return f"{_OVER[state]}（{_day(ended)}）"
    return _OVER.get(state) or _UNLISTED.get(state, "所涉记录正在审查")


def _why_not_listed(ctx: Context) -> str:
    return f"{instead_of_listed(ctx)}，尚未记入" if still_to_be_listed(ctx) else instead_of_listed(ctx)


def _period(ctx: Context) -> GateLine:
    """A period without length (轻微) ends on the day of listing itself and keeps nobody waiting."""
    until, listed = ctx.facts.period_until("record.publication_min"), ctx.facts.record_listed_on()
    if until is not None and listed is not None and until <= listed:
        until = None
    return _waits_for(GateKey.PERIOD, until, "最短公示期限", ctx)


def _waits_for(key: GateKey, until: date | None, what: str, ctx: Context) -> GateLine:
    """A *period* ends at 24:00 of its last day; what it barred is possible on the next (procedures, section 0)."""
    if until is None or ctx.today > until:
        return GateLine(key, key.label, True, dated=True, until=until)
    return GateLine(key, key.label, False, until + _NEXT, f"{what}至{_day(until)}届满", dated=True, until=until)


def _rectified(ctx: Context) -> GateLine:
    met = ctx.facts.rectification_passed() is not False
    return GateLine(GateKey.RECTIFIED, GateKey.RECTIFIED.label, met, note="" if met else "责令的整改尚未验收通过")


def _commitment(ctx: Context) -> GateLine:
    met = bool(ctx.case.commitment)
    return GateLine(GateKey.COMMITMENT, GateKey.COMMITMENT.label, met, note="" if met else "尚未签署信用承诺书")


def _to_verify(key: GateKey) -> GateLine:
    return GateLine(key, key.label, False, note="待核实", pending=True)


def _as_found(line: GateLine, finding: Mapping[str, Any] | None) -> GateLine:
    if finding is None:
        return line
    if line.pending:
        return GateLine(line.key, line.label, bool(finding["met"]), note=finding["reason"])
    if line.met and not finding["met"]:
        return GateLine(line.key, line.label, False, note=finding["reason"])
    return line


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

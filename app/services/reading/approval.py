"""审批: what a decider checks before he agrees: materials 齐 or 缺, every condition with its clause and day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.models.cases import Case
from app.services.reading.attached import Material
from app.services.reading.terms import TermDetail
from workflows.kit.context import Context
from workflows.kit.counting import Counting
from workflows.kit.definition import Step
from workflows.kit.engine import acting_capacity, unmet_guards
from workflows.kit.errors import FormIncomplete
from workflows.kit.forms import parse_form
from workflows.repair_basis import basis_of
from workflows.repair_gate import GateLine, gate

#: Conditions of every decision on a proposal, beside those of its row in the table.
_GENERAL = (("not_recused", "没有应当回避的情形"), ("not_the_proposer", "审批人不是拟办人"))
#: Conditions that are told in their own lines.
_EXPANDED = frozenset({"every_line_is_met"})
#: While its unit verifies an objection; its answer is the head's to sign.
_AT_THE_UNIT = frozenset({"verifying", "signing"})
#: How each term of the case is counted, by its key; None while it awaits its first day.
_Counted = Mapping[str, Counting | None]


@dataclass(frozen=True)
class CheckLine:
    """One line: what is asked, whether it is met, what decides it, and from which clause.

    `status` is 齐, 缺 or 无 of a material, 符合 or 不符合 of a condition. `on` is the first day on which an unmet line
    can be met, where a date decides. `unconfirmed`: the clause is shown as 待核.
    """

    label: str
    met: bool
    status: str
    note: str = ""
    basis: str = ""
    unconfirmed: bool = False
    on: date | None = None


@dataclass(frozen=True)
class Approval:
    """Everything to check before one agrees to a proposal."""

    materials: tuple[CheckLine, ...]
    conditions: tuple[CheckLine, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing and every condition holds."""
        return all(line.met for line in (*self.materials, *self.conditions))


def approval_of(
    case: Case, step: Step, ctx: Context, materials: Iterable[Material], terms: Sequence[TermDetail]
) -> Approval:
    """The checklist of a proposed step: `ctx` is that in which it would be judged today, with its proposal."""
    names = [item.name for item in materials]
    counted = {term.state.key: term.counting for term in terms}
    asked = _MATERIALS.get(case.kind, _attached)(case, names, counted)
    gated = tuple(_gate_line(line, ctx) for line in gate(ctx)) if case.kind == "repair" else ()
    return Approval(tuple(asked), (*gated, *_conditions(step, ctx), *_in_time(terms, ctx)))


def _conditions(step: Step, ctx: Context) -> list[CheckLine]:
    acting_as = acting_capacity(step, ctx)
    if acting_as is None or ctx.proposal is None:
        return []
    try:
        ctx = replace(ctx, form=parse_form(step.form, ctx.proposal.form))
    except FormIncomplete:
        return []
    failed = {item.guard: item for item in unmet_guards(step, ctx, acting_as, with_form=True)}
    asked = [
        *_GENERAL,
        *((condition.key, condition.label) for condition in step.guards if condition.key not in _EXPANDED),
    ]
    return [
        CheckLine(label, False, "不符合", failed[key].detail, on=failed[key].possible_on)
        if key in failed
        else CheckLine(label, True, "符合")
        for key, label in asked
    ]


def _gate_line(line: GateLine, ctx: Context) -> CheckLine:
    found = basis_of(line.key, ctx.rules)
    basis, unconfirmed = (found[0].text, found[1].unconfirmed) if found is not None else ("", False)
    note = line.note if not line.met or not line.until else f"{_day(line.until)}届满"
    status = "待核实" if line.pending else "符合" if line.met else "不符合"
    return CheckLine(line.label, line.met, status, note, basis, unconfirmed, line.possible_on)


def _in_time(terms: Iterable[TermDetail], ctx: Context) -> list[CheckLine]:
    """The duties that run while the decision waits: whether it would still be in time."""
    return [
        CheckLine(
            f"{term.label}尚未届满",
            term.state.due_on >= ctx.today,
            "符合" if term.state.due_on >= ctx.today else "已逾期",
            f"{_day(term.state.due_on)}届满",
            term.basis,
            term.grade.unconfirmed,
        )
        for term in terms
        if term.ended_on is None and term.nature.value == "duty" and term.state.due_on is not None
    ]


# ------------------------------------------------------------------------------------------------------ materials


def _there(label: str, note: str = "") -> CheckLine:
    return CheckLine(label, True, "齐", note)


def _lacking(label: str, note: str = "") -> CheckLine:
    return CheckLine(label, False, "缺", note)


def _files(label: str, names: list[str]) -> CheckLine:
    """Files that may be handed in and need not be."""
    return _there(label, "、".join(names)) if names else CheckLine(label, True, "无", "没有提交")


def _attached(_case: Case, names: list[str], _counted: _Counted) -> list[CheckLine]:
    return [_files("附件", names)]


def _of_record(case: Any, names: list[str], _counted: _Counted) -> list[CheckLine]:
    source = all((case.source_number, case.source_on, case.source_organ, case.effective_on))
    words = (
        f"{case.source_organ}{case.source_number}，{_day(case.effective_on)}生效"
        if source
        else "文号、日期、机关或者生效日期不全"
    )
    return [
        (_there if source else _lacking)("来源文书信息", words),
        (_there if names else _lacking)("来源文书和证明材料", "、".join(names) or "没有上传，请核对纸质原件"),
        (_there if case.exemption else _lacking)("免责容错情形核对"),
        (_there if case.secret_free else _lacking)("保密审查确认"),
    ]


def _of_objection(case: Any, names: list[str], counted: _Counted) -> list[CheckLine]:
    lines = [_there("异议申请", _received(case)), *_review_request(case, counted), _files("证明材料", names)]
    # The term of the decision begins with the answer: what a clerk drafted and nobody signed is none.
    if case.state not in _AT_THE_UNIT and case.verdicts and "objection.decision" in counted:
        lines.append(_there("经负责人签发的核查意见", case.explanation))
    elif "objection.verification" in counted:
        lines.append(_lacking("经负责人签发的核查意见", "信息提供单位尚未反馈"))
    return lines


def _of_repair(case: Any, names: list[str], counted: _Counted) -> list[CheckLine]:
    listed = [(name, any(name in known or known in name for known in names)) for name in case.evidence]
    lines = [
        _there("信用修复申请", _received(case)),
        *_review_request(case, counted),
        (_there if case.commitment else _lacking)("信用承诺书", "" if case.commitment else "尚未签署"),
        *((_there(name) if found else _lacking(name, "申请中已列明，没有上传")) for name, found in listed),
    ]
    others = [name for name in names if not any(name in known or known in name for known, _ in listed)]
    if others or not listed:
        lines.append(_files("其他证明材料" if listed else "证明材料", others))
    if case.findings:
        lines.append(_there("经负责人签发的核实意见", case.finding_explanation))
    elif "repair.verification" in counted:
        lines.append(_lacking("经负责人签发的核实意见"))
    return lines


def _received(case: Case) -> str:
    return f"{_day(case.received_on)}收到" if case.received_on else ""


def _review_request(case: Any, counted: _Counted) -> list[CheckLine]:
    """复核申请, once there is one: from the day on which it came the time of the review is counted."""
    asked = counted.get(f"{case.kind}.review")
    return [_there("复核申请", f"{_day(asked.anchor_on)}收到")] if asked is not None else []


_MATERIALS: dict[str, Callable[[Case, list[str], _Counted], list[CheckLine]]] = {
    "record": _of_record,
    "objection": _of_objection,
    "repair": _of_repair,
}


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

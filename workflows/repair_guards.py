"""Guards and outcome of the credit repair, each guard a statement that must be true."""

from workflows.forms.repair import GateKey, RepairReviewResult
from workflows.guards import asked_in_time, duty_is_late, late_and_warned
from workflows.kit.context import Context
from workflows.kit.definition import Unmet, guard
from workflows.repair_gate import (
    TO_VERIFY,
    GateLine,
    described,
    first_possible_on,
    gate,
    instead_of_listed,
    still_to_be_listed,
    unmet,
    unmet_dates,
)

#: The subject knows of the record and there is something left to repair: paper is taken in and answered.
_RECORD_TOLD = {"noticing", "statement_open", "deciding", "listed", "repaired"}
_REPAIR_OPEN_OR_GRANTED = (
    "submitted",
    "incomplete",
    "verifying",
    "signing",
    "proposed",
    "executing",
    "completed",
    "review_submitted",
    "reviewing",
)
_OPEN = tuple(state for state in _REPAIR_OPEN_OR_GRANTED if state != "completed")
_DUTIES = ("repair.acceptance", "repair.total", "repair.verification", "repair.review")
some_duty_is_late = duty_is_late(*_DUTIES)
filing_term_kept_or_excused = asked_in_time("repair.review_filing")


def review_outcome(ctx: Context) -> str:
    """维持 or 变更, with what a change leads to."""
    if ctx.form.result is RepairReviewResult.UPHELD:
        return "维持"
    return "变更为准予修复" if refused_step_was_denial(ctx) else "变更为受理"


def refused_step_was_denial(ctx: Context) -> bool:
    """Whether the review is about a denial (不予修复), not about a refusal to accept."""
    return ctx.facts.times_taken("deny") > 0


@guard("所涉记录可以申请修复")
def record_can_be_repaired(ctx: Context) -> bool | Unmet:
    """Paper is taken in and answered in writing, unless nothing is left to repair."""
    state = ctx.facts.record_state()
    if state == "listed" or (ctx.received_on and state in _RECORD_TOLD):
        return True
    now = instead_of_listed(ctx)
    return Unmet(f"{now}，记入后方可申请" if still_to_be_listed(ctx) else f"{now}，不能再申请修复")


@guard("本记录没有办理中的修复申请")
def no_open_repair(ctx: Context) -> bool | Unmet:
    return not ctx.facts.repair_exists(*_OPEN) or Unmet("本记录已有修复申请正在办理，请在原申请中补充")


@guard("本记录没有办理中或者已经准予的其他修复申请")
def no_other_repair(ctx: Context) -> bool | Unmet:
    if not ctx.facts.repair_exists(*_REPAIR_OPEN_OR_GRANTED):
        return True
    return Unmet("本记录另有修复申请正在办理或者已经准予，不能再就原申请申请复核")


@guard("申请修复的期间条件均已满足")
def dates_allow_filing(ctx: Context) -> bool | Unmet:
    """Online only; paper is taken in and refused in writing if need be."""
    if ctx.received_on:
        return True
    waiting = unmet_dates(gate(ctx))
    return not waiting or Unmet("尚不能申请修复：" + described(waiting), first_possible_on(waiting))


@guard("纠正完成日期不晚于申请之日", form=True)
def correction_lies_behind(ctx: Context) -> bool | Unmet:
    if ctx.form.corrected_on is None or ctx.form.corrected_on <= ctx.filed_on:
        return True
    online, paper = "请填写实际完成纠正的日期，不得晚于今天", "请填写实际完成纠正的日期，不得晚于收到申请之日"
    return Unmet(paper if ctx.received_on else online, field="corrected_on")


@guard("修复条件今日全部满足")
def every_line_is_met(ctx: Context) -> bool | Unmet:
    missing = unmet(gate(ctx))
    return not missing or Unmet("修复条件尚未全部满足：" + described(missing), first_possible_on(missing))


@guard("逐项写明未满足的条件", form=True)
def unmet_lines_named(ctx: Context) -> bool | Unmet:
    """Refusal and denial give a reason for each unmet line, and for none that a register shows to be met."""
    lines = {line.key: line for line in gate(ctx)}
    named = set(ctx.form.unmet)
    left_out = [line for line in lines.values() if not line.met and not line.pending and line.key not in named]
    if left_out:
        return Unmet("以下条件未满足，应当一并写明：" + described(tuple(left_out)))
    met = [lines[key].label for key in GateKey if key in named and _shown_to_be_met(lines[key])]
    return not met or Unmet("以下条件已经满足，不能作为理由：" + "、".join(met))


def _shown_to_be_met(line: GateLine) -> bool:
    return line.met and line.key not in TO_VERIFY


@guard("需要核实的条件均有核实意见", form=True)
def finding_covers_the_gate(ctx: Context) -> bool | Unmet:
    missing = [key.label for key in GateKey if key in TO_VERIFY and key not in ctx.form.findings]
    return not missing or Unmet("以下条件尚无核实意见：" + "、".join(missing))


@guard("核实意见由认定单位作出，且尚未退回过")
def finding_may_be_returned(ctx: Context) -> bool | Unmet:
    if ctx.facts.times_taken("verify") == 0:
        return Unmet("本申请由本机关径行审查，没有可以退回的核实意见")
    return ctx.facts.times_taken("return_finding") == 0 or Unmet("只能退回重新核实一次，请审批")


@guard("核实期限逾期三个工作日以上，且已经督办")
def finder_is_late_and_warned(ctx: Context) -> bool | Unmet:
    warned = {"supervision": "尚未发出督办通知书"}
    return late_and_warned(ctx, "repair.verification", 3, "核实期限逾期不足三个工作日", warned, "不能径行审查")


@guard("同步事项全部办结，或者未反馈的同步对象均经督办并逐一写明", form=True)
def sync_is_complete(ctx: Context) -> bool | Unmet:
    pending = ctx.facts.pending_sync_targets()
    if not pending:
        return True
    if ctx.actor.is_system:
        return Unmet(f"尚有{len(pending)}个同步对象未确认")
    if unnamed := pending - set(ctx.form.silent_targets):
        return Unmet("以下同步对象尚未确认，应当逐一写明：" + "、".join(sorted(unnamed)))
    unwarned = sorted(target for target in pending if not ctx.facts.sync_reminded(target))
    return not unwarned or Unmet("以下同步对象尚未督办：" + "、".join(unwarned))


@guard("变更为准予修复的，期间条件均已满足", form=True)
def changed_decision_is_possible(ctx: Context) -> bool | Unmet:
    """Review weighs evidence anew; dates, the register and other ordered duties it cannot replace."""
    if not review_grants.check(ctx):
        return True
    missing = tuple(line for line in unmet(gate(ctx)) if line.dated or line.key in {GateKey.LISTED, GateKey.RECTIFIED})
    return not missing or Unmet("尚不能准予修复：" + described(missing), first_possible_on(missing))


@guard("复核变更为准予修复", form=True)
def review_grants(ctx: Context) -> bool:
    return ctx.form.result is RepairReviewResult.CHANGED and refused_step_was_denial(ctx)


@guard("复核变更为受理", form=True)
def review_accepts(ctx: Context) -> bool:
    return ctx.form.result is RepairReviewResult.CHANGED and not refused_step_was_denial(ctx)


@guard("已经听取当事人陈述申辩", form=True)
def subject_was_heard(ctx: Context) -> bool | Unmet:
    return ctx.form.heard_on <= ctx.today or Unmet("听取陈述申辩的日期不得晚于今天；应当先听取当事人陈述申辩，再作决定")


@guard("修复尚未完成")
def repair_is_unfinished(ctx: Context) -> bool:
    return bool(ctx.case.state != "completed")

"""Guards of the rectification, each a statement that must be true, and its ladder of escalation."""

from datetime import date

from workflows.guards import duty_is_late, first_day_late
from workflows.kit.context import Context
from workflows.kit.counting import Span
from workflows.kit.definition import Unmet, guard

REMINDED, SUPERVISED, CRITICISED = 1, 2, 3
LEVEL_LABELS = ("正常", "催办", "督办", "通报批评")

#: The unit's own duties; the other two are the office's and say nothing about the unit.
_SUBJECT_DUTIES = ("rectification.explanation", "rectification.completion")
_DUTIES = (*_SUBJECT_DUTIES, "rectification.plan", "rectification.verification")
some_duty_is_late = duty_is_late(*_DUTIES)


def days_late(ctx: Context) -> int:
    """Working days by which the unit is late with its explanation or with the rectification itself."""
    return max(ctx.facts.working_days_late(key) for key in _SUBJECT_DUTIES)


def level_after(step: str, ctx: Context) -> int:
    """The escalation level that `step` leads to; never lower than it was.

    SYSTEM goes up one rung at a time as far as 督办; 通报批评 is for SUPERVISOR (procedures, section 4; R55).
    A reminder or supervision by hand counts only where the unit, not the office, is late.
    """
    level: int = ctx.case.escalation_level
    if step == "escalate":
        return min(level + 1, SUPERVISED) if ctx.actor.is_system else CRITICISED
    by_hand = {"remind": REMINDED, "supervise": SUPERVISED}.get(step, level)
    return max(level, by_hand) if _subject_is_late(ctx) else level


def completion_days(until: date, ctx: Context) -> int:
    """Length in calendar days, from today, of a rectification that has to be done by `until`."""
    return (until - ctx.today).days


def _subject_is_late(ctx: Context) -> bool:
    return any(ctx.facts.term_over_since(key) for key in _SUBJECT_DUTIES)


@guard("所涉记录已经记入")
def record_is_listed(ctx: Context) -> bool | Unmet:
    return ctx.facts.record_state() == "listed" or Unmet("所涉记录尚未记入或者已经修复、终结，不能责令整改")


@guard("本记录没有未办结的整改")
def no_other_rectification(ctx: Context) -> bool | Unmet:
    return ctx.facts.open_in_dossier("rectification") == 0 or Unmet("本记录已有整改尚未办结，不得重复责令整改")


@guard("整改通知已经送达")
def order_was_served(ctx: Context) -> bool:
    return bool(ctx.case.state != "ordered")


@guard("各项措施的完成日期均在整改期限之内", form=True)
def plan_within_term(ctx: Context) -> bool | Unmet:
    due = ctx.facts.term_due_on("rectification.completion")
    return _dated_until(due, [task.due_on for task in ctx.form.tasks])


@guard("各项措施的完成日期均不晚于新的截止日期", form=True)
def plan_within_new_term(ctx: Context) -> bool | Unmet:
    return _dated_until(ctx.form.until, [task.due_on for task in ctx.form.tasks])


def _dated_until(due: date | None, planned: list[date]) -> bool | Unmet:
    late = [place for place, day in enumerate(planned, 1) if due and day > due]
    if not late or due is None:
        return True
    numbers = "、".join(f"第{place}项" for place in late)
    return Unmet(f"整改方案{numbers}的完成日期晚于{_day(due)}，请改在整改期限之内")


@guard("书面说明已经拟定")
def explanation_drafted(ctx: Context) -> bool | Unmet:
    return bool(ctx.facts.takers_in_round("draft_explanation")) or Unmet("尚未拟定书面说明，请先由经办人员拟定")


@guard("验收申请已经拟定")
def completion_drafted(ctx: Context) -> bool | Unmet:
    return bool(ctx.facts.takers_in_round("draft_completion")) or Unmet("尚未拟定验收申请，请先由经办人员拟定")


@guard("所填序号在整改方案之内", form=True)
def task_is_planned(ctx: Context) -> bool | Unmet:
    count = len(ctx.case.tasks or [])
    return ctx.form.task <= count or Unmet(f"整改方案共{count}项，没有第{ctx.form.task}项")


@guard("每项整改措施均有完成证明", form=True)
def each_task_has_evidence(ctx: Context) -> bool | Unmet:
    planned = set(range(1, len(ctx.case.tasks or []) + 1))
    proven = {item.task for item in ctx.form.tasks}
    if missing := planned - proven:
        return Unmet("以下措施尚无完成证明：" + "、".join(f"第{place}项" for place in sorted(missing)))
    if foreign := proven - planned:
        return Unmet("整改方案中没有：" + "、".join(f"第{place}项" for place in sorted(foreign)))
    return True


def _extension_cap(ctx: Context) -> Span | None:
    rule = ctx.rules.term("rectification.completion")
    return rule.extension_cap if rule else None


@guard("规则集允许延长整改期限，且尚未延长过")
def extension_is_allowed(ctx: Context) -> bool | Unmet:
    if _extension_cap(ctx) is None:
        return Unmet(f"{ctx.rules.name}没有延长整改期限的规定")
    return ctx.facts.times_taken("extend") == 0 or Unmet("整改期限已经延长过一次，不得再次延长")


@guard("延长的天数不超过上限", form=True)
def extension_within_cap(ctx: Context) -> bool | Unmet:
    cap = _extension_cap(ctx)
    if cap is None or ctx.form.days <= cap.number:
        return True
    return Unmet(f"最多可以延长{cap.text}，请改为不超过{cap.number}")


@guard("整改期限尚未届满")
def completion_still_runs(ctx: Context) -> bool | Unmet:
    over = ctx.facts.term_over_since("rectification.completion")
    return over is None or ctx.in_time_on <= over or Unmet(f"延期应当在期限届满之前申请，整改期限已于{_day(over)}届满")


@guard("当事单位已经申请延期")
def extension_is_requested(ctx: Context) -> bool | Unmet:
    asked = ctx.proposal is not None and ctx.proposal.step == "extend"
    return asked or Unmet("当事单位没有待答复的延期申请")


@guard("当事单位已经申请恢复整改")
def reopening_is_requested(ctx: Context) -> bool | Unmet:
    asked = ctx.proposal is not None and ctx.proposal.step == "reopen"
    return asked or Unmet("当事单位没有待答复的恢复整改申请")


@guard("验收不通过未满两次")
def failed_less_than_twice(ctx: Context) -> bool | Unmet:
    return ctx.facts.times_taken("fail") < 2 or Unmet("验收已经两次不通过，不得再次退回整改，应当认定整改不到位")


@guard("新的截止日期不短于最短期限", form=True)
def new_date_leaves_the_floor(ctx: Context) -> bool | Unmet:
    rule = ctx.rules.term("term.floor")
    if rule is None or rule.span is None:
        return True
    first = ctx.calendar.add_working_days(ctx.today, rule.span.number)
    return ctx.form.until >= first or Unmet(f"重新整改至少应当留出{rule.span.text}，截止日期不得早于{_day(first)}")


@guard("当事单位逾期，且已到提升督办层级的时间")
def escalation_is_due(ctx: Context) -> bool | Unmet:
    """催办 on the first day late, 督办 and 通报批评 from the fifth working day (ladder, section 0)."""
    if not _subject_is_late(ctx):
        return Unmet("当事单位没有逾期，不得提升督办层级", first_day_late(ctx, *_SUBJECT_DUTIES))
    level = ctx.case.escalation_level
    if ctx.actor.is_system:
        if level >= SUPERVISED:
            return Unmet("已经督办；通报批评由信用管理部门审批人决定")
        return level < REMINDED or _late_enough(ctx, 5)
    if level >= CRITICISED:
        return Unmet("已经通报批评，不得重复通报")
    if level < SUPERVISED:
        return Unmet("尚未督办，不得直接通报批评")
    return _late_enough(ctx, 5)


def _late_enough(ctx: Context, working_days: int) -> bool | Unmet:
    if days_late(ctx) >= working_days:
        return True
    over = [day for key in _SUBJECT_DUTIES if (day := ctx.facts.term_over_since(key))]
    first = ctx.calendar.add_working_days(min(over), working_days) if over else None
    return Unmet(f"逾期不足{working_days}个工作日", first)


@guard("通报批评写明理由", form=True)
def criticism_has_reason(ctx: Context) -> bool | Unmet:
    return ctx.actor.is_system or bool(ctx.form.reason) or Unmet("通报批评应当写明理由")


@guard("提升为催办")
def rises_to_reminder(ctx: Context) -> bool:
    return level_after("escalate", ctx) == REMINDED


@guard("提升为督办")
def rises_to_supervision(ctx: Context) -> bool:
    return level_after("escalate", ctx) == SUPERVISED


@guard("提升为通报批评")
def rises_to_criticism(ctx: Context) -> bool:
    return level_after("escalate", ctx) == CRITICISED


@guard("通报批评后逾期二十个工作日以上，或者验收两次不通过")
def rectification_is_hopeless(ctx: Context) -> bool | Unmet:
    """After two fails the unit still has the time it was last given: not before it is over or used."""
    if ctx.facts.times_taken("fail") >= 2:
        used = ctx.case.state == "reported" or _subject_is_late(ctx)
        return used or Unmet("重新整改的期限尚未届满", first_day_late(ctx, *_SUBJECT_DUTIES))
    if ctx.case.state == "reported":
        return Unmet("验收未满两次不通过，应当验收通过或者退回重新整改")
    if ctx.case.escalation_level < CRITICISED:
        return Unmet("尚未通报批评，不能认定整改不到位")
    return _late_enough(ctx, 20)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

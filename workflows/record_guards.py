"""Guards of the dishonesty record, each a statement that must be true."""

from datetime import date

from workflows.forms.record import Disclosure, RecordField, Severity
from workflows.guards import duty_is_late, first_day_late
from workflows.kit.context import Context
from workflows.kit.counting import Counting, Nature, due_on
from workflows.kit.definition import Unmet, guard
from workflows.roles import Capacity

_REACH = {member: place for place, member in enumerate(Disclosure)}
_RANK = {Severity.MINOR: 0, Severity.GENERAL: 1, Severity.SERIOUS: 2}


@guard("来源文书要素齐全")
def source_complete(ctx: Context) -> bool | Unmet:
    case = ctx.case
    missing = [
        label
        for label, value in (
            ("文书编号", case.source_number),
            ("文书日期", case.source_on),
            ("作出机关", case.source_organ),
            ("生效日期", case.effective_on),
        )
        if not value
    ]
    return not missing or Unmet("来源文书尚缺：" + "、".join(missing))


@guard("来源文书已经生效")
def source_effective(ctx: Context) -> bool | Unmet:
    case = ctx.case
    if case.under_remedy:
        return Unmet("来源文书仍在救济期内或者救济程序中，生效后方可报送")
    if case.effective_on and case.effective_on > ctx.today:
        return Unmet("来源文书尚未生效", case.effective_on)
    return True


@guard("失信行为在现行行为清单之内")
def behaviour_in_force(ctx: Context) -> bool | Unmet:
    if not ctx.case.behaviour:
        return Unmet("尚未选择失信行为，请从现行行为清单中选择")
    known = any(item.id == ctx.case.behaviour for item in ctx.rules.behaviours)
    return known or Unmet(f"“{ctx.case.behaviour}”不在{ctx.rules.name}现行行为清单之内，请从清单中重新选择")


@guard("主体代码有效")
def identity_code_valid(ctx: Context) -> bool | Unmet:
    problem = ctx.facts.subject_code_problem()
    return not problem or Unmet(problem)


@guard("已写明事实")
def facts_written(ctx: Context) -> bool | Unmet:
    return bool(ctx.case.facts) or Unmet("尚未写明事实")


@guard("已确定失信程度")
def severity_given(ctx: Context) -> bool | Unmet:
    return bool(ctx.case.severity) or Unmet("尚未确定失信程度")


@guard("已填写行为终止日期，或者注明仍在持续")
def conduct_end_given(ctx: Context) -> bool | Unmet:
    case = ctx.case
    if case.conduct_ended_on and case.conduct_ended_on > ctx.today:
        return Unmet("行为终止日期不得晚于今天；行为仍在持续的，请勾选“行为仍在持续”")
    return bool(case.conduct_ended_on) != bool(case.conduct_continues) or Unmet(
        "请填写行为终止日期；行为仍在持续的，请只勾选“行为仍在持续”"
    )


@guard("保存期限尚未届满")
def retention_not_over(ctx: Context) -> bool | Unmet:
    ended = ctx.case.conduct_ended_on
    rule = ctx.rules.term("record.retention")
    if ended is None or rule is None or rule.span is None:
        return True
    last = due_on(Counting(Nature.PERIOD, rule.span, ended), ctx.calendar).on
    assert last is not None
    return ctx.today <= last or Unmet(f"保存期限已于{_day(last)}届满，不得再行记录")


@guard("该主体的同一行为没有其他记录")
def no_other_record_on_the_act(ctx: Context) -> bool | Unmet:
    return not ctx.facts.same_act_recorded() or Unmet("该主体的同一来源文书已有记录，不得重复报送")


@guard("已回答免责容错和保密两个问题")
def exemption_and_secrecy_answered(ctx: Context) -> bool | Unmet:
    case = ctx.case
    if not case.secret_free and not case.exemption:
        return Unmet("请回答是否存在免责容错情形，并确认本记录不含国家秘密和工作秘密（涉密信息不得录入）")
    if not case.secret_free:
        return Unmet("涉密信息不得录入：请确认本记录不含国家秘密和工作秘密")
    return bool(case.exemption) or Unmet("请回答是否存在免责容错情形")


@guard("记录已经单位负责人签发报送")
def has_been_reported(ctx: Context) -> bool | Unmet:
    return ctx.case.number is not None or Unmet("记录尚未报送，仍由本单位修改或者作废")


@guard("记录从未经单位负责人签发")
def never_signed(ctx: Context) -> bool | Unmet:
    return ctx.case.number is None or Unmet("记录已经报送，不能作为草稿作废")


@guard("陈述申辩在期限内提出，或者逾期有正当理由", form=True)
def statement_in_time(ctx: Context) -> bool | Unmet:
    due = ctx.facts.term_due_on("record.statement")
    if due is None or ctx.in_time_on <= due or ctx.form.late_reason:
        return True
    return Unmet(f"陈述申辩期限已于{_day(due)}届满；有正当理由的，请在“逾期提出的正当理由”中写明")


@guard("当事人提出过陈述申辩")
def statements_made(ctx: Context) -> bool:
    return ctx.facts.times_taken("state") > 0


@guard("告知书已经送达当事人")
def notice_was_served(ctx: Context) -> bool:
    """Before, a correction replaces the notice itself; there is nothing told yet that would have to be corrected."""
    return ctx.case.state != "noticing" and ctx.facts.notice_issued("record_notice")


some_duty_is_late = duty_is_late("record.screening", "record.supplement", "record.decision", "rectification.order")


@guard("有经办人员拟定、待签发的申请")
def request_is_drafted(ctx: Context) -> bool | Unmet:
    drafted = ctx.proposal is not None and ctx.proposal.holder is Capacity.PROVIDER_HEAD
    return drafted or Unmet("没有待签发的更正、撤销申请，无需退回")


@guard("每份陈述申辩意见均有书面答复", form=True)
def each_statement_answered(ctx: Context) -> bool | Unmet:
    if ctx.facts.times_taken("state") == 0 or ctx.form.statement_answer:
        return True
    return Unmet("当事人提出了陈述申辩意见，应当逐条书面答复后方可记入")


@guard("没有超出告知内容")
def nothing_added_since_the_notice(ctx: Context) -> bool | Unmet:
    return not ctx.facts.beyond_the_notice() or Unmet("记入内容超出了已告知的事实、依据或者程度，应当重新告知")


@guard("更正不得加重", form=True)
def no_worse_for_the_subject(ctx: Context) -> bool | Unmet:
    """不得加重 (procedures, section 0): severity, the length of periods and the facts against him."""
    changes = ctx.form.changes
    severity = changes.get(RecordField.SEVERITY)
    if severity is not None:
        try:
            wanted = Severity(severity)
        except ValueError:
            return Unmet(f"失信程度没有“{severity}”这一档，请填写轻微、一般或者严重")
        if _RANK[wanted] > _RANK[Severity(ctx.case.severity)]:
            return Unmet("更正不得加重失信程度；发现新情况的，应当另行报送并重新告知")
    if RecordField.CONDUCT_ENDED_ON in changes:
        day = _date_of(changes[RecordField.CONDUCT_ENDED_ON])
        if day is None:
            return Unmet("行为终止日期不存在，请按“2026-11-21”填写")
        if ctx.case.conduct_ended_on and day > ctx.case.conduct_ended_on:
            return Unmet("更正不得使保存期限延长：行为终止日期不得改晚")
    disclosed = changes.get(RecordField.DISCLOSURE_LEVEL)
    if disclosed is not None:
        try:
            level = Disclosure(disclosed)
        except ValueError:
            return Unmet(f"公开层级没有“{disclosed}”这一级，请从列出的层级中选择")
        if _REACH[level] > _REACH[Disclosure(ctx.case.disclosure_level)]:
            return Unmet("更正不得扩大公开范围")
    return True


@guard("不予记录的情形成立", form=True)
def ground_is_given(ctx: Context) -> bool | Unmet:
    if ctx.actor.is_system or ctx.form.ground != "not_supplemented":
        return True
    if ctx.facts.term_over_since("record.supplement") is not None:
        return True
    return Unmet("补正期限尚未届满，不能以逾期未补正为由", first_day_late(ctx, "record.supplement"))


@guard("规则集要求通报所在单位和纪检监察机关（R70），且当事人为个人")
def person_record_is_forwarded(ctx: Context) -> bool:
    return bool(ctx.rules.switch("notify_superior")) and not ctx.facts.subject_is_unit()


@guard("规则集要求通报上级主管部门和审计部门（R70），且当事人为机关单位")
def unit_record_is_forwarded(ctx: Context) -> bool:
    return bool(ctx.rules.switch("notify_superior")) and ctx.facts.subject_is_unit()


@guard("修复被撤销，依规则集在一定期间内不得再次申请")
def repair_is_barred(ctx: Context) -> bool:
    rule = ctx.rules.term("repair.bar")
    return rule is not None and rule.span is not None


def _date_of(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

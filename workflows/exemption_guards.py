"""Guards, outcome and fork of exemption and tolerance, each guard a statement that must be true."""

from workflows.forms.exemption import ExemptionOutcome
from workflows.forms.record import RecordField
from workflows.guards import duty_is_late, late_and_warned
from workflows.kit.context import Context
from workflows.kit.definition import Unmet, guard
from workflows.roles import Capacity

_DUTIES = ("exemption.acceptance", "exemption.examination")
some_duty_is_late = duty_is_late(*_DUTIES)
_SUBJECT = frozenset({Capacity.SUBJECT, Capacity.SUBJECT_HEAD})
BY_PROVIDER = "provider"
#: States of the record before its subject is told of it.
_UNTOLD = {"screening", "returned", "head_review"}


def outcome_label(ctx: Context) -> str:
    """予以容错, 部分容错 or 不予容错."""
    label: str = ctx.form.outcome.label
    return label


def correction_follows(ctx: Context) -> bool:
    """Whether corrective measures are still to be carried out after the finding (R47)."""
    return ctx.form.outcome is not ExemptionOutcome.DENIED and bool(ctx.form.correction)


@guard("记录处于可以申请容错免责的阶段")
def record_is_in_the_window(ctx: Context) -> bool | Unmet:
    if ctx.facts.record_state() in ctx.rules.names("exemption.window"):
        return True
    return Unmet("记录不在可以申请容错免责的阶段（本地规则集规定的阶段为报送之后、记入期间）")


@guard("本记录没有未办结的容错免责认定")
def no_open_exemption(ctx: Context) -> bool | Unmet:
    return ctx.facts.open_in_dossier("exemption") == 0 or Unmet("本记录已有容错免责申请正在办理，请在原申请中补充")


@guard("单位的申请由单位负责人提出")
def head_files_for_the_unit(ctx: Context) -> bool | Unmet:
    heads = {Capacity.SUBJECT_HEAD, Capacity.PROVIDER_HEAD}
    if not ctx.facts.subject_is_unit() or ctx.received_on or heads & ctx.capacities:
        return True
    return Unmet("单位的申请由经办人员拟定后，应当由单位负责人签发提出")


@guard("由原申请人撤回")
def withdrawn_by_the_applicant(ctx: Context) -> bool | Unmet:
    applicant = {Capacity.PROVIDER_HEAD} if ctx.case.claimed_by == BY_PROVIDER else _SUBJECT
    return bool(applicant & ctx.capacities) or Unmet("本申请不是您提出的，只能由原申请人撤回")


@guard("认定结论与更正内容一致，且不加重当事人负担", form=True)
def changes_fit_the_outcome(ctx: Context) -> bool | Unmet:
    """Only tolerance in part corrects the record; that nothing gets worse is judged again by the record itself."""
    form = ctx.form
    if form.outcome is not ExemptionOutcome.PARTIAL:
        return not form.changes or Unmet("只有部分容错的，才填写记录更正内容")
    if not form.changes:
        return Unmet("部分容错的，应当写明记录中更正的内容")
    return RecordField.RECORD not in form.changes or Unmet("整条记录不再作为失信记录的，认定结论应当为予以容错")


@guard("认定文书日期不晚于今天", form=True)
def document_is_dated(ctx: Context) -> bool | Unmet:
    return ctx.form.document_on <= ctx.today or Unmet("认定文书日期不得晚于今天")


@guard("认定机关是有认定权限的机关", form=True)
def organ_has_the_power(ctx: Context) -> bool | Unmet:
    organs = ctx.rules.names("tolerance.organs")
    return ctx.form.organ in organs or Unmet("有容错认定权限的机关为：" + "、".join(organs))


@guard("核实期限逾期二十个工作日以上，且已经书面催办或者督办")
def organ_is_late_and_warned(ctx: Context) -> bool | Unmet:
    unwarned = "尚未书面催办或者督办容错认定机关"
    warned = {"supervision": unwarned, "reminder": unwarned}
    late = "核实期限逾期不足二十个工作日"
    return late_and_warned(ctx, "exemption.examination", 20, late, warned, "应当继续等待认定结论")


@guard("记录仍在等待本项认定")
def record_still_waits(ctx: Context) -> bool | Unmet:
    return ctx.facts.times_taken("proceed") == 0 or Unmet("已经决定不再等待，无需重复决定")


@guard("认定结论为予以容错")
def tolerance_is_granted(ctx: Context) -> bool:
    return ctx.form.outcome is ExemptionOutcome.GRANTED


@guard("认定结论为部分容错")
def tolerance_is_partial(ctx: Context) -> bool:
    return ctx.form.outcome is ExemptionOutcome.PARTIAL


@guard("由信息提供单位提请，且记录已告知当事人")
def claimed_for_a_notified_subject(ctx: Context) -> bool:
    """The subject did not file, but knows of the record: he is told the outcome as well."""
    return ctx.case.claimed_by == BY_PROVIDER and ctx.facts.record_state() not in _UNTOLD

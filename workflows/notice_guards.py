"""Guards of the notice, each a statement that must be true."""

from datetime import date

from workflows.catalogue import NOTICES
from workflows.forms.notice import EditNoticeForm, ServiceMethod
from workflows.forms.service import FOR_A_PERSON, FOR_A_UNIT
from workflows.kit.context import Context
from workflows.kit.definition import Unmet, guard
from workflows.roles import PROPOSER, Capacity

_CLERK_OF = {
    Capacity.PROVIDER_HEAD: Capacity.PROVIDER,
    Capacity.TOLERANCE_HEAD: Capacity.TOLERANCE,
    **PROPOSER,
}


@guard("由目录规定的签发人签发")
def signed_by_the_named(ctx: Context) -> bool | Unmet:
    signer = Capacity(ctx.case.signer)
    return signer in ctx.capacities or Unmet(f"本文书应当由{signer.label}签发")


@guard("由签发机关的人员改稿")
def edit_is_by_the_signing_organ(ctx: Context) -> bool | Unmet:
    signer = Capacity(ctx.case.signer)
    allowed = {signer, _CLERK_OF.get(signer, signer)}
    return bool(allowed & ctx.capacities) or Unmet(f"本文书应当由{signer.label}或者其经办人改稿")


@guard("只在允许的位置改稿", form=True)
def edits_only_the_allowed_places(ctx: Context) -> bool | Unmet:
    """Free paragraphs and named places by notice; the standard text is nobody's to change (documents, section 1)."""
    allowed = NOTICES[ctx.case.key].editable
    wrong = [info.title or name for name, info in EditNoticeForm.model_fields.items()
             if name not in allowed and getattr(ctx.form, name)]  # fmt: skip
    return not wrong or Unmet(f"本文书不能改写“{'”“'.join(wrong)}”，只能在允许的位置改稿")


@guard("文书内容完整，且没有缺字")
def text_complete(ctx: Context) -> bool | Unmet:
    problem = ctx.facts.notice_text_problem()
    return not problem or Unmet(problem)


@guard("电子送达以签署送达地址确认书为前提", form=True)
def can_be_served_electronically(ctx: Context) -> bool | Unmet:
    if ctx.form.method is not ServiceMethod.ELECTRONIC or ctx.case.electronic:
        return True
    return Unmet("受送达人没有签署送达地址确认书，不能电子送达，请改用其他方式")


@guard("送达日期在签发之后、不晚于今天", form=True)
def served_not_in_the_future(ctx: Context) -> bool | Unmet:
    return _between_issue_and_today(ctx, ctx.form.served_on, "送达日期")


@guard("转交送达只适用于法定情形", form=True)
def can_be_passed_on(ctx: Context) -> bool | Unmet:
    if ctx.form.method is not ServiceMethod.THROUGH_UNIT or ctx.case.recipient_unit_id is None:
        return True
    return Unmet("转交送达只适用于军人和被监禁、被采取强制性教育措施的人，受送达人是单位的，请改用其他方式")


@guard("交邮日期在签发之后、不晚于今天", form=True)
def posted_not_in_the_future(ctx: Context) -> bool | Unmet:
    return _between_issue_and_today(ctx, ctx.form.posted_on, "交邮日期") if ctx.form.posted_on else True


@guard("公告发布日期在签发之后、不晚于今天", form=True)
def announced_not_in_the_future(ctx: Context) -> bool | Unmet:
    return _between_issue_and_today(ctx, ctx.form.posted_on, "公告发布日期")


def sent_by(ctx: Context) -> ServiceMethod | None:
    """The method of the last dispatch; an announcement after it."""
    return ServiceMethod(ctx.case.method) if ctx.case.method else None


#: What may be registered besides the method of dispatch. Whoever is called in and signs is served directly (art. 131).
_ENDS_IN = {
    ServiceMethod.DIRECT: {ServiceMethod.DIRECT, ServiceMethod.LEAVING},
    ServiceMethod.ENTRUSTED: {ServiceMethod.ENTRUSTED, ServiceMethod.LEAVING},
}


def methods_after(sent: ServiceMethod | None) -> tuple[ServiceMethod, ...]:
    """The methods of service that can come of a dispatch, the one of the dispatch first."""
    if sent is None or sent is ServiceMethod.ANNOUNCEMENT:
        return (ServiceMethod.DIRECT,)
    possible = _ENDS_IN.get(sent, {sent}) | {ServiceMethod.DIRECT}
    return tuple(sorted(possible, key=lambda method: (method is not sent, tuple(ServiceMethod).index(method))))


@guard("登记的送达方式与送出的方式相符", form=True)
def method_follows_the_dispatch(ctx: Context) -> bool | Unmet:
    sent = sent_by(ctx)
    possible = methods_after(sent)
    if ctx.form.method in possible:
        return True
    how, words = sent.label if sent else "其他方式", "、".join(method.label for method in possible)
    return Unmet(f"本文书以{how}送出，可以登记为{words}；改用其他方式的，请先登记送达未成")


@guard("由有权签收的人签收", form=True)
def signed_for_by_the_right_one(ctx: Context) -> bool | Unmet:
    if ctx.form.receiver is None:
        return True
    allowed = FOR_A_PERSON if ctx.case.recipient_unit_id is None else FOR_A_UNIT
    words = "、".join(receiver.label for receiver in allowed)
    return ctx.form.receiver in allowed or Unmet(f"本文书应当由以下人员签收：{words}")


def _between_issue_and_today(ctx: Context, day: date, name: str) -> bool | Unmet:
    if day > ctx.today:
        return Unmet(f"{name}不得晚于今天")
    issued = ctx.case.issued_on
    return issued is None or day >= issued or Unmet(f"{name}不得早于文书签发日期")


@guard("已经采用其他方式送达未成")
def earlier_methods_failed(ctx: Context) -> bool | Unmet:
    return ctx.facts.times_taken("fail") > 0 or Unmet("应当先采用其他方式送达，送达未成的方可公告")


@guard("本次送达所开启的阶段仍在继续")
def parent_still_there(ctx: Context) -> bool | Unmet:
    return ctx.facts.parent_state_opened_by_service() or Unmet("本次送达所开启的阶段已经结束，不能再更正送达日期")


@guard("由签发机关作废")
def voided_by_its_organ(ctx: Context) -> bool | Unmet:
    """信用管理部门的文书由其审批人作废，其他机关的由其负责人作废 (procedures, section 2)."""
    signer = Capacity(ctx.case.signer)
    responsible = Capacity.SUPERVISOR if signer in {Capacity.OFFICE, Capacity.SYSTEM} else signer
    if ctx.actor.is_system or responsible in ctx.capacities:
        return True
    return Unmet(f"本文书应当由{responsible.label}作废")


@guard("没有程序等待本文书送达，也没有期限自其送达起算")
def nothing_hangs_on_it(ctx: Context) -> bool | Unmet:
    if ctx.actor.is_system:
        return True
    return not ctx.facts.parent_waits_for_notice() or Unmet("有程序等待本文书送达，只能随替换的文书一并作废")

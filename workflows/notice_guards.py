"""Guards of the notice, each a statement that must be true."""

from workflows.forms.notice import ServiceMethod
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


@guard("文书内容完整，且没有缺字")
def text_complete(ctx: Context) -> bool | Unmet:
    problem = ctx.facts.notice_text_problem()
    return not problem or Unmet(problem)


@guard("电子送达以签署送达地址确认书为前提", form=True)
def can_be_served_electronically(ctx: Context) -> bool | Unmet:
    if ctx.form.method is not ServiceMethod.ELECTRONIC or ctx.case.electronic:
        return True
    return Unmet("受送达人没有签署送达地址确认书，不能电子送达，请改用其他方式")


@guard("送达日期不晚于今天", form=True)
def served_not_in_the_future(ctx: Context) -> bool | Unmet:
    served = ctx.form.served_on
    if served > ctx.today:
        return Unmet("送达日期不得晚于今天")
    issued = ctx.case.issued_on
    return issued is None or served >= issued or Unmet("送达日期不得早于文书签发日期")


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

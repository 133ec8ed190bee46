"""Guards that several procedures share. Each is phrased as the statement that must be true."""

from workflows.kit.context import Context
from workflows.kit.definition import Unmet, guard
from workflows.roles import Capacity


@guard("没有需要等待的容错免责认定")
def no_exemption_to_wait_for(ctx: Context) -> bool | Unmet:
    return not ctx.facts.waiting_exemption() or Unmet("容错免责认定尚未办结，应当等待认定结论")


@guard("没有办理中的异议")
def no_open_objection(ctx: Context) -> bool | Unmet:
    return not ctx.facts.pending_objection() or Unmet("本记录有异议正在办理，应当待审定之后决定")


@guard("当事人为机关单位")
def subject_is_unit(ctx: Context) -> bool:
    return ctx.facts.subject_is_unit()


@guard("当事人为个人")
def subject_is_person(ctx: Context) -> bool:
    return not ctx.facts.subject_is_unit()


@guard("记录已告知当事人")
def subject_was_notified(ctx: Context) -> bool:
    return ctx.facts.notice_issued("record_notice")


@guard("单位提出的，由单位负责人签发")
def head_files_for_the_unit(ctx: Context) -> bool | Unmet:
    """审签 (procedures, section 0): what leaves a recorded unit is drafted by its staff and signed by its head."""
    if not ctx.facts.subject_is_unit() or ctx.received_on or Capacity.SUBJECT_HEAD in ctx.capacities:
        return True
    return Unmet("单位提出的事项由经办人员拟定后，应当由单位负责人签发提出")

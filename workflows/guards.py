"""Guards that several procedures share. Each is phrased as the statement that must be true."""

from collections.abc import Mapping
from datetime import date, timedelta

from workflows.kit.context import Context
from workflows.kit.definition import Guard, Unmet, guard
from workflows.roles import Capacity


@guard("没有需要等待的容错免责认定")
def no_exemption_to_wait_for(ctx: Context) -> bool | Unmet:
    return not ctx.facts.waiting_exemption() or Unmet("容错免责认定尚未办结，应当等待认定结论")


@guard("没有办理中的异议")
def no_open_objection(ctx: Context) -> bool | Unmet:
    return not ctx.facts.pending_objection() or Unmet("本记录有异议正在办理，应当待审定之后决定")


@guard("按拟办意见办理")
def as_proposed(ctx: Context) -> bool:
    """Of decisions that take nothing from anybody: they may be agreed to along with others."""
    return ctx.proposal is not None


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


def duty_is_late(*terms: str) -> Guard:
    """The guard of 催办 and 督办: one of these duties of the case is overdue."""

    @guard("办理期限已经逾期")
    def some_duty_is_late(ctx: Context) -> bool | Unmet:
        if any(ctx.facts.term_over_since(term) for term in terms):
            return True
        return Unmet("没有逾期的办理期限，无需催办或者督办", first_day_late(ctx, *terms))

    return some_duty_is_late


def late_and_warned(
    ctx: Context, term: str, working_days: int, late: str, notices: Mapping[str, str], so: str
) -> bool | Unmet:
    """Whether a duty is late by so many working days and its holder was warned in writing; else everything missing.

    Args:
        late: what is said when it is not late enough.
        notices: the notices of which one must have been issued, and what is said if none was.
        so: what cannot be done therefore.
    """
    missing, first = [], None
    if ctx.facts.working_days_late(term) < working_days:
        due = ctx.facts.term_due_on(term)
        first = ctx.calendar.add_working_days(due, working_days) if due else None
        missing.append(late)
    if not any(ctx.facts.notice_issued(notice) for notice in notices):
        missing += dict.fromkeys(notices.values())
    return not missing or Unmet(f"{'，且'.join(missing)}，{so}", first)


def first_day_late(ctx: Context, *terms: str) -> date | None:
    """The day after the earliest last day of these terms, as they run now; None while none of them runs."""
    days = [due for term in terms if (due := ctx.facts.term_runs_until(term)) is not None]
    return min(days) + timedelta(days=1) if days else None


@guard("尚未告知过补正")
def supplement_not_requested_yet(ctx: Context) -> bool | Unmet:
    return ctx.facts.times_taken("request_supplement") == 0 or Unmet("补正只能一次性告知，不得再次要求补正")


def asked_in_time(term: str) -> Guard:
    """The guard of 申请复核: within the term that runs from the service of the decision, or late with good reason."""

    @guard("在期限内申请，或者逾期有正当理由", form=True)
    def filing_term_kept_or_excused(ctx: Context) -> bool | Unmet:
        due = ctx.facts.term_due_on(term)
        if due is None or ctx.in_time_on <= due or ctx.form.late_reason:
            return True
        return Unmet(f"申请复核期限已于{due.year}年{due.month}月{due.day}日届满；有正当理由的，请写明逾期理由")

    return filing_term_kept_or_excused


@guard("复核申请逾期且无正当理由")
def late_without_reason(ctx: Context) -> bool | Unmet:
    return bool(ctx.case.review_was_late) or Unmet("复核申请在期限内提出，应当受理")


@guard("复核人员没有参与原处理")
def reviewer_took_no_part(ctx: Context) -> bool | Unmet:
    return not ctx.takers & ctx.facts.handlers() or Unmet("您参与过原处理，不得参与复核")

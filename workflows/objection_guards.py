"""Guards and outcome of the objection, each guard a statement that must be true."""

from datetime import date

from workflows.forms.objection import RefusalGround, ReviewResult, Verdict
from workflows.forms.record import Disclosure, RecordField, Severity
from workflows.guards import asked_in_time, duty_is_late, late_and_warned
from workflows.kit.context import Context
from workflows.kit.counting import Span
from workflows.kit.definition import Unmet, guard

_CONTESTABLE = {"noticing", "statement_open", "deciding", "listed", "repaired"}
_ENDED = {"expired", "annulled", "exempted", "declined"}
#: Fields that the office or the platform makes itself: display and period (procedures, section 3).
OWN_FIELDS = {RecordField.DISCLOSURE_LEVEL}
#: What only the unit can establish; in the rest (agreement with the source document, catalogue, period, disclosure)
#: the office may depart from its answer (procedures, section 3).
PROVIDERS_FIELDS = {RecordField.SUBJECT, RecordField.FACTS, RecordField.RESPONSIBLE_PERSONS}
#: What every record has: it is put right or kept, never struck out by itself.
NEVER_EMPTY = {RecordField.SUBJECT, RecordField.BEHAVIOUR, RecordField.SEVERITY, RecordField.DISCLOSURE_LEVEL}
_PERIOD_FIELDS = {RecordField.CONDUCT_ENDED_ON, RecordField.EFFECTIVE_ON}


def disputed_fields(ctx: Context) -> frozenset[RecordField]:
    """The fields this objection disputes."""
    return frozenset(RecordField(item["field"]) for item in ctx.case.fields)


def verdicts_in_force(ctx: Context) -> dict[RecordField, tuple[Verdict, str]]:
    """The verdict per field that counts: what the decision says, for the rest what the provider answered."""
    verdicts = {
        RecordField(field): (Verdict(item["verdict"]), item.get("value", ""))
        for field, item in (ctx.case.verdicts or {}).items()
    }
    verdicts |= {field: (item.verdict, item.value) for field, item in getattr(ctx.form, "verdicts", {}).items()}
    return verdicts


def verdict_outcome(ctx: Context) -> str:
    """成立, 部分成立 or 不成立, from the verdicts per field."""
    kept = [verdict is Verdict.KEEP for verdict, _ in verdicts_in_force(ctx).values()]
    if all(kept):
        return "不成立"
    return "部分成立" if any(kept) else "成立"


@guard("采纳核查结论，异议全部成立", form=True)
def upholds_the_objection_as_answered(ctx: Context) -> bool | Unmet:
    """What grants the objector all that he asked for; whatever is refused him is decided by itself."""
    if ctx.form.verdicts and _departed_from_provider(ctx):
        return Unmet("审定结论与核查结论不一致")
    outcome = verdict_outcome(ctx)
    return outcome == "成立" or Unmet(f"异议{outcome}")


@guard("记录处于可以提出异议的阶段", form=True)
def record_is_contestable(ctx: Context) -> bool | Unmet:
    state = ctx.facts.record_state()
    if state in _CONTESTABLE:
        return True
    if state in _ENDED and all(item.field is RecordField.DISCLOSURE_LEVEL for item in ctx.form.fields):
        return True
    return Unmet("记录尚未告知或者已经终结，不能提出异议；认为仍在公示的，只能就“公开层级”提出")


@guard("对相同异议项没有正在办理的异议", form=True)
def no_objection_on_same_fields(ctx: Context) -> bool | Unmet:
    fields = {item.field for item in ctx.form.fields}
    return not ctx.facts.same_fields_disputed(fields) or Unmet("您对相同的异议项已有异议正在办理，请在原异议中补充")


@guard("不是以相同事实和理由再次提出", form=True)
def not_the_same_again(ctx: Context) -> bool | Unmet:
    fields = {item.field for item in ctx.form.fields}
    same = ctx.facts.same_objection_decided(fields, ctx.form.reason)
    return not same or Unmet("相同事实和理由的异议已经审定；不服的，可以在期限内申请复核")


@guard("不予受理的情形成立", form=True)
def refusal_ground_holds(ctx: Context) -> bool | Unmet:
    form = ctx.form
    if form.ground is RefusalGround.SOURCE_ONLY and not form.other_remedy:
        return Unmet("仅对来源文书不服的，应当告知作出机关、救济途径和最后日期")
    if form.ground is RefusalGround.STILL_INCOMPLETE and ctx.facts.times_taken("request_supplement") == 0:
        return Unmet("尚未一次性告知补正，不能以材料不完整为由不予受理")
    return True


@guard("异议项属于本机关更正范围")
def about_the_offices_own(ctx: Context) -> bool | Unmet:
    return disputed_fields(ctx) <= OWN_FIELDS or Unmet("异议项涉及信息提供单位提供的内容，应当受理后转其核查")


@guard("自收到之日起未超过一个工作日")
def transfer_is_early(ctx: Context) -> bool | Unmet:
    accepted = ctx.case.accepted_on
    last = ctx.calendar.add_working_days(accepted, 1)
    return ctx.in_time_on <= last or Unmet("退回转办应当在收到之日起一个工作日内提出，期限已过，请继续核查")


@guard("本单位未曾退回过")
def not_transferred_by_this_unit(ctx: Context) -> bool | Unmet:
    if ctx.case.provider_unit_id in (ctx.case.transferred_by or []):
        return Unmet("每个单位只能退回转办一次")
    return True


def _extension_cap(ctx: Context) -> Span | None:
    rule = ctx.rules.term("objection.verification")
    return rule.extension_cap if rule else None


@guard("规则集允许延长核查期限")
def extension_is_allowed(ctx: Context) -> bool | Unmet:
    if _extension_cap(ctx) is None:
        return Unmet(f"{ctx.rules.name}没有延长核查期限的规定")
    return ctx.facts.times_taken("extend") == 0 or Unmet("核查期限已经延长过一次，不得再次延长")


@guard("有待决定的延期申请")
def extension_is_requested(ctx: Context) -> bool | Unmet:
    return (ctx.proposal is not None and ctx.proposal.step == "extend") or Unmet("没有延期申请，无需决定")


@guard("延长的天数不超过上限", form=True)
def extension_within_cap(ctx: Context) -> bool | Unmet:
    cap = _extension_cap(ctx)
    if cap is None or ctx.form.days <= cap.number:
        return True
    return Unmet(f"最多可以延长{cap.text}，请改为不超过{cap.number}")


@guard("核查期限尚未届满")
def term_still_runs(ctx: Context) -> bool | Unmet:
    over = ctx.facts.term_over_since("objection.verification")
    return over is None or ctx.in_time_on <= over or Unmet("延期应当在期限届满之前申请")


@guard("核查结论覆盖全部异议项", form=True)
def answer_covers_the_dispute(ctx: Context) -> bool | Unmet:
    disputed, answered = disputed_fields(ctx), set(ctx.form.verdicts)
    if missing := disputed - answered:
        return _wrong("以下异议项尚无核查结论：" + "、".join(sorted(field.label for field in missing)))
    if foreign := answered - disputed:
        return _wrong("以下各项不在异议范围内，请删去：" + "、".join(sorted(field.label for field in foreign)))
    return _values_given(ctx)


def _wrong(detail: str, field: RecordField | None = None) -> Unmet:
    """What is to be put right among the verdicts, or in the one on a field."""
    return Unmet(detail, field=f"verdicts.{field.value}" if field is not None else "verdicts")


def _values_given(ctx: Context) -> bool | Unmet:
    for field, item in ctx.form.verdicts.items():
        if item.verdict in {Verdict.CHANGE, Verdict.ADD}:
            if not item.value:
                return _wrong(f"“{field.label}”的结论为{item.verdict.label}，请写明内容", field)
            if problem := _problem_of(ctx, field, item.value):
                return _wrong(f"“{field.label}”{problem}", field)
        if item.verdict is Verdict.DELETE and field in NEVER_EMPTY:
            words = f"“{field.label}”不能删除，请更正或者维持；认为整条记录不应当存在的，应当就整条记录提出"
            return _wrong(words, field)
        if item.verdict is Verdict.ANNUL and field is not RecordField.RECORD:
            return _wrong("“撤销”只适用于对整条记录的异议", field)
    return _no_worse(ctx)


def _problem_of(ctx: Context, field: RecordField, value: str) -> str:
    """What is wrong with a corrected value of a field that takes a day or a code; empty if nothing is."""
    if field in _PERIOD_FIELDS:
        try:
            date.fromisoformat(value)
        except ValueError:
            return "请填写日期，例如“2026-11-21”"
    if field is RecordField.BEHAVIOUR and value not in {item.id for item in ctx.rules.behaviours}:
        return "请从行为清单中选择"
    if field is RecordField.DISCLOSURE_LEVEL:
        try:
            Disclosure(value)
        except ValueError:
            return "请填写不公开、政务共享、依授权查询或者社会公开"
    return ""


def _no_worse(ctx: Context) -> bool | Unmet:
    rank = {member: place for place, member in enumerate(Severity)}
    for field, item in ctx.form.verdicts.items():
        if item.verdict is not Verdict.CHANGE or field is not RecordField.SEVERITY:
            continue
        try:
            wanted = Severity(item.value)
        except ValueError:
            return _wrong("失信程度请填写轻微、一般或者严重", field)
        if rank[wanted] > rank[Severity(ctx.case.recorded["severity"])]:
            return _wrong("异议处理不得加重：失信程度不得提高", field)
    return True


@guard("审定结论不加重当事人负担，且在审定范围之内", form=True)
def not_worse_for_the_objector(ctx: Context) -> bool | Unmet:
    disputed = disputed_fields(ctx)
    if foreign := set(ctx.form.verdicts) - disputed:
        return _wrong("以下各项不在异议范围内，请删去：" + "、".join(sorted(field.label for field in foreign)))
    if missing := disputed - set(verdicts_in_force(ctx)):
        return _wrong("以下异议项尚无结论：" + "、".join(sorted(field.label for field in missing)))
    departed = _departed_from_provider(ctx)
    if ctx.rules.switch("objection.decider") == "provider" and departed:
        return _wrong("本地规则由信息提供单位作出处理决定，审定应当与其核查结论一致")
    if foreign := departed & PROVIDERS_FIELDS:
        names = "、".join(sorted(field.label for field in foreign))
        return _wrong(f"“{names}”由信息提供单位核查认定，审定应当与其核查结论一致；有疑问的，可以退回重新核查")
    return _values_given(ctx)


def _departed_from_provider(ctx: Context) -> set[RecordField]:
    answered = ctx.case.verdicts or {}
    return {
        field
        for field, item in ctx.form.verdicts.items()
        if field in answered
        and (answered[field]["verdict"], answered[field].get("value", "")) != (item.verdict, item.value)
    }


@guard("尚未退回重新核查过")
def nothing_returned_yet(ctx: Context) -> bool | Unmet:
    return ctx.facts.times_taken("return_answer") == 0 or Unmet("只能退回重新核查一次，请审定")


@guard("核查意见由信息提供单位作出")
def answer_came_from_the_provider(ctx: Context) -> bool | Unmet:
    return ctx.facts.times_taken("answer") > 0 or Unmet("本异议属于本机关更正范围，没有可以退回的核查意见")


_DUTIES = (
    "objection.acceptance",
    "objection.verification",
    "objection.total",
    "objection.own_decision",
    "objection.decision",
    "objection.review",
)
some_duty_is_late = duty_is_late(*_DUTIES)
filing_term_kept_or_excused = asked_in_time("objection.review_filing")


@guard("核查期限逾期五个工作日以上，且已经督办")
def provider_is_late_and_warned(ctx: Context) -> bool | Unmet:
    warned = {"supervision": "尚未发出督办通知书"}
    return late_and_warned(ctx, "objection.verification", 5, "核查期限逾期不足五个工作日", warned, "不能径行审定")


@guard("有异议项被更正")
def some_field_changes(ctx: Context) -> bool:
    return _changed(verdicts_in_force(ctx))


@guard("整条记录被撤销")
def verdicts_annul(ctx: Context) -> bool:
    return _annulled(verdicts_in_force(ctx))


def _changed(verdicts: dict[RecordField, tuple[Verdict, str]]) -> bool:
    return not _annulled(verdicts) and any(verdict is not Verdict.KEEP for verdict, _ in verdicts.values())


def _annulled(verdicts: dict[RecordField, tuple[Verdict, str]]) -> bool:
    whole = verdicts.get(RecordField.RECORD)
    return whole is not None and whole[0] in {Verdict.ANNUL, Verdict.DELETE}


def reviewed(ctx: Context) -> dict[RecordField, tuple[Verdict, str]]:
    """What the review changes; what was decided before stands and is not written a second time.

    A 维持 says the same as no verdict: once a choice was made, a browser cannot take it back otherwise.
    """
    given = ctx.form.verdicts.items()
    return {field: (item.verdict, item.value) for field, item in given if item.verdict is not Verdict.KEEP}


@guard("复核结论与变更的项一致，且不加重当事人负担", form=True)
def review_is_consistent_and_not_worse(ctx: Context) -> bool | Unmet:
    """不得加重 (procedures, sections 0 and 3): a review keeps the decision or changes it for the better."""
    if ctx.form.result is ReviewResult.UPHELD:
        return not reviewed(ctx) or _wrong("复核结论为维持的，不应填写变更的项；已经选择的，请改选“维持”")
    if not reviewed(ctx):
        return _wrong("复核结论为变更的，请逐项写明变更的内容")
    if foreign := set(ctx.form.verdicts) - disputed_fields(ctx):
        return _wrong("以下各项不在异议范围内，请删去：" + "、".join(sorted(field.label for field in foreign)))
    return _values_given(ctx)


@guard("复核变更了原处理结论")
def review_result_changes(ctx: Context) -> bool:
    return ctx.form.result is ReviewResult.CHANGED and _changed(reviewed(ctx))


@guard("复核撤销整条记录")
def review_annuls(ctx: Context) -> bool:
    return ctx.form.result is ReviewResult.CHANGED and _annulled(reviewed(ctx))


@guard("异议涉及期限以外的内容")
def is_about_more_than_the_period(ctx: Context) -> bool:
    return not disputed_fields(ctx) <= _PERIOD_FIELDS


@guard("异议只涉及期限")
def is_about_the_period_only(ctx: Context) -> bool:
    return disputed_fields(ctx) <= _PERIOD_FIELDS

"""What a case is about, as labelled lines, and for an objection the dispute field by field."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.models.cases import Case
from app.models.kinds import Notice, Objection, Record
from app.models.kinds_more import Exemption, Rectification, Repair, SyncItem
from app.services.reading.form_lines import in_words
from app.services.reading.recorded import Choices, behaviour_line, choices_of, recorded_words, value_words
from app.services.reading.told import Part
from app.services.units.names import UnitNames
from workflows.forms.exemption import ExemptionOutcome
from workflows.forms.notice import ServiceMethod
from workflows.forms.objection import Ground, Verdict
from workflows.forms.record import SANCTION_MONTHS, Disclosure, RecordField, Sanction, Severity, SourceType
from workflows.rules.model import Basis, Grade, RuleSet

Pairs = list[tuple[str, str]]
#: The lines in which each part is told.
_LABELS = {
    Part.FINDINGS: ("核查说明", "核实说明"),
    Part.DECISION: ("审定结果", "审定理由", "办理结果", "认定结论", "认定文书", "认定理由", "纠错措施"),
    Part.REVIEW: ("审定结果", "办理结果", "复核结果", "复核理由"),
}


@dataclass(frozen=True)
class DisputeRow:
    """One disputed field: what is recorded, what is wanted, and what was found."""

    field: str
    label: str
    recorded: str
    ground: str
    wanted: str
    answer: str
    decision: str
    choices: Choices = ()


@dataclass(frozen=True)
class Summary:
    """Labelled lines and, for an objection, the dispute."""

    pairs: tuple[tuple[str, str], ...]
    dispute: tuple[DisputeRow, ...] = ()
    #: Of a record: what the catalogue in force when it was reported rests its behaviour on.
    grounds: tuple[tuple[Basis, Grade], ...] = ()


def summary_of(units: UnitNames, case: Case, rules: RuleSet, withheld: frozenset[Part] = frozenset()) -> Summary:
    """The matter of a case in words; without the parts of which its reader was not told yet.

    Args:
        units: the names of its provider and finder, at least.
    """
    hidden = {label for part in withheld for label in _LABELS[part]}
    pairs = _BY_KIND[case.kind](units, case, rules)
    dispute = _dispute(case, withheld, rules) if isinstance(case, Objection) else ()
    told = tuple((label, text) for label, text in pairs if text and label not in hidden)
    return Summary(told, dispute, tuple(_grounds(case, rules)) if isinstance(case, Record) else ())


def _grounds(record: Record, rules: RuleSet) -> Iterator[tuple[Basis, Grade]]:
    for behaviour in rules.behaviours:
        if behaviour.id == record.behaviour:
            yield from ((cited, behaviour.grade) for cited in behaviour.citations)


def record_pairs(units: UnitNames, case: Any, rules: RuleSet) -> Pairs:
    """A record in words."""
    record: Record = case
    return [
        ("失信行为", behaviour_line(record.behaviour, rules)),
        ("重点领域", record.key_field),
        ("事实", record.facts),
        ("失信程度", Severity(record.severity).label if record.severity else ""),
        ("来源文书", f"{SourceType(record.source_type).label} {record.source_number}".strip()),
        ("作出机关", record.source_organ),
        ("文书日期", in_words(record.source_on)),
        ("生效日期", in_words(record.effective_on)),
        ("处分", _sanction(record)),
        ("行为终止日期", "仍在持续" if record.conduct_continues else in_words(record.conduct_ended_on)),
        ("损失情况", record.loss),
        ("社会影响", record.influence),
        ("责任人员", "、".join(record.responsible_persons or [])),
        ("公开层级", Disclosure(record.disclosure_level).label),
        ("信息提供单位", _unit(units, record, record.provider_unit_id)),
        (
            "认定单位",
            _unit(units, record, record.finder_unit_id) if record.finder_unit_id != record.provider_unit_id else "",
        ),
        ("记入日期", in_words(record.listed_on)),
    ]


def _sanction(record: Record) -> str:
    """The sanction with its period, by law where nobody wrote one; 开除 has none."""
    if not record.sanction:
        return ""
    sanction = Sanction(record.sanction)
    months = record.sanction_months or SANCTION_MONTHS.get(sanction)
    return f"{sanction.label}，处分期{months}个月" if months else sanction.label


def _unit(units: UnitNames, case: Case, unit_id: int | None) -> str:
    """A unit as the case calls it: a closed one keeps the name of its time."""
    return units.in_case(unit_id, case)


def _objection(units: UnitNames, case: Any, rules: RuleSet) -> Pairs:
    objection: Objection = case
    reviewed = bool(objection.review_result)
    return [
        ("异议理由", objection.reason),
        ("收到日期", in_words(objection.received_on)),
        ("核查说明", objection.explanation),
        ("审定结果", "" if reviewed else objection.outcome or ""),
        ("审定理由", objection.decision_reasons),
        ("申请复核的理由", objection.review_reason),
        ("复核结果", objection.outcome or "" if reviewed else ""),
        ("复核理由", objection.review_reasons),
        ("核查单位", _unit(units, objection, objection.provider_unit_id)),
    ]


def _dispute(case: Objection, withheld: frozenset[Part], rules: RuleSet) -> tuple[DisputeRow, ...]:
    answered = {} if Part.FINDINGS in withheld else case.verdicts or {}
    person = case.subject_person_id is not None
    decided = {} if withheld & {Part.DECISION, Part.REVIEW} else case.decided_verdicts or {}
    return tuple(
        DisputeRow(
            field=item["field"],
            label=RecordField(item["field"]).label,
            recorded=recorded_words(item["field"], case.recorded, rules),
            ground=Ground(item["ground"]).label,
            wanted=item.get("wanted", ""),
            answer=_verdict(item["field"], answered.get(item["field"]), rules),
            decision=_verdict(item["field"], decided.get(item["field"]), rules),
            choices=_spoken(item["field"], choices_of(item["field"], case.recorded, rules, person=person)),
        )
        for item in case.fields
    )


def _verdict(field: str, item: dict[str, Any] | None, rules: RuleSet) -> str:
    if not item:
        return ""
    label = Verdict(item["verdict"]).label
    return f"{label}：{value_words(field, item['value'], rules)}" if item.get("value") else label


def _spoken(field: str, choices: Choices) -> Choices:
    """The choices of a verdict, whose text is kept as it reads; a behaviour is known by its number."""
    return choices if field == RecordField.BEHAVIOUR else tuple((words, words) for _, words in choices)


def _notice(units: UnitNames, case: Any, rules: RuleSet) -> Pairs:
    notice: Notice = case
    return [
        ("文书", notice.title),
        ("签发日期", in_words(notice.signed_on)),
        ("送达方式", ServiceMethod(notice.method).label if notice.method else ""),
        ("送出日期", in_words(notice.dispatched_on)),
        ("送达日期", in_words(notice.served_on)),
        ("补充说明", notice.added_text),
        ("核验码", notice.code),
    ]


def _day(written: str) -> str:
    return in_words(date.fromisoformat(written))


def _rectification(units: UnitNames, case: Any, rules: RuleSet) -> Pairs:
    found: Rectification = case
    levels = ("正常", "催办", "督办", "通报批评")
    tasks = "；".join(
        f"{n}．{task['task']}（{task['person']}，{_day(task['due_on'])}）" for n, task in enumerate(found.tasks, 1)
    )
    return [
        ("存在的问题", found.problems),
        ("整改要求", "；".join(found.requirements)),
        ("失信原因", found.causes),
        ("责任人员", "、".join(found.responsible_persons)),
        ("整改方案", tasks),
        (
            "进展台账",
            "；".join(f"{_day(line['on'])} 第{line['task']}项：{line['progress']}" for line in found.progress),
        ),
        ("整改情况", found.completion_summary),
        ("督办层级", levels[found.escalation_level]),
    ]


def _repair(units: UnitNames, case: Any, rules: RuleSet) -> Pairs:
    repair: Repair = case
    return [
        ("纠正情况", repair.correction),
        ("纠正完成日期", in_words(repair.corrected_on)),
        ("证明材料", "、".join(repair.evidence)),
        ("信用承诺书", "已签署" if repair.commitment else "未签署"),
        ("核实说明", repair.finding_explanation),
        ("办理结果", repair.outcome or ""),
        ("申请复核的理由", repair.review_reason),
        ("复核理由", repair.review_reasons),
    ]


def _exemption(units: UnitNames, case: Any, rules: RuleSet) -> Pairs:
    exemption: Exemption = case
    return [
        ("容错情形", exemption.situation),
        ("事实与理由", exemption.circumstances),
        ("决策程序", exemption.decision_procedure),
        ("证明材料", "、".join(exemption.evidence)),
        ("认定结论", ExemptionOutcome(exemption.decision).label if exemption.decision else ""),
        ("认定文书", exemption.document_number),
        ("认定理由", exemption.decision_reasons),
        ("纠错措施", exemption.correction),
        ("纠错落实情况", exemption.correction_evidence),
    ]


def _sync(units: UnitNames, case: Any, rules: RuleSet) -> Pairs:
    item: SyncItem = case
    receives = next((target.receives for target in rules.sync_targets if target.id == item.target), "")
    return [("同步对象", item.target_label), ("同步事由", item.trigger), ("同步内容", receives)]


_BY_KIND: dict[str, Callable[[UnitNames, Any, RuleSet], Pairs]] = {
    "record": record_pairs,
    "objection": _objection,
    "notice": _notice,
    "rectification": _rectification,
    "repair": _repair,
    "exemption": _exemption,
    "sync": _sync,
}

"""Terms: inheritance from the nation down to the locality, and the order of rank between documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from workflows.kit.counting import Nature, Span, Unit
from workflows.rules.citing import Cited, Documents, cite, grade
from workflows.rules.model import SEVERITIES, BasisKind, TermRule
from workflows.rules.reading import Place, Table, chosen, known_keys, required, span

_VOCABULARY = ("label", "nature", "holder", "anchor", "anchor_label", "expiry", "expiry_label")
_LENGTHS = ("span", "by_severity", "extension_cap", "total_cap")
_EVIDENCE = ("basis", "grade", "note", "effective_from", "effective_to")
_KEYS = _VOCABULARY + _LENGTHS + _EVIDENCE

_EXPIRY_LABELS = {
    "ladder": "逾期逐级催办",
    "gate": "期满后方可申请",
    "derived": "期满停止公示",
    "none": "",
    "close_statement": "陈述申辩结束",
    "expire": "期满归档",
    "deem_served": "视为送达",
    "close": "办结",
}
_DAYS = {Unit.WD: 7 / 5, Unit.D: 1.0, Unit.M: 30.4, Unit.Y: 365.0}


@dataclass(frozen=True, slots=True)
class TermsFile:
    """The terms of one file with its place and the plan that a bare section means."""

    table: Table
    place: Place
    plan: str | None


def resolve_terms(files: Sequence[TermsFile], documents: Documents) -> tuple[TermRule, ...]:
    """The terms of the last file, every entry inherited from the ones before it.

    Only the first file may name new terms. Raises RuleFileError for an unknown term, key or unit, and where a
    document of lower rank would make a term worse than one of higher rank fixed it.
    """
    merged: dict[str, dict[str, Any]] = {}
    rules: dict[str, tuple[TermRule, Cited]] = {}
    for index, file in enumerate(files):
        for key, entry in file.table.items():
            here = file.place.at("terms", key)
            table = _with_document(known_keys(entry, _KEYS, here), file.plan)
            if index and key not in merged:
                raise here.refuse("全国规则中没有这一期限，不得另设")
            merged[key] = _overlay(merged.get(key, {}), table, here)
            rule, cited = _rule(key, merged[key], documents, here)
            if key in rules:
                _respect_rank(*rules[key], rule, cited, here)
            rules[key] = (rule, cited)
    return tuple(rule for rule, _ in rules.values())


def within_total(rules: tuple[TermRule, ...]) -> tuple[TermRule, ...]:
    """The same terms, the provider's verification cut to the office's total where that one is shorter."""
    by_key = {rule.key: rule for rule in rules}
    verification, total = by_key["objection.verification"], by_key["objection.total"]
    if verification.span is None or total.span is None or _days(total.span) >= _days(verification.span):
        return rules
    shorter = replace(
        verification,
        span=total.span,
        basis=total.basis,
        grade=total.grade,
        note=f"按办结总期限核查；原定{verification.span.text}。",
    )
    return tuple(shorter if rule is verification else rule for rule in rules)


def _with_document(table: Table, plan: str | None) -> Table:
    """The entry with its document named, so that it still means the same where a lower file inherits it."""
    basis = table.get("basis")
    if not isinstance(basis, Mapping) or "doc" in basis or plan is None:
        return table
    return {**table, "basis": {"doc": plan, **basis}}


def _overlay(parent: Mapping[str, Any], table: Table, place: Place) -> dict[str, Any]:
    if not parent:
        return dict(table)
    if not set(table) & {*_LENGTHS, "anchor"}:
        return {**parent, **table}
    required(table, "grade", place)  # who changes a value says how well it is evidenced
    kept = {key: value for key, value in parent.items() if key not in _EVIDENCE}
    return {**kept, **table}


def _rule(key: str, table: Table, documents: Documents, place: Place) -> tuple[TermRule, Cited]:
    cited = cite(table.get("basis"), documents, None, place.at("basis"))
    expiry = required(table, "expiry", place)
    nature = table.get("nature")
    rule = TermRule(
        key=key,
        label=required(table, "label", place),
        nature=None if nature is None else Nature(chosen(nature, [nature.value for nature in Nature], place)),
        holder=required(table, "holder", place),
        span=_optional(table, "span", place),
        by_severity=_by_severity(table.get("by_severity"), place),
        anchor=required(table, "anchor", place),
        anchor_label=required(table, "anchor_label", place),
        expiry=expiry,
        expiry_label=table.get("expiry_label", _EXPIRY_LABELS.get(expiry, "")),
        basis=cited.basis,
        grade=grade(table, place),
        effective_from=_day(table, "effective_from", place) or cited.in_force,
        effective_to=_day(table, "effective_to", place),
        extension_cap=_optional(table, "extension_cap", place),
        total_cap=_optional(table, "total_cap", place),
        note=table.get("note", ""),
    )
    if rule.span is not None and rule.by_severity is not None:
        raise place.refuse("span 与 by_severity 只能写一个")
    return rule, cited


def _optional(table: Table, key: str, place: Place) -> Span | None:
    return span(table[key], place.at(key)) if key in table else None


def _day(table: Table, key: str, place: Place) -> date | None:
    value = table.get(key)
    if value is not None and not isinstance(value, date):
        raise place.at(key).refuse("应当是日期，如 2026-04-01")
    return value


def _by_severity(entry: object, place: Place) -> Mapping[str, Span] | None:
    if entry is None:
        return None
    here = place.at("by_severity")
    table = known_keys(entry, SEVERITIES, here)
    spans = {severity: span(required(table, severity, here), here.at(severity)) for severity in SEVERITIES}
    return MappingProxyType(spans)


def _respect_rank(old: TermRule, old_cited: Cited, new: TermRule, new_cited: Cited, place: Place) -> None:
    """A duty or a period fixed by a higher document is never lengthened, a right never shortened."""
    binding = old.basis.kind is BasisKind.DIRECT and new_cited.rank > old_cited.rank
    if not binding or old.span is None:
        return
    if new.span is None:
        raise place.refuse(f"下位文件不得取消{old.basis.text}规定的期限")
    change = _days(new.span) - _days(old.span)
    if change < 0 if old.nature is Nature.RIGHT else change > 0:
        changed = "缩短" if change < 0 else "延长"
        raise place.refuse(f"下位文件不得{changed}{old.basis.text}规定的期限（{old.span.text}）")


def _days(length: Span) -> float:
    """A length in calendar days, near enough to compare two lengths of the same term."""
    return length.number * _DAYS[length.unit]

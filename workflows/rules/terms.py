"""Terms: inheritance from the nation down to the locality, and the order of rank between documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from workflows.kit.counting import Nature, Span, Unit
from workflows.rules.changes import PLACE as CHANGES
from workflows.rules.citing import Cited, Documents, cite, grade
from workflows.rules.model import SEVERITIES, BasisKind, TermRule
from workflows.rules.reading import Place, Table, chosen, day, known_keys, required, span

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
_DAYS = {Unit.WD: Fraction(7, 5), Unit.D: Fraction(1), Unit.M: Fraction(365, 12), Unit.Y: Fraction(365)}
#: Terms of which one may not be longer than the other, severity by severity.
_NOT_LONGER_THAN = (("record.publication_min", "record.publication_max"),)
#: Terms that a locality may set to nothing: the least time of a publication, which a light record need not have.
MAY_BE_NOTHING = frozenset({"record.publication_min"})


@dataclass(frozen=True, slots=True)
class TermsFile:
    """The terms of one file with its place and the plan that a bare section means."""

    table: Table
    place: Place
    plan: str | None


@dataclass(frozen=True, slots=True)
class Limit:
    """What a document fixed about a term, and its rank: a document of lower rank may not make it worse.

    `shipped`: it comes from a rule file, not from a keeper, who may have mistyped what his document says.
    """

    rule: TermRule
    rank: int
    in_force: date
    shipped: bool

    def holds_against(self, cited: Cited) -> bool:
        """Whether a citation must respect it.

        One of lower rank must; so must one that binds nobody, whatever the rank of its document, one that is followed
        by analogy where this speaks of the very term, and the very same text, which cannot say both.
        """
        speaks = self.rule.basis.kind is BasisKind.DIRECT
        return (
            self.rank < cited.rank
            or not cited.binds
            or (speaks and cited.basis.kind is not BasisKind.DIRECT)
            or (self.shipped and self.is_of(cited))
        )

    def is_of(self, cited: Cited) -> bool:
        """Whether a citation names the very text that fixed this."""
        own = (self.rule.basis.document, self.rule.basis.number, self.in_force)
        return own == (cited.basis.document, cited.basis.number, cited.in_force)

    @property
    def cited(self) -> str:
        """The document and its article; marked where it is followed though it speaks of another procedure."""
        text = self.rule.basis.text
        return f"{text.removeprefix('参照')}（参照）" if self.rule.basis.kind is BasisKind.PEER else text

    @property
    def floor(self) -> bool:
        """Whether it may not be shortened; otherwise it may not be lengthened.

        A right is time given to a subject, and so is the time after which an announcement passes for service.
        """
        return self.rule.nature is Nature.RIGHT or self.rule.expiry == "deem_served"


#: For each term what is fixed about it from above; empty where nothing is.
Limits = Mapping[str, tuple[Limit, ...]]


def resolve_terms(files: Sequence[TermsFile], documents: Documents) -> tuple[tuple[TermRule, ...], Limits]:
    """The terms of the last file, every entry inherited from the ones before it, and what is fixed about them.

    Only the first file may name new terms. Raises RuleFileError for an unknown term, key or unit, where a document
    of lower rank would make a term worse than one of higher rank fixed it, and where a lighter case would last longer.
    """
    merged: dict[str, dict[str, Any]] = {}
    rules: dict[str, TermRule] = {}
    limits: dict[str, tuple[Limit, ...]] = {}
    places: dict[str, Place] = {}
    without_length: set[tuple[str, ...]] = set()
    for index, file in enumerate(files):
        for key, entry in file.table.items():
            here = file.place.at("terms", key)
            table = _with_document(known_keys(entry, _KEYS, here), file.plan)
            if index and key not in merged:
                raise here.refuse("全国规则中没有这一期限，不得另设")
            merged[key] = _told_once(key, _overlay(merged.get(key, {}), table, here), without_length)
            rule, cited = _rule(key, merged[key], documents, here)
            # What another document of equal or higher rank says of this very term replaces what was fixed below it.
            above = tuple(limit for limit in limits.get(key, ()) if limit.holds_against(cited))
            for limit in reversed(above):  # the nearest first: that is the one an editor knows
                _respect_rank(limit, rule, cited, here)
            own = Limit(rule, cited.rank, cited.in_force, file.place != CHANGES)
            limits[key] = (*above, own) if cited.binds and rule.exists else above
            rules[key], places[key] = rule, here
    _in_order(rules, places)
    return tuple(rules.values()), limits


def _told_once(key: str, table: dict[str, Any], without_length: set[tuple[str, ...]]) -> dict[str, Any]:
    """The entry; that an article fixes no length for a term holds for whoever cites it again, not knowing of that."""
    basis = table.get("basis")
    if not isinstance(basis, Mapping):
        return table
    article = (key, *(str(basis.get(name, "")) for name in ("doc", "article", "section")))
    if basis.get("fixes_length") is False:
        without_length.add(article)
    return {**table, "basis": {**basis, "fixes_length": False}} if article in without_length else table


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
        effective_from=day(table, "effective_from", place) or cited.in_force,
        effective_to=day(table, "effective_to", place),
        extension_cap=_optional(table, "extension_cap", place),
        total_cap=_optional(table, "total_cap", place),
        note=table.get("note", ""),
    )
    if rule.span is not None and rule.by_severity is not None:
        raise place.refuse("span 与 by_severity 只能写一个")
    return rule, cited


def _optional(table: Table, key: str, place: Place) -> Span | None:
    return span(table[key], place.at(key)) if key in table else None


def _by_severity(entry: object, place: Place) -> Mapping[str, Span] | None:
    if entry is None:
        return None
    here = place.at("by_severity")
    table = known_keys(entry, SEVERITIES, here)
    spans = {severity: span(required(table, severity, here), here.at(severity)) for severity in SEVERITIES}
    return MappingProxyType(spans)


def _respect_rank(limit: Limit, new: TermRule, cited: Cited, place: Place) -> None:
    """A duty or a period fixed by a higher document is never lengthened, a right never shortened."""
    old = limit.rule
    fixed, who = f"{limit.cited}规定", _who(limit, cited)
    if not new.exists:
        raise place.refuse(f"{who}不得取消{fixed}的期限")
    for severity, label in SEVERITIES.items():
        if new.key not in MAY_BE_NOTHING and _of(old, severity).number and not _of(new, severity).number:
            raise place.refuse(f"{who}不得取消{fixed}的期限（{_length(old, severity, label)}）")
        before, after = _longest(old, severity), _longest(new, severity)
        if limit.floor:
            before, after = _days(_of(old, severity)), _days(_of(new, severity))
        if after < before if limit.floor else after > before:
            changed = "缩短" if limit.floor else "延长"
            length = _length(old, severity, label)
            if limit.rank == cited.rank and limit.is_of(cited):
                raise place.refuse(
                    f"{fixed}的是{length}，以同一文件为依据的，不得{changed}；该文件已经修改的，另行登记修改后的文件"
                )
            raise place.refuse(f"{who}不得{changed}{fixed}的期限（{length}）")


def _who(limit: Limit, cited: Cited) -> str:
    """Why a citation must respect a limit, in the words of the refusal."""
    if limit.rank < cited.rank:
        return "下位文件"
    return "所引条文未规定时长的，" if cited.basis.kind is BasisKind.DIRECT else "参照其他文件的，"


def _in_order(rules: Mapping[str, TermRule], places: Mapping[str, Place]) -> None:
    """The graver the case, the longer its term; and the shortest publication is not longer than the longest.

    Asked of what comes of all files together: what one of them says alone may be put right by the next.
    """
    for rule in rules.values():
        if rule.by_severity is None:
            continue
        days = [_days(rule.by_severity[severity]) for severity in SEVERITIES]
        if days != sorted(days):
            raise places[rule.key].refuse("应当轻微不长于一般，一般不长于严重")
    for lower, upper in _NOT_LONGER_THAN:
        if not {lower, upper} <= rules.keys():
            continue
        for severity, label in SEVERITIES.items():
            if _days(_of(rules[lower], severity)) > _days(_of(rules[upper], severity)):
                raise places[lower].refuse(f"{label}的{rules[lower].label}不得长于{rules[upper].label}")


def _of(rule: TermRule, severity: str) -> Span:
    span = rule.for_severity(severity).span
    assert span is not None, rule.key
    return span


def _longest(rule: TermRule, severity: str) -> Fraction:
    """The most that the term can last with what it may be extended by: an extension lengthens a duty too."""
    extended = _days(_of(rule, severity)) + (_days(rule.extension_cap) if rule.extension_cap is not None else 0)
    return max(extended, _days(rule.total_cap)) if rule.total_cap is not None else extended


def _length(rule: TermRule, severity: str, label: str) -> str:
    length = _of(rule, severity)
    return length.text if rule.by_severity is None else f"{label}{_said(length)}"


def _said(length: Span) -> str:
    return length.text if length.number else "不设"


def _days(length: Span) -> Fraction:
    """A length in calendar days, near enough to compare two lengths of the same term."""
    return length.number * _DAYS[length.unit]

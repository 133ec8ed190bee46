"""Two rule sets side by side: every entry that differs, with its value, basis and grade before and after."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.kit.counting import Span
from workflows.kit.storable import in_words
from workflows.rules.model import SEVERITIES, Basis, Grade, RuleSet, SwitchRule, SwitchValue, TermRule

#: What one entry says, as (name, words); an entry that does not exist says nothing.
Said = tuple[tuple[str, str], ...]
#: The value of a setting in words; who knows the procedures knows the words of what is chosen from a list.
Words = Callable[[SwitchRule], str]


@dataclass(frozen=True)
class Difference:
    """One entry that differs. `before` is empty for one that is new, `after` for one that is gone."""

    section: str
    key: str
    label: str
    before: Said
    after: Said

    @property
    def changed(self) -> frozenset[str]:
        """Names of what differs within the entry."""
        before, after = dict(self.before), dict(self.after)
        return frozenset(name for name in before | after if before.get(name) != after.get(name))


def differences(old: RuleSet, new: RuleSet, words: Words) -> tuple[Difference, ...]:
    """Every entry in which two sets differ, section by section in the order of a set.

    Args:
        words: how the value of a setting is said.
    """
    found = []
    for section, read in _sections(words).items():
        before, after = dict(read(old)), dict(read(new))
        for key in [*before, *(key for key in after if key not in before)]:
            if before.get(key) != after.get(key):
                label = (after.get(key) or before[key])[0]
                found.append(Difference(section, key, label, _said(before.get(key)), _said(after.get(key))))
    return tuple(found)


def say_term(rule: TermRule) -> Said:
    """A term in words: length, start, what follows, basis, grade, validity."""
    lines = [("时长", length_of(rule)), ("起算", rule.anchor_label), ("期满", rule.expiry_label)]
    lines += [("可延长至多", rule.extension_cap.text if rule.extension_cap else "")]
    lines += [("累计不超过", rule.total_cap.text if rule.total_cap else "")]
    until = f"至{in_words(rule.effective_to)}" if rule.effective_to else "起"
    return _lines(
        *lines,
        *_evidence(rule.basis, rule.grade),
        ("有效", f"{in_words(rule.effective_from)}{until}"),
        ("备注", rule.note),
    )


def say_switch(rule: SwitchRule, words: Words) -> Said:
    """A setting in words: value, basis, grade, validity."""
    return _lines(
        ("内容", words(rule)),
        *_evidence(rule.basis, rule.grade),
        ("有效", f"{in_words(rule.effective_from)}起"),
        ("备注", rule.note),
    )


def length_of(rule: TermRule) -> str:
    """The length of a term as statutes write it; one for each severity where it depends on it."""
    if rule.by_severity is not None:
        return "；".join(f"{label}{_span(rule.by_severity[key])}" for key, label in SEVERITIES.items())
    return rule.span.text if rule.span is not None else "不设"


def value_in_words(value: SwitchValue) -> str:
    """The value of a setting as a reader sees it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(value) or "无"
    return str(value)


def _span(span: Span) -> str:
    return span.text if span.number else "不设"


def _evidence(basis: Basis, grade: Grade) -> tuple[tuple[str, str], ...]:
    quote = f"：“{basis.quote}”" if basis.quote else ""
    return ("依据", f"{basis.text}{quote}"), ("核实程度", f"{grade.label}{'（待核）' if grade.unconfirmed else ''}")


def _lines(*lines: tuple[str, str]) -> Said:
    return tuple((name, words) for name, words in lines if words)


def _said(entry: tuple[str, Said] | None) -> Said:
    return entry[1] if entry is not None else ()


_Entries = Iterable[tuple[str, tuple[str, Said]]]


def _terms(rules: RuleSet) -> _Entries:
    return ((rule.key, (rule.label, say_term(rule))) for rule in rules.terms)


def _switches(words: Words) -> Callable[[RuleSet], _Entries]:
    return lambda rules: ((rule.key, (rule.label, say_switch(rule, words))) for rule in rules.switches)


def _remedies(rules: RuleSet) -> Iterator[tuple[str, tuple[str, Said]]]:
    for rule in rules.remedy_rules:
        label = "个人" if rule.subject_kind == "person" else "单位"
        said = _lines(("告知内容", "".join(rule.sentences)), *_evidence(rule.basis, rule.grade))
        yield f"{rule.about}.{rule.subject_kind}", (label, said)


def _others(name: str) -> Callable[[RuleSet], _Entries]:
    """Catalogues, compared as wholes: their entries come with the release only."""

    def read(rules: RuleSet) -> Iterator[tuple[str, tuple[str, Said]]]:
        for entry in getattr(rules, name):
            key = getattr(entry, "id", "") or getattr(entry, "key", "") or entry.name
            label = getattr(entry, "label", "") or entry.name
            yield key, (label, _lines(("内容", _plain(entry))))

    return read


def _plain(entry: Any) -> str:
    parts = []
    for name in entry.__slots__:
        value = getattr(entry, name)
        items = value if isinstance(value, tuple) else (value,)
        words = "、".join(item.text if isinstance(item, Basis) else str(item) for item in items)
        if words and name not in ("id", "key", "label", "name"):
            parts.append(words)
    return "；".join(parts)


def _sections(words: Words) -> Mapping[str, Callable[[RuleSet], _Entries]]:
    return {
        "期限": _terms,
        "设置": _switches(words),
        "救济途径": _remedies,
        "失信行为": _others("behaviours"),
        "重点领域": _others("key_fields"),
        "单位职责": _others("units"),
        "同步去向": _others("sync_targets"),
    }

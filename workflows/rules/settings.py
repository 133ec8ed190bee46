"""Switches and remedies: inherited, typed by their first value, remedies with their blanks filled in."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from workflows.rules.catalogues import Source
from workflows.rules.citing import Documents, cite, grade
from workflows.rules.model import RemedyKind, RemedyRule, SwitchRule, SwitchValue, TermRule
from workflows.rules.reading import Place, chosen, day, known_keys, required, texts

_SWITCH_KEYS = ("label", "value", "basis", "grade", "note", "effective_from")
_REMEDY_KEYS = ("about", "person", "unit", "never", "basis", "grade")
#: Every value of the settings that procedures read by its code. Their words, and the proof that the procedures know
#: them, stand in `workflows.setting_choices`; any other setting is a text, a number, a list, or yes or no.
CLOSED: Mapping[str, tuple[str, ...]] = {
    "objection.decider": ("office", "provider"),
    "extension.decider": ("SUPERVISOR",),
    "leniency.decider": ("SUPERVISOR",),
    "leniency.subjects": ("person", "unit"),
    "exemption.window": ("screening", "noticing", "statement_open", "deciding", "listed", "repaired"),
}
_BLANK = re.compile(r"\{(term:)?([a-z_.]+)\}")


def resolve_switches(sources: Sequence[Source], documents: Documents) -> tuple[SwitchRule, ...]:
    """The settings of the last file. Only the first may name new ones, and no file may change their type.

    Raises RuleFileError for an unknown setting, a value of another type, or a text that is left empty.
    """
    rules: dict[str, SwitchRule] = {}
    for index, source in enumerate(sources):
        for key, entry in source.tables.get("switches", {}).items():
            here = source.place.at("switches", key)
            table = known_keys(entry, _SWITCH_KEYS, here)
            value = _value(required(table, "value", here), here)
            of_its_list(key, value, here)
            if index == 0:
                label = required(table, "label", here)
            elif key not in rules:
                raise here.refuse("全国规则中没有这一设置项，不得另设")
            elif type(value) is not type(rules[key].value):
                raise here.refuse(f"值的类型不符，应当与“{rules[key].value}”同类")
            else:
                label = rules[key].label
            cited = cite(table.get("basis"), documents, source.plan, here.at("basis"))
            note = table.get("note", "")
            since = day(table, "effective_from", here) or cited.in_force
            rules[key] = SwitchRule(key, label, value, cited.basis, grade(table, here), since, note)
    return tuple(rules.values())


def resolve_remedies(
    sources: Sequence[Source], documents: Documents, switches: Sequence[SwitchRule], terms: Sequence[TermRule]
) -> tuple[RemedyRule, ...]:
    """Remedies with the names and terms of the locality put in; the entry of a later file replaces an earlier one.

    Raises RuleFileError for an unknown blank, and for a sentence with a word that it must never contain.
    """
    blanks = {rule.key: rule.value for rule in switches if isinstance(rule.value, str)}
    lengths = {rule.key: rule.span.text for rule in terms if rule.span is not None}
    rules: dict[tuple[str, RemedyKind], RemedyRule] = {}
    kinds: tuple[RemedyKind, ...] = ("person", "unit")
    for source in sources:
        for entry in source.tables.get("remedies", []):
            about = required(entry, "about", source.place.at("remedies"))
            here = source.place.at("remedies", about)
            table = known_keys(entry, _REMEDY_KEYS, here)
            never = texts(table.get("never", []), here.at("never"))
            basis = cite(table.get("basis"), documents, source.plan, here.at("basis")).basis
            for kind in kinds:
                sentences = tuple(
                    _filled(sentence, blanks, lengths, here) for sentence in texts(required(table, kind, here), here)
                )
                _never_print(sentences, never, here)
                rules[about, kind] = RemedyRule(about, kind, sentences, never, basis, grade(table, here))
    return tuple(rules.values())


def of_its_list(key: str, value: SwitchValue, place: Place) -> None:
    """Raises RuleFileError where a setting of a closed list holds what no procedure would read."""
    for one in value if isinstance(value, tuple) else (value,):
        if key in CLOSED:
            chosen(one, CLOSED[key], place)


def _value(value: Any, place: Place) -> SwitchValue:
    if isinstance(value, list):
        return texts(value, place)
    if isinstance(value, str | bool | int):
        return value
    raise place.refuse("值应当是文字、是否、整数或者一列文字")


def _filled(sentence: str, blanks: Mapping[str, str], lengths: Mapping[str, str], place: Place) -> str:
    def fill(match: re.Match[str]) -> str:
        known: Mapping[str, str] = lengths if match[1] else blanks
        if match[2] not in known:
            raise place.refuse(f"没有可以填入“{match[0]}”的内容")
        return known[match[2]]

    return _BLANK.sub(fill, sentence)


def _never_print(sentences: Sequence[str], never: Sequence[str], place: Place) -> None:
    for word in never:
        if any(word in sentence for sentence in sentences):
            raise place.refuse(f"不得出现“{word}”")
